"""The views of `dataset` as portable SQL: every filter of the scope is written here, once, as a literal."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from qunkit.chat.people import file_safe
from qunkit.dataset import Scope
from qunkit.schema import MESSAGES, NOT_POSTS

_EVER, _NEVER = "TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 00:00:00'"

_DAYS = """
WITH seen AS (
  SELECT {day} AS day, MIN(local_time) AS first_at, MAX(local_time) AS last_at FROM seen_messages GROUP BY {day}
), whole AS (
  SELECT day_list(MIN(day), MAX(day)) AS all_days FROM seen
), calendar AS (
  SELECT explode(all_days) AS day FROM whole
)
SELECT calendar.day, seen.first_at IS NOT NULL AS observed,
  CAST(calendar.day AS TIMESTAMP) + INTERVAL '{next_day}' HOUR > {since}
    AND CAST(calendar.day AS TIMESTAMP) + INTERVAL '{day_start}' HOUR < {until} AS in_window,
  seen.first_at, seen.last_at
FROM calendar LEFT JOIN seen ON seen.day = calendar.day
"""

_MEMBERS = """
WITH told AS (
  SELECT group_id, member_id, complete, role,
    NULLIF(group_nickname, '') AS nickname_here,
    NULLIF(nickname, '') AS nickname, NULLIF(remark, '') AS remark, NULLIF(account, '') AS account,
    wall_clock({zone}, joined_at) AS joined_at, wall_clock({zone}, seen_at) AS seen_at,
    COALESCE(wall_clock({zone}, seen_at), TIMESTAMP '1970-01-01 00:00:00') AS made_at
  FROM ({source}) rosters
), roster AS (
  SELECT * FROM told
  WHERE {scope} AND (made_at <= {now} OR {now} >= COALESCE((SELECT MAX(local_time) FROM raw_messages), {ever}))
), newest AS (
  SELECT group_id, MAX(made_at) AS made_at FROM roster WHERE complete GROUP BY group_id
), listed AS (
  SELECT roster.group_id, roster.member_id,
    {latest},
    BOOL_OR(roster.complete AND roster.made_at = newest.made_at) AS listed,
    LEAST(MIN(roster.joined_at), MIN(roster.seen_at) FILTER (WHERE roster.complete)) AS first_at,
    MAX(roster.seen_at) FILTER (WHERE roster.complete) AS last_at
  FROM roster LEFT JOIN newest ON newest.group_id = roster.group_id GROUP BY roster.group_id, roster.member_id
), names AS (
  SELECT group_id, sender_id, NULLIF(sender_name, '') AS name, MIN(local_time) AS first_at, MAX(local_time) AS last_at
  FROM told_messages WHERE {post} GROUP BY group_id, sender_id, NULLIF(sender_name, '')
), safely AS (
  SELECT group_id, sender_id, name, TRANSLATE(name, {unsafe}, {safe}) AS safe, first_at, last_at FROM names
), spelt AS (  -- of a name and its file-safe spelling, which some exporters write, the name is shown
  SELECT group_id, sender_id, safe,
    MAX_BY(name, (name <> safe, last_at, name)) FILTER (WHERE name IS NOT NULL) AS name,
    MIN(first_at) AS first_at, MAX(last_at) AS last_at
  FROM safely GROUP BY group_id, sender_id, safe
), posters AS (
  SELECT group_id, sender_id AS member_id, MAX_BY(name, (last_at, name)) FILTER (WHERE name IS NOT NULL) AS name,
    MIN(first_at) AS first_at, MAX(last_at) AS last_at
  FROM spelt GROUP BY group_id, sender_id
), known AS (
  SELECT COALESCE(posters.group_id, listed.group_id) AS group_id, COALESCE(posters.member_id, listed.member_id) AS member_id,
    posters.name, nickname_here, nickname, remark, account, role, listed,
    LEAST(posters.first_at, listed.first_at) AS first_at, GREATEST(posters.last_at, listed.last_at) AS last_at
  FROM posters FULL JOIN listed ON listed.group_id = posters.group_id AND listed.member_id = posters.member_id
)
SELECT known.group_id, known.member_id,
  COALESCE({chosen}known.nickname_here, known.name, known.nickname, known.remark, known.account, known.member_id) AS name,
  known.role,
  {official} AS official,
  CAST(known.first_at - INTERVAL '{day_start}' HOUR AS DATE) AS first_seen,
  CAST(known.last_at - INTERVAL '{day_start}' HOUR AS DATE) AS last_seen,
  CASE WHEN newest.made_at IS NOT NULL THEN COALESCE(known.listed, FALSE) END AS listed
