"""``qunkit ads``: from an audit to a model of one's own and back; scores of any text; what is said of labels that say nothing."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qunkit.errors import ModelOfAnotherVersion
from qunkit.methods.ad_model import AdModel
from support.datasets import make_dataset

Run = Callable[..., Any]
CHAT = ["在吗", "几点集合", "收到", "好的谢谢", "明天下雨吗", "到家了", "这家店好吃", "周末去爬山"]
OURS = ["拼车上车滴滴", "上车啦还差俩", "拼一个上车走", "滴滴上车咯"]
"""What is an ad in this group alone."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """40 messages of talk and 40 that this group takes for ads."""
    rows = [
        {
            "at": f"2026-05-{1 + n // 8:02} 09:{n % 60:02}:00",
            "sender_id": f"p{n % 7}",
            "text": f"{(CHAT + OURS)[n % 8 + (0 if n < 40 else 4)]}{n}",
        }
        for n in range(80)
    ]
    return make_dataset(tmp_path / "data", rows)


def audit(qunkit: Run, data: Path, path: Path) -> list[dict[str, str]]:
    assert qunkit("ads", "audit", "--size", "200", "-o", str(path), "--data", str(data)).code == 0
    return list(csv.DictReader(StringIO(path.read_text("utf-8-sig"))))


def filled(rows: list[dict[str, str]], yes: str = "1", no: str = "0") -> list[dict[str, str]]:
    return [row | {"label": yes if "上车" in row["text"] else no} for row in rows]


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> str:
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        table.writeheader()
        table.writerows(rows)
    return str(path)


def flagged(qunkit: Run, data: Path, *more: str) -> set[str]:
    ran = qunkit("ads", "list", "--format", "jsonl", "--top", "0", "--data", str(data), *more)
    return {json.loads(line)["text"] for line in ran.lines if line}


def test_labels_become_the_datasets_model_and_can_be_left_out_again(qunkit: Run, data: Path, tmp_path: Path) -> None:
    rows = audit(qunkit, data, tmp_path / "labels.csv")
    ours = {row["text"] for row in rows if "上车" in row["text"]}
    assert len(ours) == 20
    before = flagged(qunkit, data)
    ran = qunkit("ads", "learn", write(tmp_path / "filled.csv", filled(rows)), "--data", str(data))
    shipped, learned = ran.lines[1:]
    assert shipped.startswith("shipped-")
    assert learned.split("\t")[:3] == ["learned-1", str(len(rows)), "20"]
    assert float(learned.split("\t")[5]) > 0.9
    assert flagged(qunkit, data) >= ours
    assert "learned-1" in qunkit("ads", "list", "--data", str(data)).err
    assert "learned-1" not in qunkit("ads", "list", "--data", str(data), "--model", "shipped").err
    assert flagged(qunkit, data, "--model", "shipped") == before
    asked = json.loads(qunkit("ads", "--format", "json", "--data", str(data)).out)
    assert asked["facts"]["model"] == "learned-1"
    [group] = asked["rows"]
    assert group["basis"] == "audit"
    again = qunkit("ads", "learn", str(tmp_path / "filled.csv"), "--data", str(data))
    assert again.lines[2].startswith("learned-2\t")
    assert qunkit("check", "--read-data", "--data", str(data)).code in (0, 1)
    assert "models" not in qunkit("check", "--data", str(data)).out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_spreadsheets_own_csv(qunkit: Run, data: Path, tmp_path: Path, encoding: str) -> None:
    rows = filled(audit(qunkit, data, tmp_path / "labels.csv"), "广告", "不是")
    path = write(tmp_path / "filled.csv", rows, encoding, "\t" if encoding == "utf-16" else ",")
    assert qunkit("ads", "learn", path, "--data", str(data)).lines[2].startswith("learned-1\t80\t20\t")


def test_a_workbook(qunkit: Run, data: Path, tmp_path: Path) -> None:
    rows = filled(audit(qunkit, data, tmp_path / "labels.csv"))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([int(row["label"]) if name == "label" else cell for name, cell in row.items()])
    book.save(tmp_path / "filled.xlsx")
    assert (
        qunkit("ads", "learn", str(tmp_path / "filled.xlsx"), "--data", str(data))
        .lines[2]
        .startswith("learned-1\t80\t20\t")
    )


def test_labels_that_say_nothing(qunkit: Run, data: Path, tmp_path: Path) -> None:
    rows = audit(qunkit, data, tmp_path / "labels.csv")
    ran = qunkit("ads", "learn", str(tmp_path / "labels.csv"), "--data", str(data), "--lang", "en")
    assert (ran.code, "0 labels of messages of this dataset" in ran.err) == (65, True)
    ran = qunkit(
        "ads", "learn", write(tmp_path / "odd.csv", filled(rows, "maybe")), "--data", str(data), "--lang", "en"
    )
    assert ran.code == 65
    assert "a label maybe; 1 is an ad, 0 is none" in ran.err
    ran = qunkit(
        "ads", "learn", write(tmp_path / "none.csv", [{"text": "a", "label": "1"}]), "--data", str(data), "--lang", "en"
    )
    assert (ran.code, "no column key" in ran.err) == (65, True)
    assert qunkit("ads", "learn", str(tmp_path / "nowhere.csv"), "--data", str(data)).code == 66


def told(qunkit: Run, data: Path, *more: str) -> tuple[str, float, str]:
    """The model that `qunkit ads` goes by; the group's ratio, and what its interval rests on."""
    ran = json.loads(qunkit("ads", "--format", "json", "--data", str(data), *more).out)
    [row] = ran["rows"]
    return ran["facts"]["model"], row["ad_ratio"], row["basis"]


