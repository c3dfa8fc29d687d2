"""What the commands do, on a dataset by hand and on the samples."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry
from qunkit.schema import MESSAGES
from qunkit.words import Lang
from support.shelves import GRAPHS, TABLES

Run = Callable[..., Any]
SAMPLES = Path(__file__).parents[1] / "samples"
CHAT = next(SAMPLES.glob("memotrace_v3/*/*/*.csv"))


def table(ran: Any) -> list[dict[str, str]]:
    """TSV with a header."""
    names, *rows = (line.split("\t") for line in ran.lines)
    return [dict(zip(names, row, strict=True)) for row in rows]


# -- messages ------------------------------------------------------------------------------------------------------
def test_messages_are_every_column_in_order(qunkit: Run) -> None:
    rows = table(qunkit("messages"))
    assert tuple(rows[0]) == MESSAGES.names
    assert [row["text"] for row in rows] == ["早", "a b c", "=1+1", "签到", "猫 加入了群聊", ""]
    assert rows[2]["sender_name"] == "=狐狸\\x1b[31m"
    assert [row["event"] for row in rows] == ["", "", "", "", "joined", ""]


@pytest.mark.parametrize(
    ("args", "texts"),
    [
        (["--week", "2024-W48"], ["a b c", "=1+1", "签到", "猫 加入了群聊", ""]),
        (["--week", "last", "--group", "周末*"], ["a b c", "=1+1", "签到", "猫 加入了群聊"]),
        (["--last", "2d"], ["签到", "猫 加入了群聊", ""]),
        (["--since", "2024-11-25 09:01", "--until", "2024-11-30"], ["=1+1", "签到"]),
        (["--as-of", "2024-11-24"], ["早"]),
        (["--since", "2024-11-30", "--until", "2024-11-30", "--day-start", "9"], ["签到"]),
        (["--kind", "image", "--kind", "system"], ["猫 加入了群聊", ""]),
        (["--sender", "mint", "--sender", "妈妈"], ["早", "a b c", ""]),
    ],
)
def test_messages_are_filtered(qunkit: Run, args: list[str], texts: list[str]) -> None:
    assert [row["text"] for row in table(qunkit("messages", *args))] == texts


def test_messages_as_json_lines_keep_everything(qunkit: Run) -> None:
    rows = [json.loads(line) for line in qunkit("messages", "--format", "jsonl").lines]
    assert rows[1]["text"] == "a\tb\nc"
    assert rows[0]["sent_at"] == "2024-11-24T01:00:00+00:00"
    assert rows[0]["local_time"] == "2024-11-24T09:00:00"


def test_messages_as_csv_hold_no_formula(qunkit: Run) -> None:
    assert '"\'=1+1"' in qunkit("messages", "--format", "csv").out


# -- analyses ------------------------------------------------------------------------------------------------------
def test_every_analysis_runs_in_every_format(qunkit: Run, tmp_path: Path) -> None:
    for name in registry.names("analyses"):
        words = name.replace("_", " ", 1).replace("_", "-").split()
        few = ("--min-senders", "1") if name.startswith("topics") else ()
        for style in TABLES:
            out = tmp_path / f"{name}.{style}"
            ran = qunkit(*words, *few, "--format", style, "--week", "2024-W48", "-o", str(out))
            empty = style == "jsonl" and name in (
                "ads_copies",
                "ads_domains",
                "ads_list",
                "ads_offenders",
                "calls",
                "calls_silent",
                "churn_conflicts",
                "churn_silent",
                "complaints_list",
                "growth_inviters",
                "growth_newcomers",
                "growth_tree",
                "growth_unanswered",
                "response_questions",
                "members_stages",
                "network_bridges",
                "topics_groups",
            )
            assert (ran.code, out.stat().st_size > 0) == (0, not empty), (name, style, ran.err)


@pytest.mark.parametrize("style", GRAPHS)
def test_only_who_answers_whom_is_a_graph(qunkit: Run, tmp_path: Path, style: str) -> None:
    out = tmp_path / f"out.{style}"
    for name in [*map(str.split, ("network members", "kol", "messages", "report")), ["sql", "FROM posts"]]:
        ran = qunkit(*name, "-o", str(out), "--lang", "en")
        assert (ran.code, out.exists()) == (2, False), name
        assert f"`qunkit replies --format {style}` gives a graph" in ran.err
    assert qunkit("replies", "-o", str(out)).code == 0
    assert out.read_text("utf-8").startswith('<?xml version="1.0" encoding="UTF-8"?>\n<g')


def test_a_stem_alone_and_its_kin(qunkit: Run) -> None:
    by_day = table(qunkit("activity", "--per", "day", "--group", "周末徒步", "--since", "2024-11-25"))
    assert [(row["period"], row["messages"]) for row in by_day if row["messages"] not in ("", "0")] == [
        ("2024-11-25", "2"),
        ("2024-11-30", "1"),
    ]
    members = table(qunkit("activity", "members", "--since", "2024-11-25"))
    assert {row["name"]: row["messages"] for row in members}["薄荷"] == "1"


def test_settings_of_the_dataset_count(qunkit: Run, tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text(
        '[bots]\nnames = ["小助手"]\n[staff]\nids = ["mint"]\n[tags]\nhome = ["妈妈*"]\n', encoding="utf-8"
    )
    rows = table(qunkit("groups", "--config", str(config)))
    assert {row["group_name"]: (row["messages"], row["messages_official"]) for row in rows} == {
        "周末徒步": ("3", "2"),
        "妈妈群": ("1", "0"),
    }
    assert [row["group_name"] for row in table(qunkit("groups", "--config", str(config), "--tag", "home"))] == [
        "妈妈群"
    ]


def test_a_wrong_setting_is_78(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("[stff]", encoding="utf-8")
    ran = qunkit("groups", "--config", str(tmp_path / "my.toml"))
    assert (ran.code, "did you mean staff?" in ran.err) == (78, True)


def test_the_same_question_has_the_same_bytes(qunkit: Run) -> None:
    ask = ("activity", "members", "--format", "json", "--as-of", "2024-11-30")
    assert qunkit(*ask).out == qunkit(*ask, "--threads", "1", "--memory-limit", "1GB").out


# -- report --------------------------------------------------------------------------------------------------------
def test_the_report_is_of_the_last_complete_week_or_of_the_week_asked(qunkit: Run) -> None:
    assert json.loads(qunkit("report", "--format", "json").out)["facts"]["week"] == "2024-W48"
    asked = json.loads(qunkit("report", "--format", "json", "--week", "2024-W47", "--group", "周末徒步").out)
    assert asked["facts"]["week"] == "2024-W47"
    assert qunkit("report", "--week", "2024-W99").code == 2
    assert qunkit("report", "--lang", "zh").out != qunkit("report").out


# -- sql, path -----------------------------------------------------------------------------------------------------
def test_sql(qunkit: Run) -> None:
    ran = qunkit(
        "sql",
        "SELECT group_name, count(*) AS n, max(local_time)::DATE AS day, [1, 2] AS l, {'a': 1} AS s, 1.5 AS f FROM messages GROUP BY 1 ORDER BY n",
        "--format",
        "jsonl",
    )
    assert [json.loads(line) for line in ran.lines] == [
        {"group_name": "妈妈群", "n": 1, "day": "2024-12-01", "l": [1, 2], "s": "{'a': 1}", "f": 1.5},
        {"group_name": "周末徒步", "n": 5, "day": "2024-12-01", "l": [1, 2], "s": "{'a': 1}", "f": 1.5},
    ]


def test_sql_errors_are_said_in_one_line(qunkit: Run) -> None:
    ran = qunkit("sql", "SELECT nope FROM messages")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('qunkit: error: Binder Error: Referenced column "nope" not found')
    assert qunkit("sql", "COPY messages TO 'x.csv'").code == 2


def test_path_is_where_other_tools_read(qunkit: Run) -> None:
    import duckdb

    [path] = qunkit("path").lines
    rows = duckdb.sql(f"SELECT count(*) FROM '{path}/messages/**/*.parquet'").fetchall()
    assert rows == [(6,)]


def test_no_dataset_is_66(qunkit: Run, tmp_path: Path) -> None:
    for command in (["groups"], ["path"], ["messages"], ["report"], ["sql", "SELECT 1"]):
        ran = qunkit(*command, "--data", str(tmp_path / "nowhere"))
        assert ran.code == 66
        assert "nowhere" in ran.err


# -- formats -------------------------------------------------------------------------------------------------------
def test_formats_lists_every_format_and_how_to_make_it(qunkit: Run) -> None:
    rows = table(qunkit("formats"))
    assert [row["format"] for row in rows] == list(registry.names("formats"))
    assert all(row["title"] and row["how"] for row in rows)


def test_formats_says_what_a_file_is(qunkit: Run) -> None:
    [row] = table(qunkit("formats", str(CHAT)))
    assert row["format"] == "memotrace_csv"
    assert int(row["bytes"]) == CHAT.stat().st_size
    assert row["why"] == "The header names the columns of one of the versions."
    assert "message ids, quoted words" in row["kept"]
    assert "sender ids (only names are left)" in row["lost"]
    assert row["how"] == registry.load("formats", "memotrace_csv").HOW.en


@pytest.mark.parametrize(("lang", "kept", "lost"), [("en", "• kept: ", "• lost: "), ("zh", "• 保留：", "• 缺失：")])
def test_formats_cuts_nothing_of_it_for_people(qunkit: Run, lang: Lang, kept: str, lost: str) -> None:
    drawn = qunkit("formats", str(CHAT), "--format", "terminal", "--lang", lang)
    assert kept in drawn.out
    assert lost in drawn.out
    how = registry.load("formats", "memotrace_csv").HOW.say(lang)
    assert "".join(how.split()) in "".join(drawn.out.split())
    assert "…" not in drawn.out
    listed = qunkit("formats", "--format", "md", "--lang", lang)
    assert how in listed.out


def test_formats_of_an_unknown_file(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("hello")
    assert qunkit("formats", str(tmp_path / "x.txt")).code == 65
    assert qunkit("formats", str(tmp_path / "nowhere.txt")).code == 66


# -- ingest --------------------------------------------------------------------------------------------------------
def test_ingest_says_what_became_of_every_file_and_adds_up(qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("ingest", str(CHAT), "--data", str(tmp_path / "data"))
    [row] = table(ran)
    counts = {name: int(row[name]) for name in ("records", "new", "known", "rejected")}
    assert counts["records"] == counts["new"] + counts["known"] + counts["rejected"] > 0
    assert (
        int(row["bytes"])
        == CHAT.stat().st_size
        == sum(int(row[f"{kind}_bytes"]) for kind in ("message", "notice", "reject", "framing"))
    )
    assert ran.code == 0


def test_ingest_of_nothing_readable(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("hello")
    ran = qunkit("ingest", str(tmp_path / "x.txt"), str(tmp_path / "nowhere"), "--data", str(tmp_path / "data"))
    assert ran.code in (65, 66)
    assert [row["status"] for row in table(ran)].count("refused") == 2
    assert ran.err.count("qunkit: error: ") == 2


def test_ingest_of_something_and_something_refused_is_3(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("hello")
    ran = qunkit("ingest", str(CHAT), str(tmp_path / "x.txt"), "--data", str(tmp_path / "data"))
    assert ran.code == 3
    assert "not a known export" in ran.err


def test_ingest_from_standard_input(dataset: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "qunkit",
        "ingest",
        "-",
        "--as-group",
        "1@chatroom",
        "--data",
        str(tmp_path / "data"),
        "--format",
        "jsonl",
    ]
    done = subprocess.run(command, stdin=CHAT.open("rb"), capture_output=True, check=True, timeout=120)
    row = json.loads(done.stdout)
    assert (row["status"], row["bytes"]) == ("ingested", CHAT.stat().st_size)
    assert done.stderr.startswith(b"qunkit: note: times without a zone are taken for Asia/Shanghai, the dataset's: -;")
    assert done.stderr.count(b"\n") == 1


def test_ingest_quietly(qunkit: Run, tmp_path: Path) -> None:
    ask = ("ingest", str(SAMPLES / "memotrace_v3"), "--data", str(tmp_path / "data"), "-q")
    assert qunkit(*ask).err == qunkit(*ask).err == ""


def test_a_wrong_zone_is_78(qunkit: Run, tmp_path: Path) -> None:
    assert qunkit("ingest", str(CHAT), "--tz", "Mars/Base", "--data", str(tmp_path / "data")).code == 78
    assert not (tmp_path / "data").exists()


# -- demo ----------------------------------------------------------------------------------------------------------
def test_demo_is_the_same_for_the_same_seed(qunkit: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        ran = qunkit("demo", str(tmp_path / name), "--groups", "2", "--weeks", "1", "--seed", "3")
        assert (ran.code, ran.err.startswith("qunkit: note: next: qunkit ingest ")) == (0, True)
        assert all(Path(line).is_file() for line in ran.lines)
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert files
    assert all((tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes() for path in files)


def test_demo_overwrites_nothing(qunkit: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    assert qunkit("demo", str(tmp_path)).code == 73
    assert qunkit("demo", str(tmp_path / "mine.txt")).code == 73
