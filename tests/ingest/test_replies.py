"""Quotes and rounded ids: some exporters round the ids of messages, some those of quotes as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.staged import commit, messages, telling

EXACT, ROUNDED, NEXT = "2755705033944784198", "2755705033944784400", "2755705033944784199"
REPLY, REPLY_ROUNDED = "1695560838454876846", "1695560838454877000"
OTHER = "b" * 16


@pytest.mark.parametrize("reply", [REPLY, REPLY_ROUNDED])
@pytest.mark.parametrize("quoted", [EXACT, ROUNDED])
@pytest.mark.parametrize("said", [EXACT, ROUNDED])
@pytest.mark.parametrize("second", [10, 86400 * 3])
def test_a_quote_finds_its_message_however_ids_are_rounded(
    tmp_path: Path, second: int, said: str, quoted: str, reply: str
) -> None:
    told = [
        telling(0, native_id=said, text="几点", sender_id="wxid_a"),
        telling(second, native_id=reply, kind="quote", quote_id=quoted, text="七点", sender_id="wxid_b"),
    ]
    commit(tmp_path, {"a" * 16: told})
    question, answer = messages(tmp_path)[0]
    if (said, quoted, reply) == (ROUNDED, EXACT, REPLY):  # no export rounds one message of a chat and not another
        assert answer["reply_to"] == EXACT
    else:
        assert (answer["reply_to"], answer["reply_how"]) == (question["message_id"], "id")


def test_an_exact_quote_is_not_of_another_exact_id_that_rounds_to_the_same(tmp_path: Path) -> None:
    told = [
        telling(0, native_id=NEXT, text="几点", sender_id="wxid_a"),
        telling(1, native_id=REPLY_ROUNDED, kind="quote", quote_id=EXACT, text="七点", sender_id="wxid_b"),
    ]
    commit(tmp_path, {"a" * 16: told})
    assert messages(tmp_path)[0][1]["reply_to"] == EXACT


def test_a_quote_follows_its_message_when_the_exact_id_becomes_known(tmp_path: Path) -> None:
    told = [
        telling(0, native_id=ROUNDED, text="几点", sender_id="wxid_a"),
        telling(1, native_id=REPLY_ROUNDED, kind="quote", quote_id=EXACT, text="七点", sender_id="wxid_b"),
    ]
    commit(tmp_path, {"a" * 16: told})
    assert messages(tmp_path)[0][1]["reply_to"] == ROUNDED
    commit(tmp_path, {OTHER: [telling(0, native_id=EXACT, text="几点", sender_id="wxid_a")]})
    assert [row["reply_to"] for row in messages(tmp_path)[0]] == [None, EXACT]
