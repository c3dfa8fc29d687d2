"""How much of a group is ads, 广告占比: with what it lies between, by whom, and against the time before.

    group_name     messages  ads  ad_ratio   low  high  basis  ad_members  ad_accounts  official_ads  newcomer_share   change
    老乡二手群         1204  391      0.32  0.31  0.38  range        0.11           19             0            0.71   +0.08

Counted are people's messages but those of staff, sign-ups (接龙) among them; what staff promote stands apart. A message is an ad if its text and what its
sender did say so (docs/methods/ads.md). `basis` says where `ad_ratio_low` and `ad_ratio_high` come from: ``audit``, 95 % of what labels of yours leave open (`qunkit ads
audit`); ``range``, what the classifier's usual mistakes leave open, for nobody has looked.
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
    "range": Text("usual mistakes", "常见误差"),
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
    Column("ads", "int", Text("ads", "广告数"), Text("of which ads", "其中判为广告的消息数")),
    Column(
        "ad_ratio",
        "ratio",
        Text("ad ratio", "广告占比"),
        Text("ads ÷ messages; with an audit, corrected by it", "广告数 ÷ 消息数；有人工标注时按标注校正"),
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
            "audit: 95 % of what your labels leave open; range: what usual mistakes leave open",
            "audit：人工标注得出的 95% 区间；range：按常见误差推得的范围",
        ),
        words=BASES,
        spare=7,
    ),
    Column(
        "ad_members",
        "ratio",
        Text("members with ads", "发广告的人"),
        Text("members who posted an ad ÷ members who posted", "发过广告的人数 ÷ 发言人数"),
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
        "trend",
        "series",
        Text("8 weeks", "8 周趋势"),
        Text(
            "counted ratio of the 8 weeks up to as-of; null without messages",
            "截至时间前 8 周各周的占比；无消息的周为空",
        ),
        spare=2,
    ),
    Column(
        "alarming",
        "bool",
        Text("alarm", "告警"),
        Text("the ratio reaches the group's line in qunkit.toml", "占比达到 qunkit.toml 所设的告警线"),
        spare=4,
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


FEATURES = ad_sql.FEATURES
PART_SQL = ad_sql.SUSPECTS
per_group = ad_sql.copies_of
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
]
_FEW = Text(
    "Intervals come from usual mistakes, for nobody has looked at these groups: `qunkit ads audit` writes 100 messages to label.",
    "区间按常见误差推得，尚无人工核对：可用 `qunkit ads audit` 抽取 100 条消息标注。",
)
_LINES = """CASE WHEN kind = 'image' OR kind = 'video' THEN 8
      WHEN kind IN ('link', 'miniprogram', 'contact_card', 'channels', 'file', 'forward', 'music', 'location', 'note', 'live') THEN 5
      WHEN kind = 'voice' THEN 2
      ELSE GREATEST(1, CEIL(COALESCE(chars, 0) / 16)) + LENGTH(COALESCE(text, '')) - LENGTH(REPLACE(COALESCE(text, ''), CHR(10), '')) END"""

SQL = f"""
WITH {ad_sql.JUDGED}, marked AS (
  SELECT posts.group_id, posts.sender_id, posts.official, posts.in_window, posts.chars, posts.text <> '' AS worded,
    epoch_s(posts.local_time) >= 2 * epoch_s(:since) - epoch_s(:until) AND posts.local_time < :since AS just_before,
    CASE WHEN posts.local_time <= :as_of AND epoch_s(:as_of) - epoch_s(posts.local_time) < 4838400
      THEN FLOOR((epoch_s(:as_of) - epoch_s(posts.local_time)) / 604800) END AS week,
    {_LINES.replace("kind", "posts.kind").replace("chars", "posts.chars").replace("(text,", "(posts.text,")} AS screen,
    flagged.seq IS NOT NULL AS is_ad, flagged.hours
  FROM posts LEFT JOIN flagged ON flagged.group_id = posts.group_id AND flagged.sent_at = posts.sent_at AND flagged.seq = posts.seq
  WHERE epoch_s(posts.local_time) >= {ad_sql.SINCE}
), told AS (
  SELECT group_id, CAST(NULL AS STRING) AS sender_id, CAST(FLOOR(week) AS BIGINT) AS week, FALSE AS official, COUNT(*) AS messages,
    COUNT(*) FILTER (WHERE is_ad) AS ads, 0 AS messages_before, 0 AS ads_before, 0 AS chars, 0 AS ad_chars, 0 AS screen, 0 AS ad_screen, 0 AS dated, 0 AS new,
    0 AS passed
  FROM marked WHERE NOT official AND week IS NOT NULL GROUP BY group_id, week
  UNION ALL
  SELECT group_id, sender_id, NULL, FALSE,
    COUNT(*) FILTER (WHERE in_window), COUNT(*) FILTER (WHERE in_window AND is_ad),
    COUNT(*) FILTER (WHERE just_before), COUNT(*) FILTER (WHERE just_before AND is_ad),
    SUM(CASE WHEN in_window THEN chars ELSE 0 END), SUM(CASE WHEN in_window AND is_ad THEN chars ELSE 0 END),
    SUM(CASE WHEN in_window THEN screen ELSE 0 END), SUM(CASE WHEN in_window AND is_ad THEN screen ELSE 0 END),
    COUNT(*) FILTER (WHERE in_window AND is_ad AND hours >= 0), COUNT(*) FILTER (WHERE in_window AND is_ad AND hours >= 0 AND hours < 72),
    COUNT(*) FILTER (WHERE in_window AND worded AND NOT is_ad)
  FROM marked WHERE NOT official GROUP BY group_id, sender_id
  UNION ALL
  SELECT group_id, NULL, NULL, TRUE, COUNT(*), COUNT(*), 0, 0, 0, 0, 0, 0, 0, 0, 0
  FROM promising WHERE official AND in_window AND text_p >= :threshold GROUP BY group_id
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name
  FROM messages GROUP BY group_id
)
SELECT named.group_id, named.group_name, told.sender_id, told.week, told.official, told.messages, told.ads, told.messages_before, told.ads_before,
  told.chars, told.ad_chars, told.screen, told.ad_screen, told.dated, told.new, told.passed,
  audits.flagged_ads, audits.flagged, audits.passed_ads, audits.passed AS passed_all,
  COALESCE(own.ad_ratio, usual.ad_ratio) AS alert
