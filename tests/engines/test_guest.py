"""A SELECT of a person's own, where pseudonyms stand for people: the front door refuses what is no view, and behind it there is nothing else."""

from __future__ import annotations

import duckdb
import pytest

from qunkit.dataset import VIEWS, Scope
from qunkit.engines.duckdb import connect
from qunkit.errors import SqlFailed, SqlRefused
from qunkit.privacy import Pseudonyms
from support.messages import write_snapshot

PSEUDONYMS = Pseudonyms(b"k" * 32)
ROWS = [
    {"at": "2026-05-04 09:00:00", "group_id": "1@chatroom", "group_name": "徒步群", "sender_id": "wxid_kevin", "sender_name": "Kevin", "text": "我是KEVIN哥\n密语"},
    {"at": "2026-05-04 09:01:00", "group_id": "2@chatroom", "group_name": "读书会", "sender_id": "wxid_anna", "sender_name": "Anna", "text": "别群的话", "mention_ids": ["wxid_kevin"]},
]  # fmt: skip
SECRETS = (
    "wxid_",
    "@chatroom",
    "徒步群",
    "读书会",
    "kevin",
    "anna",
    "别群的话",
    "the-folder-of-wang",
    "private_",
    PSEUDONYMS.message_key,
)
REFUSED = {
    "table": "SELECT * FROM private_people",
    "schema": "SELECT * FROM main.private_people",
    "catalog": "SELECT * FROM memory.main.private_key",
    "capitals": "SELECT * FROM PRIVATE_GROUPS",
    "quoted": 'SELECT * FROM "private_key"',
    "from-first": "FROM private_key",
    "comments": "/* SELECT */ SELECT * FROM -- messages\n private_key",
    "subquery": "SELECT (SELECT max(key) FROM private_key)",
    "with": "WITH a AS (SELECT * FROM private_key) SELECT * FROM a",
    "with-of-that-name": "WITH x AS (WITH private_key AS (SELECT 1) FROM private_key) SELECT * FROM private_key",
    "lateral": "SELECT * FROM messages m, LATERAL (SELECT * FROM private_people p WHERE p.shown = m.sender_id)",
    "where": "SELECT * FROM posts WHERE sender_id IN (SELECT shown FROM private_people)",
    "union": "SELECT 1 UNION SELECT key FROM private_key",
    "positional": "SELECT * FROM messages POSITIONAL JOIN private_people",
    "other-view": "SELECT * FROM raw_messages",
    "file": "SELECT * FROM '{file}'",
    "read": "SELECT * FROM read_parquet('{file}')",
    "read-text": "SELECT * FROM read_text('{file}')",
    "file-as-name": "WITH \"{file}\" AS (SELECT 1) SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM '{file}')",
    "glob": "SELECT * FROM glob('{file}')",
    "parquet-metadata": "SELECT * FROM parquet_metadata('{file}')",
    "query-table": "SELECT * FROM query_table('private_key')",
    "query": "SELECT * FROM query('FROM private_key')",
    "serialized": "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM private_key'))",
    "views": "SELECT * FROM duckdb_views()",
    "settings": "SELECT * FROM duckdb_settings()",
    "functions": "SELECT * FROM duckdb_functions()",
    "logs": "SELECT * FROM duckdb_logs",
    "catalogue-table": "SELECT * FROM duckdb_tables",
    "information-schema": "SELECT * FROM information_schema.tables",
    "pg-catalog": "SELECT * FROM pg_catalog.pg_views",
    "pragma-function": "SELECT * FROM pragma_database_list",
    "describe": "SELECT * FROM (DESCRIBE private_people)",
    "summarize": "SELECT * FROM (SUMMARIZE private_people)",
    "show": "SHOW ALL TABLES",
    "pivot": "PIVOT private_people ON group_id",
    "pragma": "PRAGMA database_list",
    "set": "SET enable_external_access = true",
    "reset": "RESET allowed_paths",
    "use": "USE memory",
    "copy": "COPY (SELECT 1) TO '{file}.csv'",
    "attach": "ATTACH '{file}' AS other",
    "macro": "CREATE MACRO messages() AS TABLE FROM private_key",
    "view": "CREATE TEMP VIEW messages AS FROM private_key",
    "prepare": "PREPARE a AS FROM private_key",
    "execute": "EXECUTE a",
    "explain": "EXPLAIN ANALYZE FROM private_key",
    "two": "SELECT 1; FROM private_key",
    "setting": "SELECT current_setting('allowed_paths')",
    "setting-in-capitals": "SELECT \"CURRENT_SETTING\"('temp_directory')",
    "setting-as-method": "SELECT ('temp_directory').current_setting()",
    "setting-qualified": "SELECT system.main.current_setting('secret_directory')",
    "setting-in-a-lambda": "SELECT list_transform(['temp_directory'], lambda s: current_setting(s))",
    "plan": "SELECT json_serialize_plan('SELECT current_setting(''secret_directory'')', optimize := true)",
}  # fmt: skip
NOT_THERE = {
    "getenv": "SELECT getenv('HOME')",
    "masks": "SELECT private_ids('1@chatroom', ['wxid_kevin'])",
    "hole": "SELECT * FROM (WITH raw_messages AS (SELECT 1) SELECT 1), raw_messages",
    "hole-beside": "SELECT * FROM seen_messages WHERE EXISTS (WITH seen_messages AS (SELECT 1) FROM seen_messages)",
    "other-group": "SELECT * FROM (WITH told_messages AS (SELECT 1) SELECT 1) UNION ALL BY NAME FROM told_messages",
}
"""What the front door lets through, and is not there."""
ON_TEXTS = (
    "SELECT text FROM messages", "FROM posts", "SELECT m FROM messages m", "SELECT to_json(m) FROM messages m", "SELECT COLUMNS('t.xt') FROM messages",
    "SELECT list(text) FROM posts", "SELECT (SELECT max(text) FROM messages)", "WITH a AS (FROM messages) SELECT b.text FROM a JOIN a b USING (text)",
    "SELECT x FROM (SELECT upper(text) AS x FROM posts) WHERE x IS NOT NULL", "SELECT struct_extract(m, 't' || 'ext') FROM messages m",
)  # fmt: skip


