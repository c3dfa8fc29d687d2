"""The invented fleet: the same bytes everywhere, the size and the plants that it promises, and a truth that is true."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from qunkit import config, demo, schema
from qunkit.demo.dice import Dice

CHINA = timezone(timedelta(hours=8))
END = datetime(2026, 11, 16, tzinfo=CHINA)
WEEK = timedelta(days=7)
Row = dict[str, Any]


class Fleet:
    """A written fleet and its truth."""

    def __init__(self, folder: Path, **arguments: Any) -> None:
        self.folder = folder
        self.paths = demo.write(folder, **arguments)
        self.truth = json.loads((folder / "truth/truth.json").read_text("utf-8"))
        self.groups: list[Row] = self.truth["groups"]
        self.messages: dict[str, list[Row]] = defaultdict(list)
        for line in (folder / "truth/messages.jsonl").read_text("utf-8").rstrip("\n").split("\n"):
            row = json.loads(line)
            row["at"] = datetime.fromtimestamp(row["ts"], CHINA)
            self.messages[row["group"]].append(row)

    def role(self, role: str) -> tuple[Row, list[Row]]:
        (group,) = (group for group in self.groups if group["role"] == role)
        return group, self.messages[group["id"]]

    def weekly(self, rows: list[Row]) -> list[int]:
        start = END - WEEK * self.truth["weeks"]
        counts = Counter((row["at"] - start) // WEEK for row in rows)
        return [counts[week] for week in range(self.truth["weeks"])]


@pytest.fixture(scope="session", params=[8, 1, 77])
def fleet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("fleet"), seed=request.param)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("plain"), plain=True)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _spoken(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["kind"] not in schema.NOT_POSTS]


# -- the same everywhere ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hash_seed", "zone", "locale"), [("0", "Asia/Kathmandu", "C"), ("4242", "America/New_York", "")]
)
def test_same_bytes_on_every_machine(tmp_path: Path, hash_seed: str, zone: str, locale: str) -> None:
    script = "import sys, pathlib; from qunkit import demo; demo.write(pathlib.Path(sys.argv[1]), groups=6, weeks=3)"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": locale}
    environment |= {
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }  # names of files are UTF-8 even where Python's are ASCII
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "there")], check=True, env=environment)
    demo.write(tmp_path / "here", groups=6, weeks=3)
    demo.write(tmp_path / "other", groups=6, weeks=3, seed=9)
    assert _digest(tmp_path / "there") == _digest(tmp_path / "here")
    assert _digest(tmp_path / "other") != _digest(tmp_path / "here")


def test_dice_never_change() -> None:
    dice = Dice(8, "pinned")
    assert [dice.between(1, 100) for _ in range(8)] == [60, 68, 31, 37, 76, 18, 35, 62]
    assert dice.some("abcdef", 3) == ["c", "f", "b"]
    assert dice.token("0123456789", 6) == "059347"


# -- size and shape --------------------------------------------------------------------------------------------------
def test_size_and_roles(fleet: Fleet) -> None:
    assert 27_000 <= fleet.truth["messages"] <= 33_000
    assert fleet.truth["messages"] == sum(len(rows) for rows in fleet.messages.values())
    roles = Counter(group["role"] for group in fleet.groups)
    assert roles == {"lively": 1, "dying": 1, "ad-flooded": 1, "kol-led": 1, "renamed": 1, "ordinary": 7}
    assert len({group["tool"] for group in fleet.groups}) == 5
    assert len({group["topic"] for group in fleet.groups}) == 6
    assert len({group["name"] for group in fleet.groups}) == 12
    assert fleet.role("lively")[0]["messages"] == max(group["messages"] for group in fleet.groups)


def test_files_returned(fleet: Fleet) -> None:
    exports = {path for path in (fleet.folder / "exports").rglob("*") if path.is_file()}
    assert set(fleet.paths) == exports
    assert fleet.paths == sorted(fleet.paths)
    assert {fleet.folder / name for group in fleet.groups for name in group["files"]} == exports
    assert len(exports) == 13


def test_kinds_and_events_are_of_the_closed_lists(fleet: Fleet) -> None:
    rows = [row for rows in fleet.messages.values() for row in rows]
    kinds = Counter(row["kind"] for row in rows)
    assert kinds.keys() <= schema.KINDS.keys()
    assert {row["event"] for row in rows} - {None} <= schema.EVENTS.keys()
    wordless = sum(
        kinds[kind] for kind in kinds if kind not in ("text", "quote", "solitaire", "announcement", "system")
    )
    assert 0.15 < wordless / len(rows) < 0.3
    for kind in ("quote", "red_packet", "recall", "pat", "announcement", "solitaire", "link", "file", "voice"):
        assert kinds[kind] >= 20


def test_rhythm(fleet: Fleet) -> None:
    for group in fleet.groups:
        hours = Counter(row["at"].hour for row in fleet.messages[group["id"]])
        night = sum(hours[hour] for hour in range(2, 6))
        assert night < 0.03 * hours.total()
    hikers = [row for g in fleet.groups if g["topic"] == "徒步" for row in fleet.messages[g["id"]]]
    days = Counter(row["at"].weekday() for row in hikers)
    assert days[4] + days[5] + days[6] > 1.2 * (days[0] + days[1] + days[2])


def test_few_carry_most(fleet: Fleet) -> None:
    for group in fleet.groups:
        counts = sorted(Counter(row["sender"] for row in _spoken(fleet.messages[group["id"]])).values(), reverse=True)
        assert 0.4 < sum(counts[: len(counts) // 5]) / sum(counts) < 0.85


def test_texts_are_varied(fleet: Fleet) -> None:
    texts = [row["text"] for rows in fleet.messages.values() for row in rows if row["kind"] in ("text", "quote")]
    long = Counter(text for text in texts if len(text) >= 12)
    assert len(long) > 0.6 * long.total()
    assert not any(mark in text for text in texts for mark in "{}|⏎‖")


def test_references(fleet: Fleet) -> None:
    for rows in fleet.messages.values():
        seen: dict[str, Row] = {}
        for row in rows:
            assert row["id"] not in seen
            assert not seen or row["ts"] >= seen[next(reversed(seen))]["ts"]
            seen[row["id"]] = row
            assert (row["kind"] == "quote") == (row["reply_to"] is not None)
            assert {row["reply_to"], row["answers"]} - {None} <= seen.keys()
            assert (row["sender"] is None) == (row["kind"] in ("system", "recall"))
            assert not row["mentions"] or ("@" in row["text"] and "\u2005" in row["text"])
    assert sum(len(row["mentions"]) for rows in fleet.messages.values() for row in rows) > 500


def test_settings_load(fleet: Fleet) -> None:
    settings = config.load(fleet.folder, None)
    assert sorted(settings.staff.ids) == fleet.truth["staff"]
    assert {name for names in settings.tags.values() for name in names} == {group["name"] for group in fleet.groups}


# -- the exports say what the truth says -----------------------------------------------------------------------------
def _weflow(path: Path) -> list[tuple[str, int, str, str | None]]:
    rows = json.loads(path.read_text("utf-8"))["messages"]
    return [(r["platformMessageId"], r["createTime"], r["senderUsername"], r["content"]) for r in rows]


def _chatlab(path: Path) -> list[tuple[str, int, str, str | None]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n")]
    messages = [r for r in rows if r["_type"] == "message"]
    return [(r["platformMessageId"], r["timestamp"], r["sender"], r["content"]) for r in messages]


def _table(path: Path, columns: tuple[str, str, str, str]) -> list[tuple[str, int, str, str | None]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(r.get(columns[0], ""), _instant(r[columns[1]]), r[columns[2]], r[columns[3]]) for r in rows]


def _instant(text: str) -> int:
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).timestamp())


def _read(group: Row, path: Path) -> list[tuple[str, int, str, str | None]]:
    match group["tool"]:
        case "WeFlow":
            return _weflow(path)
        case "WeFlow (ChatLab)":
            return _chatlab(path)
        case "chatlog":
            return _table(path, ("", "Time", "Sender", "Content"))
        case "MemoTrace 2":
            return _table(path, ("", "StrTime", "Sender", "StrContent"))
        case _:
            return _table(path, ("消息ID", "时间", "发送人", "内容"))


def test_exports_agree_with_the_truth(fleet: Fleet) -> None:
    for group in fleet.groups:
        truth = fleet.messages[group["id"]]
        parts = [_read(group, fleet.folder / name) for name in group["files"]]
        exported = sorted(dict.fromkeys(row for part in parts for row in part), key=lambda row: row[1])
        assert [row[1] for row in exported] == [row["ts"] for row in truth]
        if exported[0][0]:
            assert {row[0] for row in exported} == {row["id"] for row in truth}
        _senders_agree(group, truth, exported)
        said = Counter((row["ts"], row["text"]) for row in truth if row["kind"] == "text")
        assert said <= Counter((row[1], (row[3] or "").removeprefix("\n")) for row in exported)


def _senders_agree(group: Row, truth: list[Row], exported: list[tuple[str, int, str, str | None]]) -> None:
    shown = {m["id"]: m["shown"] if group["tool"] == "MemoTrace 3" else m["id"] for m in group["members"]}
    spoken = Counter((row["ts"], shown[row["sender"]]) for row in _spoken(truth))
    assert spoken <= Counter((row[1], row[2]) for row in exported)


def test_the_group_exported_twice(fleet: Fleet) -> None:
    group, truth = fleet.role("renamed")
    early, late = ({row[0] for row in _weflow(fleet.folder / name)} for name in group["files"])
    assert early | late == {row["id"] for row in truth}
    assert 0.15 < len(early & late) / len(truth) < 0.4
    sessions = [json.loads((fleet.folder / name).read_text("utf-8"))["session"] for name in group["files"]]
    assert [session["displayName"] for session in sessions] == group["names"]
    assert sessions[0]["wxid"] == sessions[1]["wxid"] == group["id"]


# -- what is planted -------------------------------------------------------------------------------------------------
def test_dying_group(fleet: Fleet) -> None:
    group, rows = fleet.role("dying")
    weekly = fleet.weekly(rows)
    assert weekly[-2:] == [0, 0]
    assert all(later < 1.05 * earlier for earlier, later in pairwise(weekly[:-2]))
    assert weekly[4] < 0.5 * weekly[0]
    assert rows[-1]["at"].date() == date.fromisoformat(group["dead_since"]) - timedelta(days=1)
    assert END - rows[-1]["at"] >= timedelta(days=14)
    assert all(other["dead_since"] is None for other in fleet.groups if other is not group)


def test_silent_leavers(fleet: Fleet) -> None:
    for group in fleet.groups:
        assert bool(group["leavers"]) == (group["role"] != "dying")
        for leaver in group["leavers"]:
            days = {row["at"].date() for row in _spoken(fleet.messages[group["id"]]) if row["sender"] == leaver["id"]}
            assert str(max(days)) == leaver["last_day"]
            assert len(days) == leaver["active_days"] >= 8
            assert END.date() - max(days) >= timedelta(days=14)


def test_advertisers(fleet: Fleet) -> None:
    group, rows = fleet.role("ad-flooded")
    by_id = {row["id"]: row for row in rows}
    ads = [by_id[id_] for id_ in group["ads"]]
    assert {ad["sender"] for ad in ads} == set(group["ad_senders"])
    arrived = {who: by_id[join["message"]]["ts"] for join in group["joins"] for who in join["who"]}
    assert all(arrived[ad["sender"]] < ad["ts"] for ad in ads)
    assert 0.1 < len(group["removed"]) / len(group["ad_senders"]) < 0.45
    gone = {who: by_id[notice["message"]]["ts"] for notice in group["removed"] for who in notice["who"]}
    assert all(row["ts"] < gone[row["sender"]] for row in rows if row["sender"] in gone)
    ad_weeks, all_weeks = fleet.weekly(ads), fleet.weekly(_spoken(rows))
    assert ad_weeks[-1] > 0.3 * all_weeks[-1] > ad_weeks[0]


def test_one_advertiser_works_several_groups(fleet: Fleet) -> None:
    places = Counter(who for group in fleet.groups for who in group["ad_senders"])
    (busy,) = (who for who, count in places.items() if count > 1)
    assert places[busy] == 3
    texts = {row["text"] for rows in fleet.messages.values() for row in rows if row["sender"] == busy}
    assert len(texts) == 1


def test_kol_sets_off_bursts(fleet: Fleet) -> None:
    group, rows = fleet.role("kol-led")
    answered = Counter(row["answers"] for row in rows)
    posts = [answered[id_] for id_ in group["kol_posts"]]
    assert len(posts) >= 40
    assert statistics.median(posts) >= 9
    others = [answered[row["id"]] for row in rows if row["kind"] == "text" and row["sender"] != group["kol"]]
    assert max(others) < statistics.median(posts)
    assert group["kol"] not in fleet.truth["staff"]


def test_relays_grow_by_a_line(fleet: Fleet) -> None:
    lengths = []
    for group in fleet.groups:
        by_id = {row["id"]: row for row in fleet.messages[group["id"]]}
        for relay in group["relays"]:
            texts = [by_id[id_]["text"] for id_ in relay]
            assert texts[0].startswith("#接龙\n")
            for number, (text, longer) in enumerate(pairwise(texts), 2):
                assert longer.startswith(f"{text}\n{number}. ")
            assert len({by_id[id_]["sender"] for id_ in relay}) == len(relay)
            lengths.append(len(relay))
    assert len(lengths) >= 40
    assert max(lengths) >= 12


def test_joins_and_renames(fleet: Fleet) -> None:
    for group in fleet.groups:
        if group["role"] != "dying":
            assert group["joins"]
        assert bool(group["renamed"]) == (group["role"] == "renamed")
    hows = Counter(join["how"] for group in fleet.groups for join in group["joins"])
    assert min(hows["invited"], hows["joined_qr"]) >= 15


def test_plain_fleet_has_nothing_planted(plain: Fleet) -> None:
    assert 22_000 < plain.truth["messages"] < 33_000
    for group in plain.groups:
        assert group["role"] == "ordinary"
        assert group["dead_since"] is None
        assert group["kol"] is None
        for fact in ("leavers", "ad_senders", "ads", "removed", "joins", "renamed", "kol_posts", "relays"):
            assert group[fact] == []
        weekly = plain.weekly(plain.messages[group["id"]])
        assert min(weekly) > 0.6 * statistics.mean(weekly)
        events = {row["event"] for row in plain.messages[group["id"]]}
        assert events <= {None, "patted", "recalled", "red_packet_taken"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"groups": 1, "weeks": 1},
        {"groups": 3, "weeks": 2, "end": date(2026, 1, 7)},
        {"groups": 40, "weeks": 2},
        {"groups": 2, "weeks": 30, "plain": True},
    ],
)
def test_other_sizes(tmp_path: Path, arguments: dict[str, Any]) -> None:
    small = Fleet(tmp_path, **arguments)
    assert len(small.groups) == arguments["groups"]
    assert len({group["name"] for group in small.groups}) == arguments["groups"]
    last = datetime.combine(arguments.get("end", demo.END), datetime.min.time(), CHINA) + timedelta(days=1)
    rows = [row for rows in small.messages.values() for row in rows]
    assert all(last - WEEK * arguments["weeks"] <= row["at"] < last for row in rows)
    assert all(small.messages[group["id"]] for group in small.groups)
