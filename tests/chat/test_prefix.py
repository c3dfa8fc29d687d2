from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.people import People
from qunkit.chat.prefix import strip

PEOPLE = People()
PEOPLE.add_members([{"member_id": member} for member in ("wxid_k3vv01zhao22", "zhangdazui_1990", "提醒")])


def one(text: str | None, sender: str | None = "wxid_a") -> str | None:
    stripped: str | None = strip(pa.array([text], pa.string()), pa.array([sender], pa.string()), PEOPLE)[0].as_py()
    return stripped


STRIPPED = [
    ("wxid_a:\n早", "早"),
    ("zhangdazui_1990:\n早", "早"),
    ("25984982143567890@openim:\n您好", "您好"),
    ("58192034417@chatroom:\n<sysmsg/>", "<sysmsg/>"),
    ("\nwxid_a:\n早", "早"),
    ("wxid_a:\n\n早", "\n早"),
    ("wxid_a:\nwxid_a:\n早", "wxid_a:\n早"),
    ("\n欢迎", "欢迎"),
    ("\n\n欢迎", "\n欢迎"),
    ("\n", ""),
]
KEPT = ["提醒:\n记得带水", "wxid_b:\n早", "本周路线:\n东门", "早", "", None, "wxid_a: 早", "wxid_a：\n早", "说 wxid_a:\n早", "x\nwxid_a:\n早", ":\n早"]  # fmt: skip


@pytest.mark.parametrize(("text", "stripped"), STRIPPED)
def test_prefixes(text: str, stripped: str) -> None:
    assert one(text) == stripped


@pytest.mark.parametrize("text", KEPT)
def test_words(text: str | None) -> None:
    assert one(text) == text


def test_without_a_sender() -> None:
    assert one("wxid_a:\n早", None) == "wxid_a:\n早"
    assert one("58192034417@chatroom:\n早", None) == "早"


tokens = st.sampled_from(["wxid_a", "wxid_zz", "zhangdazui_1990", "1@chatroom", "2@openim", "提醒", "a b", ""])
texts = st.one_of(
    st.none(),
    st.text(max_size=10),
    st.tuples(
        st.sampled_from(["", "\n", " "]), tokens, st.sampled_from([":\n", ":", "\n", ": \n"]), st.text(max_size=8)
    ).map("".join),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(texts, st.none() | tokens), max_size=20))
def test_only_ids_and_one_line_end_go(rows: list[tuple[str | None, str | None]]) -> None:
    text = [text for text, _ in rows]
    sender = [sender for _, sender in rows]
    result = strip(pa.array(text, pa.string()), pa.array(sender, pa.string()), PEOPLE).to_pylist()
    for before, own, after in zip(text, sender, result, strict=True):
        if before is None or before == after:
            assert before == after
            continue
        assert after is not None
        gone = before.removesuffix(after)
        assert gone + after == before
        token = gone.strip("\n ").removesuffix(":")
        assert gone == "\n" or token == own or token.endswith(("@chatroom", "@openim")) or token == "zhangdazui_1990"
