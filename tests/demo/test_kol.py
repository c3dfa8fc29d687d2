"""The planted KOL of the demo, found: the first of the group, and told so in words."""

from __future__ import annotations

import json
from pathlib import Path

from qunkit import demo, open_dataset


def test_the_planted_kol_comes_first_in_the_group(tmp_path: Path) -> None:
    demo.write(tmp_path)
    dataset = open_dataset(tmp_path / "data", settings=tmp_path / "qunkit.toml")
    dataset.ingest(tmp_path / "exports")
    truth = json.loads((tmp_path / "truth/truth.json").read_text("utf-8"))
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
