"""What chats write: XML, notices, times. Nothing here may raise at all."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat import appmsg as cards
from qunkit.chat import markup, notice_xml
from qunkit.chat import notices as sentences
from qunkit.chat.people import People
from qunkit.ingest.clock import Clock
from qunkit.ingest.events import interpret
from qunkit.parsing.places import raw_batch
from qunkit.parsing.times import coarse, needs_order, order_of, read_times
from qunkit.schema import EVENTS, KINDS

PLATFORMS = ("wechat", "qq", "telegram", "whatsapp", "line", "discord", "slack", "wecom")
ZONES = ("Asia/Shanghai", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "Etc/GMT+12")
_PEOPLE = (
    {"member_id": "wxid_jia", "nickname": "甲"},
    {"member_id": "wxid_yi", "nickname": "乙、丙", "group_nickname": "领队-阿岚"},
)


def appmsg(data: bytes) -> object:
    """XML and literals → cards and notices."""
    text = data.decode("utf-8", "replace")
    tree = markup.xml_tree(text)
    assert tree is None or isinstance(tree, dict)
    found = [cards.from_xml(text), cards.from_repr(text), cards.from_tree(markup.literal_tree(text))]
    for card in filter(None, found):
        assert card.kind in KINDS, card
        card.text.encode()
    notice = notice_xml.from_document(text, _people())
    _check(notice)
    rows = _interpreted([text, f"wxid_jia:\n{text}"], "wechat")
    return [repr(found), repr(notice), rows]


def notices(data: bytes) -> object:
    """The first line is a platform, each other line a text of somebody's or nobody's."""
    platform, *texts = data.decode("utf-8", "replace").split("\n")[:40]
    platform = platform if platform in PLATFORMS else "wechat"
    told = []
    for text in texts:
        notice = sentences.from_sentence(text, _people(), platform)
        _check(notice)
        told.append(repr(notice))
        sentences.looks_like_notice(text, platform)
        sentences.from_action(text, platform)
    return told, _interpreted(texts, platform)


def times(data: bytes) -> object:
    """The first line is an order and a zone; each other line a time of one column."""
    head, *texts = data.decode("utf-8", "replace").split("\n")[:200]
    column = pa.array([text or None for text in texts], pa.string())
    order = "day" if head.startswith("d") else "month" if head.startswith("m") else None
    coarse(texts)
    needs_order(texts)
    found = read_times(column, order_of(texts) or order)
    assert len(found.milliseconds) == len(found.is_wall) == len(texts)
    assert found.milliseconds.type == pa.int64()
    assert found.is_wall.null_count == 0
    assert all(
        text is not None or time is None
        for text, time in zip(column.to_pylist(), found.milliseconds.to_pylist(), strict=True)
    )
    inside = pc.and_(
        pc.greater_equal(found.milliseconds, 915_148_800_000), pc.less(found.milliseconds, 4_102_444_800_000)
    )
    known = pc.if_else(pc.fill_null(inside, False), found.milliseconds, 915_148_800_000)
    zone = ZONES[len(head) % len(ZONES)]
    raw = raw_batch(
        pc.cast(pa.array(range(len(texts))), pa.int64()).to_numpy(),
        epoch=pc.if_else(found.is_wall, None, known),
        wall=pc.if_else(found.is_wall, known, None).cast(pa.timestamp("ms")),
    )
    sent, local, quality = Clock(zone, "Asia/Shanghai").read(raw)
    assert sent.null_count == local.null_count == quality.null_count == 0
    return found.milliseconds.to_pylist(), found.is_wall.to_pylist(), sent.to_pylist(), quality.to_pylist()


def appmsg_seeds() -> Iterator[bytes]:
    """Cards, a quote within a quote, notices, literals, attacks."""
    for title in ("有", "早 <b>", "a&amp;b"):
        refer = "<refermsg><type>49</type><svrid>27</svrid><chatusr>wxid_yi</chatusr><displayname>乙</displayname><content>&lt;msg&gt;&lt;appmsg&gt;&lt;type&gt;5&lt;/type&gt;&lt;/appmsg&gt;&lt;/msg&gt;</content><createtime>1733011200</createtime></refermsg>"
        for number in (3, 5, 6, 19, 33, 36, 49, 51, 57, 62, 63, 87, 2000, 2001):
            yield f"wxid_jia:\n<msg><appmsg><title>{title}</title><des>d</des><type>{number}</type><url>https://例.cn/?a=1</url>{refer}</appmsg></msg>".encode()
    yield '<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template><template>"$username$"邀请"$names$"加入了群聊</template><link_list><link name="names"><memberlist><member><username>wxid_a</username><nickname>甲</nickname></member></memberlist></link></link_list></content_template></sysmsgtemplate></sysmsg>'.encode()
    yield '<sysmsg type="pat"><pat><fromusername>wxid_a</fromusername><pattedusername>wxid_b</pattedusername><template>"${wxid_a}" 拍了拍 "${wxid_b}"</template></pat></sysmsg>'.encode()
    yield '<sysmsg type="revokemsg"><revokemsg><replacemsg>"甲" 撤回了一条消息</replacemsg></revokemsg></sysmsg>'.encode()
    yield b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'
    yield b"<a>" * 100
    yield b"<msg><img length='9'/><voicemsg voicelength='1200'/><emoji md5='x'/></msg>"
    yield b'<msg><location x="1" y="2" label="l" poiname="p"/></msg>'
    yield "244813135921\n{'msg': {'appmsg': {'title': '有', 'type': '57', 'refermsg': {'content': \"a\"}}}}".encode()
    yield '<sysmsg type="delchatroommember"><delchatroommember><plain>你邀请"甲"加入了群聊</plain><link><memberlist><username>wxid_a</username></memberlist></link></delchatroommember></sysmsg>'.encode()


def notice_seeds() -> Iterator[bytes]:
    """Sentences of every platform, with slots filled."""
    from qunkit.chat.templates import templates

    for platform in PLATFORMS:
        try:
            known = templates(platform)
        except LookupError:
            continue
        told = [str(form) for _, forms in known for _, group in forms for form in group]
        yield "\n".join((platform, *_SENTENCES, *told[:30])).encode()


def time_seeds() -> Iterator[bytes]:
    """Times as people and programs write them."""
    yield "d\n2024-12-01 08:00:00\n2024/12/1 8:00\n2024年12月1日 上午8:00\n13/4/2024 3:05 PM\n1733011200\n1733011200123\n-1\n2024-12-01T08:00:00+08:00\n2024-12-01T08:00:00Z".encode()
    yield b"m  \n1733011200\n1733011200.5\n999999999999999999\n-99999999999999999\n0"
    yield b"   \n2024-12-01T08:00:00Z\n2024-12-01T08:00:00.123456+23:59\n0001-01-01T00:00:00+14:00\n9999-12-31T23:59:59-14:00"
    yield "m\n3.4.24 11:59 p.m.\n3.4.24\n20241201080000\n00000000000000\n99999999999999\n2024-02-30\n２０２４-12-01".encode()
    yield b"x \n2024-03-10 02:30:00\n2024-11-03 01:30:00\n2011-12-30 12:00:00\n1999-01-01 00:00:00"


_SENTENCES = (
    '"甲"邀请"乙"加入了群聊', "你邀请甲、乙、丙加入了群聊", '"乙"通过扫描"甲"分享的二维码加入群聊', '你将"乙"移出了群聊', '"甲"拍了拍"乙"',
    '"甲"修改群名为“周末徒步”', '"甲" 撤回了一条消息', "甲领取了你的红包", "小刘(10005)加入了群", "Alice added Bob", "甲(wxid_jia)邀请乙(wxid_yi)加入了群聊",
    "@甲\u2005 好", "@所有人 早", "#接龙\n1. 甲\n2. 乙", "[图片]", "[语音] 3″", "「甲：早」\n- - - - -\n好", "wxid_jia:\n早",
)  # fmt: skip


def _interpreted(texts: list[str], platform: str) -> object:
    """Each text as somebody's, as nobody's, and as a notice."""
    rows = [(text, who, kind) for text in texts for who, kind in (("wxid_jia", None), (None, None), (None, "system"))]
    if not rows:
        return []
    raw = raw_batch(
        pc.cast(pa.array(range(len(rows))), pa.int64()).to_numpy(),
        text=pa.array([row[0] for row in rows], pa.string()),
        sender_id=pa.array([row[1] for row in rows], pa.string()),
        kind=pa.array([row[2] for row in rows], pa.string()),
        extra=pa.array([row[0] for row in rows], pa.string()),
    )
    people = _people()
    people.add_batch(raw)
    told = interpret(raw, people, platform)
    told.validate(full=True)
    assert told.num_rows == len(rows)
    assert set(told.column("kind").to_pylist()) <= set(KINDS)
    assert set(told.column("event").to_pylist()) <= {*EVENTS, None}
    return told.to_pylist()


def _check(notice: sentences.Notice | None) -> None:
    if notice is not None:
        assert notice.event in EVENTS, notice
        assert len(notice.target_ids) == len(notice.target_names), notice
        (notice.text or "").encode()


def _people() -> People:
    people = People()
    people.add_members([dict(row) for row in _PEOPLE])
    return people
