"""Alerts of whole datasets: whole days alone, what was told once is told once, and nothing is lost when the output is."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime, timedelta

import pytest

from qunkit import open_dataset
from qunkit.alert_rules import RULES
from qunkit.alerts import COLUMNS
from qunkit.errors import BadOption, CannotCreate, DatasetLocked, DatasetNewer, NoDataset, ToldDamaged
from qunkit.ingest import store, told
from qunkit.ingest.check import check
from qunkit.ingest.findings import Checked
from qunkit.ingest.forget import forget
from support.datasets import make_dataset
from support.messages import moment

BEGIN = moment("2026-03-02 00:00:00")
PEOPLE = ("ann", "bob", "cat", "dan")


def talk(group, days, hours=(9, 13, 20), **more):
    """Four people of a group, three times a day."""
    return [
        {"at": BEGIN + timedelta(days=day, hours=hour, minutes=n), "group_id": group, "group_name": f"Group {group}", "sender_id": who, "text": "好", **more}
        for day in days for hour in hours for n, who in enumerate(PEOPLE)
    ]  # fmt: skip


def last(day):
    """The last message of a day: it makes the day whole."""
    return {"at": BEGIN + timedelta(days=day, hours=23, minutes=59, seconds=59), "group_id": "lively", "group_name": "Group lively", "sender_id": "ann", "text": "晚安"}  # fmt: skip


def table(dataset, **asked):
    """Alerts as (rule, group), and the result."""
    found = dataset.alerts(**asked)
    names = [column.name for column in COLUMNS]
    rows = [dict(zip(names, row, strict=True)) for row in found.rows()]
    return [(row["rule"], row["group_id"]) for row in rows], found


def day(n):
    return f"{(BEGIN + timedelta(days=n)).date()}"


def opened(folder, *on):
    """A dataset in which silence is told, and what is `on`: one analysis is quicker than nine."""
    off = "".join(f"{rule} = false\n" for rule in RULES if rule not in (on or ("silent", "decline")))
    (folder / "qunkit.toml").write_text(f"[alerts]\n{off}")
    return open_dataset(folder)


def findings(dataset):
    """What `qunkit check` finds; a dataset by hand is everybody's."""
    return [one.code for one in check(dataset.path, Checked()) if one.code != "mode"]


@pytest.fixture
def dataset(tmp_path):
    """Two groups talk for 60 days; then one is silent, and from the 72nd on it talks again. The other talks for 80 days."""
    rows = [*talk("lively", range(80)), *talk("quiet", [*range(60), *range(71, 73)]), last(79)]
    return opened(make_dataset(tmp_path / "data", rows))


# -- whole days ------------------------------------------------------------------------------------------------------
def test_silence_is_told_when_the_day_is_whole(dataset):
    # the last message is of day 59: days 60 to 66 are seven, and 67 makes the 66th whole
    assert table(dataset, as_of=day(65))[0] == []
    assert table(dataset, as_of=day(66))[0] == [("silent", "quiet")]
    assert table(dataset, as_of=f"{day(66)}T23:00")[0] == []
    assert table(dataset, as_of=f"{day(67)}T00:00")[0] == [("silent", "quiet")]


def test_the_data_must_reach_the_end_of_the_day_too(tmp_path):
    rows = [*talk("lively", range(67)), *talk("quiet", range(60))]
    cut = opened(make_dataset(tmp_path / "cut", rows))
    assert table(cut, as_of=day(66))[0] == table(cut)[0] == []  # the last message is of 20:03
    whole = opened(make_dataset(tmp_path / "whole", [*rows, last(66)]))
    assert table(whole, as_of=day(66))[0] == table(whole)[0] == [("silent", "quiet")]
    assert table(whole, as_of=day(90))[0] == [("silent", "quiet")]  # and no more is known by then


def test_a_day_begins_when_it_is_said_to(dataset):
    assert table(dataset, as_of=f"{day(67)}T03:00", day_start=4)[0] == []
    assert table(dataset, as_of=f"{day(67)}T04:00", day_start=4)[0] == [("silent", "quiet")]


def test_what_is_told_and_noted_with_every_rule_on(dataset):
    (dataset.path / "qunkit.toml").unlink()
    assert table(dataset, as_of=day(65))[0] == [("drop", "quiet")]  # one day of seven; without any it is silence
    _, found = table(open_dataset(dataset.path), as_of=day(66))
    [row] = found.rows()
    assert dict(zip([column.name for column in COLUMNS], row, strict=True)) == {
        "rule": "silent", "level": "warning", "group_id": "quiet", "group_name": "Group quiet", "member_id": None, "name": None,
        "since": moment(day(60)).date(), "value": 7.0, "threshold": 7.0, "reason": "suspected", "next": "check",
    }  # fmt: skip
    said = [note.say("en") for note in found.notes]
    assert said[0] == f"Judged are whole days, up to {day(66)}; questions up to {day(66)} 23:59:59."
    assert any(note.startswith("Leaves: nothing tells") and "(groups: 2)" in note for note in said)
    assert any("未作判断" in note.say("zh") for note in found.notes)


