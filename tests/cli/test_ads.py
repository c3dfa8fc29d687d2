"""``qunkit ads``: from an audit to a model of one's own and back; scores of any text; what is said of labels that say nothing."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from threading import Thread
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
    monkeypatch.setenv("QUNKIT_DATA", str(tmp_path / "nowhere"))
    rows = [json.loads(line) for line in qunkit("ads", "score", str(file), "--format", "jsonl").lines]
    assert [row["text"] for row in rows] == texts
    assert [row["ad"] for row in rows] == [False, False, True, False]
    assert "contact" in rows[2]["reasons"]
    assert rows[2]["evidence"]
    assert all(place in texts[2] for place in rows[2]["evidence"])
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO("在吗\n".encode())))
    assert qunkit("ads", "score", "-").lines[1].split("\t")[1:3] == ["false", "在吗"]
    assert qunkit("ads", "score", str(tmp_path / "no.txt")).code == 66


AD = "手机兼职刷单，日结300元，加V信：hao_xyz12"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("gb18030", "read as gb18030"),
        ("utf-16", "read as utf-16-le"),
        ("utf-16-be", "read as utf-16-be"),
    ],
)
def test_texts_are_read_in_their_encoding(
    qunkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, said: str
) -> None:
    texts = ["在吗", AD, "明天几点集合，我在楼下等你们"]
    whole = "\r\n".join(texts).encode(encoding)
    (tmp_path / "texts.txt").write_bytes(whole)
    ran = qunkit("ads", "score", str(tmp_path / "texts.txt"), "--format", "jsonl", "--lang", "en")
    assert [json.loads(line)["text"] for line in ran.lines] == texts
    assert [json.loads(line)["ad"] for line in ran.lines] == [False, True, False]
    assert (said in ran.err, bool(ran.err)) == (True, bool(said))
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(whole), "ascii"))
    assert qunkit("ads", "score", "-", "--format", "jsonl", "--lang", "en").out == ran.out


def test_what_is_no_text_is_said_to_be_none(qunkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = "在吗\n".encode() * 3 + b"\x89PNG\xff\xfe\x80\xff\n" + "好\n".encode()
    (tmp_path / "texts.bin").write_bytes(whole)
    ran = qunkit("ads", "score", str(tmp_path / "texts.bin"), "--lang", "en")
    assert (ran.code, ran.out) == (65, "")
    assert "line 4 is not text in UTF-8" in ran.err
    assert "Save it as plain text in UTF-8" in ran.err
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(whole)))
    ran = qunkit("ads", "score", "-", "--lang", "en")
    assert (ran.code, "-: line 4 is not text" in ran.err) == (65, True)


def test_texts_by_a_pipe_with_a_name(qunkit: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_text, args=("在吗\n", "utf-8"))
    writer.start()
    assert json.loads(qunkit("ads", "score", str(tmp_path / "pipe"), "--format", "jsonl").out)["text"] == "在吗"
    writer.join()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("score", "-", "--model", "foo"), 2, "--model: 'foo' is not one of dataset, shipped"),
        (("score", "-", "--data", "/nonexistent"), 66, "/nonexistent: no dataset here"),
        (("score", "-", "--threshold", "1.5"), 2, "--threshold: 1.5 is not a number from 0 to 1"),
        (("list", "--threshold", "nan"), 2, "--threshold: nan is not a number from 0 to 1"),
        (("list", "--top", "-1"), 2, "--top: -1 is not 0 or more"),
        (("audit", "--size", "0"), 2, "--size: 0 is not 1 or more"),
        (("offenders", "--min-share", "2"), 2, "--min-share: 2.0 is not a number from 0 to 1"),
        (("offenders", "--min-messages", "0"), 2, "--min-messages: 0 is not 1 or more"),
    ],
)
def test_values_that_are_none_are_refused(qunkit: Run, options: tuple[str, ...], code: int, said: str) -> None:
    ran = qunkit("ads", *options, "--lang", "en")
    assert (ran.code, said in ran.err) == (code, True), ran.err


def test_a_list_that_decides_is_named(qunkit: Run, data: Path, tmp_path: Path) -> None:
    settings, file = tmp_path / "lists.toml", tmp_path / "texts.txt"
    settings.write_text('[ads]\nallow = ["hao_xyz12"]\ndeny_patterns = ["到家了{1,2}"]\n', "utf-8")
    file.write_text(f"{AD}\n到家了\n", "utf-8")
    given = ("--config", str(settings), "--data", str(data), "--format")
    rows = [json.loads(line) for line in qunkit("ads", "score", str(file), *given, "jsonl").lines]
    assert [(row["p"], row["reasons"], row["evidence"]) for row in rows] == [
        (0, ["ads.allow:hao_xyz12"], []),
        (1, ["ads.deny_patterns:到家了{1,2}"], []),
    ]
    for lang, told in (("en", "allowed by ads.allow: hao_xyz12"), ("zh", "由 ads.allow 放行：hao_xyz12")):
        assert told in qunkit("ads", "score", str(file), *given, "md", "--lang", lang).out.replace("\\", "")
    listed = [json.loads(line) for line in qunkit("ads", "list", "--why", *given, "jsonl").lines]
    assert {tuple(row["reasons"]) for row in listed if "到家了" in row["text"]} == {("ads.deny_patterns:到家了{1,2}",)}
    hidden = qunkit("ads", "list", "--why", "--pseudonymise", *given, "jsonl").out
    assert '"ads.deny_patterns"' in hidden
    assert "{1,2}" not in hidden


@pytest.mark.parametrize(
    ("pattern", "why", "hint"),
    [
        ("(open", "missing )", False),
        ("(?=a)b", "invalid perl operator: (?=", True),
        ("(?<!a)b", "invalid perl operator: (?<", True),
        ("(a)\\\\1", "invalid escape sequence: \\1", True),
    ],
)
def test_a_pattern_that_nobody_understands_is_named(
    qunkit: Run, data: Path, tmp_path: Path, pattern: str, why: str, hint: bool
) -> None:
    settings = tmp_path / "bad.toml"
    settings.write_text(f'[ads]\ndeny_patterns = ["ok", "{pattern}"]\n', "utf-8")
    ran = qunkit("ads", "--data", str(data), "--config", str(settings), "--lang", "en")
    assert ran.code == 78
    spelt = pattern.replace("\\\\", "\\")
    assert f"{settings}: ads.deny_patterns: {spelt} is no regular expression of RE2 ({why}" in ran.err
    assert ("RE2 has neither lookaround" in ran.err) == hint


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_workbook_in_the_words_of_people(qunkit: Run, data: Path, tmp_path: Path, lang: str) -> None:
    path = tmp_path / "l.xlsx"
    assert qunkit("ads", "audit", "-o", str(path), "--lang", lang, "--data", str(data), "--size", "200").code == 0
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at, said = next(
        (row, {cell.value: cell.column for cell in cells})
        for row, cells in enumerate(sheet.iter_rows(), 1)
        if {cell.value for cell in cells} & {"标注", "label"}
    )
    label, text = (said[{"en": en, "zh": zh}[lang]] for en, zh in (("label", "标注"), ("text", "内容")))
    for row in range(at + 1, sheet.max_row + 1):
        sheet.cell(row, label).value = "１" if "上车" in str(sheet.cell(row, text).value) else "０"
    book.save(path)
    ran = qunkit("ads", "learn", str(path), "--data", str(data))
    assert ran.code == 0, ran.err
    assert ran.lines[2].startswith("learned-1\t80\t20\t")


def test_what_a_table_lacks_is_called_as_people_see_it(qunkit: Run, data: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "none.csv", [{"内容": "a", "标注": "1"}])
    ran = qunkit("ads", "learn", path, "--data", str(data), "--lang", "zh")
    assert (ran.code, "缺少列“编号”" in ran.err, "“标注”（label）列" in ran.err) == (65, True, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stands_for": "abc"}, "row 4: stands for abc is not a number"),
        ({"stands_for": "0"}, "row 4: stands for 0.0 is not above 0"),
        ({"flagged": "maybe"}, "row 4: flagged maybe is not true or false"),
        ({"p": "high"}, "row 4: score high is not a number"),
        ({"text_p": "7"}, "row 4: of the text 7.0 is not from 0 to 1"),
    ],
)
def test_damaged_cells_are_named(qunkit: Run, data: Path, tmp_path: Path, changes: dict[str, str], said: str) -> None:
    rows = filled(audit(qunkit, data, tmp_path / "labels.csv"))
    rows[2] |= changes
    path = write(tmp_path / "filled.csv", rows)
    ran = qunkit("ads", "learn", path, "--data", str(data), "--lang", "en")
    assert (ran.code, f"{path}: {said}" in ran.err) == (65, True), ran.err
    rows[2]["label"] = ""  # what nobody labelled is not looked at
    assert qunkit("ads", "learn", write(tmp_path / "filled.csv", rows), "--data", str(data)).code == 0


def test_labels_that_contradict_each_other(qunkit: Run, data: Path, tmp_path: Path) -> None:
    rows = filled(audit(qunkit, data, tmp_path / "labels.csv"))
    first = rows[0]
    twice = write(tmp_path / "twice.csv", [*rows, first])
    assert qunkit("ads", "learn", twice, "--data", str(data)).code == 0
    other = first | {"label": "1" if first["label"] == "0" else "0"}
    ran = qunkit("ads", "learn", write(tmp_path / "odd.csv", [*rows, other]), "--data", str(data), "--lang", "en")
    assert ran.code == 65
    assert f"row 82: {first['key']} is labelled {other['label']}, but {first['label']} in row 2" in ran.err


def test_ids_that_alias_joined_are_on_the_removal_list(qunkit: Run, tmp_path: Path) -> None:
    said = "在家打字日入300，加V：hao_lu88"
    rows = [f"2026-05-12 09:0{n}:00,{who},{who},{said}{n},群\n" for n, who in enumerate(("wxid_one", "wxid_two"))]
    (tmp_path / "log.csv").write_text("when,id,who,said,room\n" + "".join(rows), "utf-8")
    on = ("--data", str(tmp_path / "data"))
    columns = "time=when,sender_id=id,sender=who,text=said,group=room"
    assert qunkit("ingest", str(tmp_path / "log.csv"), *on, "--map", columns).code == 0

    def offenders(*more: str) -> list[dict[str, Any]]:
        ran = qunkit("ads", "offenders", "--format", "jsonl", "--min-share", "0", "--min-messages", "1", *on, *more)
        return [json.loads(line) for line in ran.lines if line]

    assert [row["other_ids"] for row in offenders()] == [[], []]
    assert qunkit("alias", "add", "wxid_two", "wxid_one", *on).code == 0
    [one] = offenders()
    assert (one["sender_id"], one["ads"], one["other_ids"]) == ("wxid_one", 2, ["wxid_two"])
    [shown] = offenders("--pseudonymise", "--threshold", "0.01")
    assert [id[:2] for id in (shown["sender_id"], *shown["other_ids"])] == ["m-", "m-"]


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
