"""Nothing of a forgotten member or group stays in any byte of the dataset, nothing brings them back, and everybody else stays."""

from __future__ import annotations

import base64
import fcntl
import io
import json
import quopri
import random
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from qunkit import models, privacy
from qunkit.chat.spelling import fold
from qunkit.errors import BadKey, NoMemberThere, NoSuchGroup, NoSuchMember, OldStateRead, SeveralGroups, SeveralMembers
from qunkit.ingest import aliases, forget, store
from qunkit.ingest.readings import packed
from qunkit.ingest.run import Options, ingest
from qunkit.ingest.scrub import MARK, Said, Words
from qunkit.ingest.scrub import told as holds
from support.forgetting import ANN, BOB, CHAT, CODECS, EVE, HEADER, SECRET, blobs, csv, residue
from support.staged import members, messages, rejects
from support.tiny_ads import tiny

SAMPLES = Path(__file__).parents[1] / "samples"
ROOM, NAME = "58192034417@chatroom", "周末徒步·拼车群(东区)"
KEVIN, ZHANG = "wxid_k3vv01zhao22", "zhangdazui_1990"
NOBODY = Said(())


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings/key"))


def told(dataset: Path) -> list[dict[str, Any]]:
    """The messages, without what only says where they come from."""
    rows, _ = messages(dataset)
    return [{name: cell for name, cell in row.items() if name not in ("source", "seq")} for row in rows]


def sources(dataset: Path) -> list[dict[str, Any]]:
    with store.open_snapshot(dataset) as snapshot:
        found: list[dict[str, Any]] = snapshot.manifest["sources"]
        return found


def sound(dataset: Path) -> bool:
    """Records are what went in, what was forgotten and what could not be read; and the dataset is what its observations say."""
    from qunkit.ingest.check import check
    from qunkit.ingest.findings import Checked

    return list(check(dataset, Checked(), read_data=True)) == []


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, body: str | bytes) -> Path:
        path = tmp_path / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return path

    return write


# -- real exports --------------------------------------------------------------------------------------------------
EXPORTS = {
    "chatlog csv": "chatlog/2024-06-01~2025-06-01/*01.csv",
    "chatlog json": "chatlog/2024-06-01~2025-06-01/*.json",
    "chatlog txt": "chatlog/2024-06-01~2025-06-01/*01.txt",
    "ciphertalk json": "ciphertalk/json/*",
    "chatlab": "weflow/chatlab/*.json",
    "weflow json": "weflow/json/*.json",
    "weflow sql": "weflow/sql/*.sql",
    "pywxdump": "pywxdump/**/*_0_52.json",
    "memotrace csv": "memotrace_v2/**/*_utf8.csv",
}


def export(kind: str) -> Path:
    return next(path for path in sorted(SAMPLES.glob(EXPORTS[kind])) if path.is_file())


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("who", [KEVIN, ZHANG])
def test_of_a_real_export_nothing_stays_but_what_others_said(kind: str, who: str, tmp_path: Path) -> None:
    dataset = tmp_path / "d"
    ingest([export(kind)], dataset)
    before = told(dataset)
    theirs = [row for row in before if who in (row["sender_id"], row["actor_id"]) or [who] == row["target_ids"]]
    others = [row for row in before if row not in theirs]
    assert len(theirs) > 3
    spoken = "\n".join(row["text"] or "" for row in others)
    texts = {row["text"] for row in theirs if row["sender_id"] == who and len(row["text"] or "") > 3}
    names = {row["sender_name"] for row in theirs if row["sender_id"] == who and row["sender_name"]}
    done = forget.forget(dataset, who)
    assert residue(dataset, who, *names, *(text for text in texts if text not in spoken)) == set()
    after = told(dataset)
    assert sum(one.messages + one.notices for one in done.affected) == len(before) - len(after) >= len(theirs)
    kept = [(row["sent_at"], row["sender_id"], row["kind"]) for row in after]
    assert set(kept) <= {(row["sent_at"], row["sender_id"], row["kind"]) for row in others}
    same = [row["text"] for row in after if MARK not in (row["text"] or "")]
    assert set(same) <= {row["text"] for row in others}
    assert sound(dataset)


@pytest.mark.parametrize("who", [KEVIN, ZHANG])
def test_forgetting_before_or_after_an_ingest_is_the_same(who: str, tmp_path: Path) -> None:
    first, second = (
        [export(kind) for kind in ("chatlog json", "weflow json")],
        [export("ciphertalk json"), export("memotrace csv")],
    )
    ingest(first, tmp_path / "before")
    forget.forget(tmp_path / "before", who)
    ingest(second, tmp_path / "before", each=True)
    ingest(second + first, tmp_path / "after")
    forget.forget(tmp_path / "after", who)
    assert told(tmp_path / "before") == told(tmp_path / "after")
    assert messages(tmp_path / "before")[1] == messages(tmp_path / "after")[1]
    assert sound(tmp_path / "before")
    assert residue(tmp_path / "before", who) == set()


