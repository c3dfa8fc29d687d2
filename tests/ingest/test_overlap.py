"""How well two exports of a group agree, and why they do not."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.errors import Contradicts
from qunkit.ingest.overlap import Seams
from qunkit.ingest.run import Options, ingest
from qunkit.ingest.run_notes import of_run
from qunkit.ingest.summary import IngestSummary
from support.staged import commit_built, messages, telling

A, B, C = "a" * 16, "b" * 16, "c" * 16
HOUR = 3600


def chat(count=600, gap=120, **columns):
    """A message every two minutes, each with words of its own, by three members in turn."""
    return [
        telling(number * gap, text=f"第{number}条", sender_id=f"w{number % 3}", **columns) for number in range(count)
    ]


def judged(dataset, first, second):
    """The matches after the second export, and the seams."""
    commit_built(dataset, {A: first})
    built = commit_built(dataset, {B: second})
    return built.matches, built.seams


def test_the_same_messages_match_wholly(tmp_path):
    (match,), seams = judged(tmp_path / "d", chat()[:400], chat()[200:])
    # messages 200 to 399 stand in both; they span 400 minutes: of the hours 6:40 to 13:20 the whole ones but the first and last
    assert match.rate == 1
    assert 100 <= match.of < 200
    assert match.cause is None
    assert (seams.count, seams.ambiguous) == (0, 0)


def test_an_export_of_texts_only_matches_wholly(tmp_path):
    pictures = [row | {"kind": "image", "text": ""} if number % 4 == 0 else row for number, row in enumerate(chat())]
    for name, exports in (("poor", (pictures, pictures[1::2])), ("rich", (pictures[1::2], pictures))):
        (match,), _ = judged(tmp_path / name, *exports)
        assert match.rate == 1


@pytest.mark.parametrize(("shift", "said"), [(8, "8 h ahead"), (-5.5, "5.5 h behind"), (-16, "16 h behind")])
def test_a_wrong_zone_is_named_with_its_hours(tmp_path, shift, said):
    moved = [
        telling(number * 120 + shift * HOUR, text=row["text"], sender_id=row["sender_id"])
        for number, row in enumerate(chat())
    ]
    (match,), _ = judged(tmp_path / "d", chat(), moved)
    assert match.rate < 0.01
    assert match.refused
    assert said in match.cause.en


@pytest.mark.parametrize(
    ("hours", "name", "said"), [(8, "小刘", "8 h ahead"), (0, "刘总", "another name")], ids=["clock", "name"]
)
def test_the_cause_is_found_by_the_merges_rules(tmp_path, hours, name, said):
    """… whole seconds, and words but for blanks, line ends and the spelling of accents."""

    def told(shift, name, text):
        return [telling(n * 120 + shift, text=f"{text}{n}", sender_name=name) for n in range(600)]

    (same,), _ = judged(tmp_path / "same", told(0, "小刘", "café\n"), told(0.123, "小刘", " cafe\u0301\r\n"))
    assert same.rate == 1
    (match,), _ = judged(tmp_path / "d", told(0, "小刘", "café\n"), told(hours * HOUR + 0.123, name, " cafe\u0301\r\n"))
    assert match.refused
    assert said in match.cause.en


def test_renamed_members_are_named_as_the_cause(tmp_path):
    def name(row, one):
        return row | {"sender_id": None, "sender_name": one if row["sender_id"] == "w1" else row["sender_id"]}

    (match,), _ = judged(tmp_path / "d", [name(row, "小刘") for row in chat()], [name(row, "刘总") for row in chat()])
    assert match.rate == pytest.approx(2 / 3, abs=0.02)
    assert not match.refused
    assert "another name" in match.cause.en


def test_too_small_an_overlap_is_not_judged(tmp_path):
    matches, _ = judged(tmp_path / "d", chat()[:220], chat()[200:])
    assert matches == []


def test_the_best_neighbour_counts(tmp_path):
    moved = [
        telling(number * 120 + 8 * HOUR, text=row["text"], sender_id=row["sender_id"])
        for number, row in enumerate(chat())
    ]
    commit_built(tmp_path / "d", {A: chat()})
    commit_built(tmp_path / "d", {B: moved})
    (match,) = commit_built(tmp_path / "d", {C: chat()[10:]}).matches
    assert match.rate == 1


def test_messages_without_ids_that_two_exports_cut_are_ambiguous(tmp_path):
    """Three equal "1" in one second: the first export ends after two of them, the second begins with the third."""
    three = [telling(0, text="1", sender_id="w1") for _ in range(3)]
    _, seams = judged(
        tmp_path / "d",
        [telling(-60, text="前", sender_id="w1"), *three[:2]],
        [three[2], telling(60, text="后", sender_id="w1")],
    )
    assert (seams.count, seams.ambiguous) == (1, 1)
    with_ids = [row | {"native_id": str(number) * 18} for number, row in enumerate(three, 1)]
    _, seams = judged(tmp_path / "ids", with_ids[:2], with_ids[2:])
    assert seams.ambiguous == 0


def test_a_moment_is_a_second_where_one_export_keeps_fractions(tmp_path):
    """The first ends with two "1" of a second, the second begins with three of it a fraction later: there may be five."""
    early = [telling(second, text="1", sender_id="w1") for second in (-60, 0, 0)]
    late = [telling(second + 0.123, text="1", sender_id="w1") for second in (0, 0, 0, 60)]
    _, seams = judged(tmp_path / "d", early, late)
    assert (seams.count, seams.ambiguous) == (1, 2)


def test_exports_that_begin_or_end_together_are_not(tmp_path):
    """The longer one holds all that the shorter one holds."""
    rows = [telling(second, text="1", sender_id="w1") for second in (0, 0, 0, 60, 120, 120)]
    _, seams = judged(tmp_path / "d", rows[1:], rows[2:-1])
    assert (seams.count, seams.ambiguous) == (0, 0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seconds=st.lists(st.integers(0, 3), min_size=2, max_size=9))
def test_what_is_missing_is_never_more_than_is_said(tmp_path_factory, data, seconds):
    """Equal messages, two exports cut anywhere in them, without a gap between."""
    rows = [telling(second, text="1", sender_id="w1") for second in sorted(seconds)]
    end = data.draw(st.integers(1, len(rows)))
    begin = data.draw(st.integers(0, end if end < len(rows) else len(rows) - 1))
    dataset = tmp_path_factory.mktemp("bound") / "d"
    _, seams = judged(dataset, rows[:end], rows[begin:])
    missing = len(rows) - len(messages(dataset)[0])
    assert 0 <= missing <= seams.ambiguous


def few(count, unlike=0):
    """As many messages in the one hour that counts, and one in the hour before and one in that after; `unlike` of the many have other words."""
    inner = [10 + HOUR + 60 * number for number in range(count)]
    assert inner[-1] < 10 + 2 * HOUR
    texts = [f"{'别的' if number < unlike else '第'}{number}" for number in range(count)]
    told = [(10, "前"), *zip(inner, texts, strict=True), (10 + 2 * HOUR, "后")]
    return [telling(second, text=text, sender_id="w1") for second, text in told]


@pytest.mark.parametrize(("count", "refused"), [(50, True), (49, False)])
def test_from_fifty_messages_on_an_export_is_refused(tmp_path, count, refused):
    (match,), _ = judged(tmp_path / "d", few(count), few(count, unlike=count))
    assert (match.of, match.matched, match.refused) == (count, 0, refused)


@pytest.mark.parametrize(
    ("count", "unlike", "doubted"), [(10, 10, True), (9, 9, False), (49, 25, True), (48, 24, False)]
)
def test_below_fifty_little_agreement_is_a_doubt_and_below_ten_nothing_is(tmp_path, count, unlike, doubted):
    """Less than half of 10 to 49 messages: 24 of 49, not 24 of 48."""
    matches, _ = judged(tmp_path / "d", few(count), few(count, unlike=unlike))
    assert [(match.of, match.matched) for match in matches] == [(count, count - unlike)] * doubted


# -- through files ---------------------------------------------------------------------------------------------------
def chatlog(path, hours=0, first=0, last=400, gap=120, unlike=()):
    """A chatlog CSV of a message every two minutes; its clock is off by `hours`, and the words of some are `unlike`."""
    start = datetime(2024, 12, 1, 8) + timedelta(hours=hours)
    lines = ["Time,SenderName,Sender,TalkerName,Talker,Content"]
    lines += [
        f"{start + timedelta(seconds=gap * number)},小{number % 3},wxid_aaaa{number % 3},徒步,1@chatroom,{'别的' if number in unlike else '第'}{number}条"
        for number in range(first, last)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_an_export_of_another_zone_is_refused_and_the_rest_goes_in(tmp_path):
    known = chatlog(tmp_path / "1@chatroom_a.csv")
    ingest([known], tmp_path / "d")
    off, fine = chatlog(tmp_path / "off.csv", 5), chatlog(tmp_path / "fine.csv", 0, 100, 420)
    before = messages(tmp_path / "d")
    summary = ingest([off], tmp_path / "d")
    assert (summary.code, summary.snapshot, messages(tmp_path / "d")) == (65, None, before)
    summary = ingest([off, fine], tmp_path / "d")
    assert [(file.status, file.new) for file in summary.files] == [("refused", 0), ("ingested", 20)]
    assert summary.code == 3
    error = summary.files[0].error
    assert isinstance(error, Contradicts)
    assert "5 h ahead of theirs: ingest it with --tz Pacific/Auckland; if" in error.sentence("en")
    assert "快 5 小时：请用 --tz Pacific/Auckland 导入；" in error.sentence("zh")
    assert len(messages(tmp_path / "d")[0]) == 420
    assert (
        ingest([off], tmp_path / "d", Options(tz="Pacific/Auckland")).files[0].new == 0
    )  # UTC+13: five hours before Shanghai


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    """A dataset of ten hours with 100 messages each, and two hours around."""
    folder = tmp_path_factory.mktemp("thousand")
    ingest([chatlog(folder / "a.csv", last=1200, gap=36)], folder / "d")
    return folder / "d"


@pytest.mark.parametrize(
    ("matched", "code", "notes"),
    [(499, 65, 0), (500, 3, 1), (979, 3, 1), (980, 0, 1), (994, 0, 1), (995, 0, 0)],
)
def test_where_a_refusal_a_warning_and_a_note_begin(tmp_path, thousand, matched, code, notes):
    """Below 500 of 1,000 refused, below 980 exit code 3, below 995 a note."""
    shutil.copytree(thousand, tmp_path / "d")
    other = chatlog(tmp_path / "b.csv", last=1200, gap=36, unlike=range(100, 1100 - matched))
    summary = ingest([other], tmp_path / "d")
    (file,) = summary.files
    told = [dict(note.facts) for note in file.notes if "matched" in dict(note.facts)]
    assert (summary.code, len(told)) == (code, notes)
    for facts in [file.error.facts] if code == 65 else told:
        assert (facts["matched"], facts["of"]) == (matched, 1000)


def test_of_two_that_contradict_each_other_the_first_goes_in_and_order_does_not_matter_to_what_went_in(tmp_path):
    exports = [chatlog(tmp_path / "a.csv"), chatlog(tmp_path / "b.csv", 5)]
    for number, (first, second) in enumerate((exports, exports[::-1])):
        ingest([first], tmp_path / f"only{number}")
        ingest([first], tmp_path / f"both{number}")
        assert ingest([second], tmp_path / f"both{number}").files[0].status == "refused"
        assert messages(tmp_path / f"both{number}") == messages(tmp_path / f"only{number}")
        ingest([first], tmp_path / f"forced{number}")
        ingest([second], tmp_path / f"forced{number}", Options(force=True))
    assert messages(tmp_path / "both0")[1] != messages(tmp_path / "both1")[1]
    assert messages(tmp_path / "forced0")[1] == messages(tmp_path / "forced1")[1]


def test_force_takes_it(tmp_path):
    ingest([chatlog(tmp_path / "a.csv")], tmp_path / "d")
    summary = ingest([chatlog(tmp_path / "off.csv", 5)], tmp_path / "d", Options(force=True))
    assert (summary.code, summary.files[0].new) == (3, 400)
    assert "5 h ahead" in summary.to_result().notes[0].say("en")


def test_a_few_messages_that_do_not_match_are_said_and_taken(tmp_path):
    """… too few to refuse the export, and too odd to be silent."""
    hours = [n * 1800 for n in range(30)]
    commit_built(tmp_path / "d", {A: [telling(second, text=f"{n}", sender_id="w1") for n, second in enumerate(hours)]})
    shifted = [telling(second + 60, text=f"{n}", sender_id="w1") for n, second in enumerate(hours)]
    (match,) = commit_built(tmp_path / "d", {B: shifted}).matches
    assert (match.of >= 10, match.matched, match.refused) == (True, 0, False)
    alike = [telling(second, text=f"{n}", sender_id="w1") for n, second in enumerate(hours)]
    assert commit_built(tmp_path / "e", {A: alike, B: [*alike[:5], *alike[7:]]}).matches == []


def test_what_a_days_only_export_has_more_is_said_in_both_languages(tmp_path):
    summary = IngestSummary(tmp_path, seams=[Seams(), Seams(days=2, left_out=31)])
    (note,) = of_run(summary, [])
    assert "left out: 31 (days: 2)" in note.say("en")
    assert "31 条消息未计入（涉及 2 天）" in note.say("zh")
