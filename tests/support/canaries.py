"""A dataset in which everything that could give somebody away is a canary: a string that occurs nowhere else in the world.

`build` writes exports of several formats, ingests them, and returns every canary. What is found in an output afterwards has leaked.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from qunkit.api import open_dataset

START = datetime.fromisoformat("2026-05-04T09:00:00")
_SIGNS = "瓁璥甝甪疩瘯皝盌眣睩矄硙磍祤禨秶稦窡竀笯筡箹簂粏糔絭"
"""Characters that no other word of the program or the tests has."""
STAFF, BOT = 3, 4
"""Members of the first group that qunkit.toml names as staff (by name) and as a bot (by id)."""


@dataclass
class Canaries:
    """All strings that must not come out, by what they are."""

    made: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, canary: str) -> str:
        """Note it and give it back."""
        self.made.setdefault(what, []).append(canary)
        return canary

    def name(self, what: str, letters: int = 4) -> str:
        """A name of Chinese signs that no other canary has or holds."""
        number = sum(map(len, self.made.values()))
        digits = []
        for _ in range(letters - 1):
            number, digit = divmod(number, len(_SIGNS) - 1)
            digits.append(_SIGNS[digit + 1])
        return self.add(what, _SIGNS[0] + "".join(digits))

    def id(self, what: str, form: str) -> str:
        """An id: `form` with a number in it."""
        return self.add(what, form.format(100000 + 37 * sum(map(len, self.made.values()))))

    def __iter__(self) -> Iterator[str]:
        return (canary for some in self.made.values() for canary in some)

    def found(self, seen: bytes) -> set[str]:
        """Those that occur in `seen`, in any coding that an output uses."""
        texts = list(readings(seen))
        return {canary for canary in self if any(canary.casefold() in text for text in texts)}


def readings(seen: bytes) -> Iterator[str]:
    """What bytes say: as they are, without the escapes of JSON, HTML and URLs, and what is packed inside."""
    if seen[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(seen)) as packed:
            for name in packed.namelist():
                yield from (name, *readings(packed.read(name)))
        return
    if seen[:4] == b"PAR1":
        import pyarrow.parquet as pq

        yield from readings(
            json.dumps(pq.read_table(io.BytesIO(seen)).to_pylist(), default=str, ensure_ascii=False).encode()
        )
    text = seen.decode("utf-8", "replace").casefold()
    yield text
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
    if "&" in text:
        yield unescape(text).casefold()
    if "%" in text:
        yield unquote(text).casefold()


@dataclass
class Member:
    """One made-up person."""

    id: str
    nickname: str
    card: str
    remark: str
    account: str
    phone: str


def build(folder: Path) -> tuple[Path, Canaries]:
    """A dataset of five groups below `folder`, and its canaries."""
    canaries, exports = Canaries(), folder / "exports"
    exports.mkdir(parents=True)
    people = [_member(canaries, "wxid_zq{}") for _ in range(60)]
    one, two = (canaries.name("group name", 5) for _ in range(2))
    room, other = (canaries.id("group id", "90{}77@chatroom") for _ in range(2))
    _chatlab(exports / f"{canaries.name('file name')}.json", canaries, people, one, room)
    _chatlog(exports / f"{canaries.name('file name')}.csv", canaries, people[30:], two, other)
    _telegram(exports / canaries.name("file name"), canaries)
    _qq(exports, canaries)
    _whatsapp(exports, canaries)
    _wecom(exports / f"{canaries.name('file name')}.json", canaries)
    roster = exports / f"{canaries.name('file name')}.csv"
    _roster(roster, people, one)
    dataset = open_dataset(folder / "data")
    summary = dataset.ingest(exports, date_order="dmy")
    assert {file.status for file in summary.files} == {"ingested"}
    staff = {"names": [people[STAFF].card], "ids": [people[STAFF + 2].id]}
    settings = f"[staff]\nnames = {json.dumps(staff['names'])}\nids = {json.dumps(staff['ids'])}\n[bots]\nids = [{json.dumps(people[BOT].id)}]\n"
    (folder / "data" / "qunkit.toml").write_text(
        settings + f"[tags]\nall = [{json.dumps(one)}, {json.dumps(two)}]\n", "utf-8"
    )
    return folder / "data", canaries


def _member(canaries: Canaries, ids: str) -> Member:
    names = [canaries.name(what) for what in ("nickname", "group nickname", "remark")]
    return Member(
        canaries.id("member id", ids), *names, canaries.id("account", "zacct{}"), canaries.id("phone", "13{}881")
    )


def _sentences(canaries: Canaries, people: list[Member]) -> Iterator[tuple[Member, str]]:
    """What people say of one another; of somebody's names one at a time, so that every one of them must be known."""
    for place, sender in enumerate(people):
        other = people[(place * 7 + 3) % len(people)]
        yield sender, f"今天{other.nickname}和{other.card}（{other.id}）都来吗？{other.phone}"
        yield (
            sender,
            f"@{other.card}\u2005 邮箱 {canaries.id('e-mail', 'zz{}@example.org')}，见 {canaries.id('link', 'https://shop{}.example.com/x?u=1')}",
        )
        yield (
            sender,
            f"@{canaries.name('stranger')} 身份证{_identity(canaries)} 卡{canaries.id('card', '6222020{}123456')}",
        )
        yield (
            sender,
            f"「{other.remark}：好的」 加QQ{canaries.id('QQ number', '91{}')} 微信号{canaries.id('foreign account', 'zvx{}')}",
        )
        yield (
            sender,
            f"{other.account.upper()}在{other.nickname}_{other.card}.pdf里 {canaries.id('code', '￥zT{}aB￥')}",
        )


