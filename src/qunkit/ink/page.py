"""The frame of a page for a browser: its policy, its looks by light, in the dark and on paper, and the one script that it may run.

The policy lets nothing in but this style and this script, each by its hash: no other script, no picture from elsewhere, no style in a tag. Without the script
everything is there; it only lets readers sort tables, and paper shows nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qunkit.ink.charts.vega import COLOURS
from qunkit.ink.clean import html
from qunkit.words import Lang

LIGHT = {
    "ink": "#1c2126", "soft": "#5c6670", "line": "#d8dde2", "back": "#fff", "head": "#f3f5f7", "link": "#005a8c",
    "one": "#0072b2", "two": "#7a7f85", "band": "#e3eef6", "edge": "#7295ab", "alarm": "#d55e00",
    "s0": "#eef0f2", "s1": "#dcebf5", "s2": "#a9cfe6", "s3": "#5fa5d0", "s4": "#0072b2",
    "on0": "#1c2126", "on1": "#1c2126", "on2": "#1c2126", "on3": "#10151a", "on4": "#fff",
}  # fmt: skip
DARK = {
    "ink": "#e4e7ea", "soft": "#9aa4ad", "line": "#3a4149", "back": "#15181b", "head": "#20252a", "link": "#7cc4f0",
    "one": "#56b4e9", "two": "#9aa0a6", "band": "#1d2a33", "edge": "#5b7e95", "alarm": "#e69f00",
    "s0": "#20252a", "s1": "#1b3444", "s2": "#1d5577", "s3": "#3f97ca", "s4": "#a3d9f8",
    "on0": "#e4e7ea", "on1": "#e4e7ea", "on2": "#e4e7ea", "on3": "#0b0e10", "on4": "#0b0e10",
}  # fmt: skip
"""The palette of Okabe and Ito, which the colour-blind tell apart, and shades of its blue: contrasts are checked by a test."""


def _painted(colours: dict[str, str], more: str = "") -> str:
    return f":root{{color-scheme:{more};{';'.join(f'--{name}:{paint}' for name, paint in colours.items())}}}"


_CLASSES = "".join(f".f-{name}{{fill:var(--{name})}}.k-{name}{{stroke:var(--{name})}}.c-{name}{{color:var(--{name})}}" for name in COLOURS.values())  # fmt: skip
_SHADES = "".join(f".s{step}{{background:var(--s{step});color:var(--on{step})}}" for step in range(1, 5))

STYLE = f"""
{_painted(LIGHT, "light dark")}
@media (prefers-color-scheme:dark){{{_painted(DARK, "light dark")}}}
*{{box-sizing:border-box}}
html{{-webkit-text-size-adjust:100%;text-size-adjust:100%}}
body{{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:80rem;background:var(--back);color:var(--ink);
font:16px/1.6 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
overflow-wrap:anywhere}}
h1{{font-size:1.6rem;line-height:1.3;margin:0 0 1rem}}
h2{{font-size:1.2rem;line-height:1.3;margin:2.2rem 0 .6rem}}
p,ul{{margin:.6rem 0;max-width:48rem}}
ul{{padding-left:1.2rem}}
a{{color:var(--link)}}
.about,footer{{color:var(--soft);font-size:.875rem}}
footer{{margin-top:2.5rem;border-top:1px solid var(--line)}}
.wide{{overflow-x:auto;margin:.8rem 0}}
table{{border-collapse:collapse;width:max-content;font-size:.9375rem;line-height:1.45}}
th,td{{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;max-width:24rem}}
th{{background:var(--head);font-weight:600;vertical-align:bottom;max-width:8rem}}
.n,.d{{white-space:nowrap}}
.n{{text-align:right;font-variant-numeric:tabular-nums}}
th.n{{white-space:normal;overflow-wrap:normal}}
{_SHADES}
h3{{font-size:.9375rem;color:var(--soft);margin:1.2rem 0 .4rem}}
.say,.note,.quote{{margin:.15rem 0;padding-left:3.4rem}}
.say,.note{{text-indent:-3.4rem}}
.say *,.note *{{text-indent:0}}
.time{{display:inline-block;width:3.4rem;color:var(--soft);font-variant-numeric:tabular-nums}}
.note,.quote{{color:var(--soft)}}
.quote{{margin:0 0 .3rem 3.4rem;padding-left:.6rem;border-left:3px solid var(--line)}}
nav ul{{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;max-width:none}}
section h3,section h4{{font-size:1.05rem;color:var(--ink);margin:1.4rem 0 .4rem}}
.cards{{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:.8rem;margin:.8rem 0}}
.cards div{{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}}
dt,dd{{margin:0}}
dt,dd+dd{{color:var(--soft);font-size:.8125rem;line-height:1.5}}
dt+dd{{font-size:1.5rem;line-height:1.4;font-variant-numeric:tabular-nums}}
.charts{{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.2rem 2rem;margin:1rem 0}}
figure{{margin:0;min-width:0;max-width:38rem}}
figcaption{{font-weight:600;margin-bottom:.3rem}}
svg{{display:block;width:100%;height:auto;font-family:inherit}}
{_CLASSES}
.key{{display:flex;flex-wrap:wrap;gap:0 1rem;list-style:none;padding:0;margin:.3rem 0;font-size:.8125rem;color:var(--soft)}}
summary{{font-size:.8125rem;color:var(--link);cursor:pointer}}
button{{font:inherit;color:inherit;text-align:inherit;background:none;border:0;padding:0;cursor:pointer}}
button::after{{content:" ↕";color:var(--soft);font-weight:400;opacity:.5}}
[aria-sort=ascending] button::after{{content:" ▲"}}
[aria-sort=descending] button::after{{content:" ▼"}}
@media (max-width:30rem){{td,th{{max-width:11rem}}.charts{{gap:1.6rem}}.cards{{grid-template-columns:repeat(auto-fill,minmax(min(100%,10rem),1fr))}}}}
@page{{size:A4;margin:15mm}}
@media print{{{_painted(LIGHT | {"ink": "#000", "soft": "#444", "line": "#bbb", "head": "#eee"}, "light")}
html{{font-size:75%}}td,svg,.key{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
body{{padding:0;max-width:none;font-size:10pt}}.wide{{overflow:visible}}
table{{font-size:8pt;width:auto}}th,td{{padding:.15rem .3rem}}th,td:not(.n):not(.d){{white-space:normal;overflow-wrap:anywhere}}
thead{{display:table-header-group}}tr,figure,.cards div{{break-inside:avoid}}h2,h3,h4,figcaption,thead{{break-after:avoid}}tbody tr:first-child{{break-before:avoid}}
nav,summary,details{{display:none}}button{{display:contents}}button::after{{content:none}}
.charts{{grid-template-columns:1fr 1fr;gap:1rem}}.charts figure:only-child{{max-width:12cm}}.cards{{grid-template-columns:repeat(3,1fr);gap:.4rem}}
a{{color:inherit;text-decoration:none}}}}
"""

SCRIPT = """
for (const table of document.querySelectorAll("table.sort")) {
  const body = table.tBodies[0], order = [...body.rows], heads = [...table.tHead.rows[0].cells];
  const key = (row, at) => { const cell = row.cells[at], n = cell.dataset.n;
    return n === undefined ? cell.textContent : n === "" ? null : Number(n); };
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const numbers = head.classList.contains("n"), first = numbers ? "descending" : "ascending";
      const second = numbers ? "ascending" : "descending", now = head.getAttribute("aria-sort");
      const next = now === first ? second : now === second ? null : first, sign = next === "descending" ? -1 : 1;
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      const compare = (a, b) => { const [x, y] = [key(a, at), key(b, at)];
        if (x === null || y === null) return (x === null) - (y === null);
        return sign * (typeof x === "number" ? x - y : x.localeCompare(y)); };
      body.append(...(next ? [...order].sort(compare) : order));
    };
  });
}
"""


def _hash(text: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def page_head(title: str, lang: Lang, *, sorts: bool) -> str:
    """All that stands before the content; `sorts`: the script may run."""
    script = f" script-src {_hash(SCRIPT)};" if sorts else ""
    policy = f"default-src 'none'; style-src {_hash(STYLE)};{script} img-src data:; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    )


def page_end(*, sorts: bool) -> str:
    """What stands behind the content."""
    return f"{f'<script>{SCRIPT}</script>' if sorts else ''}</body>\n</html>\n"


_NAMED = re.compile(r"[^a-z0-9_-]+")


def anchors(names: Iterable[str]) -> list[str]:
    """Names of places on a page, of which no two are the same."""
    found: list[str] = []
    for name in names:
        plain = _NAMED.sub("-", name.lower()).strip("-") or "section"
        same = (f"{plain}-{at}" for at in range(2, len(found) + 3))
        found.append(plain if plain not in found else next(one for one in same if one not in found))
    return found


def href(file: str) -> str:
    """The way to a file beside the page: never to another place, whatever its name."""
    from urllib.parse import quote

    return "./" + quote(file, safe="", errors="replace")
