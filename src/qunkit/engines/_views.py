"""The views of `dataset` as DuckDB SQL: every filter of the scope is written here, once, as a literal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from qunkit.chat.people import UNSAFE
from qunkit.dataset import Scope
from qunkit.schema import MEMBERS, MESSAGES, NOT_POSTS, Table

_TYPES = {
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "timestamp[ms, UTC]": "TIMESTAMPTZ",
    "timestamp[ms]": "TIMESTAMP",
    "list<string>": "VARCHAR[]",
}

_DAYS = """
WITH seen AS (
  SELECT {day} AS day, min(local_time) AS first_at, max(local_time) AS last_at FROM seen_messages GROUP BY ALL
), calendar AS (
  SELECT CAST(unnest(generate_series(CAST(min(day) AS TIMESTAMP), CAST(max(day) AS TIMESTAMP), INTERVAL 1 DAY)) AS DATE) AS day
  FROM seen
)
SELECT day, first_at IS NOT NULL AS observed,
  day + INTERVAL {next_day} HOUR > {since} AND day + INTERVAL {day_start} HOUR < {until} AS in_window,
  first_at, last_at
FROM calendar LEFT JOIN seen USING (day)
"""

_MEMBERS = """
WITH rows AS (
  SELECT group_id, member_id, complete, role,
    nullif(group_nickname, '') AS nickname_here,
    nullif(nickname, '') AS nickname, nullif(remark, '') AS remark, nullif(account, '') AS account,
    timezone({zone}, joined_at) AS joined_at, timezone({zone}, seen_at) AS seen_at
  FROM ({source})
), roster AS (
  SELECT *, COALESCE(seen_at, TIMESTAMP '1970-01-01') AS made_at FROM rows
  WHERE {scope} AND (made_at <= {now} OR {now} >= COALESCE((SELECT max(local_time) FROM raw_messages), TIMESTAMP '-infinity'))
), newest AS (
  SELECT group_id, max(made_at) AS made_at FROM roster WHERE complete GROUP BY group_id
), listed AS (
  SELECT group_id, member_id,
    max_by(nickname_here, {{'at': roster.made_at, 'tie': nickname_here}}) AS nickname_here,
    max_by(nickname, {{'at': roster.made_at, 'tie': nickname}}) AS nickname,
    max_by(remark, {{'at': roster.made_at, 'tie': remark}}) AS remark,
    max_by(account, {{'at': roster.made_at, 'tie': account}}) AS account,
    max_by(role, {{'at': roster.made_at, 'tie': role}}) AS role,
    bool_or(complete AND roster.made_at = newest.made_at) AS listed,
    least(min(joined_at), min(seen_at) FILTER (complete)) AS first_at,
    max(seen_at) FILTER (complete) AS last_at
  FROM roster LEFT JOIN newest USING (group_id) GROUP BY group_id, member_id
), names AS (
  SELECT group_id, sender_id, nullif(sender_name, '') AS name, min(local_time) AS first_at, max(local_time) AS last_at
  FROM told_messages WHERE {post} GROUP BY ALL
), spelt AS (  -- of a name and its file-safe spelling, which some exporters write, the name is shown
  SELECT group_id, sender_id, safe,
    max_by(name, {{'whole': name <> safe, 'at': last_at, 'tie': name}}) AS name, min(first_at) AS first_at, max(last_at) AS last_at
  FROM (SELECT *, regexp_replace(name, '{unsafe}', '_', 'g') AS safe FROM names) GROUP BY ALL
), posters AS (
  SELECT group_id, sender_id AS member_id, max_by(name, {{'at': last_at, 'tie': name}}) AS name,
    min(first_at) AS first_at, max(last_at) AS last_at
  FROM spelt GROUP BY group_id, sender_id
)
SELECT group_id, member_id,
  COALESCE({chosen}nickname_here, posters.name, nickname, remark, account, member_id) AS name,
  role,
  {official} AS official,
  CAST(least(posters.first_at, listed.first_at) - INTERVAL {day_start} HOUR AS DATE) AS first_seen,
  CAST(greatest(posters.last_at, listed.last_at) - INTERVAL {day_start} HOUR AS DATE) AS last_seen,
  CASE WHEN newest.made_at IS NOT NULL THEN COALESCE(listed.listed, FALSE) END AS listed