def _identity(canaries: Canaries) -> str:
    number = 100000 + 37 * sum(map(len, canaries.made.values()))
    return canaries.add("id number", f"11010119{50 + number % 50:02}0101{number % 10000:04}")


def _chatlab(file: Path, canaries: Canaries, people: list[Member], name: str, room: str) -> None:
    told: list[dict[str, Any]] = []
    for minute, (sender, text) in enumerate(_sentences(canaries, people)):
        message = {
            "sender": sender.id, "accountName": sender.nickname, "groupNickname": sender.card,
            "timestamp": int((START + timedelta(minutes=17 * minute)).timestamp()), "type": 0, "content": text,
            "platformMessageId": canaries.id("message id", "77{}0012345678"),
        }  # fmt: skip
        if minute % 9 == 4:
            message |= {"replyToMessageId": told[-1]["platformMessageId"], "type": 25}
        told.append(message)
    card, place, chat, signed = (
        canaries.name(what) for what in ("contact card", "place", "forwarded chat", "signed up")
    )
    for type_, text in (
        (27, card),
        (8, place),
        (26, f"{chat}的聊天记录\n{chat}: {people[1].card}"),
        (0, f"{people[2].remark}与{name}"),
    ):
        at = int((START + timedelta(days=5, minutes=len(told))).timestamp())
        told.append(
            {"sender": people[9].id, "accountName": people[9].nickname, "timestamp": at, "type": type_, "content": text}
        )
    told.append(
        told[-1] | {"timestamp": at + 60, "content": f"#接龙\n1. {signed} 两大一小\n2. {people[1].nickname} {signed}"}
    )
    for minute, member in enumerate(people):
        notice = f'"{people[0].card}"邀请"{member.card}"加入了群聊'
        if minute % 5 == 1:
            notice = f'"{member.card}"修改群名为“{canaries.name("old group name", 5)}”'
        if minute % 5 == 2:
            notice = f'"{canaries.name("left member")}"与群里其他人都不是朋友关系，请注意隐私安全'
        when = int((START + timedelta(days=6, minutes=minute)).timestamp())
        told.append({"sender": "system", "accountName": "系统消息", "timestamp": when, "type": 80, "content": notice})
    document = {
        "chatlab": {"version": "0.0.2", "exportedAt": int(START.timestamp()) + 999999, "generator": "WeFlow"},
        "meta": {"name": name, "platform": "wechat", "type": "group", "groupId": room, "ownerId": people[0].id},
        "members": [
            {"platformId": one.id, "accountName": one.nickname, "groupNickname": one.card, "aliases": [one.remark]}
            for one in people
        ],
        "messages": told,
    }
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")


