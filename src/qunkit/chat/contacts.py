"""Where a text names contacts, as `features.contacts` tells them and `scrub` takes them out: the one finds no more than the other.

Most are read in the normal text (`normal`), codes that Taobao opens in the plain one (`links`), which keeps their case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qunkit.chat.links import LINK

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
"""What stands for names under --pseudonymise is no id, nor with what is joined to it."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One, at ``[start:end]`` of the text in which it was read."""

    start: int
    end: int
    kind: str
    """``wx``, ``qq``, ``phone`` or ``taokouling``."""
    value: str


def named(read: str) -> Iterator[Contact]:
    """The contacts that a normal text names, but for codes."""
    if not _MAYBE.search(read):
        return
    read = LINK.sub(lambda link: "\n" * len(link[0]), read) if "." in read else read
    yield from _phones(read)
    for found in (*_QQ.finditer(read), *_QQ_MAIL.finditer(read)):
        if not _MOBILE.match(read, found.start("number")):
            yield Contact(*found.span("number"), "qq", _digits(found["number"]))
    for found in _WECHAT.finditer(read):
        told = found["word"][0] == "加" or _TOLD.search(found["between"])
        if found["number"]:
            if told and not _MOBILE.match(read, found.start("number")):
                yield Contact(*found.span("number"), "wx", found["number"])
        elif _is_id(found["id"]) and (told or not found["id"].isalpha()):
            yield _id(found)
    for found in _CALLED.finditer(read):
        told = "_" in found["id"] or ("我" in found["word"] and found["word"] != "+") or _TOLD.search(found["between"])
        if _is_id(found["id"]) and not found["id"].isalpha() and told:
            yield _id(found)
    yield from (_id(found) for found in _WXID.finditer(read) if _is_id(found["id"]))


def codes(plain: str) -> Iterator[Contact]:
    """The codes of a text that is plain (`links.plain`)."""
    for found in _CODE.finditer(plain):
        yield Contact(*found.span(), "taokouling", found["long"] or found["bare"])


def _phones(read: str) -> Iterator[Contact]:
    for found in (*_MOBILE.finditer(read), *_LANDLINE.finditer(read)):
        if not _COUNTED.search(read, max(0, found.start() - 8), found.start()):
            yield Contact(*found.span("number"), "phone", _digits(found["number"]))


def _id(found: re.Match[str]) -> Contact:
    return Contact(*found.span("id"), "wx", found["id"])


def _is_id(word: str) -> bool:
    return not (_PRODUCT.fullmatch(word) or _PSEUDONYM.search(word))


def _digits(number: str) -> str:
    return re.sub("[^0-9]", "", number)
