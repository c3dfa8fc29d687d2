"""The text of a mail: every transfer, charset and nesting, and that each byte of it leads back to where it comes from."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.parsing.mail import text_of, transcript
from qunkit.parsing.source import open_source

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
WORDS = "早\r\n好 🌧 a=b\r\n"


def mail(body: bytes, *, how: str = "8bit", charset: str = "utf-8", kind: str = "text/plain") -> bytes:
    return (
        f"MIME-Version: 1.0\nContent-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {how}\n\n".encode()
        + body
    )


def text(raw: bytes) -> str:
    found = transcript(raw)
    assert found is not None
    words, own = found
    assert len(own) == len(words) + 1
    assert (np.diff(own) >= 0).all()
    assert len(words) == 0 or 0 <= own[0] <= own[-1] <= len(raw)
    return words.decode()


def transferred(body: bytes, how: str) -> bytes:
    if how == "base64":
        return base64.encodebytes(body)
    return quopri.encodestring(body) if how == "quoted-printable" else body


@pytest.mark.parametrize("how", ["7bit", "8bit", "base64", "quoted-printable", "BASE64 "])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "GB2312", "gbk", '"utf-8"'])
def test_transfers_and_charsets(how: str, charset: str) -> None:
    encoded = WORDS.encode("gb18030" if charset.lower().startswith("gb") else "utf-8")
    assert text(mail(transferred(encoded, how.strip().lower()), how=how, charset=charset)) == WORDS


def test_big5() -> None:
    assert text(mail("聊天記錄".encode("big5"), charset="big5")) == "聊天記錄"


@pytest.mark.parametrize("charset", ["x-unknown", "hex", "undefined", "utf-7", "idna", "\udcff"])
def test_a_strange_charset_is_read_as_utf_8(charset: str) -> None:
    raw = mail(b"a\xffb").replace(b"utf-8", charset.encode("utf-8", "surrogateescape"))
    assert text(raw) == "a\ufffdb"


def test_places_lead_to_what_encodes_a_character() -> None:
    raw = mail(b"abc=E6=97=A9=\nd=3De", how="quoted-printable")
    found = transcript(raw)
    assert found is not None
    words, own = found
    assert words.decode() == "abc早d=e"
    assert [raw[at : at + 1] for at in own[:-1].tolist()] == [b"a", b"b", b"c", b"=", b"=", b"=", b"d", b"=", b"e"]
    assert own.tolist()[3:6] == [raw.index(b"=E6")] * 3
    raw = mail(base64.b64encode(b"abcdef"), how="base64")
    found = transcript(raw)
    assert found is not None
    body = raw.index(b"\n\n") + 2
    assert found[1].tolist() == [body, body + 1, body + 2, body + 4, body + 5, body + 6, len(raw)]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>一</p><p>二</p>", "一\n二\n"),
        ("<div>一</div>\n  <div>二</div>", "一\n二\n"),
        ("一<br>二<BR/>三", "一\n二\n三"),
        ("a &lt;b&gt; &amp;&nbsp;&#26089;&#x65e9;", "a <b> & 早早"),
        ("一   二\n三", "一 二 三"),
        ("<head><title>x</title></head><style>a{}</style><script>1<2</script><!-- x -->一", "一"),
        ("<b>小刘 19:30<br></b><br>早", "\n\n小刘 19:30\n\n早"),
        ("<span style='a'>一</span>", "一"),
        ("1 < 2 & 3", "1 < 2 & 3"),
    ],
)
def test_pages(html: str, shown: str) -> None:
    assert text(mail(html.encode(), kind="text/html")) == shown


PARTS = {
    "plain": b"Content-Type: text/plain\n\nplain\n",
    "html": b"Content-Type: text/html\n\n<p>page</p>\n",
    "file": b'Content-Type: text/plain\nContent-Disposition: attachment; filename="a"\n\nfile\n',
    "image": b"Content-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n/9j/\n",
}


def several(*parts: bytes, kind: str = "mixed", boundary: bytes = b"=_b1") -> bytes:
    body = b"".join(b"--" + boundary + b"\n" + part for part in parts)
    head = b"Content-Type: multipart/" + kind.encode() + b'; boundary="' + boundary + b'"\n\npreamble\n'
    return head + body + b"--" + boundary + b"--\nepilogue\n"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (several(PARTS["plain"], PARTS["html"]), "plain\n"),
        (several(PARTS["html"], PARTS["plain"]), "plain\n"),
        (several(PARTS["file"], PARTS["image"], PARTS["html"]), "page\n"),
        (
            several(PARTS["image"], several(PARTS["html"], PARTS["plain"], kind="alternative", boundary=b"b2")),
            "plain\n",
        ),
        (several(PARTS["plain"].replace(b"plain\n", b"--=_b1x\n--=_b\n", 1)[:0] + PARTS["plain"]), "plain\n"),
    ],
)
def test_the_first_plain_text_else_the_first_page(raw: bytes, found: str) -> None:
    assert text(raw) == found


@pytest.mark.parametrize(
    "raw", [several(PARTS["image"], PARTS["file"]), several(), PARTS["image"], several(PARTS["plain"])[:60]]
)
def test_no_text_is_none(raw: bytes) -> None:
    assert transcript(raw) is None


def test_nesting_without_end_is_not_followed() -> None:
    raw = PARTS["plain"]
    for level in range(30):
        raw = several(raw, boundary=b"b%d" % level)
    assert transcript(raw) is None


def test_a_mail_is_a_source(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mail(base64.encodebytes(WORDS.encode()), how="base64"))
    found = text_of(open_source(path))
    assert found is not None
    assert b"".join(block for _, block in found.blocks(3)) == WORDS.encode()
    assert found.head_text == WORDS
    assert found.original(np.array([0, len(found.text)])).tolist() == [
        path.read_bytes().index(b"\n\n") + 2,
        path.stat().st_size,
    ]


@settings(ANY, max_examples=200)
@given(
    st.binary(max_size=60),
    st.sampled_from(["base64", "quoted-printable", "8bit"]),
    st.sampled_from(["utf-8", "gbk", "big5"]),
    st.booleans(),
)
@example(b"\xe6\xe6\x97", "8bit", "utf-8", False)
@example(b"\x81", "8bit", "gbk", False)
def test_nothing_raises_and_places_ascend(body: bytes, how: str, charset: str, page: bool) -> None:
    text(mail(body, how=how, charset=charset, kind="text/html" if page else "text/plain"))
