"""The demo's truth found again: the planted KOL, and who answers whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qunkit import Dataset, demo, open_dataset


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo")
    demo.write(path)
    return path


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Iterator[Dataset]:
    made = open_dataset(folder / "data", settings=folder / "qunkit.toml")
    made.ingest(folder / "exports")
    return made


def test_the_planted_kol_comes_first_in_the_group(folder: Path, dataset: Dataset) -> None:
    truth = json.loads((folder / "truth/truth.json").read_text("utf-8"))
    [led] = [group for group in truth["groups"] if group["kol"]]
    rows = dataset.frame("kol")
    here = rows[rows["group_id"] == led["known_as"]]
    first, second = here.iloc[0], here.iloc[1]
    assert (first["member_id"], list(first["labels"])) == (led["kol"], ["kol", "leader"])
    assert first["volume"] > 2 * second["volume"]
    assert first["explicit"] > 0.3
    assert not [label for labels in rows[rows["official"]]["labels"] for label in labels if label in ("kol", "koc")]
    leaders = rows[["leader" in labels for labels in rows["labels"]]]
    assert leaders["member_id"].tolist() == [led["kol"]]
    assert not rows[(rows["confidence"] == "unchecked") & rows["self_check"].notna()].size


def test_replies_are_as_true_as_the_docs_say(folder: Path, dataset: Dataset) -> None:
    lines = [json.loads(line) for line in (folder / "truth/messages.jsonl").read_text("utf-8").splitlines()]
    answers = {line["id"]: line["reply_to"] or line["answers"] for line in lines}
    rows = dataset.frame("replies")
    known = rows[rows["message_id"].isin(answers)]  # of exports that keep ids
    known = known.assign(true=(known["message_id"].map(answers) == known["parent"]).fillna(False).astype(float))
    assert len(known) == 10_588
    share = known.groupby("how")["true"].mean().round(2)
    assert share["quote"] == 1
    assert share[["mention", "inferred", "rule"]].to_dict() == {"mention": 0.91, "inferred": 0.6, "rule": 0.36}
    sure = known[known["how"] != "continuation"].groupby("how")["p"].mean().round(2)
    assert sure[["inferred", "rule"]].to_dict() == {"inferred": 0.75, "rule": 0.62}
    assert not (known["sender_id"] == known["to_id"])[known["how"] == "rule"].any()