FROM known LEFT JOIN newest ON newest.group_id = known.group_id
"""
_LATEST = "MAX_BY({0}, (roster.made_at, {0})) FILTER (WHERE {0} IS NOT NULL) AS {0}"
_OF_ROSTERS = ("nickname_here", "nickname", "remark", "account", "role")

_NAMED = """
SELECT {columns}, told.chars
FROM told_messages told LEFT JOIN members ON members.group_id = told.group_id AND members.member_id = told.sender_id
"""
"""The messages of the scope, their senders under the name that --names asks for; bots, who are no members, under the one that is told."""
_CHOSEN = {None: "", "group": "", "nickname": "known.nickname, ", "remark": "known.remark, "}
_PERSON = "CASE WHEN sender_id LIKE 'name:%' THEN group_id || CHR(31) || sender_id ELSE sender_id END"


def views(messages: str, members: str, scope: Scope) -> dict[str, str]:
    """Name and SQL of every view, in the order of creation, over two queries of the engine: the columns of MESSAGES and ``chars``; those of MEMBERS.

    Beside `dataset.VIEWS` there are ``raw_messages`` (everything), ``seen_messages`` (all groups, before the end of the scope),
    ``told_messages`` (those of the scope) and ``named_messages``, which no analysis may use.
    """
    day = f"CAST(local_time - INTERVAL '{scope.day_start}' HOUR AS DATE)"
    since, until = _instant(scope.since, _EVER), _instant(scope.until, _NEVER)
    now = min((t for t in (scope.as_of, scope.until) if t), default=None)
    groups = among("group_id", scope.groups) if scope.groups else "TRUE"
    post = f"sender_id IS NOT NULL AND NOT {among('kind', NOT_POSTS)} AND NOT {among('sender_id', scope.bots)}"
    blanks = {
        "day_start": scope.day_start,
        "next_day": scope.day_start + 24,
        "since": since,
        "until": until,
        "day": day,
    }
    columns = ", ".join(MESSAGES.names)
    return {
        "raw_messages": messages,
        "seen_messages": f"SELECT * FROM raw_messages WHERE local_time < {until} AND local_time <= {_instant(scope.as_of, _NEVER)}",
        "told_messages": f"SELECT * FROM seen_messages WHERE {groups}",
        "members": _MEMBERS.format(
            **blanks,
            zone=text(scope.timezone),
            source=members,
            scope=f"{groups} AND NOT {among('member_id', scope.bots)}",
            now=_instant(now, _NEVER),
            ever=_EVER,
            latest=", ".join(_LATEST.format(name) for name in _OF_ROSTERS),
            official=_official("known.group_id", "known.member_id", scope),
            post=post,
            unsafe=text(_unsafe()),
            safe=text("_" * len(_unsafe())),
            chosen=_CHOSEN[scope.names],
        ),
        "named_messages": _named() if scope.names else "SELECT * FROM told_messages",
        "messages": f"SELECT {columns} FROM named_messages",
        "posts": f"""SELECT {columns}, {day} AS day, local_time >= {since} AND local_time < {until} AS in_window,
            {_official("group_id", "sender_id", scope)} AS official, {_PERSON} AS person, chars
            FROM named_messages WHERE {post}""",
        "days": _DAYS.format(**blanks),
    }


def text(value: str) -> str:
    """A literal. What engines read differently within quotes is spelt by its number."""
    literal = "'" + value.replace("'", "' || CHR(39) || '").replace("\\", "' || CHR(92) || '") + "'"
    return f"({literal})" if "||" in literal else literal


def among(column: str, values: Collection[str]) -> str:
    """Whether `column` is one of `values`; SQL has no empty list."""
    return f"{column} IN ({', '.join(text(value) for value in sorted(values))})" if values else "FALSE"


def _named() -> str:
    shown = {"sender_name": "COALESCE(members.name, told.sender_name) AS sender_name"}
    return _NAMED.format(columns=", ".join(shown.get(name, f"told.{name}") for name in MESSAGES.names))


@cache
def _unsafe() -> str:
    """Every character that is written ``_`` in a file's name."""
    return "".join(sign for sign in map(chr, range(0x3001)) if sign != "_" and file_safe(sign) == "_")


def _official(group: str, member: str, scope: Scope) -> str:
    """Whether `member` is staff, in every group or in the row's."""
    pairs = ", ".join(f"({text(group)}, {text(member)})" for group, member in sorted(scope.staff_of))
    here = f" OR ({group}, {member}) IN ({pairs})" if pairs else ""
    return f"({among(member, scope.staff)}{here})"


def _instant(time: datetime | None, otherwise: str) -> str:
    return f"TIMESTAMP '{time.isoformat(sep=' ')}'" if time else otherwise