@pytest.mark.slow
@pytest.mark.parametrize("who", [KEVIN, ZHANG, "wxid_liu88abcde22"])
def test_no_sample_of_any_tool_brings_them_back(who: str, tmp_path: Path) -> None:
    files = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and not {"made", "qce_v5"} & {*path.parts})
    files = [
        path for path in files if not path.name.endswith("_chat.txt")
    ]  # pasted chats in it show names of nobody there
    ingest(files, tmp_path / "d")
    names = {row["sender_name"] for row in told(tmp_path / "d") if row["sender_id"] == who}
    forget.forget(tmp_path / "d", who)
    rows, _ = messages(tmp_path / "d")
    assert residue(tmp_path / "d", who, *names) == set()
    again = ingest(files[::-1], tmp_path / "d", Options(again=True, force=True), each=True)
    assert again.snapshot
    assert residue(tmp_path / "d", who, *names) == set()
    assert len(messages(tmp_path / "d")[0]) == len(rows)


# -- every field ---------------------------------------------------------------------------------------------------
def refer(text: str, who: str, shown: str, at: int, quoted: str) -> dict[str, Any]:
    """A quote as chatlog writes it."""
    refer = {"time": f"2024-12-01T08:00:{at:02}+08:00", "sender": who, "senderName": shown, "content": quoted}
    return {"type": 49, "subType": 57, "content": text, "contents": {"refer": refer}}


def chatlog(*rows: tuple[int, tuple[str, str], dict[str, Any] | str]) -> str:
    """A chatlog JSON export."""
    return json.dumps(
        [
            {
                "seq": 1733011200000 + 1000 * at,
                "time": f"2024-12-01T08:00:{at:02}+08:00",
                "talker": "1@chatroom",
                "talkerName": "徒步群",
                "isChatRoom": True,
                "sender": who[1],
                "senderName": who[0],
                "isSelf": False,
                "type": 1,
                "subType": 0,
                **({"content": said} if isinstance(said, str) else said),
            }
            for at, who, said in rows
        ],
        ensure_ascii=False,
    )


NOTICE = ("", "系统消息")
FULL = chatlog(
    (1, EVE, SECRET),
    (2, BOB, refer("真的吗", EVE[1], EVE[0], 1, SECRET)),
    (3, NOTICE, {"type": 10000, "content": '"阿岚"邀请"夏娃"加入了群聊', "senderName": "系统消息", "sender": ""}),
    (4, NOTICE, {"type": 10000, "content": '"阿岚"邀请"夏娃、鲍勃"加入了群聊', "senderName": "系统消息", "sender": ""}),
    (5, NOTICE, {"type": 10000, "content": '"夏娃" 拍了拍 "鲍勃"', "senderName": "系统消息", "sender": ""}),
    (6, ANN, "@夏娃\u2005 在吗"),
    (7, BOB, refer("嗯", ANN[1], ANN[0], 6, "@夏娃\u2005 在吗")),
    (8, ANN, {"type": 49, "subType": 19, "content": "", "contents": {"title": "聊天记录"}}),
)
ROSTER = {
    "group_id": "1@chatroom",
    "members": [
        {"wxid": EVE[1], "nickname": EVE[0], "remark": "夏总", "account": "eve_in_paradise"},
        {"wxid": BOB[1], "nickname": BOB[0], "invited_by": EVE[1]},
    ],
}


def test_no_field_keeps_them(tmp_path: Path, put: Callable[..., Path]) -> None:
    dataset = tmp_path / "d"
    full = put(f"{EVE[0]}的导出.json", FULL)
    roster = put("roster.json", json.dumps(ROSTER, ensure_ascii=False))
    broken = put(
        "broken.csv", CHAT + f"2024-12-01 08:02:12,{EVE[0]},too short\n2024-12-01 08:02:13,x,{SECRET}\n2024-12-01,y,z\n"
    )
    german = put(
        "聊天记录/徒步群/徒步群.txt",
        "2024-12-01 09:00:00 夏总\n我是夏总本人\n\n2024-12-01 09:00:09 鲍勃\n夏总好\n\n".encode("gb18030"),
    )
    summary = ingest([full, roster, broken, german], dataset)
    assert [(file.status, file.rejected) for file in summary.files] == [("ingested", 0)] * 2 + [
        ("ingested", 3),
        ("ingested", 0),
    ]
    aliases.say(dataset, [aliases.Verdict("1@chatroom", "name:伊芙", EVE[1], "same")])
    words = (*EVE, "夏总", SECRET, "eve_in_paradise", "伊芙", "我是夏总本人")
    assert {word for _, word in residue(dataset, *words)} == set(words)

    done = forget.forget(dataset, EVE[0])
    assert residue(dataset, *words) == set()
    assert [(one.group_id, one.roster) for one in done.affected] == [("1@chatroom", 1)]
    assert [(row["member_id"], row["invited_by"]) for row in members(dataset)] == [(BOB[1], None)]
    assert [(row["reason"], row["raw"] == b"") for row in rejects(dataset)] == [("forgotten", True)] * 2 + [
        ("bad-columns", False)
    ]
    rows = {row["text"]: row for row in told(dataset)}
    assert (rows["真的吗"]["reply_to"], rows["真的吗"]["reply_how"]) == (None, "unknown")
    asked = rows[f"@{MARK}\u2005 在吗"]
    assert (asked["mention_ids"], rows["嗯"]["reply_to"]) == (None, asked["message_id"])
    invited = rows[f'"阿岚"邀请"{MARK}、鲍勃"加入了群聊']
    assert (invited["actor_id"], invited["target_ids"], invited["target_names"]) == (ANN[1], [BOB[1]], [BOB[0]])
    assert f'"阿岚"邀请"{MARK}"加入了群聊' not in rows
    assert f"{MARK}好" in rows
    assert [row["text"] for row in told(dataset) if row["sender_id"] == BOB[1]].count("好") == 2
    assert sound(dataset)