FROM named LEFT JOIN told ON told.group_id = named.group_id
LEFT JOIN audits ON audits.group_id = named.group_id
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
    return told.sort_values(["ad_ratio", "messages", "group_id"], ascending=[False, False, True], na_position="last")


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Whether anybody has looked."""
    return [Note(_FEW)] if len(frame) and (frame["basis"] == "range").any() else []


def _group(part: pd.DataFrame) -> list[Any]:
    """The row of a group."""
    first = part.iloc[0]
    senders, weeks = part[part["sender_id"].notna()], part[part["week"].notna()]
    sums = senders[_SUMS].sum()
    messages, ads = int(sums["messages"]), int(sums["ads"])
    spoke = senders[senders["messages"] > 0]
    ratio, basis = _ratio(first, ads, int(sums["passed"]), messages)
    turn = shares.change(
        senders[["ads", "messages"]].to_numpy(float),
        senders[["ads_before", "messages_before"]].to_numpy(float),
        zlib.crc32(str(first["group_id"]).encode()),
    )
    accounts = (spoke["messages"] >= 3) & (spoke["ads"] * 2 >= spoke["messages"])
    official = part[part["official"].eq(True)]["ads"].sum()
    return [
        first["group_id"], first["group_name"], messages, ads, *ratio, basis,
        _share((spoke["ads"] > 0).sum(), len(spoke)), int(accounts.sum()),
        _share(sums["ad_chars"], sums["chars"]), _share(sums["ad_screen"], sums["screen"]),
        int(official), _share(sums["new"], sums["dated"]), *turn, _trend(weeks),
        None if ratio.ratio is None else bool(ratio.ratio >= first["alert"]),
    ]  # fmt: skip


def _ratio(first: pd.Series[Any], ads: int, passed: int, messages: int) -> tuple[shares.Interval, str | None]:
    """The ratio, and where its interval comes from."""
    if not messages:
        return shares.Interval(None, None, None), None
    labels = [first[name] for name in ("flagged_ads", "flagged", "passed_ads", "passed_all")]
    if any(label is None or label != label for label in labels):
        return shares.counted(ads, messages), "range"
    return shares.audited(ads, passed, messages, (labels[0], labels[1]), (labels[2], labels[3])), "audit"


def _trend(weeks: pd.DataFrame) -> list[float | None]:
    """The ratio of each of the 8 weeks, the oldest first."""
    told = {
        int(week): ads / messages
        for week, ads, messages in zip(weeks["week"], weeks["ads"], weeks["messages"], strict=True)
    }
    return [told.get(week) for week in range(7, -1, -1)]


def _share(some: float, of: float) -> float | None:
    return float(some) / float(of) if of else None