def test_groups_that_are_not_asked_for_are_not_told(dataset):
    assert table(dataset, as_of=day(66), group="lively")[0] == []
    assert table(dataset, as_of=day(66), group="quiet")[0] == [("silent", "quiet")]


def test_a_rule_that_is_off(dataset):
    assert table(opened(dataset.path, "dead"), as_of=day(66))[0] == []


def test_all_rules_off_ask_nothing(dataset, monkeypatch):
    from qunkit import alerts

    monkeypatch.setattr(alerts, "analyze", None)
    assert table(opened(dataset.path, "none"), as_of=day(66))[0] == []


@pytest.mark.parametrize(
    "rows", [[], [{"at": BEGIN}], [{"at": BEGIN, "sender_id": None, "event": "joined"}], talk("g", [0])]
)
def test_next_to_nothing(tmp_path, rows):
    found, result = table(open_dataset(make_dataset(tmp_path / "data", rows)))
    assert found == []
    assert bool(result.notes) == bool(rows)
    with pytest.raises(NoDataset):
        open_dataset(tmp_path / "none").alerts(since="last-run")


def test_what_fits_no_alert(dataset):
    with pytest.raises(BadOption):
        dataset.alerts(since="2026-05-01")
    for wrong in ({"last": "7d"}, {"week": "last"}, {"until": "2026-05-01"}, {"whatever": 1}):
        with pytest.raises(TypeError):
            dataset.alerts(**wrong)


# -- told once -------------------------------------------------------------------------------------------------------
def run(dataset, n, **more):
    """A cron job: what is new as of a day, told and kept."""
    rows, found = table(dataset, since="last-run", as_of=day(n), **more)
    dataset.keep_alerts(found)
    return rows


def test_told_once_and_again_after_it_ended(dataset):
    silent = [("silent", "quiet")]
    assert [run(dataset, n) for n in (65, 66, 66, 67, 68)] == [[], silent, [], [], []]
    assert [run(dataset, n) for n in (72, 66, 66)] == [[], silent, []]  # it talked on days 71 and 72


def test_what_was_not_kept_is_told_again(dataset):
    for _ in range(2):
        assert table(dataset, since="last-run", as_of=day(66))[0] == [("silent", "quiet")]
    assert not (dataset.path / told.FILE).exists()
    assert run(dataset, 66) == [("silent", "quiet")]
    assert table(dataset, as_of=day(66))[0] == [("silent", "quiet")]  # without --since all that holds is told
    _, found = table(dataset, since="last-run", as_of=day(66))
    assert [note.say("en") for note in found.notes][-1] == "Told before, and holding still: 1."


def test_where_nothing_was_judged_what_was_told_stays(dataset):
    assert run(dataset, 66) == [("silent", "quiet")]
    _, early = table(dataset, since="last-run", as_of=f"{day(0)}T10:00")
    assert [note.say("en")[:6] for note in early.notes] == ["No day"]
    dataset.keep_alerts(early)
    dataset.keep_alerts(dataset.alerts(as_of=day(65)))  # asked for without since
    assert run(dataset, 66) == []


def test_a_run_for_one_group_leaves_what_was_told_of_others(dataset):
    assert run(dataset, 66) == [("silent", "quiet")]
    assert run(dataset, 66, group="lively") == []
    assert run(dataset, 66) == []
    assert run(dataset, 72, group="quiet") == []  # there it has ended
    assert run(dataset, 66) == [("silent", "quiet")]


def test_pseudonyms_and_true_names_are_the_same_alert(dataset):
    [(rule, group)] = run(dataset, 66, pseudonymise=True)
    assert (rule, group[:2]) == ("silent", "g-")
    assert run(dataset, 66) == []
    assert run(dataset, 66, group="quiet", pseudonymise=True) == []


