"""Mails with a chat in them: what is taken for one, and that ranges are of the mail. The samples are compared in test_wechat_truth.py."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest

from qunkit.errors import UnreadableExport
from qunkit.formats import wechat_mail_eml, wechat_mail_txt
from qunkit.parsing.source import open_source
from support.reading import read, sniffs
from support.truth.base import SAMPLES

CHAT = '微信群"读书会"的聊天记录如下:\n\n—————  2024-12-4  —————\n\n小刘 19:30\n\n早\n\n阿岚 19:31\n\n好\n'


def mail(body: str, how: str, kind: str = "text/plain") -> str:
    return f"From: a@mail.example.invalid\nMIME-Version: 1.0\nContent-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {how}\n\n{body}"


BASE64 = mail(base64.encodebytes(CHAT.encode()).decode(), "base64")
QUOTED = mail(quopri.encodestring(CHAT.encode()).decode(), "quoted-printable")
PLAIN = mail(CHAT, "8bit")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (BASE64, True),
        (QUOTED, True),
        (PLAIN, True),
        (PLAIN.replace("\n", "\r\n"), True),
        (PLAIN.replace("—————", "--"), False),
        (PLAIN.replace("MIME-Version", "X").replace("Content-Type", "Y"), False),
        (CHAT, False),
        ("\n" + PLAIN, False),
        (mail(CHAT, "8bit", "image/jpeg"), False),
    ],
)
def test_sniff(tmp_path: Path, text: str, answer: bool) -> None:
    assert sniffs(wechat_mail_eml, tmp_path / "a.eml", text) == answer


@pytest.mark.parametrize("text", [BASE64, QUOTED, PLAIN], ids=["base64", "quoted-printable", "8bit"])
def test_a_mail_says_what_its_text_says(tmp_path: Path, text: str) -> None:
    rows, reasons = read(wechat_mail_eml, tmp_path / "a.eml", text)
    plain, _ = read(wechat_mail_txt, tmp_path / "a.txt", CHAT)
    assert reasons == []
    assert [{**row, "offset": 0} for row in rows] == [{**row, "offset": 0} for row in plain]
    assert len(rows) == 2


def test_a_message_is_where_its_name_is_encoded(tmp_path: Path) -> None:
    rows, _ = read(wechat_mail_eml, tmp_path / "a.eml", PLAIN)
    raw = PLAIN.encode()
    assert [row["offset"] for row in rows] == [raw.index("小刘".encode()), raw.index("阿岚".encode())]
    rows, _ = read(wechat_mail_eml, tmp_path / "a.eml", QUOTED)
    assert QUOTED.encode()[rows[1]["offset"] :].startswith(b"=E9=98=BF=E5=B2=9A")  # 阿岚
    rows, _ = read(wechat_mail_eml, tmp_path / "a.eml", BASE64)
    begin = BASE64.index("\n\n") + 2
    digits = BASE64[begin : rows[1]["offset"]].replace("\n", "")
    assert len(digits) * 6 // 8 == len(CHAT.encode()[: CHAT.encode().index("阿岚".encode())])


def test_what_is_around_the_text_is_framing() -> None:
    source = open_source(SAMPLES / "made/wechat_mail_eml/base64.eml")
    (batch,) = wechat_mail_eml.read(source)
    raw = source.path.read_bytes()
    begin, end = raw.index(b"RGVhcjo"), raw.index(b"\r\n------=_Part_7_20241206\r\nContent-Type: image")
    assert (0, begin) in batch.framing
    assert (end + 2, source.size) in batch.framing


def test_a_mail_too_large_to_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechat_mail_eml, "_LIMIT", 10)
    with pytest.raises(UnreadableExport, match="256 MB"):
        read(wechat_mail_eml, tmp_path / "a.eml", PLAIN)
