"""What every format keeps, measured on the sample exports: ``python docs/coverage.py`` prints both tables.

The first says what each format keeps; docs/generate.py puts it into the READMEs. The second compares every sample of the one
group that all exporters were run on (tests/samples/truth.jsonl) with what was really said, field by field.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection
from functools import cache
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from qunkit import registry
from qunkit.chat.people import People
from qunkit.chat.templates import WECHAT
from qunkit.errors import UnreadableExport
from qunkit.ingest.events import interpret
from qunkit.parsing.source import open_source
from qunkit.schema import RAW
from qunkit.words import Lang, Text
from support.truth import BELONGS, EXPECTED
from support.truth.base import SAMPLES, TOLD

YES, NO, REFUSED = Text("yes", "有"), Text("–", "–"), Text("refused", "拒绝")
HEADS = (
    Text("export", "导出"),
    Text("time", "时间"),
    Text("message id", "消息 id"),
    Text("sender", "发送者"),
    Text("replies", "引用回复"),
    Text("@ ids", "@ 的 id"),
    Text("own messages", "本人消息"),
    Text("join and leave notices", "进退群提示"),
    Text("relays (接龙)", "接龙全文"),
    Text("members", "成员名单"),
)
_TIMES = {
    "exact": Text("exact", "精确"),
    "local": Text("to the second", "到秒"),
    "minute": Text("to the minute", "到分"),
    "day": Text("day", "到日"),
}
_BY_ID, _BY_TIME, _BY_WORDS = Text("by id", "按 id"), Text("by time", "按时间"), Text("by words", "按原文")
_ID, _NAME = Text("id", "id"), Text("name", "名称")
_WITH_IDS = Text("with ids", "含 id")
_ALSO = Text(
    "Lists of people are read, too: {lists}. What says neither who spoke nor when is not: {refused}.",
    "也读取人员名单：{lists}。没有发送者和时间的不读取：{refused}。",
)
_MEMBERSHIP = ("invited", "joined_qr", "joined", "removed", "left")
_FIELDS = ("ts", "sender", "kind", "text", "reply_to", "mentions", "event", "actor", "targets")


@cache
def kept() -> dict[str, tuple[Text, ...]]:
    """Format → the cells of the first table. Where its samples differ, what each of them keeps."""
    found: dict[str, list[tuple[Text, ...]]] = defaultdict(list)
    for sample, name in BELONGS.items():
        found[name].append(_cells(registry.load("formats", name), SAMPLES / sample))
    return {name: tuple(map(_either, zip(*found[name], strict=True))) for name in sorted(found)}


def _either(cells: tuple[Text, ...]) -> Text:
    """Every different cell once, the plainest first."""
    several = sorted(dict.fromkeys(cells), key=lambda cell: (cell != NO, cell.en))
    return Text(" / ".join(cell.en for cell in several), " / ".join(cell.zh for cell in several))


def _cells(module: ModuleType, sample: Path) -> tuple[Text, ...]:
    """What the file itself keeps; what qunkit concludes from names is left out."""
    try:
        batches = list(module.read(open_source(sample)))
    except UnreadableExport:  # recognised, to say why it cannot be used
        return (REFUSED, *[NO] * (len(HEADS) - 2))
    members = YES if any(batch.members for batch in batches) else NO
    metadata = [batch.messages.schema.metadata or {} for batch in batches]
    said = [batch.messages.replace_schema_metadata().cast(RAW.arrow) for batch in batches]
    raw = pa.Table.from_batches(said, RAW.arrow)
    if not len(raw):
        return (*[NO] * (len(HEADS) - 2), members)
    platform = next((told[b"platform"].decode() for told in metadata if b"platform" in told), WECHAT)
    coarse = next((told[b"time_quality"].decode() for told in metadata if b"time_quality" in told), None)
    clock = coarse or ("exact" if _has(raw, "epoch") else "local")
    quotes = {"quote_id": _BY_ID, "quote_time": _BY_TIME, "quote_text": _BY_WORDS}
    understood = pa.Table.from_batches([interpret(batch, People(), platform) for batch in said])
    reply = next((text for column, text in quotes.items() if _has(understood, column)), NO)
    joins = understood.filter(pc.is_in(understood["event"], pa.array(_MEMBERSHIP)))
    targets = [who for row in joins["target_ids"].to_pylist() for who in row or () if who]
    told = NO if not len(joins) else _WITH_IDS if any(not who.startswith("name:") for who in targets) else YES
    relays = understood.filter(pc.equal(understood["kind"], "solitaire"))["text"].drop_null().to_pylist()
    listed = [who for row in raw["mention_ids"].drop_null().to_pylist() for who in row if not who.startswith("notify@")]
    return (
        _TIMES[clock],
        YES if _has(raw, "native_id") else NO,
        _ID if _has(raw, "sender_id") else _NAME,
        reply,
        YES if listed else NO,
        YES if _has(raw, "from_me") else NO,
        told,
        YES if any("\n" in text for text in relays) else NO,
        members,
    )


def _has(said: pa.Table, column: str) -> bool:
    if column == "from_me":
        return bool(pc.any(said[column]).as_py())
    return said[column].null_count < len(said)


def table(lang: Lang, folder: str, without: Collection[str] = ()) -> str:
    """The first table in Markdown; `folder` is where the formats' pages are."""
    head = " | ".join(text.say(lang) for text in HEADS)
    rows = [
        " | ".join([_link(name, lang, folder), *(cell.say(lang) for cell in cells)])
        for name, cells in kept().items()
        if name not in without
    ]
    lines = [head, "|".join(["---"] * len(HEADS)), *rows]
    return "".join(f"| {line} |\n" if "---" not in line else f"|{line}|\n" for line in lines)


def summary(lang: Lang, folder: str) -> str:
    """The table of the formats that have messages, and what else is known in a sentence."""
    lists = [name for name, cells in kept().items() if cells[0] == NO and cells[-1] == YES]
    refused = [name for name, cells in kept().items() if cells[0] == REFUSED]
    links = {name: _link(name, lang, folder) for name in (*lists, *refused)}
    comma = ", " if lang == "en" else "、"
    said = _ALSO.say(lang, lists=comma.join(map(links.get, lists)), refused=comma.join(map(links.get, refused)))
    others = [name for name, cells in kept().items() if cells[0] in (NO, REFUSED)]
    return f"{table(lang, folder, others)}\n{said}\n"


def _link(name: str, lang: Lang, folder: str) -> str:
    return f"[{registry.load('formats', name).TITLE.say(lang)}]({folder}{name}.md)"


def compared() -> str:
    """The second table: of every sample, in how many messages each field is what was said."""
    from ingest.test_truth import as_told, expected, found

    lines = ["\t".join(("sample", "messages", *_FIELDS, "explained"))]
    for sample in EXPECTED:
        with tempfile.TemporaryDirectory() as folder:
            got, wanted = found(sample, Path(folder)), expected(sample)
        names = EXPECTED[sample][0]
        equal = [sum(got[number][field] == as_told(number, names)[field] for number in got) for field in _FIELDS]
        unexplained = sum(got[number] != wanted[number] for number in got)
        cells = [f"{len(got)}/{len(TOLD)}", *map(str, equal), f"all but {unexplained}" if unexplained else "all"]
        lines.append("\t".join((sample, *cells)))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table("en", "docs/formats/") + "\n")
    sys.stdout.write(compared())
