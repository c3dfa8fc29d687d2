"""Other spellings of the words with which strangers ask to be contacted, where their company says so: ``伽薇❤`` is 加微信, 连衣裙 has no group in it.

Read in plain characters (see `normal`), many texts at once. What takes the place of a disguise is no longer than it, and is never found itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGN = r"[ .·•・‧∙。、\-—_*~|/\\^'`\"=#…]"
_GAP = _SIGN + "{0,3}"
"""What may be put within a word."""
_ID = "(?:[a-z][a-z0-9_-]{5}|[0-9]{5})"
"""How an account begins."""
_ASCII = "a-z0-9_./@-"
"""What no Latin disguise touches: it would be part of a word, a link or an account."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One of the signs `first`, not after `unless`, after `after` if that is given, and `rest` behind it, is `plain`. Looking back has a fixed length."""

    plain: str
    first: str
    rest: str = ""
    unless: str = ""
    after: str = ""

    def pattern(self) -> str:
        """Behind the first sign."""
        sign = f"[{self.first}]"
        before = f"(?<!{self.unless}{sign})" if self.unless else ""
        return f"(?<={self.after}{sign}){before}(?:{self.rest})"


_CALLED = f"(?:微|[薇溦徽葳]{_GAP}[信芯❤]|[v√∨ѵν薇溦徽葳❤](?![a-z])|[vw]{_GAP}x(?![a-z])|weixin|wechat|qq?(?![a-z])|[扣叩抠]|群|裙|峮|企鹅|我)"
"""What one is asked to add."""
_RULES = (
    _Rule("微信", "薇溦徽葳", f"{_GAP}[信芯❤]"),
    _Rule("微信", "微", f"{_GAP}[芯❤伈]|{_SIGN}{{1,3}}信"),
    _Rule("微信", "微威维唯", "[信心新芯](?<!微信)", after="[加+]"),
    _Rule("微信", "威维唯", f"[信心](?=[:号 ]{{0,3}}{_ID})"),
    _Rule("微信", "v√∨ѵν", f"{_GAP}[信芯❤]", unless="[a-z0-9]"),
    _Rule("微信", "vw", f"{_GAP}x(?![a-z_-]|\\.[a-z])", unless=f"[{_ASCII}]"),
    _Rule("微信", "w", "e(?:ixin|i xin|chat)(?![a-z_.-])", unless=f"[{_ASCII}]"),
    _Rule("微", "v√∨ѵν❤薇溦葳", "(?![a-z])(?<![a-z][+].)", after="[加+]"),
    _Rule("微", "v√∨ѵν❤薇溦徽葳", f"(?=[:号 ]{{1,3}}{_ID})", unless=f"[{_ASCII}]"),
    _Rule("加", "+伽迦茄咖枷珈", f"{_GAP}(?={_CALLED})", unless="[a-z]"),
    _Rule("加", "加", f"{_SIGN}{{1,3}}(?={_CALLED})"),
    _Rule("qq", "扣叩抠", f"{_GAP}[扣叩抠q](?![子钱分税])"),
    _Rule("qq", "q", f"(?:[扣叩抠]|{_SIGN}{{1,3}}q)(?![a-z子钱分])", unless=f"[{_ASCII}]"),
    _Rule("qq", "企", "鹅(?=[群号:加 ]{0,3}[0-9]{5})"),
    _Rule("qq", "球秋求邱", "[球秋求邱](?=[群号: ]{0,3}[0-9]{5})"),
    _Rule("q", "扣叩抠", "(?=[:号群 ]{0,3}[0-9]{5})"),
    _Rule("q", "扣叩抠", "(?![子钱分税除上好])", after="[加+]"),
    _Rule("群", "裙峮", "(?![子摆撑底装衫裤])", after="[加进入拉建q信流利友聊扣]"),
    _Rule("群", "裙峮", "(?=[号主友]|[: ]{0,2}[0-9]{5})"),
    _Rule("券", "卷", "(?![子心发])", after="(?:优惠|代金|现金|红包|购物|折扣|满减|抵用|抵扣|大额|内部|隐藏)"),
    _Rule("券", "卷", "(?![子宗])", after="领"),
)
_FIRST = "".join(sorted({sign for rule in _RULES for sign in rule.first}))
_DISGUISE = re.compile(
    f"[{_FIRST}](?:{'|'.join(f'(?P<r{place}>{rule.pattern()})' for place, rule in enumerate(_RULES))})"
)
"""One set of signs to begin with, so that the search passes over all others."""


def found(joined: str) -> Iterator[tuple[int, int, str]]:
    """First and last + 1 place of each disguise, in order, and the word it stands for. A NUL parts texts: nothing here reads beyond it."""
    for disguise in _DISGUISE.finditer(joined):
        yield disguise.start(), disguise.end(), _RULES[int((disguise.lastgroup or "")[1:])].plain
