"""`lifecycle` against figures worked out by hand and against sets in plain Python."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyses.lifecycle import NEXT, REASONS, STAGES
from qunkit.dataset import CONVENTIONS, Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import moment
from support.questions import ask, table

STAFF = Scope(staff=frozenset("s"), bots=frozenset("r"))
AD = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x"


def changed(**thresholds: float) -> tuple[tuple[str, float], ...]:
    """Conventions with some of `[lifecycle]` changed."""
    return tuple((dict(CONVENTIONS) | {f"lifecycle_{name}": value for name, value in thresholds.items()}).items())


TWELVE = (
    # made on Monday 4 May 2026, as its first line shows
    {"at": "2026-05-04 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["b", "c"]},
    {"at": "2026-05-04 09:00:10", "sender_id": "a"},
    {"at": "2026-05-04 09:01:00", "sender_id": "b"},
    {"at": "2026-05-10 23:59:00", "sender_id": "c"},
    # 11 May: a and b; staff, a bot and an ad are nobody
    {"at": "2026-05-11 09:00:00", "sender_id": "a"},
    {"at": "2026-05-12 09:00:00", "sender_id": "b"},
    {"at": "2026-05-12 10:00:00", "sender_id": "s"},
    {"at": "2026-05-12 11:00:00", "sender_id": "r"},
    {"at": "2026-05-12 12:00:00", "sender_id": "d", "text": AD},
    # 18 May: a
    {"at": "2026-05-20 09:00:00", "sender_id": "a"},
    # another group shows that the export goes on to the 24th, a Sunday
    {"at": "2026-05-13 09:00:00", "sender_id": "x", "group_id": "h"},
    {"at": "2026-05-24 09:00:00", "sender_id": "x", "group_id": "h"},
)
DAILY = [{"at": f"2026-05-{day:02} 21:00:00", "group_id": "n", "event": "other"} for day in range(4, 25)]
"""A notice a day somewhere: no day is a hole."""


def test_twelve_rows_by_hand():
    rows = {row["group_id"]: row for row in ask("lifecycle", (*TWELVE, *DAILY), scope=STAFF)}
    told = rows["g"]
    # 21 days old; 3, 2 and 1 speakers; messages 3 + 4 + 1 (the bot's is none), of them one of staff and one ad; the last ordinary one on the 20th
    assert {name: told[name] for name in ("stage", "since", "reason", "next", "messages_4w", "weeks")} == {
        "stage": "starting", "since": date(2026, 5, 4), "reason": "young", "next": "welcome", "messages_4w": 8, "weeks": 3,
    }  # fmt: skip
    assert (told["speakers"], told["speakers_before"], told["change"], told["peak"]) == (2.0, None, None, 2.0)
    assert (told["days_silent"], told["silence_limit"], told["ad_share"]) == (4, None, 2 / 8)
    assert told["trend"] == [None] * 9 + [3.0, 2.0, 1.0]
    # h begins on the 13th, in the middle of its first week of seven days: 5 of 7 hold data
    assert rows["h"]["trend"][-2:] == [1.0, 1.0]
    assert (rows["h"]["stage"], rows["h"]["reason"], rows["h"]["next"]) == (None, "short", "wait")
    assert (rows["n"]["stage"], rows["n"]["reason"], rows["n"]["messages_4w"]) == (None, "no_posts", None)


def test_days_without_data_anywhere_are_no_silence():
    [told, _] = ask("lifecycle", TWELVE, scope=STAFF)
    # without the notices, data is there on 4, 10, 11, 12, 13, 20 and 24 May: only one day of silence after the 20th, and no week is known
    assert (told["days_silent"], told["weeks"], told["stage"]) == (1, 0, "starting")
    late = [{**row, "at": moment(row["at"]) + timedelta(days=40)} for row in TWELVE if row.get("group_id") == "h"]
    old = next(row for row in ask("lifecycle", (*TWELVE, *late), scope=STAFF) if row["group_id"] == "g")
    assert (old["stage"], old["reason"], old["next"]) == (None, "holes", "export")


def test_a_log_that_begins_later_says_nothing_of_the_beginning():
    one = {**TWELVE[0], "target_ids": ["b"]}  # anybody is invited at any time
    assert table(ask("lifecycle", (one, *TWELVE[1:], *DAILY), scope=STAFF), "stage", "reason")[0] == (None, "short")
    rows = ask("lifecycle", (*TWELVE[1:], *DAILY), scope=STAFF)
    assert table(rows, "group_id", "stage", "reason") == [
        ("g", None, "short"),
        ("h", None, "short"),
        ("n", None, "no_posts"),
    ]


def daily(group: str, first: str, last: str, people: int = 4, **more: str):
    """Everybody every day."""
    begin, end = moment(first), moment(last)
    for n in range((end - begin).days + 1):
        for who in range(people):
            yield {
                "at": begin + timedelta(days=n, hours=9, minutes=who),
                "group_id": group,
                "sender_id": f"{group}{who}",
                **more,
            }


def test_the_dead_the_suspected_and_the_ad_ridden():
    rows = [
        *daily("alive", "2026-01-05", "2026-05-24"),
        *daily("dead", "2026-01-05", "2026-04-24"),  # 30 days before the end
        *daily("still", "2026-01-05", "2026-04-25"),
        *daily("ads", "2026-01-05", "2026-04-12"),
        *daily("ads", "2026-04-13", "2026-05-24", people=1, text=AD),
    ]
    found = table(ask("lifecycle", rows), "group_id", "stage", "since", "days_silent", "silence_limit", "next")
    assert found == [
        # after 12 April, weeks of nobody: from the fourth on nobody is left in the four
        ("ads", "ad_ridden", date(2026, 5, 4), 42, 7, "clean"),
        ("still", "suspected", date(2026, 4, 26), 29, 7, "check"),
        ("dead", "dead", date(2026, 4, 25), 30, 7, "close"),
        ("alive", "mature", date(2026, 2, 16), 0, 7, "keep"),  # seven weeks after the first: three weeks and four
    ]
    # thresholds of one's own
    scope = Scope(conventions=changed(dead_days=29, ad_share=1.0, growing=1.0))
    found = dict(table(ask("lifecycle", rows, scope=scope), "group_id", "stage"))
    assert found == {"still": "dead", "dead": "dead", "ads": "ad_ridden", "alive": "growing"}
    # a question about an old day has the answer it had then
    found = dict(table(ask("lifecycle", rows, scope=Scope(as_of=moment("2026-05-01 23:59:59"))), "group_id", "stage"))
    assert found == {"still": "mature", "dead": "suspected", "ads": "suspected", "alive": "mature"}


def test_words_for_every_code():
    assert all(text.en and text.zh for words in (STAGES, REASONS, NEXT) for text in words.values())


def block(d, end):
    """Whether a day is in the week that ends so."""
    return end - timedelta(days=7) < d <= end


def brute(rows, scope):
    """The same by sets: group → (stage, reason, days silent, limit, speakers, peak, since)."""
    history, posts, day = seen(rows, scope)
    if not history:
        return {}
    rule = {name.removeprefix("lifecycle_"): value for name, value in scope.conventions}
    observed = sorted({day(row) for row in history})
    last, out = observed[-1], {}
    for group in {row["group_id"] for row in history}:
        mine = [row for row in posts if row["group_id"] == group]
        if not mine:
            out[group] = (None, "no_posts", None, None, None, None, None)
            continue
        begun = min(map(day, mine))
        first = min(row["at"] for row in history if row["group_id"] == group)
        founded = any(row["at"] == first and row.get("event") == "invited" and len(row["target_ids"]) > 1 for row in history if row["group_id"] == group)  # fmt: skip
        known = [d for d in observed if d >= begun]
        count = -(-((last - begun).days + 1) // 7)
        ends = [last - timedelta(days=7 * (count - 1 - k)) for k in range(count)]
        ordinary = [row for row in mine if row["sender_id"] not in scope.staff]
        weeks = [len({row["sender_id"] for row in ordinary if block(day(row), end)}) if len([d for d in known if block(d, end)]) >= 5 else None for end in ends]  # fmt: skip

        def mean(k, weeks=weeks):
            some = [w for w in weeks[max(0, k - 3) : k + 1] if w is not None] if k >= 0 else []
            return sum(some) / len(some) if len(some) >= 3 else math.nan

        def flooded(k, weeks=weeks, ends=ends, mine=mine, mean=mean):
            four = ends[max(0, k - 3) : k + 1]
            some = [w for w in weeks[max(0, k - 3) : k + 1] if w is not None]
            told = [row for row in mine if any(block(day(row), end) for end in four)]
            staff = [row for row in told if row["sender_id"] in scope.staff]
            best = [mean(n) for n in range(k + 1) if mean(n) == mean(n)]
            alive = any(block(day(row), ends[k]) for row in mine)
            return (
                alive and len(some) >= 3 and max(some) <= rule["ad_speakers"] and len(told) >= 5
                and len(staff) >= rule["ad_share"] * len(told) and bool(best) and max(best) >= max(rule["least_speakers"], 1e-9)
            )  # fmt: skip

        def judged(k, weeks=weeks, ends=ends, begun=begun, founded=founded, mean=mean, flooded=flooded):
            if flooded(k):
                return "ad_ridden", "ads"
            if founded and (ends[k] - begun).days + 1 < 7 * rule["starting_weeks"]:
                return "starting", "young"
            now, before, earlier = mean(k), mean(k - 4), mean(k - 8)
            if now != now:
                return None, "holes" if None in weeks[1 : k + 1] else "short"
            peak = max(mean(n) for n in range(k + 1) if mean(n) == mean(n))
            if peak < rule["least_speakers"] or not peak:
                return None, "few" if before == before else "short"
            if now < rule["dormant"] * peak:
                return "dormant", "far_below_peak"
            if now >= rule["growing"] * before and now:
                return "growing", "up"
            if now < rule["declining"] * before and now < rule["declining"] * earlier:
                return "declining", "down"
            if now < rule["half"] * peak:
                return "declining", "below_peak"
            if before != before:
                return None, "short"
            return "mature", "dip" if now < rule["declining"] * before else "steady"

        stage, reason = judged(count - 1)
        talk = {day(row) for row in ordinary}
        quiet, limit = len(known), None
        if talk:
            quiet = len([d for d in known if d > max(talk)])
            then = [d for d in known if d <= max(talk)][-56:]
            if len(then) >= 28:
                runs = "".join("x" if d in talk else "." for d in then).split("x")
                p0 = len([d for d in then if d not in talk]) / len(then)
                usual = math.ceil(round(math.log(rule["silence_chance"]) / math.log(p0), 9)) if p0 else 0
                limit = max(math.ceil(rule["silence_days"]), usual, max(map(len, runs)) + 2)
        since = None
        if stage != "ad_ridden" and talk and quiet >= max(limit or rule["dead_days"], rule["dead_days"]):
            stage, reason = "dead", "silent"
        elif stage != "ad_ridden" and limit and quiet >= limit:
            stage, reason = "suspected", "silent"
        if stage in ("dead", "suspected"):
            since = next(d for d in known if d > max(talk))
        elif stage:
            k = count - 1
            while k and judged(k - 1)[0] == stage:
                k -= 1
            since = max(begun, ends[k] - timedelta(days=6))
        best = [mean(n) for n in range(count) if mean(n) == mean(n)]
        now = mean(count - 1)
        out[group] = (stage, reason, quiet, limit, now if now == now else None, max(best) if best else None, since)
    return out


@st.composite
def long_logs(draw):
    """Many short rows over half a year, and a notice a day in most of it."""
    rows = draw(logs(least=20, most=150, days=170))
    begin = moment("2026-04-20")
    if draw(st.booleans()):
        step = draw(st.sampled_from([1, 1, 2]))
        rows += [{"at": begin + timedelta(days=n), "group_id": "n", "event": "other", "target_ids": []} for n in range(0, 180, step)]  # fmt: skip
    for n in range(draw(st.sampled_from([0, 40, 100]))):
        rows += [{"at": begin + timedelta(days=n, hours=2), "group_id": "g", "sender_id": f"p{n % 5:02}"}]
    for n in range(100, 100 + draw(st.sampled_from([0, 45]))):
        rows += [{"at": begin + timedelta(days=n, hours=2), "group_id": "g", "sender_id": "p00"}]
    return rows


@pytest.mark.filterwarnings("error")
@settings(max_examples=EXAMPLES, deadline=None)
@given(
    long_logs(),
    scopes(),
    st.sampled_from([{}, {"least_speakers": 1}, {"least_speakers": 0, "silence_chance": 0.3, "dead_days": 3, "silence_days": 2}, {"starting_weeks": 9, "ad_speakers": 3, "ad_share": 0.1}]),
)  # fmt: skip
def test_sets_give_the_same(rows, scope, thresholds):
    scope = Scope(until=scope.until, as_of=scope.as_of, day_start=scope.day_start, staff=scope.staff, bots=scope.bots, conventions=changed(**thresholds))  # fmt: skip
    found = ask("lifecycle", rows, scope=scope)
    keys = [row["group_id"] for row in found]
    shown = table(found, "stage", "reason", "days_silent", "silence_limit", "speakers", "peak", "since")
    rounded = {group: tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for group, row in zip(keys, shown, strict=True)}  # fmt: skip
    known = {group: tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for group, row in brute(rows, scope).items()}  # fmt: skip
    assert rounded == known