def test_two_notices_that_are_equal_now_stay_two(tmp_path: Path, put: Callable[..., Path]) -> None:
    def joined(at: int, name: str) -> tuple[int, tuple[str, str], dict[str, Any]]:
        return (
            at,
            NOTICE,
            {"type": 10000, "content": f'"阿岚"邀请"{name}、鲍勃"加入了群聊', "senderName": "系统消息", "sender": ""},
        )

    def names(*both: str) -> Path:
        return put(
            "a.json",
            chatlog(
                (1, EVE, "早"), (1, (both[1], EVE[1]), "早"), joined(4, both[0]), joined(4, both[1]), (5, BOB, "好")
            ),
        )

    ingest([names("夏娃", "小夏")], tmp_path / "d")
    forget.forget(tmp_path / "d", EVE[1])
    assert [row["text"] for row in told(tmp_path / "d")] == [f'"阿岚"邀请"{MARK}、鲍勃"加入了群聊'] * 2 + ["好"]
    assert sound(tmp_path / "d")
    forget.forget(tmp_path / "d", "鲍勃")
    ingest([put("b.json", (tmp_path / "exports/a.json").read_text().replace("08:00:05", "08:00:06"))], tmp_path / "d")
    assert told(tmp_path / "d") == []


# -- what comes in later -------------------------------------------------------------------------------------------
def later(put: Callable[..., Path]) -> dict[str, Path]:
    """Exports that all would bring the member back."""
    more = CHAT + csv((9, *EVE, "我回来了"), (10, *BOB, "夏娃 欢迎"))[len(HEADER) :]
    text = "2024-12-01 08:00:01 夏娃\n" + SECRET + "\n\n2024-12-01 08:00:10 鲍勃\n夏娃 欢迎\n\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("chat.csv", more.replace("我回来了", "我又来了"))
    return {
        "the same file": put("a.csv", CHAT),
        "a later export": put("b.csv", more),
        "names only": put("聊天记录/徒步群/徒步群.txt", text),
        "another tool": put("c.json", FULL),
        "an archive": put("d.zip", packed.getvalue()),
        "a roster": put("e.json", json.dumps(ROSTER, ensure_ascii=False)),
        "rejects alone": put("f.csv", csv((20, *BOB, "在")) + f"2024-12-01 08:02:12,{EVE[0]},{EVE[1]}\n"),
    }


@pytest.mark.parametrize("seed", range(4))
def test_no_later_export_brings_them_back_in_any_order(seed: int, tmp_path: Path, put: Callable[..., Path]) -> None:
    exports = later(put)
    ingest([exports["the same file"]], tmp_path / "d")
    forget.forget(tmp_path / "d", EVE[1])
    order = list(exports)
    random.Random(seed).shuffle(order)
    for kind in order:
        ingest([exports[kind]], tmp_path / "d")
        assert residue(tmp_path / "d", *EVE, SECRET, "我回来了", "我又来了") == set(), kind
    assert sound(tmp_path / "d")
    ingest(list(exports.values()), tmp_path / "other")
    forget.forget(tmp_path / "other", EVE[1])
    assert told(tmp_path / "d") == told(tmp_path / "other")


def test_what_is_left_out_is_counted(tmp_path: Path, put: Callable[..., Path]) -> None:
    exports = later(put)
    ingest([exports["the same file"]], tmp_path / "d")
    forget.forget(tmp_path / "d", EVE[1])
    (before,) = sources(tmp_path / "d")
    assert (before["forgotten"], before["records"]["message"], before["new"], before["known"]) == (
        {"message": 3},
        8,
        5,
        0,
    )
    (file,) = ingest([exports["a later export"]], tmp_path / "d").files
    assert (file.total, file.new, file.known, file.rejected, file.forgotten) == (10, 1, 5, 0, 4)
    assert [note.say("en") for note in file.notes] == ["messages of forgotten members left out: 4"]
    (again,) = ingest([exports["a later export"]], tmp_path / "d").files
    assert (again.status, again.total, again.new, again.known) == ("already", 10, 0, 6)


