"""Analyses ÷ bare SQL: what the views, the checks and the conversion cost on top of the query itself. Aim: at most 1.2.

    python benchmarks/analyses.py [--rows 2000000] [--rounds 5] [--threads 2]

Bare: the same SQL by plain DuckDB, on views without any scope, rows fetched; where an analysis works per group, pure SQL for
the same figures (BARE). Figures are the least of the rounds, which are interleaved: CPU seconds of the whole process, so that a busy
machine disturbs little.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import registry
from qunkit.analyze import analyze
from qunkit.dataset import Scope
from qunkit.engines import duckdb as engines
from qunkit.schema import MESSAGES

NAMES = (
    "activity",
    "activity_members",
    "activity_hours",
    "activity_shares",
    "activity_sessions",
    "activity_replies",
    "groups",
)
DAYS = 540
TIMES = {"since": "2025-01-01", "until": "2026-09-01", "as_of": "2026-08-01"}
BEGIN = np.datetime64("2025-01-06T00:00:00.000")

BARE = {
    "activity_replies": """
WITH answers AS (
  SELECT posts.group_id, posts.message_id, MIN(epoch_s(reply.sent_at)) AS answered_at
  FROM posts reply JOIN posts ON posts.group_id = reply.group_id AND posts.message_id = reply.reply_to
  WHERE reply.sender_id <> posts.sender_id AND reply.sent_at >= posts.sent_at
  GROUP BY posts.group_id, posts.message_id
), lines AS (
  SELECT posts.*, epoch_s(sent_at) AS t, answered_at, text LIKE '%吗' AS question,
    LAG(sender_id) OVER w AS sender_before, epoch_s(sent_at) - LAG(epoch_s(sent_at)) OVER w AS gap
  FROM posts LEFT JOIN answers ON answers.group_id = posts.group_id AND answers.message_id = posts.message_id
  WINDOW w AS (PARTITION BY posts.group_id ORDER BY sent_at, seq)
), numbered AS (
  SELECT *, SUM(CASE WHEN sender_id = sender_before AND gap <= 120 THEN 0 ELSE 1 END)
    OVER (PARTITION BY group_id ORDER BY sent_at, seq ROWS UNBOUNDED PRECEDING) AS turn
  FROM lines
), turns AS (
  SELECT group_id, turn, MIN(answered_at) - MAX(t) AS delay, MAX_BY(question, seq) AS question
  FROM numbered GROUP BY group_id, turn
), evidence AS (
  SELECT group_id, MAX_BY(group_name, sent_at) AS group_name, COUNT(reply_to) AS replies, MIN(local_time) AS begun
  FROM posts GROUP BY group_id
), newcomers AS (
  SELECT group_id, sender_id, MIN(local_time) AS first_at FROM posts GROUP BY group_id, sender_id
)
SELECT group_id, ANY_VALUE(group_name), COUNT(*), COUNT(CASE WHEN delay <= 300 THEN 1 END) / COUNT(*),
  COUNT(CASE WHEN delay <= 1800 THEN 1 END) / COUNT(*), MEDIAN(delay), COUNT(CASE WHEN question THEN 1 END),
  COUNT(CASE WHEN question AND delay <= 1800 THEN 1 END) / COUNT(CASE WHEN question THEN 1 END),
  (SELECT COUNT(*) FROM newcomers WHERE newcomers.group_id = turns.group_id)
FROM turns JOIN evidence USING (group_id) GROUP BY group_id ORDER BY group_id
""",
    "activity_sessions": """
WITH gaps AS (
  SELECT group_id, sender_id, sent_at, seq, epoch_s(sent_at) AS t,
    LAG(sender_id) OVER w AS sender_before, epoch_s(sent_at) - LAG(epoch_s(sent_at)) OVER w AS gap
  FROM posts WINDOW w AS (PARTITION BY group_id ORDER BY sent_at, seq)
), numbered AS (
  SELECT *, SUM(CASE WHEN gap <= 1800 THEN 0 ELSE 1 END) OVER (PARTITION BY group_id ORDER BY sent_at, seq
    ROWS UNBOUNDED PRECEDING) AS session
  FROM gaps
)
SELECT group_id, session, MIN(t) AS started, MAX(t) AS ended, COUNT(*) AS messages, COUNT(DISTINCT sender_id) AS posters,
  SUM(CASE WHEN sender_id = sender_before AND gap <= 120 THEN 0 ELSE 1 END) AS turns,
  MEDIAN(CASE WHEN sender_id <> sender_before AND gap <= 1800 THEN gap END) AS handover