def test_labels_of_one_kind_tell_how_often_the_model_errs(qunkit: Run, data: Path, tmp_path: Path) -> None:
    rows = audit(qunkit, data, tmp_path / "labels.csv")
    shipped = told(qunkit, data)[0]
    ran = qunkit(
        "ads", "learn", write(tmp_path / "none.csv", filled(rows, "0", "0")), "--data", str(data), "--lang", "en"
    )
    assert ran.code == 0
    assert f"0 of the labels are ads and {len(rows)} are not: of each 10 are needed to learn" in ran.err
    assert [line.split("\t")[0] for line in ran.lines[1:]] == [shipped]
    assert told(qunkit, data) == (shipped, 0.0, "audit")
    assert told(qunkit, data, "--model", "shipped") == (shipped, 0.0, "audit")


def test_what_does_no_better_is_not_taken(qunkit: Run, data: Path, tmp_path: Path) -> None:
    """Every other message an ad, whatever it says."""
    rows = audit(qunkit, data, tmp_path / "labels.csv")
    shipped = told(qunkit, data)[0]
    thrown = [row | {"label": str(n % 2)} for n, row in enumerate(sorted(rows, key=lambda row: row["text"]))]
    ran = qunkit("ads", "learn", write(tmp_path / "thrown.csv", thrown), "--data", str(data), "--lang", "en")
    usual, learned = (line.split("\t") for line in ran.lines[1:])
    assert float(learned[5]) > float(
        usual[5]
    )  # it flags more, and so finds more of what is thrown; but it errs more often
    assert (usual[6], learned[6]) == ("true", "false")
    assert told(qunkit, data)[0] == shipped
    assert "does no better" in ran.err


def test_earlier_labels_count_too(qunkit: Run, data: Path, tmp_path: Path) -> None:
    rows = filled(audit(qunkit, data, tmp_path / "labels.csv"))
    first, second = write(tmp_path / "a.csv", rows[:50]), write(tmp_path / "b.csv", rows[50:])
    qunkit("ads", "learn", first, "--data", str(data))
    ran = qunkit("ads", "learn", second, "--data", str(data), "--lang", "en")
    assert ran.lines[2].split("\t")[:3] == ["learned-2", "80", "20"]
    assert "50 labels given before count, too" in ran.err
    both = qunkit("ads", "learn", first, second, "--anew", "--data", str(data))
    assert both.lines[2].split("\t")[1:] == ran.lines[2].split("\t")[1:]
    alone = qunkit("ads", "learn", second, "--anew", "--data", str(data))
    assert alone.lines[1].split("\t")[1] == "30"
    other = [row | {"label": "0"} for row in rows[:5]]  # the later word counts
    again = qunkit("ads", "learn", write(tmp_path / "c.csv", other), "--data", str(data))
    assert again.lines[1].split("\t")[1] == "35"