def _chatlog(file: Path, canaries: Canaries, people: list[Member], name: str, room: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["Time", "SenderName", "Sender", "TalkerName", "Talker", "Content"])
        for minute, (sender, text) in enumerate(_sentences(canaries, people)):
            at = START + timedelta(days=1, minutes=11 * minute)
            rows.writerow([f"{at:%Y-%m-%d %H:%M:%S}", sender.nickname, sender.id, name, room, text])
        rows.writerow(["2026-05-04 09:00:00", canaries.name("reject")])


def _telegram(folder: Path, canaries: Canaries) -> None:
    folder.mkdir()
    people = [(canaries.id("telegram id", "user88{}"), canaries.name("telegram name")) for _ in range(20)]
    told = [
        {
            "id": 5_000_000_000 + minute, "type": "message", "date": f"{START + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%S}",
            "date_unixtime": str(int((START + timedelta(minutes=minute)).timestamp())), "from": name, "from_id": id,
            "text": f"{people[minute - 1][1]} {canaries.id('British phone', '+44 7700 9{}')}", "text_entities": [],
        }
        for minute, (id, name) in enumerate(people)
    ]  # fmt: skip
    document = {
        "name": canaries.name("group name", 5),
        "type": "private_supergroup",
        "id": 99412345678,
        "messages": told,
    }
    canaries.add("group id", "99412345678")
    (folder / "result.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")


def _qq(folder: Path, canaries: Canaries) -> None:
    lines = ["消息记录（此消息记录为文本格式，不支持重新导入）", "", "=" * 64, "消息分组:我的QQ群", "=" * 64]
    lines += [f"消息对象:{canaries.name('group name', 5)}", "=" * 64, ""]
    people = [(canaries.name("QQ name"), canaries.id("QQ id", "93{}")) for _ in range(20)]
    for minute, (name, id) in enumerate(people):
        at = START + timedelta(days=2, minutes=minute)
        lines += [
            f"{at:%Y-%m-%d} {at.hour}:{at:%M:%S} {name}({id})",
            f"@{people[minute - 1][0]} {people[minute - 2][1]} 来",
            "",
        ]
    (folder / f"{canaries.name('file name')}.txt").write_text("\r\n".join(lines), "utf-8")


def _whatsapp(folder: Path, canaries: Canaries) -> None:
    people = [canaries.name("WhatsApp name") for _ in range(20)]
    lines = [
        f"[{START + timedelta(days=3, minutes=minute):%d/%m/%Y, %H:%M:%S}] {name}: {people[minute - 1]} — {canaries.id('phone', '+1415{}2')}"
        for minute, name in enumerate(people)
    ]
    (folder / f"WhatsApp Chat - {canaries.name('group name', 5)}").mkdir()
    place = next(folder.glob("WhatsApp Chat - *"))
    (place / "_chat.txt").write_text("\r\n".join(lines) + "\r\n", "utf-8")


def _wecom(file: Path, canaries: Canaries) -> None:
    list_ = [
        {
            "userid": canaries.id("WeCom id", "ZQstaff{}"),
            "name": canaries.name("WeCom name"),
            "alias": canaries.id("alias", "zalias{}"),
        }
        for _ in range(20)
    ]
    file.write_text(json.dumps({"errcode": 0, "userlist": list_}, ensure_ascii=False), "utf-8")


def _roster(file: Path, people: list[Member], group: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["群名称", "wxid", "昵称", "群昵称", "备注", "微信号", "角色", "入群时间", "邀请人"])
        for one in people:
            rows.writerow(
                [
                    group,
                    one.id,
                    one.nickname,
                    one.card,
                    one.remark,
                    one.account,
                    "成员",
                    "2024-03-01 09:30",
                    people[0].id,
                ]
            )
