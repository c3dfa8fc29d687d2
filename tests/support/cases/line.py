"""Chats that LINE exported, whole and damaged."""

from __future__ import annotations

from support.cases import Case

HOSTILE = '"甲、乙"加入了群聊: \u2028\u202e'
TITLE = "[LINE] 群的聊天記錄\n儲存日期：2024/12/05 10:00\n\n"
DAY = "2024/12/01（日）\n"
LINE = TITLE + DAY + "08:00\t阿嵐\t早\n08:01\t小禾\t好\n"
ENGLISH = "[LINE] Chat history in East: Hikers\nSaved on: 12/05/2024, 10:00\n\nTue, 12/03/2024\n08:00 AM\tAnn\tHi\n12:01 PM\tBob\t[Photo]\n"
JAPANESE = "[LINE] 読書会のトーク履歴\n保存日時：2024/12/05 10:00\n\n2024/12/01(日)\n午前8:00\tたろう\tおはよう\n午後8:01\tたろうが退会しました\n"

GOOD = (
    Case(
        name="chinese",
        files={"群.txt": LINE},
        format="line_txt",
        messages=2,
        rows=(
            {"platform": "line", "group_id": "name:群", "group_name": "群", "time_quality": "minute", "text": "早"},
            {"sender_id": "name:小禾", "sender_name": "小禾", "text": "好", "kind": "text", "event": None},
        ),
    ),
    Case(
        name="crlf-bom",
        files={"群.txt": "\ufeff" + LINE.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="utf-16", files={"群.txt": LINE.encode("utf-16")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="gb18030",
        files={"群.txt": LINE.encode("gb18030")},
        messages=2,
        rows=({"sender_name": "阿嵐", "text": "早"},),
    ),
    Case(
        name="english",
        files={"a.txt": ENGLISH},
        messages=2,
        rows=({"group_name": "East: Hikers", "text": "Hi"}, {"kind": "image", "text": "", "sender_name": "Bob"}),
    ),
    Case(
        name="japanese",
        files={"a.txt": JAPANESE},
        messages=2,
        rows=(
            {"group_name": "読書会", "sender_name": "たろう"},
            {"kind": "system", "event": "left", "target_names": ["たろう"], "sender_id": None},
        ),
    ),
    Case(
        name="several-lines",
        files={"群.txt": LINE.replace("早\n", '"早\n\n带""伞""\n8:30 集合"\n')},
        messages=2,
        rows=({"text": '早\n\n带"伞"\n8:30 集合'}, {"text": "好"}),
    ),
    Case(
        name="notices",
        files={
            "群.txt": TITLE
            + DAY
            + "08:00\t\t阿嵐邀請老丁加入群組。\n08:01\t\t阿嵐已收回訊息\n08:02\t阿嵐\t老丁已退出群組\n"
        },
        messages=3,
        rows=(
            {"kind": "system", "event": "invited", "actor_name": "阿嵐", "target_names": ["老丁"], "sender_id": None},
            {"event": "recalled", "sender_id": None},
            {"kind": "text", "event": None, "sender_name": "阿嵐", "text": "老丁已退出群組"},
        ),
    ),
    Case(
        name="kinds",
        files={"群.txt": TITLE + DAY + "08:00\t阿嵐\t[貼圖]\n08:01\t阿嵐\t☎ 通話時間1:05\n08:02\t阿嵐\t[照片]看\n"},
        messages=3,
        rows=({"kind": "sticker", "text": ""}, {"kind": "call"}, {"kind": "text", "text": "[照片]看"}),
    ),
    Case(
        name="hostile-names",
        files={"群.txt": LINE.replace("阿嵐", HOSTILE)},
        messages=2,
        rows=({"sender_name": HOSTILE, "event": None, "text": "早"}, {"text": "好"}),
    ),
    Case(
        name="two-days",
        files={"群.txt": LINE + "\n2024/12/02（一）\n00:00\t阿嵐\t晚\n"},
        messages=3,
        rows=({"text": "早"}, {"text": "好"}, {"text": "晚"}),
    ),
    Case(
        name="day-that-goes-back-is-text",
        files={"群.txt": LINE + "\n2024/11/30（六）\n09:00\t老陳\t舊的\n"},
        messages=3,
        rows=({"text": "早"}, {"text": "好\n\n2024/11/30（六）"}, {"sender_name": "老陳"}),
    ),
    Case(
        name="two-groups",
        files={"a.txt": LINE, "b.txt": JAPANESE},
        messages=4,
        rows=({"group_name": "群"}, {"group_name": "読書会"}),
    ),
)

BAD = (
    Case(name="empty", files={"群.txt": ""}, code=65, error="NoMessages"),
    Case(name="title-only", files={"群.txt": TITLE}, code=65, error="UnknownFormat"),
    Case(name="no-day", files={"群.txt": LINE.replace(DAY, "")}, code=65, error="UnknownFormat"),
    Case(name="no-such-day", files={"群.txt": LINE.replace("2024/12/01", "2024/13/01")}, code=65, error="NoMessages"),
    Case(
        name="words-before-days",
        files={"群.txt": LINE.replace("\n\n", "\n\n上面的话\n\n", 1)},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="first-hour-wrong",
        files={"群.txt": LINE.replace("08:00", "25:00")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(name="no-hours", files={"群.txt": LINE.replace("08:0", "08:6")}, code=65, error="NoMessages"),
    Case(name="of-1970", files={"群.txt": LINE.replace("2024/12/01", "1970/12/01")}, code=65, error="NoMessages"),
    Case(
        name="first-day-out-of-range",
        files={"群.txt": LINE.replace(DAY, "1970/12/01（二）\n07:00\t阿嵐\t舊\n\n" + DAY)},
        messages=2,
        rejects={"time-out-of-range": 1},
        code=3,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(
        name="huge-line",
        files={"群.txt": LINE + "08:02\t阿嵐\t" + "長" * 400_000 + "\n"},
        messages=2,
        rejects={"record-too-long": 3},
        code=3,
    ),
    Case(
        name="undecodable",
        files={"群.txt": LINE.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
        rows=({"text": "早"},),
    ),
    Case(
        name="cut-in-a-character",
        files={"群.txt": LINE.encode()[:-2]},
        messages=2,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"}, {"text": ""}),
    ),
    Case(
        name="of-a-computer",
        files={"群.txt": LINE.replace("\t", " ")},
        code=65,
        error="UnknownFormat",
    ),
    Case(name="other-title", files={"群.txt": LINE.replace("儲存日期", "日期")}, code=65, error="UnknownFormat"),
)