FROM numbered GROUP BY group_id, session ORDER BY group_id, session
""",
}


def main() -> None:
    """Make the data, run the rounds, print one line an analysis."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--groups", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        make(Path(folder), given.rows, given.groups)
        print(f"{given.rows:,} messages, {given.groups} groups, {given.threads} threads; CPU seconds")
        for name in NAMES:
            ours, bare = compare(name, Path(folder), given.threads, given.rounds)
            print(f"{name:20} {ours:7.3f} ÷ {bare:7.3f} = {ours / bare:5.2f}")


def compare(name: str, folder: Path, threads: int, rounds: int) -> tuple[float, float]:
    """Least CPU seconds of the analysis and of bare SQL, in interleaved rounds."""
    scope = Scope(**{name: datetime.fromisoformat(time) for name, time in TIMES.items()})
    bare = connect_bare(folder, threads)
    query = _bound(BARE.get(name) or registry.load("analyses", name).SQL)
    times: tuple[list[float], list[float]] = ([], [])
    with engines.connect(folder, scope, threads=threads) as engine:
        for _ in range(rounds):
            times[0].append(_cpu(lambda: list(analyze(engine, name, scope=scope).rows())))
            times[1].append(_cpu(lambda: bare.sql(query).fetchall()))
    return min(times[0]), min(times[1])


def connect_bare(folder: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """Plain DuckDB on the same files: the views without scope."""
    connection = duckdb.connect(config={"threads": threads})
    for statement in engines.PRELUDE:
        connection.execute(statement)
    for name, text in engines.views(sorted(folder.glob("messages/*/*.parquet")), [], Scope()).items():
        connection.execute(f"CREATE VIEW {name} AS {text}")
    return connection


def make(folder: Path, rows: int, groups: int) -> None:
    """A snapshot of `rows` messages: busy and quiet groups, evenings, bursts, some quotes, 200 members a group."""
    dice = np.random.default_rng(20260504)
    group = np.sort(dice.choice(groups, rows, p=_zipf(groups, 0.7)))
    member = dice.choice(200, rows, p=_zipf(200, 1.0)) + group * 1000
    day = dice.integers(0, DAYS, rows)
    second = np.clip(dice.normal(19.5, 2.5, rows) * 3600 // 600 * 600 + dice.exponential(90, rows), 0, 86399)
    local = BEGIN + (day * 86_400_000 + second * 1000).astype("timedelta64[ms]")
    order = np.lexsort((local, group))
    local, member = local[order], member[order]
    ids = np.char.add("m", np.arange(rows).astype(str))
    back = np.maximum(np.arange(rows) - dice.integers(1, 8, rows), 0)
    texts = np.array([f"{'好的' * (n % 9)}{'吗' if n % 7 == 0 else '。'}" for n in range(63)])
    columns = {name: pa.nulls(rows, MESSAGES.arrow.field(name).type) for name in MESSAGES.names}
    columns |= {
        "platform": pa.array(["wechat"]).take(pa.array(np.zeros(rows, int))),
        "group_id": pa.array(np.char.add("group", group.astype(str))),
        "group_name": pa.array(np.char.add("妈妈群 ", group.astype(str))),
        "message_id": pa.array(ids),
        "seq": pa.array(np.zeros(rows, np.int32)),
        "sent_at": pa.array(local - np.timedelta64(8, "h")).cast(pa.timestamp("ms", "UTC")),
        "local_time": pa.array(local),
        "time_quality": pa.array(["exact"]).take(pa.array(np.zeros(rows, int))),
        "sender_id": pa.array(np.char.add("wxid_", member.astype(str))),
        "sender_name": pa.array(np.char.add("成员", member.astype(str))),
        "kind": pa.array(["text"]).take(pa.array(np.zeros(rows, int))),
        "text": pa.array(texts[dice.integers(0, len(texts), rows)]),
        "reply_to": pa.array(ids[back], mask=dice.random(rows) > 0.08),
        "from_me": pa.array(np.zeros(rows, bool)),
        "source": pa.array(["0" * 16]).take(pa.array(np.zeros(rows, int))),
    }
    table = pa.table(columns).cast(MESSAGES.arrow)
    months = local.astype("datetime64[M]")
    for month in np.unique(months):
        path = folder / "messages" / f"month={month}" / "part.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table.filter(pa.array(months == month)), path, compression="zstd", row_group_size=1 << 17)


def _zipf(n: int, power: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weight = 1 / np.arange(1, n + 1) ** power
    return weight / weight.sum()


def _bound(text: str) -> str:
    literals = {name: f"TIMESTAMP '{time}'" for name, time in TIMES.items()} | {"per": "'week'", "top": "0"}
    return re.sub(r":([a-z_]+)", lambda found: literals[found[1]], text)


def _cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
