"""How much of a group is ads, 广告占比: with what it lies between, by whom, and against the time before.

    group_name     messages  ads  ad_ratio   low  high  basis  ad_members  ad_accounts  official_ads  newcomer_share   change
    老乡二手群         1204  391      0.32  0.31  0.38  range        0.11           19             0            0.71   +0.08

Counted are people's messages but those of staff, sign-ups (接龙) among them; what staff promote stands apart. A message is an ad if its text and what its
sender did say so (docs/methods/ads.md). `basis` says where `ad_ratio_low` and `ad_ratio_high` come from: ``audit``, 95 % of what labels of yours in this time leave open (`qunkit ads
audit`); ``range``, what the classifier's mistakes elsewhere leave open, for nobody has looked.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.dataset import option
from qunkit.methods import ad_sql, shares
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Ads: how much of each group, how sure", "广告占比")

BASES = {
    "audit": Text("your labels", "人工标注"),
    "range": Text("mistakes elsewhere", "以往误差"),
}
"""Where an interval comes from."""

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "messages",
        "int",
        Text("messages", "消息数"),
        Text("people's messages in the window, without staff's", "所选时间内的消息数，不含官方人员和系统提示"),
    ),
    Column("ads", "int", Text("flagged", "判为广告"), Text("of which are judged to be ads", "其中判为广告的消息数")),
    Column(
        "ad_ratio",
        "ratio",
        Text("ad ratio", "广告占比"),
        Text("flagged ÷ messages; with an audit, what your labels say", "判为广告 ÷ 消息数；有人工标注时以标注为准"),
    ),
    Column(
        "ad_ratio_low",
        "ratio",
        Text("at least", "下限"),
        Text("what it lies between, see basis", "占比区间的下限，依据见 basis"),
        spare=1,
    ),
    Column(
        "ad_ratio_high",
        "ratio",
        Text("at most", "上限"),
        Text("what it lies between, see basis", "占比区间的上限，依据见 basis"),
        spare=1,
    ),
    Column(
        "basis",
        "text",
        Text("interval from", "区间依据"),
        Text(
            "audit: 95 % of what your labels of this time leave open; range: what mistakes made elsewhere leave open",
            "audit：由本时段人工标注得出的 95% 区间；range：按以往误差推得的范围",
        ),
        words=BASES,
        spare=7,
    ),
    Column(
        "ad_members",
        "ratio",
        Text("members with ads", "发广告的人"),
        Text(
            "members with more ads than mistakes explain ÷ members who posted",
            "广告数超出误判所能解释的人数 ÷ 发言人数",
        ),
        spare=5,
    ),
    Column(
        "ad_accounts",
        "int",
        Text("ad accounts", "广告号"),
        Text("members with 3 messages or more, half or more of them ads", "至少 3 条消息且一半以上为广告的人数"),
        spare=4,
    ),
    Column(
        "ad_chars",
        "ratio",
        Text("of characters", "按字数"),
        Text("characters in ads ÷ characters", "广告字数 ÷ 总字数"),
        spare=8,
    ),
    Column(
        "ad_screen",
        "ratio",
        Text("of screen", "按屏幕"),
        Text(
            "estimated lines on a phone: 16 characters a line, pictures 8, cards 5, voice 2",
            "估算的手机屏幕行数占比：文字每行 16 字，图片 8 行，卡片 5 行，语音 2 行",
        ),
        spare=9,
    ),
    Column(
        "official_ads",
        "int",
        Text("by staff", "官方推广"),
        Text("promotion by staff, not in the ratio", "官方人员的推广消息数，不计入占比"),
        spare=6,
    ),
    Column(
        "newcomer_share",
        "ratio",
        Text("by newcomers", "新人占比"),
        Text(
            "ads within 72 hours of joining ÷ ads of members whose joining is known",
            "入群 72 小时内的广告 ÷ 入群时间已知者的广告",
        ),
        spare=3,
    ),
    Column(
        "change",
        "ratio",
        Text("change", "变化"),
        Text("of the counted ratio against the time before, of equal length", "与之前等长时段相比（按计数的占比）"),
        spare=2,
    ),
    Column(
        "change_low",
        "ratio",
        Text("change, at least", "变化下限"),
        Text("95 %, by bootstrap over senders", "95% 区间，按发送者自助抽样"),
        spare=10,
    ),
    Column(
        "change_high",
        "ratio",
        Text("change, at most", "变化上限"),
        Text("95 %, by bootstrap over senders", "95% 区间，按发送者自助抽样"),
        spare=10,
    ),
    Column(
        "unread",
        "int",
        Text("not judged", "未判断"),
        Text(
            "messages without a text, such as pictures: none of them counts as an ad, unless labels say so",
            "无文字的消息（如图片），除人工标注外均不计为广告",
        ),
        spare=9,
    ),
    Column(
        "trend",
        "series",
        Text("8 weeks", "8 周趋势"),
        Text(
            "counted ratio of the 8 weeks up to the end of the window; null without messages",
            "截至所选时间末的 8 周各周的占比；无消息的周为空",
        ),
        spare=2,
    ),
    Column(
        "alarming",
        "bool",
        Text("alarm", "告警"),
        Text("the ratio reaches the group's line in qunkit.toml", "占比达到 qunkit.toml 所设的告警线"),
        spare=1,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit ads` can be told."""

    threshold: float = option(
        0.5, Text("a message of this score or more is an ad", "得分达到此值即为广告"), least=0, most=1
    )
    model: str = option(
        "dataset",
        Text("dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit", "dataset：本数据集学习的模型（如有）；shipped：随 qunkit 提供的模型"),
        choices=("dataset", "shipped"),
    )  # fmt: skip
    total: bool = option(False, Text("a last row of all groups together", "末行列出全部群合计"))


