"""The accounts of a dataset, made again from its parts: bytes, records, and who said what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from qunkit import schema
from qunkit.engines._reasons import failed
from qunkit.ingest import build
from qunkit.ingest.findings import Finding
from qunkit.ingest.harvest import LEDGER, REJECTS
from qunkit.ingest.ledger import KINDS
from qunkit.ingest.parquet import from_parts
from qunkit.words import Text

_ACCOUNT = {"name", "size", "records", "bytes", "new", "known"}
"""What the manifest says of every source."""
_NOTICES = f"kind IN {schema.NOT_POSTS}"
_TILES = """
SELECT source, MIN(start) AS first, MAX("end") AS last, bool_and("end" = next AND start < "end" AND "count" > 0) AS whole
FROM (SELECT *, COALESCE(LEAD(start) OVER (PARTITION BY source ORDER BY start), "end") AS next FROM {ledger})
GROUP BY source
"""
_SUMS = """SELECT source, kind, SUM("count")::BIGINT, SUM("end" - start)::BIGINT FROM {ledger} GROUP BY ALL"""
_TOLD = f"""
SELECT src, COUNT(*) FILTER (NOT {_NOTICES}), COUNT(*) FILTER ({_NOTICES})
FROM (SELECT kind, unnest(sources) AS src FROM {{observations}}) GROUP BY src
"""
_OTHER_REJECTS = """
WITH begun AS (
  SELECT *, CAST(start IS DISTINCT FROM LAG("end") OVER (PARTITION BY source ORDER BY start) AS INTEGER) AS begins FROM {rejects}
), runs AS (
  SELECT source, MIN(start) AS start, MAX("end") AS "end", COUNT(*) AS "count"
  FROM (SELECT *, SUM(begins) OVER (PARTITION BY source ORDER BY start) AS run FROM begun) GROUP BY source, run
), kept AS (SELECT source, start, "end", "count" FROM {ledger} WHERE kind = 'reject')
SELECT DISTINCT source FROM ((FROM runs EXCEPT FROM kept) UNION ALL (FROM kept EXCEPT FROM runs))
UNION SELECT source FROM {rejects} WHERE octet_length(raw) <> "end" - start AND reason <> 'forgotten'
"""
_DOUBLE = "SELECT COUNT(*) FROM (SELECT 1 FROM {messages} GROUP BY group_id, message_id HAVING COUNT(*) > 1)"
_SOURCES = {
    "messages": "SELECT DISTINCT source FROM {0}",
    "observations": "SELECT DISTINCT unnest(sources) FROM {0}",
    build.MEMBERS: "SELECT DISTINCT source FROM {0}",
    "members": "SELECT DISTINCT source FROM {0}",
    REJECTS: "SELECT DISTINCT source FROM {0}",
    LEDGER: "SELECT DISTINCT source FROM {0}",
}
"""How to ask the parts whose names begin so where their rows come from."""


def check(
    snapshot: Path, manifest: Mapping[str, Any], folder: Path, memory_limit: str, threads: int | None
) -> Iterator[Finding]:
    """Every sum that does not come out; queries may spill into `folder`."""
    lacking = [part for part in (LEDGER, REJECTS) if part not in manifest["parts"]]
    yield from (Finding("missing", str(snapshot / part), _both("—")) for part in lacking)
    unaccounted = [source for source in manifest["sources"] if not set(source) >= _ACCOUNT]
    yield from (Finding("counts", str(snapshot / "manifest.json"), _both(source["id"])) for source in unaccounted)
    if lacking or unaccounted:
        return
    connection = build.connect(folder, memory_limit, threads)
    try:
        accounts = _Accounts(connection, snapshot, manifest)
        yield from accounts.known_sources()
        yield from accounts.ledger()
        yield from accounts.told()
        yield from accounts.rejects()
        yield from accounts.double()
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise failed(error, snapshot) from error
    finally:
        connection.close()


class _Accounts:
    """The parts of a snapshot, and what its manifest says of every source."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, snapshot: Path, manifest: Mapping[str, Any]) -> None:
        self.connection, self.snapshot = connection, snapshot
        self.parts: list[str] = list(manifest["parts"])
        self.sources: dict[str, dict[str, Any]] = {source["id"]: source for source in manifest["sources"]}
        self.manifest = str(snapshot / "manifest.json")

    def known_sources(self) -> Iterator[Finding]:
        """Nothing comes from elsewhere than the manifest's sources."""
        for begin, query in _SOURCES.items():
            for part in self.parts:
                if part == begin or part.startswith(f"{begin}/month=") or part == f"{begin}/part.parquet":
                    found = {source for (source,) in self._ask(query.format(self._from(part)))}
                    for strange in sorted(found - set(self.sources)):
                        yield Finding("source", str(self.snapshot / part), _both(strange))

    def ledger(self) -> Iterator[Finding]:
        """Runs tile every file, and their sums are those of the manifest."""
        path, ledger = str(self.snapshot / LEDGER), self._from(LEDGER)
        tiles = {row[0]: row[1:] for row in self._ask(_TILES.format(ledger=ledger))}
        sums = {(source, kind): (count, size) for source, kind, count, size in self._ask(_SUMS.format(ledger=ledger))}
        for id_, source in self.sources.items():
            if tiles.get(id_) != (0, source["size"], True):
                yield Finding("ledger", path, _of(source, "its ranges do not tile the file", "区间未能恰好覆盖文件"))
            for kind in KINDS:
                said = source["records"][kind], source["bytes"][kind]
                if sums.get((id_, kind), (0, 0)) != said:
                    yield Finding(
                        "ledger", path, _of(source, f"{kind}: not the manifest's sums", f"{kind}：与清单的合计不符")
                    )

    def told(self) -> Iterator[Finding]:
        """records = new + known + forgotten + rejects, and as many observations as messages and notices."""
        queries = [_TOLD.format(observations=self._from(part)) for part in self.parts if "observations/month=" in part]
        counts: dict[str, tuple[int, int]] = {}
        for query in queries:
            for source, messages, notices in self._ask(query):
                before = counts.get(source, (0, 0))
                counts[source] = before[0] + messages, before[1] + notices
        for id_, source in self.sources.items():
            records = source["records"]
            forgotten = source.get("forgotten", {})
            messages, notices = (records[kind] - forgotten.get(kind, 0) for kind in ("message", "notice"))
            told = messages + notices
            if counts.get(id_, (0, 0)) != (messages, notices):
                yield Finding(
                    "counts", self.manifest, _of(source, "not as many observations as records", "观察数与记录数不符")
                )
            if min(source["new"], source["known"]) < 0 or source["new"] + source["known"] != told:
                yield Finding("counts", self.manifest, _of(source, "new + known is not its messages and notices", "新增与已有之和不等于消息与提示之和"))  # fmt: skip

    def rejects(self) -> Iterator[Finding]:
        """The rejects are the ledger's, with all their bytes."""
        query = _OTHER_REJECTS.format(rejects=self._from(REJECTS), ledger=self._from(LEDGER))
        for (id_,) in self._ask(query):
            what = Text("not the ranges of the ledger, or not their bytes", "区间或字节与账目不符")
            if id_ in self.sources:
                yield Finding("rejects", str(self.snapshot / REJECTS), _of(self.sources[id_], what.en, what.zh))

    def double(self) -> Iterator[Finding]:
        """No id stands for two messages of a group."""
        parts = [part for part in self.parts if part.startswith("messages/")]
        if parts:
            ((count,),) = self._ask(_DOUBLE.format(messages=self._from(*parts)))
            if count:
                yield Finding("double", str(self.snapshot / "messages"), Text(f"{count:,} ids", f"{count:,} 个 id"))

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.sql(query).fetchall()

    def _from(self, *parts: str) -> str:
        return from_parts([self.snapshot / part for part in parts], "")


def _of(source: Mapping[str, Any], en: str, zh: str) -> Text:
    """Of which source it is said; its file's name is no fact of a chat, but may hold braces."""
    return Text(f"{source['id']} ({source['name']}): {en}", f"{source['id']}（{source['name']}）：{zh}")


def _both(said: str) -> Text:
    return Text(said, said)
