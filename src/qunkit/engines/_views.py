"""The views of `dataset` as portable SQL: every filter of the scope is written here, once, as a literal."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from qunkit.dataset import SIGNS, Scope
from qunkit.schema import MESSAGES, NOT_POSTS

_EVER, _NEVER = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 (wall clocks)

_DAYS = """
WITH seen AS (
  SELECT {day} AS day, MIN(local_time) AS first_at, MAX(local_time) AS last_at FROM seen_messages GROUP BY {day}
), whole AS (
  SELECT day_list(MIN(day), MAX(day)) AS all_days FROM seen
), calendar AS (
  SELECT explode(all_days) AS day FROM whole
)
SELECT calendar.day, seen.first_at IS NOT NULL AS observed,
  {in_window} AS in_window,
  seen.first_at, seen.last_at
FROM calendar LEFT JOIN seen ON seen.day = calendar.day
"""

_ROSTERS = """
WITH told AS (
  SELECT group_id, member_id, complete, role,
    NULLIF(group_nickname, '') AS nickname_here,
    NULLIF(nickname, '') AS nickname, NULLIF(remark, '') AS remark, NULLIF(account, '') AS account,
    wall_clock({zone}, joined_at) AS joined_at, wall_clock({zone}, seen_at) AS seen_at,
    COALESCE(wall_clock({zone}, seen_at), TIMESTAMP '1970-01-01 00:00:00') AS made_at
  FROM ({source}) rosters
), roster AS (
  SELECT * FROM told WHERE {scope} AND {made}
), newest AS (
  SELECT group_id, MAX(made_at) AS made_at FROM roster WHERE complete GROUP BY group_id
)
SELECT roster.group_id, roster.member_id,
  {latest},
  COALESCE(BOOL_OR(roster.complete AND roster.made_at = newest.made_at), FALSE) AS listed,
  COUNT(newest.made_at) > 0 AS complete,
  LEAST(MIN(roster.joined_at), MIN(roster.seen_at) FILTER (WHERE roster.complete)) AS first_at,
  MAX(roster.seen_at) FILTER (WHERE roster.complete) AS last_at
FROM roster LEFT JOIN newest ON newest.group_id = roster.group_id GROUP BY roster.group_id, roster.member_id
"""

_LISTINGS = """
WITH told AS (
  SELECT group_id, member_id, complete, role, invited_by, join_source, wall_clock({zone}, joined_at) AS joined_at, wall_clock({zone}, seen_at) AS seen_at,
    COALESCE(wall_clock({zone}, seen_at), TIMESTAMP '1970-01-01 00:00:00') AS made_at
  FROM ({source}) rosters
)
SELECT group_id, member_id, complete, role, joined_at, invited_by, join_source, seen_at FROM told WHERE {scope} AND {made}
"""

_MEMBERS = """
WITH told AS (
  SELECT * FROM rosters
), complete AS (
  SELECT DISTINCT group_id FROM told WHERE complete
), names AS (
  SELECT group_id, sender_id, sender_name, MIN(local_time) AS first_at, MAX(local_time) AS last_at
  FROM told_messages WHERE {post} GROUP BY group_id, sender_id, sender_name
), safely AS (
  SELECT group_id, sender_id, NULLIF(sender_name, '') AS name, file_safe(NULLIF(sender_name, '')) AS safe, first_at, last_at FROM names
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
  SELECT COALESCE(posters.group_id, told.group_id) AS group_id, COALESCE(posters.member_id, told.member_id) AS member_id,
    posters.name, nickname_here, nickname, remark, account, role, COALESCE(listed, FALSE) AS listed,
    LEAST(posters.first_at, told.first_at) AS first_at, GREATEST(posters.last_at, told.last_at) AS last_at
  FROM posters FULL JOIN told ON told.group_id = posters.group_id AND told.member_id = posters.member_id
)
SELECT known.group_id, known.member_id,
  COALESCE({chosen}known.nickname_here, known.name, known.nickname, known.remark, known.account, known.member_id) AS name,
  known.role,
  {official} AS official,
  {first_seen} AS first_seen,
  {last_seen} AS last_seen,
  CASE WHEN complete.group_id IS NOT NULL THEN known.listed END AS listed
