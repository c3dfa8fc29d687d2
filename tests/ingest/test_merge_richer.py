"""What one export leaves out another fills in: every field of every sort of message, over pairs of formats and by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from qunkit.demo.model import Chat
from qunkit.ingest.run import Options, ingest
from support.pairs import WRITERS, every_pair
from support.small_chats import platform, rich_chat
from support.staged import commit, messages, telling

A, B, C = "a" * 16, "b" * 16, "c" * 16
STEPS, TOGETHER = 6, 41
FIELDS = (
    *("native_id", "sender_id", "sender_name", "kind", "text", "event", "actor_id", "actor_name", "target_ids"),
    *("target_names", "reply_to", "reply_how", "mention_ids", "from_me", "extra"),
)
Row = dict[str, Any]
Minutes = dict[int, list[Row]]


def poverty(field: str, value: Any) -> int:
    """0: all that one can say; the higher, the less."""
    if field == "reply_how":
        return ["id", "time", "text", "unknown", None].index(value)
    if value is None or value == []:
        return 2
    if field.endswith(("_id", "_ids")):
        return int(any(who is None or who == "me" or who.startswith("name:") for who in _listed(value)))
    return int(value == {"kind": "other", "event": "other", "text": ""}.get(field))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def ingested(files: Sequence[Path], dataset: Path, chats: Sequence[Chat]) -> list[Minutes]:
    """Messages by minute, for every chat."""
    summary = ingest(list(files), dataset, Options(threads=1))
    assert {(file.status, file.rejected) for file in summary.files} <= {("ingested", 0), ("already", 0)}
    rows = messages(dataset)[0]
    found = []
    for chat in chats:
        minutes = defaultdict(list)
        for row in rows:
            if row["group_name"] == chat.name or row["group_id"] == chat.id:
                minutes[int(row["sent_at"].timestamp()) // 60].append(row)
        found.append(minutes)
    return found


def check(names: Sequence[tuple[str, str]], folder: Path) -> int:
    """Ingest exports alone and together; how many messages both told and the merge has once."""
    chats = [rich_chat(number, platform(a)) for number, (a, _) in enumerate(names)]
    files = [
        [
            WRITERS[pair[side]].write(chat, chat.messages, folder / f"{number}{side}")
            for number, (pair, chat) in enumerate(zip(names, chats, strict=True))
        ]
        for side in (0, 1)
    ]
    sides = [ingested(one, folder / str(side), chats) for side, one in enumerate(files)]
    merged = ingested([*files[0], *files[1]], folder / "merged", chats)
    joined = 0
    for number, pair in enumerate(names):
        for minute, rows in merged[number].items():
            told = [side[number].get(minute, []) for side in sides]
            if [len(rows), *map(len, told)] == [1, 1, 1]:
                joined += 1
                richer(pair, told[0][0], told[1][0], rows[0])
    return joined


def richer(pair: tuple[str, str], a: Row, b: Row, merged: Row) -> None:
    """The merged message says as much as either, and what both say it says, too."""
    for field in FIELDS:
        least = min(poverty(field, a[field]), poverty(field, b[field]))
        found = poverty(field, merged[field])
        assert found <= least, (pair, field, a[field], b[field], merged[field])
        if a[field] == b[field] and found == least:
            assert merged[field] == a[field], (pair, field, a[field], merged[field])


@pytest.mark.parametrize(
    "step", [*range(2), *(pytest.param(step, marks=pytest.mark.slow) for step in range(2, STEPS * 2))]
)
def test_no_field_is_poorer_for_another_export(tmp_path: Path, step: int) -> None:
    """Two quick shares of all pairs of formats; the rest takes minutes."""
    names = every_pair()[step :: STEPS * 2]
    assert len(names) <= TOGETHER
    assert check(names, tmp_path) > 10 * len(names)


# -- by hand -----------------------------------------------------------------------------------------------------------
def test_three_exports_fill_in_one_another_in_any_order(tmp_path: Path) -> None:
    """Ids and no names; names and what is quoted; whose it is. None has all."""
    native = "12345678901234567"
    said = {
        A: telling(0, kind="quote", text="好", native_id=native, sender_name="凯文"),
        B: telling(
            0, kind="quote", text="好", native_id=native, sender_id="w1", quote_id="99", mention_ids=["name:小刘"]
        ),
        C: telling(0, kind="quote", text="", native_id=native, from_me=True, mention_ids=["w2"], extra='{"x": 1}'),
    }
    for number, order in enumerate(permutations(said)):
        for source in order:
            commit(tmp_path / str(number), {source: [said[source]]})
        (row,) = messages(tmp_path / str(number))[0]
        assert (row["sender_id"], row["sender_name"], row["text"]) == ("w1", "凯文", "好")
        assert (row["reply_to"], row["reply_how"], row["mention_ids"]) == ("99", "id", ["w2"])
        assert (row["from_me"], row["extra"]) == (True, '{"x": 1}')


def test_a_notice_is_told_by_who_knows_its_people(tmp_path: Path) -> None:
    """Actor and targets may come from two exports; a template without names comes last."""
    one = {"kind": "system", "native_id": "1" * 18, "event": "invited"}
    said = {
        A: telling(0, text='"$username$"邀请"$names$"加入了群聊', target_ids=[None], **one),
        B: telling(
            0,
            text='"凯文"邀请"小刘"加入了群聊',
            actor_id="name:凯文",
            actor_name="凯文",
            target_ids=["w2"],
            target_names=["小刘"],
            **one,
        ),
        C: telling(
            0,
            text="凯文邀请了小刘",
            actor_id="w1",
            actor_name="凯文",
            target_ids=["name:小刘"],
            target_names=["小刘"],
            **one,
        ),
    }
    for number, order in enumerate(permutations(said)):
        for source in order:
            commit(tmp_path / str(number), {source: [said[source]]})
        (row,) = messages(tmp_path / str(number))[0]
        assert (row["actor_id"], row["target_ids"], row["text"]) == ("w1", ["w2"], '"凯文"邀请"小刘"加入了群聊')


def test_a_reply_keeps_its_link_where_one_export_knows_ids_and_the_other_names(tmp_path: Path) -> None:
    """By names: the quote, and what it quotes. By ids: what it quotes, which is why its sender goes by the id in the end."""
    first = {"text": "几点？", "native_id": "1" * 18}
    quote = telling(
        60, text="八点", kind="quote", native_id="2" * 18, sender_name="小刘", quote_text="几点？", quote_sender="凯文"
    )
    said = {A: [telling(0, sender_name="凯文", **first), quote], B: [telling(0, sender_id="w1", **first)]}
    commit(tmp_path / "d", {A: said[A]})
    assert messages(tmp_path / "d")[0][1]["reply_to"] == "1" * 18
    commit(tmp_path / "d", {B: said[B]})
    rows = messages(tmp_path / "d")[0]
    assert (rows[0]["sender_id"], rows[1]["reply_to"], rows[1]["reply_how"]) == ("w1", "1" * 18, "text")


# -- what no id tells apart or joins -----------------------------------------------------------------------------------
def test_a_group_that_was_renamed_between_is_two_until_an_id_joins_them(tmp_path: Path) -> None:
    nameless = {"group_id": None, "sender_name": "凯文"}
    said = {A: [telling(0, group_name="徒步", **nameless)], B: [telling(9, group_name="远足", **nameless)]}
    commit(tmp_path / "d", said)
    assert [row["group_id"] for row in messages(tmp_path / "d")[0]] == ["name:徒步", "name:远足"]
    ids = [
        telling(second, group_name=name, sender_id="w1", sender_name="凯文")
        for second, name in ((0, "徒步"), (9, "远足"))
    ]
    commit(tmp_path / "d", {C: ids})
    assert [(row["group_id"], row["sender_id"]) for row in messages(tmp_path / "d")[0]] == [("g1", "w1"), ("g1", "w1")]


def test_two_groups_of_one_name_are_one_without_ids_and_two_with(tmp_path: Path) -> None:
    """Nothing in a copied chat tells which of two groups of one name it is of."""
    copied = {source: [telling(0, text=source[0], group_id=None, sender_name="凯文")] for source in (A, B)}
    commit(tmp_path / "d", copied)
    assert len({row["group_id"] for row in messages(tmp_path / "d")[0]}) == 1
    commit(
        tmp_path / "d", {C: [telling(5, group_id=group, sender_id="w1", sender_name="凯文") for group in ("g1", "g2")]}
    )
    assert {row["group_id"] for row in messages(tmp_path / "d")[0]} == {"g1", "g2", "name:徒步"}