def test_the_file_holds_no_name_and_is_the_owners_alone(dataset):
    run(dataset, 66)
    path = dataset.path / told.FILE
    said = json.loads(path.read_bytes())
    assert said["format"] == 1
    [(group, [mark])] = said["told"].items()
    assert len(group) == len(mark) == 16
    assert not any(name in path.read_text() for name in ("quiet", "Group", "silent", "suspected"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert findings(dataset) == []
    before = path.stat().st_mtime_ns
    run(dataset, 66)
    assert path.stat().st_mtime_ns == before  # nothing new: not written


DAMAGED = (b"", b"{", b"[]", b"null", b'{"format": 1}', b'{"format": 1, "told": {"a": "b"}}', b'{"format": 1, "told": {"a": [1]}}', b'{"format": "1", "told": {}}', b"\xff\xfe", b"[" * 100_000)  # fmt: skip


def test_a_damaged_file_is_named_with_the_way_out(dataset):
    path = dataset.path / told.FILE
    for body in DAMAGED:
        path.write_bytes(body)
        with pytest.raises(ToldDamaged) as caught:
            dataset.alerts(since="last-run", as_of=day(66))
        assert (caught.value.code, str(path) in caught.value.sentence("en")) == (20, True)
        assert "Delete the file" in caught.value.hint("en")
        assert findings(dataset) == ["alerts"]
    assert table(dataset, as_of=day(66))[0] == [("silent", "quiet")]  # nothing else reads it
    path.unlink()
    assert run(dataset, 66) == [("silent", "quiet")]


def test_a_file_of_a_newer_qunkit_stays(dataset):
    path = dataset.path / told.FILE
    path.write_text('{"format": 2, "told": {}}')
    with pytest.raises(DatasetNewer):
        dataset.alerts(since="last-run")
    assert path.read_text() == '{"format": 2, "told": {}}'


def test_a_link_is_not_followed(dataset, tmp_path):
    run(dataset, 66)
    path, outside = dataset.path / told.FILE, tmp_path / "outside"
    path.rename(outside)
    path.symlink_to(outside)
    with pytest.raises(ToldDamaged):
        dataset.alerts(since="last-run")
    assert findings(dataset) == ["link"]


def test_of_a_read_only_dataset_that_is_said_before_anything_is_told(dataset, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # as on a read-only mount, where root may not write either
    with pytest.raises(CannotCreate):
        dataset.alerts(since="last-run")
    assert table(dataset, as_of=day(66))[0] == [("silent", "quiet")]


def test_while_another_writes_nothing_is_kept(dataset):
    _, found = table(dataset, since="last-run", as_of=day(66))
    with store.writing(dataset.path, "Asia/Shanghai", 0), pytest.raises(DatasetLocked):
        dataset.keep_alerts(found, wait=0)
    assert run(dataset, 66) == [("silent", "quiet")]


def test_a_write_that_fails_leaves_what_was_there(dataset, monkeypatch):
    run(dataset, 66)
    before = (dataset.path / told.FILE).read_bytes()
    _, found = table(dataset, since="last-run", as_of=day(72))
    monkeypatch.setattr(os, "replace", _fails)
    with pytest.raises(OSError, match="no"):
        dataset.keep_alerts(found)
    assert (dataset.path / told.FILE).read_bytes() == before
    assert sorted(os.listdir(dataset.path)) == sorted({"CURRENT", "alerts.json", "dataset.json", "lock", "qunkit.toml", "v000001", *(("features",) if (dataset.path / "features").exists() else ())})  # fmt: skip


def _fails(*_):
    raise OSError(5, "no")


@pytest.fixture
def ingested(tmp_path):
    """Nearly the same from an export."""
    header = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
    rows = [*talk("lively", range(67), [9]), *talk("quiet", range(60), [9]), last(66)]
    lines = [f"{row['at']},{row['sender_id']},wxid_{row['sender_id']}0011,{row['group_name']},{row['group_id']}@chatroom,{n}\n" for n, row in enumerate(rows)]  # fmt: skip
    (tmp_path / "first.csv").write_text(header + "".join(lines))
    (tmp_path / "more.csv").write_text(header + f"{BEGIN},Eve,wxid_eve0011,Hikers,1@chatroom,hi\n")
    dataset = open_dataset(tmp_path / "data")
    assert dataset.ingest(tmp_path / "first.csv").code == 0
    return opened(dataset.path)


def test_commits_leave_the_file_and_forgetting_takes_it(ingested, tmp_path):
    silent = [("silent", "quiet@chatroom")]
    assert [run(ingested, 66), run(ingested, 66)] == [silent, []]
    assert ingested.ingest(tmp_path / "more.csv").code == 0
    assert run(ingested, 66) == []
    assert [one.code for one in check(ingested.path, Checked())] == []
    forget(ingested.path, "wxid_eve0011", wait=0)
    assert not (ingested.path / told.FILE).exists()
    assert [run(ingested, 66), run(ingested, 66)] == [silent, []]


def test_questions_are_judged_up_to_now(tmp_path):
    asked = [
        {"at": datetime(2026, 5, 18, 9, n), "group_id": "g", "sender_id": "ann", "text": f"第{n}个问题怎么办？"}
        for n in (0, 10, 20, 30, 40)
    ]
    rows = [*talk("lively", range(78)), *talk("g", range(60), hours=(9,)), *asked]
    rows += [{"at": f"2026-05-18 {hour}", "group_id": "lively", "sender_id": "bob", "text": "好"} for hour in ("13:39:00", "13:41:00")]  # fmt: skip
    dataset = opened(make_dataset(tmp_path / "data", rows), "unanswered")
    assert table(dataset)[0] == [("unanswered", "g")]
    assert table(dataset, as_of="2026-05-18T13:39")[0] == []  # the fifth, of 9:40, has waited for 3:59 hours
