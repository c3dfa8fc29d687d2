"""Contacts that a text names, 联系方式: ``加V：xiao_lu88 或 扣扣 １２３４５６`` → ``["wx:xiao_lu88", "qq:123456"]``.

``wx:`` WeChat ids, ``qq:`` numbers of QQ accounts and groups, ``phone:`` telephones, ``taokouling:`` codes that Taobao opens. Each once, in the order in which they appear,
codes last. They are read in the normal text (`chat.normal`), so that dress and separators do not hide them, and told in it: lower case, bare digits. Codes alone
keep their case, which is part of them.

A number or a word is no contact by itself: 微信, QQ, 加 or the like must stand right before it. Only mobile phones of 11 digits, ids that begin with ``wxid_``
and codes in their marks need nothing. What follows 订单, 单号 or 快递, and what is followed by 元 or 份, is no phone. A text without contacts has an empty list; none at all, null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.chat.links import LINK, plain
from qunkit.chat.normal import normalise_all
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

COLUMN = "contacts"
TYPE = "list<string>"
VERSION = 1
HELP = Text(
    "WeChat ids, QQ numbers, phones and Taobao codes that the text names, each once",
    "文本中的微信号、QQ 号、电话与淘口令，不重复",
)

_BETWEEN = r"(?P<between>(?:号码?|账号|id|是|为|搜索?|[ :=,.~!>|()【】《》「」<\-—→☞\"'\U0001f449\U0001f447]){0,6})"
"""What stands between the word that tells of a contact and the contact."""
_NO_COUNT = "(?! ?(?:元|块|万|亿|人|份|个|次|件|条|分钟|%))"
_ID = r"(?P<id>[a-z][a-z0-9_-]{5,19})(?![a-z0-9_-])"
_WECHAT = re.compile(
    rf"(?P<word>加?微信信?|加(?:我的?)?[微v]|(?<!官)微(?= ?:)|(?<![a-z0-9])(?:wechat|weixin|[wv]x|v)(?![a-z])){_BETWEEN}(?:{_ID}|(?P<number>[1-9][0-9]{{5,10}})(?![0-9a-z_]){_NO_COUNT})"
)
_CALLED = re.compile(
    rf"(?P<word>加(?:一下|下)?(?:我|她|他|老师|客服|助理)?|联系(?:我|她|他)?|咨询|私聊?|\+){_BETWEEN}{_ID}"
)
_WXID = re.compile(r"(?<![a-z0-9_-])(?P<id>wxid_[a-z0-9_-]{5,24})(?![a-z0-9_-])")
_QQ = re.compile(
    r"(?:(?<![a-z0-9])(?:qq|q)(?![a-z])|q群|企鹅|扣扣|群(?= ?[:号])|加群)群?"
    rf"{_BETWEEN}(?P<number>[1-9][0-9]{{4,10}}|[1-9][0-9]{{2,3}}(?:[ -][0-9]{{3,4}}){{1,2}})(?![ -]?[0-9]|[a-z_]){_NO_COUNT}"
)
_QQ_MAIL = re.compile(r"(?<![0-9a-z._%+-])(?P<number>[1-9][0-9]{4,10})@qq\.com")
_MOBILE = re.compile(
    rf"(?<![0-9_])(?<![0-9][.-])(?:(?:\+|00)?86[ -]?)?(?P<number>1[3-9][0-9](?:[0-9]{{8}}|([ .-])[0-9]{{4}}\2[0-9]{{4}}))(?![0-9_]|[.-][0-9]){_NO_COUNT}"
)
_LANDLINE = re.compile(
    rf"(?:电话|热线|座机|致电|拨打|tel){_BETWEEN}(?P<number>0[0-9]{{2,3}}[ -]?[2-9][0-9]{{6,7}}|[48]00[ -]?[0-9]{{3}}[ -]?[0-9]{{4}})(?![ -]?[0-9])"
)
_CODE = re.compile(
    r"(?P<sign>[¥€₴$£₤₳¢₰])(?P<long>(?=[0-9]{0,13}[a-z])[0-9a-z]{8,14})[¥€₴$£₤₳¢₰]|[(（/《](?P<bare>(?=[a-z]{0,10}[0-9])(?=[0-9]{0,10}[a-z])[0-9a-z]{11})[)）/》]",
    re.IGNORECASE,
)
_MAYBE = re.compile(r"[0-9_]|[a-z-]{6}")
_COUNTED = re.compile(r"(?:订单|单号|运单|快递|编号|流水|取件|条码|货号)[^\n。]{0,4}$")
"""Before a number that counts things."""
_TOLD = re.compile("[:=号是为加【(《「>→☞\U0001f449\U0001f447]")
"""In what stands before an id: it says that one follows."""
_PRODUCT = re.compile(r"(?:iphone|ipad|windows|win|android|ios|macos|mac|harmonyos|version|covid|gpt|chatgpt)[0-9_-]*")
_PSEUDONYM = re.compile("[gmx]-[a-z2-7]{16}")
"""What stands for names under --pseudonymise is no id."""


def compute(batch: pa.RecordBatch) -> pa.Array:
    """The contacts of each text of the column ``text``."""
    import pyarrow as pa

    texts = batch.column("text").to_pylist()
    normal = normalise_all([text or "" for text in texts])
    found = [_found(text, read) if text else None for text, read in zip(texts, normal, strict=True)]
    return pa.array(found, pa.list_(pa.string()))


def contacts(text: str) -> list[str]:
    """The contacts of one text."""
    return _found(text, normalise_all([text])[0])


def _found(text: str, read: str) -> list[str]:
    named = sorted(set(_named(read))) if _MAYBE.search(read) else []
    codes = [f"taokouling:{code['long'] or code['bare']}" for code in _CODE.finditer(plain(text))]
    return list(dict.fromkeys([value for _, value in named] + codes))


def _named(read: str) -> Iterator[tuple[int, str]]:
    """Where contacts stand in a normal text, and each as it is told."""
    read = LINK.sub(lambda link: "\n" * len(link[0]), read) if "." in read else read
    yield from _phones(read)
    for found in (*_QQ.finditer(read), *_QQ_MAIL.finditer(read)):
        if not _MOBILE.match(read, found.start("number")):
            yield found.start("number"), f"qq:{_digits(found['number'])}"
    for found in _WECHAT.finditer(read):
        told = found["word"][0] == "加" or _TOLD.search(found["between"])
        if found["number"]:
            if told and not _MOBILE.match(read, found.start("number")):
                yield found.start("number"), f"wx:{found['number']}"
        elif _is_id(found["id"]) and (told or not found["id"].isalpha()):
            yield found.start("id"), f"wx:{found['id']}"
    for found in _CALLED.finditer(read):
        told = "_" in found["id"] or ("我" in found["word"] and found["word"] != "+") or _TOLD.search(found["between"])
        if _is_id(found["id"]) and not found["id"].isalpha() and told:
            yield found.start("id"), f"wx:{found['id']}"
    for found in _WXID.finditer(read):
        yield found.start("id"), f"wx:{found['id']}"


def _phones(read: str) -> Iterator[tuple[int, str]]:
    for found in (*_MOBILE.finditer(read), *_LANDLINE.finditer(read)):
        if not _COUNTED.search(read, max(0, found.start() - 8), found.start()):
            yield found.start("number"), f"phone:{_digits(found['number'])}"


def _is_id(word: str) -> bool:
    return not (_PRODUCT.fullmatch(word) or _PSEUDONYM.fullmatch(word))


def _digits(number: str) -> str:
    return re.sub("[^0-9]", "", number)
