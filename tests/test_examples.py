"""The example scripts, run on the demo: they must run as they stand, and say what is true."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from qunkit import demo, schema
from support.needs import tool

EXAMPLES = Path(__file__).parents[1] / "examples"
LAST_WEEK = "2026-11-09"
WEEK = "2026-W46"


class Demo:
    """A demo, its dataset, and the commands run on it."""

    def __init__(self, folder: Path) -> None:
        demo.write(folder, groups=6)
        self.exports, self.data = folder / "exports", folder / "data"
        self.groups = json.loads((folder / "truth/truth.json").read_text("utf-8"))["groups"]
        lines = (folder / "truth/messages.jsonl").read_text("utf-8").rstrip("\n").split("\n")
        rows = list(map(json.loads, lines))
        self.posts = [row for row in rows if row["kind"] not in schema.NOT_POSTS]
        self.pats = [row for row in rows if row["kind"] == "pat"]
        self.run("qunkit", "ingest", self.exports, "--quiet")
        shutil.copy(folder / "qunkit.toml", self.data)

    def run(self, *command: object, code: int = 0, **more: str) -> str:
        """Standard output of a command, which must end with `code`."""
        tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**os.environ, "PATH": tools, "QUNKIT_DATA": str(self.data), **more}
        result = subprocess.run([str(word) for word in command], capture_output=True, env=environment, check=False)
        assert result.returncode == code, result.stderr.decode()
        return result.stdout.decode("utf-8")

    def example(self, name: str, *words: object, **more: Any) -> str:
        return self.run(EXAMPLES / name, *words, **more)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("examples"))


def test_every_example_is_tested_and_explained() -> None:
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    tests = Path(__file__).read_text("utf-8")
    for script in EXAMPLES.glob("*.*sh"):
        assert f"**[{script.name}]({script.name})**" in readme
        assert f'example("{script.name}"' in tests
        shebang, comment = script.read_text("utf-8").split("\n")[:2]
        assert shebang.startswith("#!/")
        assert comment.startswith("# ")
        assert os.access(script, os.X_OK)


def test_monday(world: Demo, tmp_path: Path) -> None:
    files = world.example("monday.sh", world.exports, tmp_path).split("\n")
    everything, *groups = (Path(file) for file in files if file)
    assert everything.name == "_all.md"
    assert {path.stem for path in groups} == {group["name"] for group in world.groups}
    assert {path.parent.parent for path in [everything, *groups]} == {tmp_path}
    assert everything.read_text("utf-8").startswith(f"# Weekly report {WEEK}\n")
    assert all(f"weekly report {WEEK}" in path.read_text("utf-8").partition("\n")[0] for path in groups)


def test_monday_says_when_an_export_cannot_be_read(world: Demo, tmp_path: Path) -> None:
    good = next(path for path in world.exports.rglob("*.csv") if "chatlog" in path.parts)
    bad_row = "2026-13-77 99:99:99,名字,wxid_nobody22,群,1@chatroom,没有这一天\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / good.name).write_text(good.read_text("utf-8") + bad_row, "utf-8", newline="")
    data = {"QUNKIT_DATA": str(tmp_path / "data")}
    files = world.example("monday.sh", tmp_path / "in", tmp_path / "reports", code=3, **data)
    assert len(files.rstrip("\n").split("\n")) == 2
    missing = world.example("monday.sh", tmp_path / "nowhere", tmp_path / "none", code=66)
    assert not missing
    assert not (tmp_path / "none").exists()


def test_quiet_groups(world: Demo) -> None:
    (dying,) = (group for group in world.groups if group["role"] == "dying")
    (line,) = world.example("quiet-groups.sh").rstrip("\n").split("\n")
    days, name, last_post = line.split("\t")
    assert int(days) >= 14
    assert name == dying["name"]
    assert last_post < dying["dead_since"]
    everybody = world.example("quiet-groups.sh", 0).rstrip("\n").split("\n")
    assert len(everybody) == len(world.groups)
    assert everybody[0] == line


class Robot(ThreadingHTTPServer):
    """A webhook on this machine: what was posted, and what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Heard)
        self.heard: list[Any] = []
        self.answer = 200
        self.address = f"http://127.0.0.1:{self.server_address[1]}/cgi-bin/webhook/send?key=x"


class _Heard(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.answer == 200:
            self.server.heard.append(json.loads(body))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: stderr is read."""


@pytest.fixture
def robot() -> Iterator[Robot]:
    with Robot() as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_alerts(world: Demo, tmp_path: Path, robot: Robot) -> None:
    tool("jq")
    tool("curl")
    spool = tmp_path / "spool"
    surroundings = {
        "WEBHOOK": robot.address,
        "QUNKIT_KEY": str(tmp_path / "key"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    robot.answer = 400  # no reason for curl to try again
    assert world.example("alerts.sh", spool, code=1, **surroundings) == ""
    waiting = [json.loads(line) for line in spool.read_text("utf-8").splitlines()]
    assert waiting
    assert robot.heard == []
    robot.answer = 200
    assert world.example("alerts.sh", spool, **surroundings) == ""
    [message] = robot.heard
    assert message["msgtype"] == "text"
    title, *lines = message["text"]["content"].split("\n")
    assert (title, len(lines)) == ("群告警", len(waiting))
    dying = next(group["name"] for group in world.groups if group["role"] == "dying")
    assert any(line.startswith(f"{dying[:24]}：沉默超过自身上限（天） ") for line in lines)
    world.example("alerts.sh", spool, **surroundings)
    assert len(robot.heard) == 1  # nothing is new
    (world.data / "alerts.json").unlink()
    robot.heard.clear()
    world.example("alerts.sh", spool, "--group", dying, SHAPE="json", **surroundings)
    assert [one["rule"] for one in robot.heard] == ["silent"]
    assert {"group_name", "value", "threshold", "reason", "next"} <= set(robot.heard[0])
    world.example("alerts.sh", spool, code=66, **{**surroundings, "QUNKIT_DATA": str(tmp_path / "none")})


@pytest.mark.parametrize("since", [(), (LAST_WEEK, 1000)])
def test_top_posters(world: Demo, since: tuple[object, ...]) -> None:
    tool("jq")
    rows = [line.split("\t") for line in world.example("top-posters.sh", *since).rstrip("\n").split("\n")]
    counts = [int(count) for count, _, _ in rows]
    assert counts == sorted(counts, reverse=True)
    assert len(rows) == 10 if not since else len(rows) > 100
    if since:
        posts, pats = (sum(row["time"] >= LAST_WEEK for row in rows) for rows in (world.posts, world.pats))
        assert posts <= sum(counts) <= posts + pats  # chatlog does not say of every pat that it is one


def test_duckdb(world: Demo) -> None:
    header, *rows = world.example("duckdb.sh", PYTHON=sys.executable).rstrip("\n").split("\n")
    assert header == "group_name,month,messages,people"
    names = {group["id"]: group["name"] for group in world.groups}
    posts, pats = (
        Counter((names[row["group"]], row["time"][:7]) for row in rows) for rows in (world.posts, world.pats)
    )
    found = {(name, month): int(messages) for name, month, messages, _ in (row.split(",") for row in rows)}
    assert found.keys() == posts.keys()
    assert all(posts[key] <= found[key] <= posts[key] + pats[key] for key in found)
    assert world.example("duckdb.sh", "SELECT 6 * 7 AS answer", PYTHON=sys.executable) == "answer\n42\n"
