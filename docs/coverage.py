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

import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from qunkit import registry
from qunkit.chat.people import People
from qunkit.errors import UnreadableExport
from qunkit.ingest.events import interpret
from qunkit.parsing.source import open_source
from qunkit.schema import NOT_POSTS, RAW
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
_FIELDS = ("ts", "sender", "kind", "text", "reply_to", "mentions", "event", "actor", "targets")


@cache
def kept() -> dict[str, tuple[Text, ...]]:
    """Format → the cells of the first table, from all its samples that have messages."""
    found: dict[str, list[pa.Table]] = defaultdict(list)
    facts: dict[str, set[str]] = defaultdict(set)
    for sample, name in BELONGS.items():
        try:
            batches = list(registry.load("formats", name).read(open_source(SAMPLES / sample)))
        except UnreadableExport:  # recognised, to say why it cannot be used
            found.setdefault(name, [])
            continue
        people = People()
        for batch in batches:
            people.add_batch(batch.messages)
            people.add_members(batch.members)
            facts[name] |= {"members"} if batch.members else set()
            metadata = batch.messages.schema.metadata or {}
            facts[name] |= {metadata[b"time_quality"].decode()} if b"time_quality" in metadata else set()
            facts[name] |= {f"platform {metadata.get(b'platform', b'wechat').decode()}"}
        if not batches:
            continue
        platform = next(fact for fact in facts[name] if fact.startswith("platform")).removeprefix("platform ")
        for batch in batches:
            raw = batch.messages.replace_schema_metadata().cast(RAW.arrow)
            found[name].append(pa.Table.from_batches([interpret(raw, people, platform)]))
    refused = (REFUSED, *[NO] * (len(HEADS) - 2))
    return {
        name: _cells(pa.concat_tables(found[name]), facts[name]) if found[name] else refused for name in sorted(found)
    }


def _cells(said: pa.Table, facts: set[str]) -> tuple[Text, ...]:
    posts = said.filter(pc.invert(pc.is_in(said["kind"], pa.array(NOT_POSTS))))
    notices = said.filter(pc.is_in(said["kind"], pa.array(NOT_POSTS)))
    members = YES if "members" in facts else NO
    if not len(said):
        return (*[NO] * (len(HEADS) - 2), members)
    coarse = [fact for fact in ("minute", "day") if fact in facts]
    clock = coarse[0] if coarse else "exact" if _has(said, "epoch") else "local"
    sender = _ID if _has(posts, "sender_id") else _NAME
    quotes = {"quote_id": _BY_ID, "quote_time": _BY_TIME, "quote_text": _BY_WORDS}
    reply = next((text for column, text in quotes.items() if _has(said, column)), NO)
    targets = [who for row in notices["target_ids"].to_pylist() for who in row or () if who]
    known = any(not who.startswith("name:") for who in targets)
    told = _WITH_IDS if known and _has(posts, "sender_id") else YES if len(notices) else NO
    ids, mine = (YES if _has(said, column) else NO for column in ("native_id", "from_me"))
    listed = said["mention_ids"].drop_null().to_pylist()
    mentions = YES if any(not who.startswith(("name:", "notify@")) for row in listed for who in row) else NO
    return (_TIMES[clock], ids, sender, reply, mentions, mine, told, members)


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
