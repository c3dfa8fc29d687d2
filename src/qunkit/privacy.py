"""The key that keeps people's names apart from what stands for them.

A name without a key protects nobody: a table of a million names is hashed in a second. So whatever stands for a person (a pseudonym in
a report, the mark of somebody forgotten) is an HMAC under 32 random bytes that lie outside every dataset, in the user's own settings
folder or in the file that $QUNKIT_KEY names. Who has the key can find out whether a pseudonym is a given person's; nobody else can. GDPR
Art. 4(5) asks for exactly this separation; what is pseudonymised is personal data still.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import unicodedata
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from qunkit.errors import BadKey, reason
from qunkit.words import Text

_LENGTH = 32
_BITS = 80
"""A million people collide once in 2 · 10¹² keys; the next shorter habit, 40 bits, lets every third million collide."""
EVERYONE = "notify@all"
"""Who is mentioned with @everyone: nobody in particular."""
NOTE = Text(
    "Names are replaced by pseudonyms. That is still personal data (GDPR Art. 4(5); PIPL Art. 73): who holds the key, or knows the "
    "group, can tell who is meant. Texts may say more than qunkit can see.",
    "姓名已替换为化名，但仍属于个人信息（《个人信息保护法》第七十三条“去标识化”；GDPR 第 4(5) 条）：持有密钥或熟悉该群的人仍可能认出本人，文本中也可能有未能识别的线索。",
)


def key_path() -> Path:
    """Where the key lies: $QUNKIT_KEY, else ``key`` in the settings folder of the user."""
    from platformdirs import user_config_path

    named = os.environ.get("QUNKIT_KEY")
    return Path(named) if named else user_config_path("qunkit", appauthor=False) / "key"


def load_key(*, create: bool) -> bytes:
    """The 32 bytes of the key; with `create` it is made where there is none, for the owner alone.

    Raises:
        BadKey: there is none and it cannot be made, or what is there is no key.
    """
    path = key_path()
    try:
        if create:
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise BadKey(path=path, why=reason(error)) from None
    if len(key) != _LENGTH:
        raise BadKey(path=path, why=Text(f"not {_LENGTH} bytes", f"长度不是 {_LENGTH} 字节"))
    return key


def keyed(key: bytes, use: str, value: str) -> str:
    """What stands for `value` in one `use` ("member", "group", "forgotten" …): 16 letters and digits, 80 bits.

    HMAC-SHA256; the same value has the same mark under one key and use, and unlinkable ones under others.
    """
    said = f"qunkit/{use}/v1\0{unicodedata.normalize('NFC', value)}".encode("utf-8", "surrogatepass")
    return base64.b32encode(hmac.digest(key, said, sha256)[: _BITS // 8]).decode("ascii").lower()


class Pseudonyms:
    """What stands for groups, people and messages under one key. The same in every dataset, and in every run."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._keyed = cache(self._mark)

    def group(self, id: str) -> str:
        """What stands for a group, its id and its name."""
        return f"g-{self._keyed('group', id)}"

    def member(self, group: str, id: str) -> str:
        """What stands for a member, id and all names; one who is known by name alone (``name:…``) is somebody of that group only."""
        if id == EVERYONE:
            return id
        whole = "\0".join((group, id)) if id.startswith("name:") else id
        return f"m-{self._keyed('member', whole)}"

    def settings(self, hash: str) -> str:
        """What stands for the hash of settings: they hold names, and without a key a table of names would give them away."""
        return self._keyed("settings", hash)[:12]

    @property
    def message_key(self) -> str:
        """A key of its own for the ids of messages, which the query engine hashes: there are too many for Python."""
        return hmac.digest(self._key, b"qunkit/message/v1", sha256).hex()

    def _mark(self, use: str, value: str) -> str:
        return keyed(self._key, use, value)


def _make(path: Path) -> None:
    """Write a new key whole or not at all; of two that are made at once the first stays."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_LENGTH))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
