"""What gives a person away by its form alone: links, numbers, addresses, accounts; and the placeholder of each.

``keep`` is the part of a match that stays, and begins it. The patterns are tried in order, each on what those before it left; letters, digits,
hyphens and blanks of any width or dress have been made plain ones. Nothing is repeated without a bound within a repetition, so that a hostile text costs no more than another.
"""

from __future__ import annotations

import re

_NO_DIGIT_BEFORE, _NO_DIGIT_AFTER = "(?<![0-9])", "(?![0-9])"
_CHINESE = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_BLANKS, _DASHES = r" \u2800", r"\-ー─━⁃˗"
"""Those, too, that are no blank or dash to Unicode."""
_GAP = f"[{_BLANKS}{_DASHES}]"
_DOT = f"[{_BLANKS}{_DASHES}.]"
_SIGN = f"[{_BLANKS}{_DASHES}.。｡·•‧∙・_/|]"
"""What parts digits that are grouped as a number's are."""
_DATE = rf"(?:19|20)[0-9]{{2}}{_DOT}[01]?[0-9]{_DOT}[0-3]?[0-9]|[0-3]?[0-9]{_DOT}[01]?[0-9]{_DOT}(?:19|20)[0-9]{{2}}"
_NO_DATE = rf"(?<![/.{_DASHES}][01][0-9][/.{_DASHES}])(?!(?:{_DATE}){_NO_DIGIT_AFTER})"
_NO_AMOUNT_BEFORE, _NO_AMOUNT_AFTER = "(?<![￥¥$€])", "(?! ?(?:元|块|圆|円|rmb|[￥¥$€]))"
_CHINA = rf"(?:(?:\+|00)?86{_GAP}?)?"
_PARTS = rf"[1-9](?:[0-9]{{2,4}}(?:(?:[{_BLANKS}]{{1,3}}[0-9]{{3,5}}){{1,3}}|(?:[{_DASHES}][0-9]{{3,5}}){{2,3}})|(?:{_GAP}[0-9]){{4,11}})"
"""An account in groups of three digits or more, or digit by digit; "2024-11-30" is none, nor "500-1000"."""
_ENDS_LINK = r"\s，。！？；、（）》」”<>\"'"
_DOMAINS = "[a-z]{2}|com|net|org|edu|gov|top|xyz|vip|shop|club|app|link|site|online|info|live|store|work|tech|space|biz|mobi|dev|wang|中国|公司|网络"
"""Every country's, and the others that are posted; a file name such as ``a.py`` goes with them, which hurts nobody."""

Form = tuple[str, re.Pattern[str]]


def _form(placeholder: str, *patterns: str) -> Form:
    return f"[{placeholder}]", re.compile("|".join(patterns), re.IGNORECASE)


LINKS: tuple[Form, ...] = (
    _form("mini-program", r"#小程序://[^\s,，。]+", r"\bpages?/[0-9a-z_./-]+(?:\?[0-9a-z_=&%.~-]*)?"),
    _form("link", rf"(?:[a-z][a-z0-9+.-]{{1,15}}[:：]//|\bwww\.)[^{_ENDS_LINK}]*[^{_ENDS_LINK}?!.,;:]"),
    _form("code", r"[￥¥€₴$£₤₳¢₰][0-9a-z]{8,14}[￥¥€₴$£₤₳¢₰]", r"[(（/《](?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{11}[)）/》]"),
)  # fmt: skip
"""Before ids and names are looked for: they may be part of a link."""