FEATURES = ad_sql.FEATURES
KEPT = ad_sql.KEPT
_SUMS = [
    "messages",
    "ads",
    "messages_before",
    "ads_before",
    "chars",
    "ad_chars",
    "screen",
    "ad_screen",
    "dated",
    "new",
    "passed",
    "unread",
]
_FEW = Text(
    "Nobody has looked at {n} of the groups in this time: their intervals come from mistakes made elsewhere. `qunkit ads audit --group GROUP` writes 100 messages to label.",
    "有 {n} 个群在此时段尚无人工核对，区间按以往误差推得：可用 `qunkit ads audit --group 群` 抽取 100 条消息标注。",
)
_OTHER_CUT = Text(
    "The range is that of a threshold of 0.5 and says nothing of {threshold}.",
    "区间对应阈值 0.5，不适用于 {threshold}。",
)
_TOGETHER = Text("The last row is all groups together.", "末行为全部群合计。")
_UNREAD = Text(
    "{n} messages have no text (pictures, voice): they are not judged, and count as none.",
    "{n} 条消息没有文字（图片、语音等），未作判断，均不计为广告。",
)
STRATA = ("flagged", "passed", "unread")
_LINES = """CASE WHEN kind = 'image' OR kind = 'video' THEN 8
      WHEN kind IN ('link', 'miniprogram', 'contact_card', 'channels', 'file', 'forward', 'music', 'location', 'note', 'live') THEN 5
      WHEN kind = 'voice' THEN 2
      ELSE GREATEST(1, CEIL(COALESCE(chars, 0) / 16)) + LENGTH(COALESCE(text, '')) - LENGTH(REPLACE(COALESCE(text, ''), CHR(10), '')) END"""