def masked(tmp_path, *groups):
    """A masked engine, and a file of its snapshot."""
    folder = write_snapshot(tmp_path / "the-folder-of-wang", ROWS)
    scope = Scope(groups=tuple(map(PSEUDONYMS.group, groups)))
    return connect(folder, scope, threads=1, pseudonyms=PSEUDONYMS), next(folder.rglob("*.parquet"))


def secrets_in(told: object) -> list[str]:
    """What nobody may be told."""
    return [secret for secret in SECRETS if secret in str(told).lower()]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A masked engine that has not been sealed yet, for what is refused before, and a file of its snapshot."""
    engine, file = masked(tmp_path_factory.mktemp("guest"))
    with engine:
        yield engine, file


@pytest.mark.parametrize("attack", sorted(REFUSED))
def test_what_is_no_view_is_refused(engine, attack):
    with pytest.raises(SqlRefused) as caught:
        engine[0].guest(REFUSED[attack].format(file=engine[1]), ())
    assert not secrets_in(caught.value.sentence("en") + str(caught.value.hint("zh")))


@pytest.mark.parametrize("attack", sorted(NOT_THERE))
def test_what_slips_through_finds_nothing(tmp_path, attack):
    engine, _ = masked(tmp_path, "1@chatroom")
    with engine, pytest.raises(SqlRefused, match="Catalog Error"):
        engine.guest(NOT_THERE[attack], ())


def test_behind_the_door_there_is_nothing_else(tmp_path, monkeypatch):
    """Every attack again, straight at the connection: whatever it answers, it knows nobody."""
    monkeypatch.setenv("HOME", str(tmp_path / "the-folder-of-wang"))
    engine, file = masked(tmp_path, "1@chatroom")
    answered = {}
    with engine:
        engine.guest(
            "SELECT messages.text FROM messages, posts, members, rosters, listings, alerts, days, conventions", [file]
        )
        for attack, text in {**REFUSED, **NOT_THERE}.items():
            try:
                answered[attack] = engine._connection.execute(text.format(file=file)).fetchall()
            except duckdb.Error as error:
                answered[attack] = f"{error}"
        tables = engine._connection.execute(
            "SELECT table_name FROM duckdb_tables() UNION FROM (SELECT view_name FROM duckdb_views() WHERE NOT internal)"
        ).fetchall()
        own = engine._connection.execute(
            "SELECT count(*) FROM duckdb_functions() WHERE function_name LIKE 'private%'"
        ).fetchall()
    assert {name for (name,) in tables} == set(VIEWS)
    assert own == [(0,)]
    for attack, told in answered.items():
        typed = {**REFUSED, **NOT_THERE}[attack].format(file=file)
        assert set(secrets_in(told)) <= (set(secrets_in(typed)) if isinstance(told, str) else set()), (attack, told)
    assert all(answered[attack].startswith("Permission Error") for attack in ("read", "glob", "read-text", "copy"))
    assert answered["setting"] == [([],)]


@pytest.mark.parametrize("select", ON_TEXTS)
def test_texts_are_there_whenever_they_are_asked_for(tmp_path, select):
    engine, _ = masked(tmp_path)
    with engine:
        told = str(engine.guest(select, ()).read_all().to_pylist())
    assert "我是" + PSEUDONYMS.member("", "wxid_kevin") in told.lower() or "别群的话" in told
    assert not [secret for secret in secrets_in(told) if secret != "别群的话"]


@pytest.mark.parametrize("pseudonyms", [None, PSEUDONYMS], ids=["true-names", "pseudonyms"])
def test_errors_quote_the_query_and_never_a_row(tmp_path, pseudonyms):
    told = {
        "SELECT CAST(text AS INTEGER) FROM messages": "Conversion Error",
        "SELECT strptime(text, '%Y') FROM messages": "Invalid Input Error",
        "SELECT error(text) FROM messages": "Invalid Input Error",
        "SELECT regexp_matches('a', '(' || text) FROM messages": "Invalid Input Error",
        "SELECT json_extract('{}', '$[' || text) FROM messages": "Error",
        "SELECT nonsense FROM messages": 'column "nonsense" not found',
        "FROM nowhere": "nowhere" if pseudonyms is None else "reads the views",
        "FROM read_csv('{file}')": "says Invalid Input Error" if pseudonyms is None else "reads the views",
    }
    folder = write_snapshot(tmp_path, ROWS)
    [file] = folder.rglob("*.parquet")
    for select, says in told.items():
        with (
            connect(folder, Scope(), threads=1, pseudonyms=pseudonyms) as engine,
            pytest.raises((SqlRefused, SqlFailed)) as caught,
        ):
            engine.guest(select.format(file=file) if "{file}" in select else select, [file]).read_all()
        assert says in caught.value.sentence("en")
        assert not any(word in caught.value.sentence("zh") for word in ("密语", "我是", "别群", "m-"))
        assert all("`qunkit sql --help`" in str(caught.value.hint(lang)) for lang in ("en", "zh"))
