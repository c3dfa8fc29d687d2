"""The dataset as --pseudonymise shows it: no view lets anything through but pseudonyms and scrubbed texts.

What stands for groups and members is worked out in Python, once, and joined by the query engine; lists and texts go through Python as
they are read, and ids of messages are hashed in SQL. So counts and equalities are those of the true names, and an analysis that reads no
texts pays for none. The tables ``private_…`` hold true ids. Before a person's own query runs, `seal` copies what it may see and lets go of
all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.chat import scrub
from qunkit.chat.people import nfc
from qunkit.schema import JOIN_SOURCES, NOT_POSTS, ROLES

if TYPE_CHECKING:
    import duckdb

    from qunkit.privacy import Pseudonyms

Ids = list[str | None]

_IDS = """
SELECT DISTINCT group_id, unnest([sender_id, actor_id]) AS id FROM {messages}
UNION SELECT group_id, unnest([member_id, invited_by]) FROM {members}
"""
_MARK = "CASE WHEN {0} IS NOT NULL THEN 'x-' || left(sha256(k.key || sha256(k.key || {0})), 20) END AS {0}"
"""HMAC's construction; cut to 80 bits, as all marks are."""
_SILENT = (*NOT_POSTS, "contact_card", "forward", "location")
"""Kinds whose text is about people and nothing else: notices, cards, other chats' messages, addresses."""
_MESSAGES = f"""
SELECT platform, g.shown AS group_id, CASE WHEN group_name IS NOT NULL THEN g.shown END AS group_name,
  {_MARK.format("message_id")}, {_MARK.format("native_id")}, seq, sent_at, local_time, time_quality,
  sender.shown AS sender_id, CASE WHEN sender_name IS NOT NULL THEN COALESCE(sender.shown, '{scrub.PERSON}') END AS sender_name,
  kind, CASE WHEN text IS NULL OR text = '' THEN text WHEN kind IN {_SILENT} THEN '[' || COALESCE(event, kind) || ']'
    ELSE private_text(m.group_id, kind, text) END AS text,
  event, actor.shown AS actor_id, CASE WHEN actor_name IS NOT NULL THEN COALESCE(actor.shown, '{scrub.PERSON}') END AS actor_name,
  private_ids(m.group_id, target_ids) AS target_ids, private_names(m.group_id, target_names, COALESCE(target_ids, [])) AS target_names,
  {_MARK.format("reply_to")}, reply_how, private_ids(m.group_id, mention_ids) AS mention_ids, from_me,
  CAST(NULL AS VARCHAR) AS extra, {_MARK.format("source")}, length(text) AS chars
FROM ({{source}}) m JOIN private_groups g ON g.id = m.group_id
LEFT JOIN private_people sender ON sender.group_id = m.group_id AND sender.id = m.sender_id
LEFT JOIN private_people actor ON actor.group_id = m.group_id AND actor.id = m.actor_id
CROSS JOIN private_key k
"""
_NAME = "CASE WHEN nullif({0}, '') IS NOT NULL THEN member.shown END AS {0}"
_MEMBERS = f"""
SELECT g.shown AS group_id, member.shown AS member_id,
  {", ".join(_NAME.format(name) for name in ("group_nickname", "nickname", "remark", "account"))},
  CASE WHEN role IN {ROLES} THEN role END AS role, joined_at, inviter.shown AS invited_by, CASE WHEN join_source IN {JOIN_SOURCES} THEN join_source END AS join_source, complete, seen_at, {_MARK.format("source")}
FROM ({{source}}) m JOIN private_groups g ON g.id = m.group_id
JOIN private_people member ON member.group_id = m.group_id AND member.id = m.member_id
LEFT JOIN private_people inviter ON inviter.group_id = m.group_id AND inviter.id = m.invited_by
CROSS JOIN private_key k
"""


def masked_messages(source: str) -> str:
    """The rows of `source` (columns of MESSAGES) without people in them, and ``chars``, the length of the true text."""
    return _MESSAGES.format(source=source)


def masked_members(source: str) -> str:
    """The rows of `source` (columns of MEMBERS) without people in them: every name of a member is the pseudonym."""
    return _MEMBERS.format(source=source)


def mask(
    connection: duckdb.DuckDBPyConnection, messages: str, members: str, files: Sequence[Path], pseudonyms: Pseudonyms
) -> scrub.Scrubber:
    """Make the tables and functions that masked views need.

    `messages` and `members` are queries of what will be masked, `files` those that name people.
    """
    pairs = connection.execute(_IDS.format(messages=f"({messages})", members=f"({members})")).fetchall()
    groups = sorted({group for group, _ in pairs})
    people = [(group, id, pseudonyms.member(group, id)) for group, id in pairs if id is not None]
    _table(connection, "private_groups", {"id": groups, "shown": [pseudonyms.group(group) for group in groups]})
    columns: list[tuple[str, ...]] = list(zip(*people, strict=True)) or [(), (), ()]
    _table(connection, "private_people", dict(zip(("group_id", "id", "shown"), columns, strict=True)))
    _table(connection, "private_key", {"key": [pseudonyms.message_key]})
    return _functions(connection, files, pseudonyms)


def seal(connection: duckdb.DuckDBPyConnection, views: Iterable[str], *, texts: bool) -> None:
    """Leave in `connection` the rows of `views`, as tables, and nothing else: no file, table, view or function that knows more.

    Without `texts` the column ``text`` is null: scrubbing takes most of the time.
    """
    connection.execute("ATTACH ':memory:' AS shown")
    for view in views:
        columns = "*" if texts or view not in ("messages", "posts") else "* REPLACE (CAST(NULL AS VARCHAR) AS text)"
        connection.execute(f"CREATE TABLE shown.{view} AS SELECT {columns} FROM {view}")
    connection.execute("USE shown")
    connection.execute("DETACH memory")
    for function in ("private_text", "private_ids", "private_names"):
        connection.remove_function(function)
    for setting in ("secret_directory", "extension_directory", "home_directory"):
        connection.execute(f"SET {setting} = ''")


def reads_texts(connection: duckdb.DuckDBPyConnection, select: str) -> bool:
    """Whether the plan of `select` on the views has the column ``text`` anywhere."""
    import duckdb

    try:
        plan = connection.execute(f"EXPLAIN (FORMAT json) {select}").fetchall()
    except duckdb.Error:
        return True
    return re.search(r"\btext\b", str(plan)) is not None


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, Sequence[str]]) -> None:
    import pyarrow as pa

    connection.register("arriving", pa.table({key: pa.array(cells, pa.string()) for key, cells in columns.items()}))
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
    connection.unregister("arriving")


def _functions(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], pseudonyms: Pseudonyms) -> scrub.Scrubber:
    """What goes through Python: texts and lists of ids."""
    from qunkit.engines._known import known

    scrubber = scrub.Scrubber(lambda: known(files, pseudonyms))

    def ids(group: str, ids: Ids) -> Ids:
        return [id and pseudonyms.member(group, id) for id in ids]

    def names(group: str, names: Ids, ids: Ids) -> Ids:
        """The pseudonyms of those who are named; of one without an id, that of the name."""
        pairs = zip_longest(names, ids[: len(names)])
        return [name and pseudonyms.member(group, id or f"name:{nfc(name)}") for name, id in pairs]

    text, many = "VARCHAR", "VARCHAR[]"
    make = connection.create_function
    make("private_text", scrubber.scrub, [text, text, text], text)
    make("private_ids", ids, [text, many], many)
    make("private_names", names, [text, many, many], many)
    return scrubber