NUMBERS: tuple[Form, ...] = (
    _form("e-mail", r"[0-9a-z][0-9a-z._%+-]{0,63}@[0-9a-z-]{1,63}(?:\.[0-9a-z-]{1,63}){1,4}"),
    _form("link", rf"(?<![0-9a-z@.-])(?:[0-9a-z\u4e00-\u9fff-]{{1,63}}\.){{1,4}}(?:{_DOMAINS})(?![0-9a-z])(?:/[0-9a-z_./?=&%#~+-]*[0-9a-z/=_-])?"),
    _form("account", r"(?:wxid|gh)_[0-9a-z_-]{4,}", r"[0-9]{3,25}@[a-z.]{4,20}", r"\bwx[0-9a-f]{16}\b"),
    _form("id-number", rf"{_NO_DIGIT_BEFORE}[1-9][0-9]{{5}}(?:18|19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9]{{4}}[0-9x]{_NO_DIGIT_AFTER}"),
    _form(
        "phone",
        rf"{_NO_DIGIT_BEFORE}{_NO_DATE}{_CHINA}1[3-9](?:{_DOT}?[0-9]){{9}}{_NO_DIGIT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}{_NO_AMOUNT_BEFORE}{_CHINA}1[3-9][0-9](?:{_SIGN}{{1,3}}[0-9]{{4}}){{2}}{_NO_DIGIT_AFTER}{_NO_AMOUNT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}(?<![0-9]{_SIGN}){_CHINA}1(?P<sign>{_SIGN}{{1,3}})[3-9](?:(?P=sign)[0-9]){{9}}(?!(?P=sign)?[0-9])",
        rf"{_NO_DIGIT_BEFORE}(?:\+|00)[1-9][0-9]{{0,2}}(?:[{_BLANKS}{_DASHES}()]{{0,2}}[0-9]){{6,24}}{_NO_DIGIT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}[(（]?85[23][)）]?{_GAP}{{0,3}}[2-9][0-9]{{3}}{_GAP}?[0-9]{{4}}{_NO_DIGIT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}[(（]?886[)）]?{_GAP}{{1,3}}0?[2-9](?:{_GAP}?[0-9]){{7,8}}{_NO_DIGIT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}[(（]?65[)）]?{_GAP}{{1,3}}[3689][0-9]{{3}}{_GAP}?[0-9]{{4}}{_NO_DIGIT_AFTER}{_NO_AMOUNT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}[(（]?0[0-9]{{2,3}}[)）]?{_DOT}{{0,3}}[2-9][0-9]{{6,7}}{_NO_DIGIT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}(?<![0-9]{{4}}{_GAP})[(（]?0[0-9]{{2,3}}[)）]?{_DOT}{{0,3}}[2-9][0-9]{{2,3}}{_DOT}[0-9]{{4}}{_NO_DIGIT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}[(（]?[1-9][0-9]{{2}}[)）]?{_DOT}[0-9]{{3,4}}{_DOT}[0-9]{{4}}{_NO_DIGIT_AFTER}",
        rf"{_NO_DIGIT_BEFORE}[48]00{_GAP}?[0-9]{{3}}{_GAP}?[0-9]{{4}}{_NO_DIGIT_AFTER}",
        rf"(?<![0-9{_CHINESE}])(?=(?:[0-9]{_GAP}?){{0,10}}[{_CHINESE}])[1一幺壹]{_GAP}?[3-9三四五六七八九叁肆伍陆柒捌玖](?:{_GAP}?[0-9{_CHINESE}]){{9}}(?![0-9{_CHINESE}])",
    ),
    _form("bank-card", rf"{_NO_DIGIT_BEFORE}{_NO_DATE}[1-9](?:{_GAP}?[0-9]){{14,18}}{_NO_DIGIT_AFTER}"),
    _form("account", rf"(?P<keep>(?:\bq|qq|扣扣|企鹅|群号|群)(?:[号群]|是|为|[:： ]){{0,4}})[1-9][0-9]{{4,11}}{_NO_DIGIT_AFTER}"),
    _form("account", rf"(?P<keep>(?:(?:\bq|qq|扣扣|企鹅|群号)(?:[号群]|是|为|[:： ]){{0,4}}|(?:群[:：]|加(?:我|她|他|一下)) ?)){_PARTS}{_NO_DIGIT_AFTER}{_NO_AMOUNT_AFTER}"),
    _form("account", r"(?P<keep>(?:微信|威信|薇信|卫星|wechat|vx|wx|v信|加我?[v微]|(?<![0-9a-z])v(?=[:：])|(?:抖音|小红书|快手)号)(?:号|是|为|id|[:： ]){0,4})[0-9a-z][0-9a-z_-]{4,19}"),
    _form("account", rf"(?P<keep>加(?:我|她|他|一下|[:： ]){{0,3}})[1-9][0-9]{{4,11}}{_NO_DIGIT_AFTER}"),
)  # fmt: skip
"""After known ids were found: a number that is somebody's id becomes that person's pseudonym."""