def test_a_model_of_another_version_can_be_learnt_again(qunkit: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    path = write(tmp_path / "filled.csv", filled(audit(qunkit, data, tmp_path / "labels.csv")))
    qunkit("ads", "learn", path, "--data", str(data))

    def refused(*_: object) -> None:
        raise ModelOfAnotherVersion(path="part.parquet")

    with monkeypatch.context() as patched:
        patched.setattr(AdModel, "unpacked", refused)
        assert qunkit("ads", "--data", str(data)).code != 0
        assert qunkit("ads", "--data", str(data), "--model", "shipped").code == 0
        assert qunkit("ads", "learn", path, "--data", str(data)).code == 0


def test_labels_of_messages_that_are_gone_are_counted(qunkit: Run, data: Path, tmp_path: Path) -> None:
    rows = filled(audit(qunkit, data, tmp_path / "labels.csv"))
    stray = [row | {"key": f"m{n:016x}"} for n, row in enumerate(rows[:3])]
    ran = qunkit("ads", "learn", write(tmp_path / "filled.csv", rows + stray), "--data", str(data), "--lang", "en")
    assert "3 labels are of messages that the dataset does not have" in ran.err


def test_texts_are_scored_one_a_line(qunkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["在吗", "", "手机兼职刷单，日结300元，加V信：hao_xyz12 看 https://s.example.invalid/x", '=cmd|"a"']
    file = tmp_path / "texts.txt"
    file.write_text("\r\n".join(texts) + "\n", "utf-8-sig")
    nowhere = ("--data", str(tmp_path / "nowhere"))
    rows = [json.loads(line) for line in qunkit("ads", "score", str(file), "--format", "jsonl", *nowhere).lines]
    assert [row["text"] for row in rows] == texts
    assert [row["ad"] for row in rows] == [False, False, True, False]
    assert "contact" in rows[2]["reasons"]
    assert rows[2]["evidence"]
    assert all(place in texts[2] for place in rows[2]["evidence"])
    monkeypatch.setattr(sys, "stdin", StringIO("在吗\n"))
    assert qunkit("ads", "score", "-", *nowhere).lines[1].split("\t")[1:3] == ["false", "在吗"]
    assert qunkit("ads", "score", str(tmp_path / "no.txt"), *nowhere).code == 66


def test_a_pattern_that_nobody_understands_is_named(qunkit: Run, data: Path, tmp_path: Path) -> None:
    settings = tmp_path / "bad.toml"
    settings.write_text('[ads]\ndeny_patterns = ["(open"]\n', "utf-8")
    ran = qunkit("ads", "--data", str(data), "--config", str(settings), "--lang", "en")
    assert ran.code == 78
    assert "(open: " in ran.err


def test_an_audit_under_pseudonyms_teaches_the_same(
    qunkit: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    path = tmp_path / "masked.csv"
    told = ("ads", "audit", "--size", "200", "-o", str(path), "--data", str(data), "--pseudonymise")
    assert qunkit(*told).code == 0
    rows = list(csv.DictReader(StringIO(path.read_text("utf-8-sig"))))
    plain = audit(qunkit, data, tmp_path / "plain.csv")
    keys, true = ({row["key"] for row in table} for table in (rows, plain))
    assert not keys & true  # who has no key to the pseudonyms learns nothing from them
    mixed = filled(rows)[:70] + filled(plain)
    ran = qunkit("ads", "learn", write(tmp_path / "filled.csv", filled(rows)), "--data", str(data))
    assert ran.lines[2].startswith("learned-1\t80\t20\t")
    ran = qunkit("ads", "learn", write(tmp_path / "mixed.csv", mixed), "--data", str(data))
    assert ran.lines[2].startswith("learned-2\t80\t20\t")
    (tmp_path / "key").unlink()
    ran = qunkit("ads", "learn", str(tmp_path / "filled.csv"), "--anew", "--data", str(data), "--lang", "en")
    assert (ran.code, "0 labels of messages of this dataset" in ran.err) == (65, True)
    assert not (tmp_path / "key").exists()
