"""A small chat in which everything happens that makes merging hard: one evening over the turn of a month, the same said again and again."""

from __future__ import annotations

from qunkit.demo.model import Chat, Member, Message, Person
from qunkit.demo.talk import TOPICS

START = 1_764_513_000
"""2025-11-30 22:30:00 in Shanghai."""
PLATFORMS = {"discord": "discord", "qce": "qq", "qq": "qq", "slack": "slack", "telegram": "telegram"} | {
    "line": "line",
    "whatsapp": "whatsapp",
    "wecom": "wecom",
}
"""The platform of a writer by the begin of its name; the others write what WeChat's exporters write."""
_NOTES = {
    "image": {"md5": "a" * 32, "length": "48211"},
    "video": {"md5": "b" * 32, "rawmd5": "c" * 32, "seconds": "9", "length": "98211"},
    "sticker": {"md5": "d" * 32, "url": "http://emoji.example.invalid/mmemoji/dddd/0"},
    "voice": {"ms": "4200", "length": "9000"},
    "link": {"by": "知道", "url": "https://mp.example.invalid/s/1", "md5": "e" * 32, "mb": "1"},
    "file": {"by": "", "url": "", "md5": "f" * 32, "mb": "1.2"},
    "miniprogram": {"by": "拼购", "url": "https://mini.example.invalid/1"},
    "solitaire": {"form": "card"},
}


def platform(writer: str) -> str:
    """Of the service whose chats a writer writes."""
    return PLATFORMS.get(writer.partition("_")[0], "wechat")


class _Scene:
    """Says one thing after another."""

    def __init__(self, number: int, platform: str) -> None:
        digits = f"{number + 100:05}"
        room = {"wechat": f"3{digits}47851@chatroom", "wecom": f"wr{digits}"}.get(platform, f"11{digits}00000000000")
        person = "wxid_p{}x{}" if platform in ("wechat", "wecom", "slack") else "9{}{:04}"
        names = [f"{name}{number}" for name in ("小满", "凯文", "阿宁", "小刘", "大熊")]
        people = [Member(Person(person.format(digits, place), name)) for place, name in enumerate(names)]
        me, owner = people[:2]
        owner.role = "owner"
        self.chat = Chat(room, f"徒步{digits}群", TOPICS[0], "ordinary", me, owner, START, 2, 40.0, START + 10**6)
        self.chat.members = people
        self.people = people
        self._digits = digits
        self.clock = START

    def say(self, gap: int, who: int | None, text: str, kind: str = "text", **more: object) -> Message:
        """`who` says it `gap` seconds after what was said before."""
        self.clock += gap
        message = self.chat.say(self.clock, None if who is None else self.people[who], kind, text)
        message.id = f"7{(int(self._digits) * 1000 + len(self.chat.messages)) * 48_271_008_119 % 10**18:018}"
        message.note = _NOTES.get(kind, {})
        for name, value in more.items():
            setattr(message, name, value)
        return message

    def notice(self, gap: int, text: str, event: str, actor: int, *targets: int, **more: object) -> Message:
        """Something happens."""
        people = [self.people[who] for who in (actor, *targets)]
        said: dict[str, object] = {"kind": "system", "event": event, "actor": people[0], "targets": tuple(people[1:])}
        return self.say(gap, None, text, **{**said, **more})  # type: ignore[arg-type]


def small_chat(number: int, platform: str = "wechat") -> Chat:
    """The chat, in a group with people of its own for every number: no two exports are the same bytes."""
    scene = _Scene(number, platform)
    say, notice = scene.say, scene.notice
    first = say(0, 1, "明天几点集合？")
    say(7, 2, "八点")
    say(13, 3, "1")
    say(0, 3, "1")
    say(0, 4, "1")
    say(2, 3, "1")
    say(20, 1, "", "image")
    say(0, 1, "", "image")
    say(70, 0, "收到")
    say(3, 2, "收到")
    say(1, 3, "收到")
    say(0, 4, "收到")
    say(61, 2, "八点半更好", "quote", reply_to=first)
    say(30, 4, "哈哈")
    say(5, 4, "哈哈")
    say(6, 4, "哈哈")
    say(49, 1, "", "sticker")
    say(600, 3, "路线图", "link")
    say(9, 0, "多行的\n话\n\n也要在")
    notice(100, f'"小刘{number}" 撤回了一条消息', "recalled", 3, kind="recall")
    say(31, 2, "", "voice")
    say(2400, 1, "还有谁？")
    say(11, 2, "+1")
    say(1, 3, "+1")
    say(1, 4, "+1")
    say(0, 0, "+1")
    say(2, 2, "+1")
    notice(20, f'"凯文{number}"邀请"大熊{number}"加入了群聊', "invited", 1, 4)
    say(25, 4, "大家好")
    say(0, 2, "欢迎")
    say(0, 3, "欢迎")
    say(1800, 1, "路线.pdf", "file")
    middle = say(33, 4, "夜里见")
    say(211, 2, "好")  # 00:00 is near
    say(20, 2, "好")
    say(15, 4, "好")
    say(44, 3, "", "video")
    say(60, 1, "明早", "quote", reply_to=middle)
    say(300, 2, "1")
    say(9, 2, "1")
    say(9, 2, "1")
    say(30, 0, "晚安")
    say(0, 3, "晚安")
    say(1, 4, "晚安 ")
    say(3600, 4, "", "sticker")
    say(45, 1, "早")
    say(8, 2, "早")
    say(8, 3, "早")
    return scene.chat


def rich_chat(number: int, platform: str = "wechat") -> Chat:
    """A chat of one message of every sort, each in a minute of its own."""
    scene = _Scene(number, platform)
    say, notice = scene.say, scene.notice
    first = say(125, 1, "明天几点集合？")
    say(125, 2, "八点", "quote", reply_to=first)
    say(125, 0, "八点半", "quote", reply_to=first)
    say(125, 2, f"@大熊{number}\u2005来吗？", mentions=(scene.people[4],))
    for place, kind in enumerate(("image", "voice", "video", "sticker")):
        say(125, place, "", kind)
    say(125, 3, "路线图", "link")
    say(125, 1, "路线.pdf", "file")
    say(125, 2, "拼单", "miniprogram")
    say(125, 1, "#接龙\n报名\n1. 凯文", "solitaire")
    say(125, 1, "明早八点集合", "announcement")
    say(125, 3, "恭喜发财", "red_packet")
    notice(125, f"你领取了小刘{number}的红包", "red_packet_taken", 0, 3)
    notice(125, f'"凯文{number}"邀请"大熊{number}"加入了群聊', "invited", 1, 4)
    notice(125, f'"凯文{number}"邀请"阿宁{number}"加入了群聊', "invited", 1, 2, structured=True)
    notice(125, f'你邀请"小刘{number}"加入了群聊', "invited", 0, 3, structured=True)
    notice(125, f'" 大熊{number}"通过扫描"凯文{number}"分享的二维码加入群聊', "joined_qr", 1, 4)
    notice(125, f'"凯文{number}"将"大熊{number}"移出了群聊', "removed", 1, 4)
    notice(125, f'"小刘{number}" 撤回了一条消息', "recalled", 3, kind="recall")
    notice(125, "你撤回了一条消息", "recalled", 0, kind="recall")
    notice(125, f'"凯文{number}" 拍了拍 "阿宁{number}"', "patted", 1, 2, kind="pat", sender=scene.people[1])
    say(125, 4, "多行的\n话\n\n也要在")
    say(125, 0, "好")
    for who in (1, 2, 3):
        say(125, who, "在")
    return scene.chat