SQL = f"""
WITH marked AS (
  SELECT posts.group_id, posts.official, CASE WHEN NOT posts.official THEN posts.sender_id END AS sender_id, posts.in_window, posts.chars,
    COALESCE(posts.text, '') <> '' AS worded, posts.kind IN ({ad_sql.NEVER}) AS never,
    epoch_s(posts.local_time) >= 2 * epoch_s(:since) - epoch_s(:until) AND posts.local_time < :since AS just_before,
    CASE WHEN NOT posts.official AND epoch_s(:until) - epoch_s(posts.local_time) <= 4838400
      THEN CAST(CEIL((epoch_s(:until) - epoch_s(posts.local_time)) / 604800) AS BIGINT) - 1 END AS week,
    {_LINES.replace("kind", "posts.kind").replace("chars", "posts.chars").replace("(text,", "(posts.text,")} AS screen,
    COALESCE(judged.p >= :threshold, FALSE) AS is_ad, judged.hours
  FROM posts LEFT JOIN judged ON judged.group_id = posts.group_id AND judged.sent_at = posts.sent_at AND judged.seq = posts.seq
  WHERE epoch_s(posts.local_time) >= {ad_sql.SINCE}
), told AS (  -- a row a sender (null: staff) over all weeks, and a row a week over all senders
  SELECT group_id, sender_id, week, official,
    CASE WHEN GROUPING(week) = 0 THEN COUNT(*) ELSE COUNT(*) FILTER (WHERE in_window) END AS messages,
    CASE WHEN GROUPING(week) = 0 THEN COUNT(*) FILTER (WHERE is_ad) ELSE COUNT(*) FILTER (WHERE in_window AND is_ad) END AS ads,
    COUNT(*) FILTER (WHERE just_before) AS messages_before, COUNT(*) FILTER (WHERE just_before AND is_ad) AS ads_before,
    SUM(CASE WHEN in_window THEN chars ELSE 0 END) AS chars, SUM(CASE WHEN in_window AND is_ad THEN chars ELSE 0 END) AS ad_chars,
    SUM(CASE WHEN in_window THEN screen ELSE 0 END) AS screen, SUM(CASE WHEN in_window AND is_ad THEN screen ELSE 0 END) AS ad_screen,
    COUNT(*) FILTER (WHERE in_window AND is_ad AND hours >= 0) AS dated,
    COUNT(*) FILTER (WHERE in_window AND is_ad AND hours >= 0 AND hours < 72) AS new,
    COUNT(*) FILTER (WHERE in_window AND NOT is_ad AND NOT never AND worded) AS passed,
    COUNT(*) FILTER (WHERE in_window AND NOT is_ad AND NOT never AND NOT worded) AS unread
  FROM marked GROUP BY GROUPING SETS ((group_id, official, sender_id), (group_id, official, week))
  HAVING GROUPING(week) = 1 OR week IS NOT NULL
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name
  FROM messages GROUP BY group_id
), labelled AS (  -- labels are worth as many as (sum of weights) squared by the sum of squares (Kish 1965)
  SELECT group_id, stratum, COUNT(*) AS count, SUM(weight * is_ad) * SUM(weight) / NULLIF(SUM(weight * weight), 0) AS ads,
    SUM(weight) * SUM(weight) / NULLIF(SUM(weight * weight), 0) AS labels
  FROM audits WHERE said_at >= epoch_s(:since) AND said_at < epoch_s(:until) AND said_at <= epoch_s(:as_of) AND :threshold = 5e-1
  GROUP BY group_id, stratum
), audited AS (
  SELECT group_id,
    {", ".join(f"MAX(CASE WHEN stratum = '{one}' THEN {what} END) AS {one}_{what}" for one in STRATA for what in ("count", "ads", "labels"))}
  FROM labelled GROUP BY group_id
)
SELECT named.group_id, named.group_name, told.sender_id, told.week, told.official, told.messages, told.ads, told.messages_before, told.ads_before,
  told.chars, told.ad_chars, told.screen, told.ad_screen, told.dated, told.new, told.passed, told.unread,
  {", ".join(f"audited.{one}_{what}" for one in STRATA for what in ("count", "ads", "labels"))},
  COALESCE(own.ad_ratio, usual.ad_ratio) AS alert
FROM named LEFT JOIN told ON told.group_id = named.group_id
LEFT JOIN audited ON audited.group_id = named.group_id
LEFT JOIN alerts own ON own.group_id = named.group_id
CROSS JOIN (SELECT ad_ratio FROM alerts WHERE group_id IS NULL) usual
ORDER BY named.group_id, told.sender_id, told.week, told.official
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row a group, the most alarming first."""
    import pandas as pd

    frame[_SUMS] = frame[_SUMS].astype(float)
    names = [column.name for column in COLUMNS]
    rows = [_group(part) for _, part in frame.groupby("group_id", sort=True)]
    told = pd.DataFrame(rows, columns=names)
    told = told.sort_values(["ad_ratio", "messages", "group_id"], ascending=[False, False, True], na_position="last")
    if not params.total or not rows:
        return told
    order = [rows[at] for at in told.index]
    return pd.DataFrame([*order, _together(frame, rows)], columns=names)


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What nobody has looked at, and what nobody can."""
    told = []
    if params.total and len(frame):
        told.append(Note(_TOGETHER))
    frame = frame[frame["group_id"].notna()]
    if usual := int((frame["basis"] == "range").sum()):
        told.append(Note(_FEW, (("n", usual),)))
    if usual and params.threshold != 0.5:
        told.append(Note(_OTHER_CUT, (("threshold", params.threshold),)))
    if unread := int(frame["unread"].sum()):
        told.append(Note(_UNREAD, (("n", unread),)))
    return told


def _group(part: pd.DataFrame) -> list[Any]:
    """The row of a group."""
    first = part.iloc[0]
    senders, weeks = part[part["sender_id"].notna()], part[part["week"].notna()]
    sums = senders[_SUMS].sum()
    messages, ads = int(sums["messages"]), int(sums["ads"])
    spoke = senders[senders["messages"] > 0]
    ratio, basis = _ratio(first, sums, messages)
    turn = shares.change(
        senders[["ads", "messages"]].to_numpy(float),
        senders[["ads_before", "messages_before"]].to_numpy(float),
        zlib.crc32(str(first["group_id"]).encode()),
    )
    accounts = (spoke["messages"] >= 3) & (spoke["ads"] * 2 >= spoke["messages"])
    official = part[part["official"].eq(True)]["ads"].sum()
    return [
        first["group_id"], first["group_name"], messages, ads, *ratio, basis,
        _share(int(shares.beyond_mistakes(spoke["ads"].to_numpy(), spoke["messages"].to_numpy()).sum()), len(spoke)), int(accounts.sum()),
        _share(sums["ad_chars"], sums["chars"]), _share(sums["ad_screen"], sums["screen"]),
        int(official), _share(sums["new"], sums["dated"]), *turn, int(sums["unread"]), _trend(weeks),
        None if ratio.ratio is None else bool(ratio.ratio >= first["alert"]),
    ]  # fmt: skip


def _together(frame: pd.DataFrame, rows: list[list[Any]]) -> list[Any]:
    """The row of all groups: of whom nobody is counted twice. What errors leave open is added up, for they are errors of one classifier."""
    import pandas as pd

    sender = frame["sender_id"].astype("string")
    apart = sender.str.startswith("name:").fillna(False).astype(bool)
    whose = frame.assign(sender_id=sender.where(~apart, frame["group_id"].astype("string") + "\x1f" + sender))
    pooled = whose.groupby(["sender_id", "week", "official"], dropna=False)[_SUMS].sum().reset_index()
    unaudited = {f"{one}_{what}": float("nan") for one in STRATA for what in ("count", "ads", "labels")}
    pooled = pooled.assign(group_id="", group_name="", alert=float("nan"), **unaudited)
    told = dict(zip([column.name for column in COLUMNS], _group(pooled), strict=True))
    known = pd.DataFrame(rows, columns=list(told)).query("messages > 0")
    for name in ("ad_ratio", "ad_ratio_low", "ad_ratio_high") if len(known) else ():
        told[name] = float((known[name].astype(float) * known["messages"]).sum() / known["messages"].sum())
        told["basis"] = "range" if "range" in {*known["basis"]} else "audit"
    return list((told | {"group_id": None, "group_name": None, "alarming": None}).values())


def _ratio(first: pd.Series[Any], sums: pd.Series[float], messages: int) -> tuple[shares.Interval, str | None]:
    """The ratio, and where its interval comes from."""
    if not messages:
        return shares.Interval(None, None, None), None
    rows = [_number(first[f"{one}_count"]) for one in STRATA]
    if rows[0] + rows[1] < shares.LABELS:
        return shares.counted(int(sums["ads"]), messages), "range"
    sizes = {"flagged": int(sums["ads"]), "passed": int(sums["passed"]), "unread": int(sums["unread"])}
    strata = [
        shares.Stratum(sizes[one], _number(first[f"{one}_ads"]), _number(first[f"{one}_labels"]))
        for one, some in zip(STRATA, rows, strict=True)
        if one != "unread" or some >= shares.UNREAD
    ]
    return shares.audited(strata, messages), "audit"


def _number(cell: Any) -> float:
    """0 for null."""
    return float(cell) if cell is not None and cell == cell else 0.0


def _trend(weeks: pd.DataFrame) -> list[float | None]:
    """The ratio of each of the 8 weeks, the oldest first."""
    told = {
        int(week): ads / messages
        for week, ads, messages in zip(weeks["week"], weeks["ads"], weeks["messages"], strict=True)
    }
    return [told.get(week) for week in range(7, -1, -1)]


def _share(some: float, of: float) -> float | None:
    return float(some) / float(of) if of else None