def stripped(rows: list[tuple[int, str, str, str]]) -> list[tuple[int, str, str, str]]:
    """What the export would be if the member had never been there."""
    return [
        (at, who, id_, text.replace(EVE[1], MARK).replace(EVE[0], MARK)) for at, who, id_, text in rows if id_ != EVE[1]
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_rest_is_what_exports_without_them_would_have_made(
    seed: int, tmp_path: Path, put: Callable[..., Path]
) -> None:
    dice = random.Random(seed)
    words = ["1", "好", f"@{EVE[0]} 来", f"问 {EVE[1]}", "夏天", f"{EVE[0]}和{EVE[0]}", "不见不散"]
    chat = [(at, *dice.choice((ANN, BOB, EVE)), dice.choice(words)) for at in sorted(dice.choices(range(8), k=40))]
    pieces = [chat[:25], chat[15:], chat[5:35]]
    ours = [put(f"{n}.csv", csv(*piece)) for n, piece in enumerate(pieces)]
    without = [put(f"without/{n}.csv", csv(*stripped(piece))) for n, piece in enumerate(pieces)]
    cut = dice.randrange(1, 3)
    ingest(ours[:cut], tmp_path / "d", Options(force=True))
    forget.forget(tmp_path / "d", EVE[1])
    ingest(ours[cut:], tmp_path / "d", Options(force=True))
    ingest(without, tmp_path / "never", Options(force=True))
    assert sorted(map(str, told(tmp_path / "d"))) == sorted(map(str, told(tmp_path / "never")))


def test_a_name_that_others_have_too_stays_theirs(tmp_path: Path, put: Callable[..., Path]) -> None:
    twin = (EVE[0], "wxid_eve00002")
    ingest(
        [put("a.csv", csv((1, *EVE, SECRET), (2, *twin, "我才是夏娃"), (3, *BOB, "夏娃 wxid_eve00001")))],
        tmp_path / "d",
    )
    done = forget.forget(tmp_path / "d", EVE[1])
    assert done.shared == {EVE[0]}
    assert [row["text"] for row in told(tmp_path / "d")] == ["我才是夏娃", f"夏娃 {MARK}"]
    assert residue(tmp_path / "d", EVE[1], SECRET) == set()


# -- every spelling, every way of writing --------------------------------------------------------------------------
KEV, KEV_ID = "Kévin❤\ufe0f", "wxid_kev1n0001"
FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "abcdefghijklmnopqrstuvwxyzKV_0123456789"}
SPELT = [
    *(
        KEV,
        KEV.upper(),
        KEV.lower(),
        unicodedata.normalize("NFD", KEV),
        KEV.translate(FULL_WIDTH),
        "Ké\u200bvin\u2060❤",
    ),
    *(KEV_ID, KEV_ID.upper(), KEV_ID.translate(FULL_WIDTH), "wxid_\xadkev1n0001"),
]
_UTF8 = KEV.encode()
HIDDEN = {
    "base64": base64.b64encode(b"to " + _UTF8).decode(),
    "base64, cut": base64.b64encode(b"well, " + _UTF8).decode()[3:],
    "base64 for links, of escapes": base64.urlsafe_b64encode(json.dumps(f"???{KEV}").encode()).decode(),
    "base64 in lines": base64.encodebytes(b"so " * 30 + _UTF8).decode().replace("\n", "\r"),
    "quoted-printable": quopri.encodestring(_UTF8.upper()).decode(),
    "percent": quote(KEV).lower(),
    "percent of percent": quote(quote(KEV)),
    "JSON": json.dumps(KEV),
    "JSON in JSON": json.dumps(json.dumps(KEV.upper()))[1:-1].replace('"', "'"),
    "JavaScript": "".join(f"\\u{{{ord(sign):X}}}" for sign in KEV),
    "entities": "".join(f"&#{ord(sign)};" for sign in KEV),
    "entities in XML": "".join(f"&amp;#x{ord(sign):x};" for sign in KEV),
    "bytes": repr(_UTF8),
    "hexadecimal": _UTF8.hex().upper(),
    "packed": base64.b64encode(zlib.compress(" ".join(map(str, range(99))).encode() + _UTF8)).decode(),
    "an id": "id=" + quote(KEV_ID.upper().translate(FULL_WIDTH)),
}
OTHERS_REJECT = "2024-12-01,https://example.org/a%20b?c=dGhpcyBpcyBhbGw=\n"


def spelling_residue(*folders: Path) -> set[tuple[str, str]]:
    """Where somebody's name or id still is, in any encoding and spelling."""
    wanted = {fold(KEV), fold(KEV_ID), fold(KEV).encode().hex()}
    texts = (
        (name, fold(blob.decode(codec, "replace")))
        for folder in folders
        for name, blob in blobs(folder)
        for codec in CODECS
    )
    return {(name, word) for name, text in texts for word in wanted if word in text}


