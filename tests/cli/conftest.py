"""A small dataset by hand, and ways of running the program on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.datasets import make_dataset

HIKE, MUMS = "58192034417@chatroom", "name:妈妈群"
ROWS = [
    {"at": "2024-11-24 09:00:00", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "mint", "sender_name": "薄荷", "text": "早"},
    {"at": "2024-11-25 09:00:00", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "mint", "sender_name": "薄荷", "text": "a\tb\nc"},
    {"at": "2024-11-25 09:01:00", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "fox", "sender_name": "=狐狸\x1b[31m", "text": "=1+1"},
    {"at": "2024-11-30 23:59:59", "group_id": HIKE, "group_name": "周末徒步", "sender_id": "robot", "sender_name": "小助手", "text": "签到"},
    {"at": "2024-12-01 20:00:00", "group_id": HIKE, "group_name": "周末徒步", "event": "joined", "text": "猫 加入了群聊"},
    {"at": "2024-12-01 22:15:30", "group_id": MUMS, "group_name": "妈妈群", "sender_id": "mum", "sender_name": "妈妈", "kind": "image"},
]  # fmt: skip
"""Six messages (one a notice) of two groups; the last is on Sunday 2024-12-01, in week 48."""


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of ROWS; read only."""
    return make_dataset(tmp_path_factory.mktemp("cli") / "data", ROWS)


@dataclass
class Ran:
    """What a run left."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Lines of stdout."""
        return self.out.removesuffix("\n").split("\n")


@pytest.fixture
def qunkit(dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line in this process, on the dataset of ROWS."""
    from qunkit.cli.main import run

    monkeypatch.setenv("QUNKIT_DATA", str(dataset))
    for name in ("QUNKIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*args: str) -> Ran:
        capsys.readouterr()
        code = run(args)
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def shell(dataset: Path) -> Callable[..., Ran]:
    """Runs a bash line in which ``$Q`` is the program, in an environment of nothing but what is given."""

    def call(line: str, **variables: str) -> Ran:
        surroundings = {
            "QUNKIT_DATA": str(dataset),
            "Q": f"{sys.executable} -m qunkit",
            "PATH": os.defpath,
            **variables,
        }
        done = subprocess.run(["/bin/bash", "-c", line], env=surroundings, capture_output=True, timeout=60, check=False)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


SAMPLES = Path(__file__).parents[1] / "samples"
EXPORT = next(SAMPLES.glob("chatlog/2024-06-01*/*_2025-06-01.csv"))
ROSTER = SAMPLES / "made/roster_json/members.json"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which any command can be run: a dataset with one reject and a name that may be another's, an export that it does not know
    yet, a list of members, labels of messages, texts."""
    from qunkit.api import open_dataset

    folder = tmp_path_factory.mktemp("template")
    for name, file in (("known.csv", EXPORT), ("members.json", ROSTER)):
        shutil.copy(file, folder / name)
    with (folder / "known.csv").open("a", encoding="utf-8") as export:
        export.write("2024-12-01 09:00:00,a row that is too short\n")
    line = "2024-12-02 09:00:00,凯文,wxid_k3vv01zhao22,周三读书会,40123456789@chatroom,早\n"
    (folder / "new.csv").write_text(EXPORT.read_text("utf-8").partition("\n")[0] + "\n" + line, "utf-8")
    for number, name in enumerate(("阿岚", "岚姐")):
        said = [f"2024-12-03 09:{minute:02}:00,{name},第 {minute} 句\n" for minute in range(8 + number)]
        (folder / f"log{number}.csv").write_text("at,who,said\n" + "".join(said), "utf-8")
    dataset = open_dataset(folder / "data")
    assert dataset.ingest(folder / "known.csv").code == 3
    columns = {"time": "at", "sender": "who", "text": "said"}
    assert [dataset.ingest(folder / f"log{number}.csv", map=columns, as_group="周三读书会").code for number in (0, 1)]
    drawn = dataset.frame("ads_audit", size=40)
    drawn["label"] = [str(int(number % 3 == 0)) for number in range(len(drawn))]
    drawn.to_csv(folder / "labels.csv", index=False)
    (folder / "texts.txt").write_text("在吗\n加V：abc_12345 兼职日结\n", "utf-8")
    return folder


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a copy of the template."""
    made = iter(range(1000))

    def copy() -> Path:
        return Path(shutil.copytree(template, tmp_path / f"world{next(made)}"))

    return copy


def table(lines: Sequence[str]) -> list[dict[str, str]]:
    """TSV with a header."""
    names, *rows = (line.split("\t") for line in lines)
    return [dict(zip(names, row, strict=True)) for row in rows]