FROM known LEFT JOIN complete ON complete.group_id = known.group_id
"""
_LATEST = "MAX_BY({0}, (roster.made_at, {0})) FILTER (WHERE {0} IS NOT NULL) AS {0}"
_OF_ROSTERS = ("nickname_here", "nickname", "remark", "account", "role")

_NAMED = """
SELECT {columns}, told.chars
FROM told_messages told LEFT JOIN members ON members.group_id = told.group_id AND members.member_id = told.sender_id
"""
"""The messages of the scope, their senders under the name that --names asks for; bots, who are no members, under the one that is told."""
_CHOSEN = {None: "", "group": "", "nickname": "known.nickname, ", "remark": "known.remark, "}
_NO_SIGNS = str.maketrans("", "", SIGNS)
_PERSON = "CASE WHEN sender_id LIKE 'name:%' THEN group_id || CHR(31) || sender_id ELSE sender_id END"


def views(messages: str, members: str, scope: Scope) -> dict[str, str]:
    """Name and SQL of every view, in the order of creation, over two queries of the engine: the columns of MESSAGES and ``chars``; those of MEMBERS.

    Beside `dataset.VIEWS` and `dataset.OF_ANALYSES` there are ``raw_messages`` (everything), ``seen_messages`` (all groups, before the end of the scope),
    ``told_messages`` (those of the scope), ``named_messages``, and ``texts_of_posts`` and ``texts_of_all_posts``, which features are worked out of (without anybody's name:
    what Spark keeps of a query that reads `members` it does not find again); no analysis may use them.
    """
    first, last = scope.data or (_EVER, _NEVER)
    since = scope.since if scope.since and scope.since > first else None
    until = scope.until if scope.until and scope.until <= last else None
    as_of = scope.as_of if scope.as_of and scope.as_of < last else None
    day = _day("local_time", scope)
    groups = among("group_id", scope.groups) if scope.groups else "TRUE"
    post = f"sender_id IS NOT NULL AND NOT {among('kind', NOT_POSTS)} AND NOT {among('sender_id', scope.bots)}"
    in_window = _within((since, "local_time >= {}"), (until, "local_time < {}"))
    seen = _within((until, "local_time < {}"), (as_of, "local_time <= {}"))
    days_in_window = _within(
        (since, f"CAST(calendar.day AS TIMESTAMP) + INTERVAL '{scope.day_start + 24}' HOUR > {{}}"),
        (until, f"CAST(calendar.day AS TIMESTAMP) + INTERVAL '{scope.day_start}' HOUR < {{}}"),
    )
    rosters = {
        "zone": text(scope.timezone),
        "source": members,
        "scope": f"{groups} AND NOT {among('member_id', scope.bots)}",
        "made": _made(min((time for time in (as_of, until) if time), default=None)),
    }
    columns, named = ", ".join(MESSAGES.names), "named_messages" if scope.names else "told_messages"
    of_posts = f"{columns}, {day} AS day, {in_window} AS in_window, {_official('group_id', 'sender_id', scope)} AS official, {_PERSON} AS person, chars"
    elsewhere = f" UNION ALL SELECT {of_posts}, FALSE AS chosen FROM seen_messages WHERE {post} AND NOT {groups}"
    return {
        "raw_messages": messages,
        "seen_messages": f"SELECT * FROM raw_messages WHERE {seen}",
        "told_messages": f"SELECT * FROM raw_messages WHERE {seen} AND {groups}",
        "rosters": _ROSTERS.format(**rosters, latest=", ".join(_LATEST.format(name) for name in _OF_ROSTERS)),
        "listings": _LISTINGS.format(**rosters),
        "members": _MEMBERS.format(
            official=_official("known.group_id", "known.member_id", scope),
            post=post,
            chosen=_CHOSEN[scope.names],
            first_seen=_day("known.first_at", scope),
            last_seen=_day("known.last_at", scope),
        ),
        **({"named_messages": _named()} if scope.names else {}),
        "messages": f"SELECT {columns} FROM {named}",
        "posts": f"SELECT {of_posts} FROM {named} WHERE {post}",
        "all_posts": f"SELECT *, TRUE AS chosen FROM posts{elsewhere if scope.groups else ''}",
        "texts_of_posts": f"SELECT DISTINCT text FROM told_messages WHERE {post} AND text <> ''",
        "texts_of_all_posts": f"SELECT DISTINCT text FROM seen_messages WHERE {post} AND text <> ''",
        "alerts": _alerts(scope),
        "conventions": f"SELECT {', '.join(f'{value:e} AS {name}' for name, value in scope.conventions)}",
        "aliases": _aliases(scope),
        "member_tags": _member_tags(scope),
        "exempt": _exempt(scope),
        "topic_words": _own_words("topic_words", scope.own_words, scope.stop_words),
        "complaint_words": _own_words("complaint_words", *scope.complaint_words),
        "accounts": _accounts(scope),
        "days": _DAYS.format(day=day, in_window=days_in_window),
    }


def text(value: str) -> str:
    """A literal. What engines read differently within quotes is spelt by its number."""
    literal = "'" + value.replace("'", "' || CHR(39) || '").replace("\\", "' || CHR(92) || '") + "'"
    return f"({literal})" if "||" in literal else literal


def among(column: str, values: Collection[str]) -> str:
    """Whether `column` is one of `values`; SQL has no empty list."""
    return f"{column} IN ({', '.join(text(value) for value in sorted(values))})" if values else "FALSE"


def _alerts(scope: Scope) -> str:
    usual, selling = (f"{ratio:e}" for ratio in scope.alert)
    rows = [f"(CAST(NULL AS STRING), {usual})", *(f"({text(group)}, {selling})" for group in sorted(scope.selling))]
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS alerts(group_id, ad_ratio)"


def _aliases(scope: Scope) -> str:
    if not scope.aliases:
        return "SELECT CAST(NULL AS STRING) AS member_id, CAST(NULL AS STRING) AS alias WHERE FALSE"
    rows = ", ".join(f"({text(member)}, {text(alias)})" for member, alias in sorted(scope.aliases))
    return f"SELECT * FROM (VALUES {rows}) AS aliases(member_id, alias)"


def _member_tags(scope: Scope) -> str:
    rows = [
        f"({text(tag)}, {', '.join(map(_or_null, cells))})"
        for tag, told in scope.member_tags
        for cells in ([(None, told)] if isinstance(told, str) else [(word, None) for word in told])
    ]
    return _table("member_tags", ("tag", "word", "rule"), rows)


def _exempt(scope: Scope) -> str:
    plain = {word.lower().translate(_NO_SIGNS) for word in scope.exempt}
    return _table("exempt", ("word",), [f"({text(word)})" for word in sorted(plain - {""})])


def _own_words(name: str, own: tuple[str, ...], stop: tuple[str, ...]) -> str:
    told = dict.fromkeys(own, "own") | dict.fromkeys(stop, "stop")
    plain = {word.strip().lower(): kind for word, kind in sorted(told.items(), key=lambda one: one[1])}
    rows = [f"({text(word)}, {text(kind)})" for word, kind in sorted(plain.items()) if word]
    return _table(name, ("word", "kind"), rows)


def _accounts(scope: Scope) -> str:
    rows = [f"('bot', {text(bot)}, {_or_null(None)})" for bot in sorted(scope.bots)]
    rows += [f"('staff', {text(member)}, {_or_null(None)})" for member in sorted(scope.staff)]
    rows += [f"('staff', {text(member)}, {text(group)})" for group, member in sorted(scope.staff_of)]
    return _table("accounts", ("kind", "member_id", "group_id"), rows)


def _table(name: str, columns: tuple[str, ...], rows: list[str]) -> str:
    """Rows of texts; SQL has no empty list of them."""
    if not rows:
        return f"SELECT {', '.join(f'CAST(NULL AS STRING) AS {column}' for column in columns)} WHERE FALSE"
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS {name}({', '.join(columns)})"


def _or_null(value: str | None) -> str:
    return "CAST(NULL AS STRING)" if value is None else text(value)


def _named() -> str:
    shown = {"sender_name": "COALESCE(members.name, told.sender_name) AS sender_name"}
    return _NAMED.format(columns=", ".join(shown.get(name, f"told.{name}") for name in MESSAGES.names))


def _day(time: str, scope: Scope) -> str:
    """The calendar day of `time`."""
    return f"CAST({time} - INTERVAL '{scope.day_start}' HOUR AS DATE)" if scope.day_start else f"CAST({time} AS DATE)"


def _made(now: datetime | None) -> str:
    """Whether a roster was made by `now` (None: the end of the data), at which the data may end."""
    if now is None:
        return "TRUE"
    ended = f"{_instant(now)} >= COALESCE((SELECT MAX(local_time) FROM raw_messages), {_instant(now)})"
    return f"(made_at <= {_instant(now)} OR {ended})"


def _within(*conditions: tuple[datetime | None, str]) -> str:
    """Those of the conditions whose time there is."""
    return " AND ".join(text.format(_instant(time)) for time, text in conditions if time) or "TRUE"


def _official(group: str, member: str, scope: Scope) -> str:
    """Whether `member` is staff, in every group or in the row's."""
    pairs = ", ".join(f"({text(group)}, {text(member)})" for group, member in sorted(scope.staff_of))
    here = f" OR ({group}, {member}) IN ({pairs})" if pairs else ""
    return f"({among(member, scope.staff)}{here})"


def _instant(time: datetime) -> str:
    return f"TIMESTAMP '{time.isoformat(sep=' ')}'"