def test_no_spelling_stays_in_any_byte_nor_comes_back(
    tmp_path: Path, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings/qunkit/key"))
    said = [(at, *BOB, f"第{at}，{word}！") for at, word in enumerate(SPELT, 10)]
    chat = csv((0, KEV, KEV_ID, "早"), (1, KEV.upper(), "", "早早"), *said, (59, *BOB, "kevin 是别人"))
    bad = OTHERS_REJECT + "".join(f"2024-12-01 08:02:12,{code}\n" for code in HIDDEN.values())
    first, dataset = put("a.csv", chat + bad), tmp_path / "d"
    only_spoken = csv(*((200 + at, who, id_, text) for at, who, id_, text in said[::-1]))
    second = put(f"{KEV.upper()}.csv", only_spoken + bad.replace("02:12", "02:13"))

    (file,) = ingest([first], dataset).files
    assert (file.rejected, len(spelling_residue(dataset)) > 0) == (1 + len(HIDDEN), True)
    forget.forget(dataset, KEV.lower())
    texts = [f"第{at}，{MARK}！" for at in range(10, 10 + len(SPELT))]
    assert sorted(row["text"] for row in told(dataset)) == sorted([*texts, "kevin 是别人"])
    assert [row["raw"].decode() for row in rejects(dataset) if row["raw"]] == [OTHERS_REJECT]

    (file,) = ingest([second], dataset).files
    assert (file.new, file.rejected) == (len(SPELT), 1 + len(HIDDEN))
    assert sorted(row["text"] for row in told(dataset)) == sorted([*texts, *texts, "kevin 是别人"])
    assert [row["raw"].decode() for row in rejects(dataset) if row["raw"]] == [OTHERS_REJECT] * 2
    assert spelling_residue(dataset, tmp_path / "cache", tmp_path / "settings") == set()
    assert sound(dataset)


@pytest.mark.parametrize("way", HIDDEN)
def test_whatever_bytes_say_is_read(way: str) -> None:
    raw = HIDDEN[way].encode()
    assert packed(raw) or holds(raw, Words({KEV_ID}, {KEV}), NOBODY)
    assert way in ("packed", "base64 in lines") or not packed(raw)
    assert not holds(raw, Words({BOB[1]}, {BOB[0]}), NOBODY)


def test_who_is_called_so_in_other_letters_stays(tmp_path: Path, put: Callable[..., Path]) -> None:
    kevin = "KEVIN", "wxid_kevin0002"
    chat = csv((1, "Kevin", KEV_ID, "早"), (2, *kevin, "早"), (3, *BOB, "KEVIN, Kevin, kevin"), (4, "kevin", "", "谁"))
    ingest([put("a.csv", chat)], tmp_path / "d")
    forget.forget(tmp_path / "d", "Kevin")
    assert [(row["sender_id"], row["text"]) for row in told(tmp_path / "d")] == [
        (kevin[1], "早"),
        (BOB[1], f"KEVIN, {MARK}, {MARK}"),
    ]


def test_a_name_of_one_character_and_one_within_words_are_heard_as_they_are_seen(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    ingest([put("a.csv", csv((1, "甲", "wxid_a0000001", "早"), (2, "Ann", "wxid_a0000002", "早")))], tmp_path / "d")
    forget.forget(tmp_path / "d", "甲")
    forget.forget(tmp_path / "d", "ann")
    ingest([put("b.csv", csv((3, *BOB, "@甲 甲乙 “甲”"), (4, *BOB, "annual, ＡＮＮ.")))], tmp_path / "d")
    assert [row["text"] for row in told(tmp_path / "d")] == [f"@{MARK} 甲乙 “{MARK}”", f"annual, {MARK}."]


# -- groups --------------------------------------------------------------------------------------------------------
def test_a_group_goes_with_all_that_is_in_it(tmp_path: Path, put: Callable[..., Path]) -> None:
    other = csv((1, *BOB, "徒步群 1@chatroom 解散了"), (2, *EVE, "哦"), room="2@chatroom", name="读书会")
    exports = [
        put("徒步群.csv", CHAT + "2024-12-01,x,y\n"),
        put("b.csv", other),
        put("r.json", json.dumps(ROSTER, ensure_ascii=False)),
    ]
    ingest(exports, tmp_path / "d")
    done = forget.forget(tmp_path / "d", None, ["徒步群"])
    assert [(one.group_id, one.messages, one.roster) for one in done.affected] == [("1@chatroom", 8, 2)]
    assert [row["text"] for row in told(tmp_path / "d")] == [f"{MARK} {MARK} 解散了", "哦"]
    assert (members(tmp_path / "d"), [row["raw"] for row in rejects(tmp_path / "d")]) == ([], [b""])
    assert residue(tmp_path / "d", "徒步群", "1@chatroom", SECRET) == set()
    ingest([put("later.csv", CHAT + other[len(HEADER) :].replace("哦", "嗯"))], tmp_path / "d")
    assert [row["text"] for row in told(tmp_path / "d")] == [f"{MARK} {MARK} 解散了", "哦", "嗯"]
    assert residue(tmp_path / "d", "徒步群", "1@chatroom", SECRET) == set()
    assert sound(tmp_path / "d")


def test_groups_that_bear_a_members_name_do_not_become_one(tmp_path: Path, put: Callable[..., Path]) -> None:
    chat = "2024-12-01 09:00:00 夏娃\n早\n\n2024-12-01 09:00:09 鲍勃\n好\n\n"
    ingest([put(f"聊天记录/夏娃的{name}/夏娃的{name}.txt", chat) for name in ("家", "店")], tmp_path / "d")
    for group in ("夏娃的家", "夏娃的店"):
        forget.forget(tmp_path / "d", "夏娃", [group])
    assert residue(tmp_path / "d", "夏娃") == set()
    assert [row["text"] for row in told(tmp_path / "d")] == ["好", "好"]
    ingest([put("聊天记录/夏娃的家/夏娃的家.txt", chat + "2024-12-01 09:00:10 鲍勃\n嗯\n\n")], tmp_path / "d")
    assert [row["text"] for row in told(tmp_path / "d")].count("好") == 2
    assert residue(tmp_path / "d", "夏娃") == set()


# -- who is meant --------------------------------------------------------------------------------------------------
def test_one_member_has_to_be_meant(tmp_path: Path, put: Callable[..., Path]) -> None:
    here = csv((1, EVE[0], "wxid_a0000001", "早"), (2, EVE[0], "wxid_b0000001", "早"), (3, *BOB, "早"))
    there = csv((1, EVE[0], "wxid_c0000001", "早"), room="2@chatroom", name="读书会")
    ingest([put("a.csv", here), put("b.csv", there)], tmp_path / "d")
    with pytest.raises(SeveralMembers) as several:
        forget.preview(tmp_path / "d", EVE[0])
    assert (
        "wxid_a0000001 (徒步群: 1 messages), wxid_b0000001 (徒步群: 1 messages), wxid_c0000001 (读书会: 1 messages)"
        in str(several.value)
    )
    assert [one.group_id for one in forget.preview(tmp_path / "d", EVE[0], ["读书会"]).affected] == ["2@chatroom"]
    for member, group, error in (
        ("nobody", None, NoSuchMember),
        (BOB[0], "读书会", NoMemberThere),
        (BOB[0], "x", NoSuchGroup),
        (None, "x", NoSuchGroup),
    ):
        with pytest.raises(error):
            forget.forget(tmp_path / "d", member, [group] if group else [])
    assert len(told(tmp_path / "d")) == 4


def test_a_namesake_in_one_group_keeps_the_name_there_and_the_next_export_of_the_other_adds_only_its_own(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    here = csv((1, *EVE, "早"), (2, EVE[0], "wxid_other0001", "早"))
    said = [(1, *EVE, "早"), (2, *BOB, f"{EVE[0]}说得对")]
    there = {"room": "2@chatroom", "name": "读书会"}
    ingest([put("a.csv", here), put("b.csv", csv(*said, **there))], tmp_path / "d")
    forget.forget(tmp_path / "d", EVE[1])
    ingest([put("c.csv", csv(*said, (9, *BOB, "新"), **there))], tmp_path / "d")
    found = sorted(row["text"] for row in told(tmp_path / "d") if row["group_id"] == "2@chatroom")
    assert found == ["[forgotten]说得对", "新"]


def test_who_has_only_the_name_in_another_group_is_somebody_else_until_it_is_said(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    chat = f"2024-12-01 09:00:00 {EVE[0]}\n早\n\n"
    ingest(
        [put("a.csv", csv((1, *EVE, "早"), (2, *BOB, "早"))), put("聊天记录/读书会/读书会.txt", chat)], tmp_path / "d"
    )
    with pytest.raises(SeveralMembers) as several:
        forget.preview(tmp_path / "d", EVE[0])
    assert f"name:{EVE[0]} (读书会: 1 messages), {EVE[1]} (徒步群: 1 messages)" in str(several.value)
    assert [one.group_name for one in forget.preview(tmp_path / "d", EVE[0], ["读书会"]).affected] == ["读书会"]
    assert [one.group_name for one in forget.preview(tmp_path / "d", EVE[1]).affected] == ["徒步群"]


def test_a_group_has_to_be_one(tmp_path: Path, put: Callable[..., Path]) -> None:
    ingest([put("a.csv", CHAT), put("b.csv", CHAT.replace("1@chatroom", "2@chatroom"))], tmp_path / "d")
    with pytest.raises(SeveralGroups, match=r"1@chatroom \(徒步群\), 2@chatroom \(徒步群\)"):
        forget.forget(tmp_path / "d", None, ["徒步群"])


def test_an_alias_is_the_member(tmp_path: Path, put: Callable[..., Path]) -> None:
    ingest(
        [
            put("a.csv", CHAT),
            put(
                "聊天记录/徒步群/徒步群.txt",
                "2024-12-01 09:00:00 伊芙\n换了名字\n\n2024-12-01 09:00:01 鲍勃\n伊芙好\n\n",
            ),
        ],
        tmp_path / "d",
    )
    aliases.say(tmp_path / "d", [aliases.Verdict("1@chatroom", "name:伊芙", EVE[1], "same")])
    forget.forget(tmp_path / "d", "伊芙")
    assert residue(tmp_path / "d", *EVE, "伊芙", "换了名字") == set()
    assert f"{MARK}好" in [row["text"] for row in told(tmp_path / "d")]


# -- the key -------------------------------------------------------------------------------------------------------
def test_without_the_key_nothing_more_goes_in(
    tmp_path: Path, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    exports = later(put)
    ingest([exports["the same file"]], tmp_path / "d")
    forget.forget(tmp_path / "d", EVE[1])
    before = {path: path.read_bytes() for path in (tmp_path / "d").rglob("*") if path.is_file()}
    key = privacy.load_key(create=False)
    privacy.key_path().unlink()
    with pytest.raises(BadKey):
        ingest([exports["a later export"]], tmp_path / "d")
    privacy.key_path().write_bytes(bytes(32))
    with pytest.raises(BadKey, match="not the one under which"):
        ingest([exports["a later export"]], tmp_path / "d")
    assert {
        path: path.read_bytes() for path in (tmp_path / "d").rglob("*") if path.is_file() and path.name != "lock"
    } == {path: body for path, body in before.items() if path.name != "lock"}
    privacy.key_path().write_bytes(key)
    assert ingest([exports["a later export"]], tmp_path / "d").snapshot


def test_without_anybody_forgotten_no_key_is_made(tmp_path: Path, put: Callable[..., Path]) -> None:
    ingest([put("a.csv", CHAT)], tmp_path / "d")
    forget.preview(tmp_path / "d", EVE[1])
    assert not privacy.key_path().exists()


# -- readers and crashes -------------------------------------------------------------------------------------------
def test_a_reader_is_waited_for_and_the_next_run_finishes(tmp_path: Path, put: Callable[..., Path]) -> None:
    ingest([put("a.csv", CHAT)], tmp_path / "d")
    with store.open_snapshot(tmp_path / "d") as held:
        with pytest.raises(OldStateRead) as waited:
            forget.forget(tmp_path / "d", EVE[0], wait=0.1)
        assert waited.value.code == 75
        assert len(list(held.path.rglob("*.parquet"))) > 3
        assert len(told(tmp_path / "d")) == 5
    assert {name.split("/")[0] for name, _ in residue(tmp_path / "d", SECRET)} == {"v000001"}
    assert forget.forget(tmp_path / "d", EVE[0]).before
    assert residue(tmp_path / "d", *EVE, SECRET) == set()
    with pytest.raises(NoSuchMember):
        forget.forget(tmp_path / "d", "somebody")


def test_it_goes_on_when_the_reader_is_done(tmp_path: Path, put: Callable[..., Path]) -> None:
    """… who lets go 0.3 s after the new state is there, the old one of which is waited for 5 s."""
    ingest([put("a.csv", CHAT)], tmp_path / "d")
    old = (tmp_path / "d/CURRENT").read_bytes()
    with ExitStack() as reading, ThreadPoolExecutor(1) as threads:
        held = reading.enter_context(store.open_snapshot(tmp_path / "d"))

        def let_go() -> bool:
            end = time.monotonic() + 60
            while (tmp_path / "d/CURRENT").read_bytes() == old and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(0.3)
            was_there = held.path.exists()
            reading.close()
            return was_there

        waited = threads.submit(let_go)
        forget.forget(tmp_path / "d", EVE[0], wait=5)
    assert waited.result()
    assert [path.name for path in (tmp_path / "d").glob("v*")] == ["v000002"]
    assert residue(tmp_path / "d", *EVE, SECRET) == set()


_KILLED = """
import os, signal, sys
from pathlib import Path
from qunkit.ingest import forget, store
count, at = 0, int(sys.argv[2])
def deadly(real):
    def call(*args, **kwargs):
        global count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return call
for name in ("rename", "replace", "rmdir", "unlink", "mkdir", "link"):
    setattr(os, name, deadly(getattr(os, name)))
forget.forget(Path(sys.argv[1]), "夏娃")
print(count)
"""


def test_killed_anywhere_the_next_run_finishes(tmp_path: Path, put: Callable[..., Path]) -> None:
    ingest([put("a.csv", CHAT)], tmp_path / "d")
    privacy.load_key(create=True)
    run = [sys.executable, "-c", _KILLED]
    shutil.copytree(tmp_path / "d", tmp_path / "whole")
    calls = int(subprocess.run([*run, str(tmp_path / "whole"), "0"], capture_output=True, check=True).stdout)
    wanted = told(tmp_path / "whole")
    assert calls > 10
    states = set()
    for at in range(1, calls + 1, max(1, calls // 12)):
        copy = tmp_path / f"killed{at}"
        shutil.copytree(tmp_path / "d", copy)
        assert (
            subprocess.run([*run, str(copy), str(at)], capture_output=True, check=False).returncode == -signal.SIGKILL
        )
        states.add(len(told(copy)))
        forget.forget(copy, EVE[0])
        assert told(copy) == wanted
        assert residue(copy, *EVE, SECRET) == set()
    assert states <= {8, 5}
    assert 8 in states


def test_another_writer_is_waited_for(tmp_path: Path, put: Callable[..., Path]) -> None:
    ingest([put("a.csv", CHAT)], tmp_path / "d")
    with (tmp_path / "d/lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Exception, match="another qunkit is writing"):
            forget.forget(tmp_path / "d", EVE[0], wait=0.1)
    assert len(told(tmp_path / "d")) == 8


# -- words ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("夏娃说", f"{MARK}说"),
        ("annual ann, Ann", f"annual {MARK}, {MARK}"),
        ("@甲 甲乙 “甲” 甲", f"@{MARK} 甲乙 “{MARK}” 甲"),
        ("a:b a_b", f"{MARK} {MARK}"),
        ("R&D R&amp;D", f"{MARK} {MARK}"),
        ("wxid_x1 wxid_x12 xwxid_x1 /wxid_x1_ab/", f"{MARK} wxid_x12 xwxid_x1 /{MARK}_ab/"),
        ("Jose\u0301 José", f"{MARK} {MARK}"),
    ],
    ids=range(7),
)
def test_words_go_where_they_are_words(text: str, left: str) -> None:
    assert Words({"wxid_x1"}, {"夏娃", "ann", "甲", "a:b", "R&D", "José"}).scrub(text) == left


def test_what_a_person_says_in_a_forwarded_chat_goes() -> None:
    chat = "聊天记录\n2024-12-01 08:00 夏娃: 一\n二\n2024-12-01 08:01 鲍勃: 夏娃好\n三"
    assert Words((), {"夏娃"}).scrub_forward(chat) == f"聊天记录\n{MARK}\n2024-12-01 08:01 鲍勃: {MARK}好\n三"


def test_an_item_about_a_person_goes_from_json() -> None:
    extra = json.dumps(
        {"records": [{"sender": "wxid_x1", "text": "secret"}, {"sender": "b", "text": "to 夏娃"}], "at": "夏娃"}
    )
    assert json.loads(Words({"wxid_x1"}, {"夏娃"}).scrub_json(extra)) == {
        "records": [MARK, {"sender": "b", "text": f"to {MARK}"}],
        "at": MARK,
    }


@pytest.mark.parametrize("codec", CODECS)
def test_bytes_are_searched_in_every_encoding(codec: str) -> None:
    words, said = Words((), {"夏娃"}), Said([SECRET, "好"])
    assert holds("x,夏娃,y".encode(codec), words, NOBODY)
    assert not holds("x,夏天,y".encode(codec), words, NOBODY)
    assert holds(f"--{SECRET}--".encode(codec), Words(), said)
    assert not holds("好的".encode(codec), Words(), said)


# -- a model that was learnt from them --------------------------------------------------------------------------------
OTHER = csv((60, *ANN, "别的群"), room="2@chatroom", name="读书会")
AUDIT = [1.7e9, "flagged", 1, 1.0]


def learnt(put: Callable[[str, str | bytes], Path], dataset: Path, *groups: str, labels: bool) -> None:
    """A dataset of two groups with a model that was learnt in `groups`; without `labels` it says so of some alone."""
    ingest([put("a.csv", CHAT), put("b.csv", OTHER)], dataset)
    audits = [[groups[n % len(groups)], *AUDIT] for n in range(10 if labels else 9)]
    said = [[f"m{n:016x}", n % 2, 0.0, 1.0] for n in range(10)]
    models.keep(dataset, tiny(), {"number": 3, "labels": said, "audits": {"a judge": audits}})


def groups_of(dataset: Path) -> set[str]:
    """Groups of which the model says anything; none if there is none."""
    return {audit[0] for audits in models.facts(dataset)["audits"].values() for audit in audits}


@pytest.mark.parametrize(
    ("who", "groups", "labels", "goes"),
    [
        ((None, ["1@chatroom"]), ["1@chatroom"], False, True),
        ((None, ["1@chatroom"]), ["2@chatroom"], False, True),  # not known where the labels are from
        ((None, ["1@chatroom"]), ["1@chatroom", "2@chatroom"], True, True),
        ((None, ["1@chatroom"]), ["2@chatroom"], True, False),
        (("wxid_eve00001", []), ["1@chatroom"], False, True),
        (("wxid_eve00001", []), ["2@chatroom"], True, True),  # others speak of her anywhere
    ],
    ids=["group", "group-unknown", "group-labels", "another-group", "member", "member-elsewhere"],
)
def test_a_model_that_may_hold_their_words_goes(
    put: Callable[[str, str | bytes], Path],
    tmp_path: Path,
    who: tuple[str | None, list[str]],
    groups: list[str],
    labels: bool,
    goes: bool,
) -> None:
    dataset = tmp_path / "d"
    learnt(put, dataset, *groups, labels=labels)
    told = "learned-3" if goes else None
    assert forget.preview(dataset, *who).model == told
    assert groups_of(dataset) == set(groups)
    assert forget.forget(dataset, *who).model == told
    assert groups_of(dataset) == (set() if goes else {"2@chatroom"})
    with store.open_snapshot(dataset) as snapshot:
        assert (models.PART in snapshot.manifest["parts"]) == (not goes)
    if who[0] is None:
        assert residue(dataset, "1@chatroom", "徒步群") == set()
    assert sound(dataset)
    assert forget.forget(dataset, *who).model is None


def test_a_dataset_without_a_model_loses_none(put: Callable[[str, str | bytes], Path], tmp_path: Path) -> None:
    ingest([put("a.csv", CHAT)], tmp_path / "d")
    assert forget.forget(tmp_path / "d", "wxid_eve00001").model is None
