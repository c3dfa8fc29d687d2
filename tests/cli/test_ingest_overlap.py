"""A second export of a group that does not agree with the first, as an operator meets it: files of real formats, exit codes and sentences.

The group: thirty members in turn, a message every 100 seconds for 1,500 messages, each with words of its own but for pictures and a stock phrase.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qunkit.demo.model import Chat, Member, Message, Person
from qunkit.demo.talk import TOPICS
from support.staged import messages
from support.writers import modules

WRITERS = modules()
START, GAP, COUNT, PEOPLE = 1_763_942_400, 100, 1500, 30
Run = Callable[..., Any]


def chat() -> Chat:
    """The group, in which the hundredth second of a minute comes round every three messages: seconds are 0, 40 and 20."""
    people = [Member(Person(f"wxid_p{number:04}", f"成员{number}")) for number in range(PEOPLE)]
    group = Chat(
        "58192034417@chatroom", "徒步", TOPICS[0], "ordinary", people[0], people[1], START, 2, 40.0, START + 10**7
    )
    group.members = people
    for number in range(COUNT):
        kind = "image" if number % 8 == 7 else "text"
        text = "" if kind == "image" else "收到" if number % 5 == 4 else f"第{number}条"
        message = group.say(START + number * GAP, people[number * 7 % PEOPLE], kind, text)
        message.note = {"md5": "a" * 32, "length": "1"}
        message.id = str(7 * 10**18 + number * 48_271_008_119_003)
    return group


def changed(group: Chat, change: Callable[[int, Message], Message | None]) -> list[Message]:
    """The messages as another export has them."""
    told = [change(number, message) for number, message in enumerate(group.messages)]
    return [message for message in told if message]


def known_as(message: Message, names: dict[str, str]) -> Message:
    """The same by a sender whose nickname is another."""
    assert message.sender
    person = message.sender.person
    return replace(message, sender=Member(Person(person.id, names.get(person.id, person.nickname))))


def recalled(message: Message) -> Message:
    text = f'"{message.sender.name if message.sender else ""}" 撤回了一条消息'
    return replace(message, sender=None, kind="recall", event="recalled", actor=message.sender, text=text)


@pytest.fixture
def second(qunkit: Run, tmp_path: Path) -> Run:
    """Ingests the group by one writer, then what another made of it; returns what the second ingest left."""

    def run(first: str, other: str, told: Sequence[Message]) -> Any:
        group = chat()
        data = str(tmp_path / "data")
        known = WRITERS[first].write(group, group.messages, tmp_path / "first")
        assert qunkit("ingest", str(known), "--data", data).code == 0
        file = WRITERS[other].write(group, told, tmp_path / "second")
        return qunkit("ingest", str(file), "--data", data, "--lang", "en")

    return run


def everything(number: int, message: Message) -> Message:
    return message


AGREES = "messages are those that the dataset has of the same group"


@pytest.mark.parametrize(
    ("first", "other", "change"),
    [
        pytest.param("chatlog_csv", "chatlog_csv", lambda n, m: m if n >= 300 else None, id="a later export"),
        pytest.param("chatlog_csv", "weflow_txt", everything, id="another tool, another word for pictures"),
        pytest.param("memotrace_v3_txt", "wechat_mail_txt", everything, id="seconds, then minutes"),
        pytest.param("wechat_copy", "echotrace_json", everything, id="minutes, then seconds"),
        pytest.param("chatlog_csv", "echotrace_json", lambda n, m: m if m.kind == "text" else None, id="texts only"),
        pytest.param("echotrace_json", "chatlog_csv", lambda n, m: m if n * 7 % 30 == 3 else None, id="one person"),
    ],
)
def test_exports_that_agree_say_nothing(second: Run, first: str, other: str, change: Any) -> None:
    ran = second(first, other, changed(chat(), change))
    assert (ran.code, AGREES in ran.err + ran.out) == (0, False)


def test_a_hundredth_taken_back_is_a_note(second: Run) -> None:
    """Every hundredth message is a notice in the later export: 15 of 1,500; none of the hours at the ends counts."""
    ran = second("chatlog_csv", "echotrace_json", changed(chat(), lambda n, m: recalled(m) if n % 100 == 50 else m))
    matched, of = _rate(ran.err)
    assert ran.code == 0
    assert 0.98 <= matched / of < 0.995
    # 36 messages an hour; 1,500 last 41 h 40 min: the 40 hours between the first and the last, of which 14 or 15 are taken back
    assert of == 1440
    assert 1440 - matched in (14, 15)


def test_a_clock_of_minutes_that_is_a_second_late_is_a_note(second: Run) -> None:
    """Every sixtieth time or so lies in the minute before."""
    early = changed(chat(), lambda n, m: replace(m, ts=m.ts - 1) if n % 60 == 0 else m)
    ran = second("chatlog_csv", "wechat_mail_txt", early)
    matched, of = _rate(ran.err)
    assert ran.code == 0
    assert (of, of - matched) == (1440, 24)


@pytest.mark.parametrize("renamed", [1, 5])
def test_members_who_changed_their_names_are_a_warning(second: Run, renamed: int) -> None:
    names = {f"wxid_p{number:04}": f"新名{number}" for number in range(renamed)}
    ran = second("memotrace_v3_txt", "wechatexporter_txt", changed(chat(), lambda n, m: known_as(m, names)))
    matched, of = _rate(ran.err)
    assert ran.code == 3
    assert (of, of - matched) == (1440, 1440 * renamed // 30)
    assert "the same time and words under another name" in ran.err


@pytest.mark.parametrize(
    ("first", "hours", "said"),
    [
        ("memotrace_v3_csv", -1, "its clock is 1 h behind theirs: ingest it with --tz Asia/Bangkok; if"),
        (
            "memotrace_v3_csv",
            8,
            "its clock is 8 h ahead of theirs: ingest it with --tz ZONE; if",
        ),  # 16 h from UTC is nowhere
        ("chatlog_csv", 8, "its clock is 8 h ahead of theirs, and no --tz changes that"),
        ("chatlog_csv", -1, "wrong zone, ingest them again with --tz Asia/Tokyo"),
        ("chatlog_csv", 0.5, "its clock is 0.5 h ahead of theirs, and"),
    ],
)
def test_a_wrong_zone_is_refused_with_its_hours(second: Run, first: str, hours: float, said: str) -> None:
    """… also where both have the same message ids; and what to type is said, unless the export has instants, which no option changes."""
    other = {"chatlog_csv": "memotrace_v2_csv"}.get(first, first)
    ran = second(first, other, changed(chat(), lambda n, m: replace(m, ts=m.ts + int(hours * 3600))))
    matched, of = _rate(ran.err)
    assert ran.code == 65
    assert matched / of < 0.05
    assert said in ran.err


def test_other_names_for_everybody_are_refused_unless_forced(second: Run, qunkit: Run, tmp_path: Path) -> None:
    """One tool shows remarks, the other nicknames."""
    names = {f"wxid_p{number:04}": f"备注{number}" for number in range(PEOPLE)}
    ran = second("memotrace_v3_txt", "wechatexporter_txt", changed(chat(), lambda n, m: known_as(m, names)))
    assert (ran.code, _rate(ran.err)[0]) == (65, 0)
    assert "under another name" in ran.err
    assert "--force" in ran.err
    file = next((tmp_path / "second").rglob("*.txt"))
    ran = qunkit("ingest", str(file), "--data", str(tmp_path / "data"), "--lang", "en", "--force")
    assert ran.code == 3
    assert len(messages(tmp_path / "data")[0]) == 2 * COUNT


def test_other_words_for_everything_are_refused(second: Run) -> None:
    worded = changed(chat(), lambda n, m: replace(m, text=f"[文本]{m.text}") if m.kind == "text" else m)
    ran = second("chatlog_csv", "echotrace_json", worded)
    matched, of = _rate(ran.err)
    assert ran.code == 65
    assert matched / of == pytest.approx(1 / 8, abs=0.01)


def _rate(err: str) -> tuple[int, int]:
    """Matched and all messages, as the sentence says them."""
    found = re.search(r"([\d,]+) of ([\d,]+) messages are those", err)
    assert found, err
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))
