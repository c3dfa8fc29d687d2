"""Write ``tests/old_datasets/vN`` with the code of today: ``python tests/old_datasets/make.py vN``, once a schema version.

What is written stands for the datasets that people have: from the release of its version on it is never written again, and the seal that is
printed goes into SEALS of ``tests/test_old_datasets.py``. v1 and v2 are of qunkit 0.1.0; v2 knows how members joined. All people and texts are invented.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from qunkit import open_dataset
from qunkit.schema import MESSAGES

HERE = Path(__file__).parent
HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
HIKERS = (
    "2024-11-30 23:59:58,薄荷,wxid_mint,周末徒步,10000000001@chatroom,明天几点出发？\n"
    "2024-11-30 23:59:59,狐狸,wxid_fox,周末徒步,10000000001@chatroom,八点\n"
    "2024-12-01 00:00:00,狐狸,wxid_fox,周末徒步,10000000001@chatroom,1\n"
    "2024-12-01 00:00:00,狐狸,wxid_fox,周末徒步,10000000001@chatroom,1\n"
    "2024-12-01 07:55:00,小鹿,wxid_deer,周末徒步,10000000001@chatroom,到了\n"
    "not a row\n"
)
LATER = "".join(HIKERS.splitlines(keepends=True)[2:5]) + (
    "2024-12-02 09:00:00,薄荷,wxid_mint,周末徒步,10000000001@chatroom,照片在群相册 😀\n"
)
READERS = "2024-12-01 20:00:00 老猫\n读完了\n\n2024-12-01 20:05:00 薄荷\n我也是\n\n"
ROSTER = "id,昵称,群昵称,入群方式\nwxid_mint,薄荷,队长,\nwxid_fox,狐狸,,邀请\nwxid_deer,小鹿,,扫码\nwxid_owl,猫头鹰,,\n"
QUESTIONS = ("activity", "activity_members", "groups")


def main(version: str) -> None:
    """A dataset and what it answers."""
    target = HERE / version
    target.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        dataset = write(Path(folder))
        told = answers(dataset)
        oldest, *_ = sorted(dataset.glob("v*"))
        shutil.rmtree(oldest)
        os.unlink(dataset / "lock")
        shutil.copytree(dataset, target / "dataset")
    (target / "answers.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f'"{version}": "{seal(target / "dataset")}"')


def write(folder: Path) -> Path:
    """Exports and the dataset of them."""
    exports, dataset = folder / "exports", folder / "dataset"
    exports.mkdir()
    for name, text in (("hikers.csv", HIKERS), ("later.csv", LATER), ("读书会.txt", READERS)):
        (exports / name).write_text((HEADER if name.endswith("csv") else "") + text, "utf-8")
    chats = open_dataset(dataset)
    chats.ingest(exports)
    (exports / "roster.csv").write_text(ROSTER, "utf-8")
    chats.roster(exports / "roster.csv", group="10000000001@chatroom", at="2024-12-02")
    return dataset


def seal(dataset: Path) -> str:
    """What holds every file: CURRENT has the manifest's sha256, and the manifest that of every part."""
    return hashlib.sha256((dataset / "CURRENT").read_bytes()).hexdigest()


def answers(dataset: Path) -> dict[str, object]:
    """What the dataset says."""
    from qunkit.ingest.store import open_snapshot

    chats = open_dataset(dataset)
    with open_snapshot(dataset) as snapshot:
        found: dict[str, object] = {"fingerprint": snapshot.fingerprint}
    found["messages"] = [
        [_plain(row[name]) for name in MESSAGES.names] for row in chats.messages().read_all().to_pylist()
    ]
    for name in QUESTIONS:
        found[name] = [[_plain(cell) for cell in row] for row in chats.analyze(name).rows()]
    return found


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


if __name__ == "__main__":
    main(sys.argv[1])
