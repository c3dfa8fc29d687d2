"""The rules of copied messages, and every file against a slow reader. The samples are compared in test_wechat_truth.py."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.formats import wechat_copy
from support.reading import read, sniffs

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
DATE = "2026年07月16日 17:08"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"·小刘\n{DATE}\n明天几点\n", True),
        (f"小刘\n{DATE}\n", True),
        (f"\n\n·小刘\r\n{DATE}\r\n早", True),
        ("·小刘\n2026年7月6日 7:08\n早", True),
        ("·小刘\n2026年7月6日 下午7:08\n早", True),
        (f"{DATE}\n早", False),
        (f"你好\n\n·小刘\n{DATE}\n早", False),
        (f"·小刘\n{DATE}:11\n早", False),
        ("·小刘\n2026-07-16 17:08\n早", False),
    ],
)
def test_sniff(tmp_path: Path, text: str, answer: bool) -> None:
    assert sniffs(wechat_copy, tmp_path / "a.txt", text) == answer


@pytest.mark.parametrize(
    ("text", "answer", "who", "said"),
    [
        ("七点\n「阿岚：几点」", "七点", "阿岚", "几点"),
        ("七点\n八点\n「阿岚：几点\n\n集合」", "七点\n八点", "阿岚", "几点\n\n集合"),
        ("「阿岚：几点」\n- - - - -\n七点", "七点", "阿岚", "几点"),
        ("「阿岚：[图片]」\n- - - - - - - - - - - - - - -\n七点\n八点", "七点\n八点", "阿岚", "[图片]"),
        ("七点\n「阿岚：他说「丙：丁」」", "七点", "阿岚", "他说「丙：丁」"),
    ],
)
def test_quotes(tmp_path: Path, text: str, answer: str, who: str, said: str) -> None:
    rows, _ = read(wechat_copy, tmp_path / "a.txt", f"·小刘\n{DATE}\n{text}\n")
    assert [(row["kind"], row["text"], row["quote_sender"], row["quote_text"]) for row in rows] == [
        ("quote", answer, who, said)
    ]


@pytest.mark.parametrize(
    "text", ["「阿岚：几点」", "他说「几点」", "「几点」\n- - - - -\n七点", "七点\n「几点」", "- - - - -"]
)
def test_what_only_looks_like_a_quote(tmp_path: Path, text: str) -> None:
    rows, _ = read(wechat_copy, tmp_path / "a.txt", f"·小刘\n{DATE}\n{text}\n")
    assert [(row["kind"], row["text"], row["quote_text"]) for row in rows] == [(None, text, None)]


def test_the_line_before_the_date_is_the_name(tmp_path: Path) -> None:
    rows, _ = read(wechat_copy, tmp_path / "a.txt", f"··小 刘 \n{DATE}\n早\n\n2026年07月16日\n{DATE}\n好\n")
    assert [(row["sender_name"], row["text"]) for row in rows] == [("·小 刘", "早"), ("2026年07月16日", "好")]


def test_a_pair_in_a_text_is_one_only_after_an_empty_line(tmp_path: Path) -> None:
    apart = f"·小刘\n{DATE}\n活动时间\n2026年07月20日 19:30\n报名\n\n·阿岚\n{DATE}\n好\n"
    rows, _ = read(wechat_copy, tmp_path / "a.txt", apart)
    assert [row["text"] for row in rows] == ["活动时间\n2026年07月20日 19:30\n报名", "好"]
    rows, _ = read(wechat_copy, tmp_path / "a.txt", apart.replace("\n\n", "\n"))
    assert [row["sender_name"] for row in rows] == [
        "小刘",
        "活动时间",
    ]  # nothing can tell, and what is earlier then is text


# -- a slow reader -------------------------------------------------------------------------------------------------------
PAIR = re.compile(r"(?:\A|(?<=\n\n))·?([^\n]*\S)[ \t]*\n(\d{4})年(\d\d)月(\d\d)日 (\d\d):(\d\d)\n")


def slow(text: str) -> list[tuple[datetime, str, str]]:
    """Pairs after an empty line that never go back."""
    found: list[tuple[datetime, str, int, int]] = []
    for match in PAIR.finditer(text):
        time = datetime(*(int(part) for part in match.groups()[1:]))  # type: ignore[arg-type]
        if not found or time >= found[-1][0]:
            found.append((time, match[1], match.start(), match.end()))
    ends = [start for _, _, start, _ in found[1:]] + [len(text)]
    told = [(time, name, text[at:to]) for (time, name, _, at), to in zip(found, ends, strict=True)]
    return [(time, name, body.removesuffix("\n").removesuffix("\n")) for time, name, body in told]


LINES = st.sampled_from(
    ["早", "", "", "小王", "2026年07月16日", "2020年01月01日 00:00", "·", " 好", "\u2028", "a:", "[图片] 看"]
)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["小刘", "·阿岚", "小 刘:", '"甲"、']), st.integers(0, 3000), st.lists(LINES, max_size=6)
    ),
    min_size=1,
    max_size=12,
)


@settings(ANY, max_examples=150)
@given(RECORDS, st.booleans())
@example([("小刘", 0, ["", "小王", "2020年01月01日 00:00"])], False)
def test_agrees_with_the_slow_reader(tmp_path: Path, records: list[tuple[str, int, list[str]]], crlf: bool) -> None:
    time, parts = datetime(2026, 7, 16), []
    for name, minutes, body in records:
        time += timedelta(minutes=minutes)
        parts.append(f"·{name}\n{time:%Y年%m月%d日 %H:%M}\n" + "\n".join(["话", *body, "完"]) + "\n")
    text = "\n".join(parts)
    rows, reasons = read(wechat_copy, tmp_path / "a.txt", text.replace("\n", "\r\n") if crlf else text)
    assert reasons == []
    assert [(row["wall"], row["sender_name"], row["text"]) for row in rows] == slow(text)
    assert len(rows) == len(records)