FROM posters FULL JOIN listed USING (group_id, member_id) LEFT JOIN newest USING (group_id)
"""


_NAMED = """
SELECT told.* REPLACE (COALESCE(members.name, told.sender_name) AS sender_name)
FROM told_messages told LEFT JOIN members ON members.group_id = told.group_id AND members.member_id = told.sender_id
"""
"""The messages of the scope, their senders under the name that --names asks for; bots, who are no members, under the one that is told."""
_CHOSEN = {None: "", "group": "", "nickname": "nickname, ", "remark": "remark, "}
_PERSON = "CASE WHEN starts_with(sender_id, 'name:') THEN group_id || chr(31) || sender_id ELSE sender_id END"


def views(messages: Sequence[Path], members: Sequence[Path], scope: Scope, *, masked: bool = False) -> dict[str, str]:
    """Name and SQL of every view over Parquet files of MESSAGES and MEMBERS, in the order of creation.

    Beside `dataset.VIEWS` there are ``raw_messages`` (everything), ``seen_messages`` (all groups, before the end of the scope) and
    ``told_messages`` (those of the scope), which no analysis may use. `masked`: all of it as `_masks` shows it; the scope must speak
    of pseudonyms then.
    """
    day = f"CAST(local_time - INTERVAL {scope.day_start} HOUR AS DATE)"
    since, until = _instant(scope.since, "-infinity"), _instant(scope.until, "infinity")
    now = min((t for t in (scope.as_of, scope.until) if t), default=None)
    groups = _among("group_id", scope.groups) if scope.groups else "TRUE"
    post = f"sender_id IS NOT NULL AND NOT {_among('kind', NOT_POSTS)} AND NOT {_among('sender_id', scope.bots)}"
    raw_messages, raw_members = read(MESSAGES, messages), read(MEMBERS, members)
    if masked:
        from qunkit.engines._masks import masked_members, masked_messages

        raw_messages, raw_members = masked_messages(raw_messages), masked_members(raw_members)
    else:
        raw_messages = f"SELECT *, length(text) AS chars FROM ({raw_messages})"
    blanks = {
        "day_start": scope.day_start,
        "next_day": scope.day_start + 24,
        "since": since,
        "until": until,
        "day": day,
    }
    return {
        "raw_messages": raw_messages,
        "seen_messages": f"SELECT * FROM raw_messages WHERE local_time < {until} AND local_time <= {_instant(scope.as_of, 'infinity')}",
        "told_messages": f"SELECT * FROM seen_messages WHERE {groups}",
        "members": _MEMBERS.format(
            **blanks,
            zone=_text(scope.timezone),
            source=raw_members,
            scope=f"{groups} AND NOT {_among('member_id', scope.bots)}",
            now=_instant(now, "infinity"),
            official=_official("member_id", scope),
            post=post,
            unsafe=UNSAFE,
            chosen=_CHOSEN[scope.names],
        ),
        "named_messages": _NAMED if scope.names else "SELECT * FROM told_messages",
        "messages": f"SELECT {', '.join(MESSAGES.names)} FROM named_messages",
        "posts": f"""SELECT {", ".join(MESSAGES.names)}, {day} AS day, local_time >= {since} AND local_time < {until} AS in_window,
            {_official("sender_id", scope)} AS official, {_PERSON} AS person, chars
            FROM named_messages WHERE {post}""",
        "days": _DAYS.format(**blanks),
    }


def read(table: Table, files: Sequence[Path]) -> str:
    """The rows of `files`, read by an explicit list: nothing else that lies in the folder is ever read."""
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {_TYPES[field.type]}) AS {field.name}" for field in table.fields)
        return f"SELECT {nothing} WHERE FALSE"
    paths = ", ".join(_text(str(file)) for file in files)
    return f"SELECT {', '.join(table.names)} FROM read_parquet([{paths}], hive_partitioning=false)"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _official(column: str, scope: Scope) -> str:
    """Whether `column` is staff, in every group or in the row's."""
    pairs = ", ".join(f"({_text(group)}, {_text(member)})" for group, member in sorted(scope.staff_of))
    here = f" OR (group_id, {column}) IN ({pairs})" if pairs else ""
    return f"({_among(column, scope.staff)}{here})"


def _among(column: str, values: Collection[str]) -> str:
    """Whether `column` is one of `values`; SQL has no empty list."""
    return f"{column} IN ({', '.join(_text(value) for value in sorted(values))})" if values else "FALSE"


def _instant(time: datetime | None, otherwise: str) -> str:
    return f"TIMESTAMP '{time.isoformat(sep=' ') if time else otherwise}'"
