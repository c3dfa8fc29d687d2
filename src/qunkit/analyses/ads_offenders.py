"""Accounts that post ads, 广告号, the worst first: how many, how soon after joining, in how many groups.

    sender_name    sender_id     messages  ads  ad_share  groups  hours_to_first_ad  first_ad          last_ad           last_seen         group_names
    兼职-静静      wxid_hx12k9         14   14      1.00       3               0.4  2026-05-09 21:14  2026-05-10 09:02  2026-05-10 09:02  老乡二手群, …

One row an account over all groups; who mostly talks is left out (--min-share), and of whom too few messages are known (--min-messages). The names stand below the table once more, ready to be pasted; with ``--format tsv`` and `cut -f2` it is a
removal list by ids; `other_ids` are those that `qunkit alias` made the same member's. Ads are counted in the window; the first one may lie before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import ad_sql
from qunkit.methods.paste import to_paste
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Ads: who posts them", "广告号")

COLUMNS = (
    Column("sender_name", "text", Text("sender", "发送者"), Text("the latest name", "最近的名称")),
    Column("sender_id", "text", Text("sender id", "发送者 id")),
    Column("messages", "int", Text("messages", "消息数"), Text("in the window", "所选时间内"), spare=4),
    Column("ads", "int", Text("ads", "广告数"), Text("of which ads", "其中的广告")),
    Column("ad_share", "ratio", Text("ad share", "广告占比"), Text("ads ÷ messages", "广告数 ÷ 消息数")),
    Column("groups", "int", Text("groups", "群数"), Text("in which it posted ads", "发过广告的群数")),
    Column(
        "hours_to_first_ad",
        "float",
        Text("hours to first ad", "入群到首条广告（小时）"),
        Text("from joining to the first ad ever, the least of its groups; null: joining is not known", "从入群到历史首条广告，取各群最短；入群时间未知时为空"),
        spare=3,
    ),
    Column(
        "first_ad",
        "datetime",
        Text("first ad", "首条广告"),
        Text("of all time up to the end of the window", "截至所选时间结束的全部历史中的首条"),
        spare=5,
    ),
    Column("last_ad", "datetime", Text("last ad", "最近广告"), Text("in the window", "所选时间内"), spare=2),
    Column(
        "last_seen",
        "datetime",
        Text("last seen", "最近发言"),
        Text("the last message of any kind", "最近一条消息"),
        spare=6,
    ),
    Column("group_names", "list", Text("in", "所在群"), Text("groups in which it posted ads", "发过广告的群"), spare=1),
    Column("example", "text", Text("example", "示例"), Text("the surest of its ads", "得分最高的一条"), spare=7),
    Column(
        "other_ids",
        "list",
        Text("other ids", "其他 id"),
        Text("that `qunkit alias` made the same member's", "经 `qunkit alias` 并入该成员的 id"),
        spare=8,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit ads offenders` can be told."""

    min_share: float = option(
        0.5,
        Text("only accounts of whose messages this share or more is ads", "只列广告占其消息比例不低于此值的账号"),
        least=0,
        most=1,
    )
    min_messages: int = option(
        3, Text("only accounts with N messages or more, ads among them", "只列至少 N 条消息（含广告）的账号"), least=1
    )
    min_ads: int = option(1, Text("only accounts with N ads or more", "只列至少 N 条广告的账号"), least=1)
    top: int = option(0, Text("only the first N; 0: all", "只列前 N 个；0 为全部"), least=0)
    threshold: float = option(
        0.5, Text("a message of this score or more is an ad", "得分达到此值即为广告"), least=0, most=1
    )
    model: str = option(
        "dataset",
        Text("dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit", "dataset：本数据集学习的模型（如有）；shipped：随 qunkit 提供的模型"),
        choices=("dataset", "shipped"),
    )  # fmt: skip


FEATURES = ad_sql.FEATURES
KEPT = ad_sql.KEPT

SQL = f"""
WITH {ad_sql.FLAGGED}, here AS (
  SELECT person, group_id, MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL) AS group_name,
    MAX_BY(sender_name, sent_at) FILTER (WHERE sender_name IS NOT NULL) AS sender_name,
    MIN(sender_id) AS sender_id, COUNT(*) FILTER (WHERE in_window) AS messages, MAX(local_time) AS last_seen
  FROM posts WHERE NOT official GROUP BY person, group_id
), done AS (
  SELECT person, group_id, COUNT(*) FILTER (WHERE in_window) AS ads, MIN(local_time) AS first_ad, MAX(local_time) FILTER (WHERE in_window) AS last_ad,
    MIN_BY(hours, local_time) FILTER (WHERE hours IS NOT NULL) AS hours, MAX(p) FILTER (WHERE in_window) AS p,
    MAX_BY(CASE WHEN in_window THEN text END, p) FILTER (WHERE CASE WHEN in_window THEN text END IS NOT NULL) AS example
  FROM flagged GROUP BY person, group_id
), everywhere AS (
  SELECT here.*, COALESCE(done.ads, 0) AS ads, done.first_ad, done.last_ad, done.hours, done.p, done.example,
    SUM(done.ads) OVER (PARTITION BY here.person) AS all_ads
  FROM here LEFT JOIN done ON done.person = here.person AND done.group_id = here.group_id
)
SELECT person, group_id, COALESCE(group_name, group_id) AS group_name, sender_name, sender_id, messages, last_seen,
  ads, first_ad, last_ad, hours, p, example, NULL AS alias
FROM everywhere WHERE all_ads > 0 AND all_ads >= :min_ads
UNION ALL
SELECT aliases.member_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, aliases.alias FROM aliases
ORDER BY person, group_id, alias
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row an account, over its groups."""
    also = frame[frame["alias"].notna()].groupby("person")["alias"].agg(list)
    frame = frame[frame["alias"].isna()].astype({"messages": int, "ads": int})
    guilty = frame[frame["ads"] > 0]
    told = frame.groupby("person").agg(
        messages=("messages", "sum"),
        ads=("ads", "sum"),
        last_seen=("last_seen", "max"),
        hours_to_first_ad=("hours", "min"),
        first_ad=("first_ad", "min"),
    )
    told["ad_share"] = told["ads"] / told["messages"]
    latest = frame.sort_values(["last_seen", "group_id"]).drop_duplicates("person", keep="last").set_index("person")
    surest = (
        guilty.sort_values(["p", "group_id"], ascending=[False, True]).drop_duplicates("person").set_index("person")
    )
    done = guilty.groupby("person").agg(
        groups=("group_id", "size"), last_ad=("last_ad", "max"), group_names=("group_name", list)
    )
    told = told[(told["ad_share"] >= params.min_share) & (told["messages"] >= params.min_messages)]
    told = told.join(done).join(latest[["sender_name", "sender_id"]]).join(surest["example"])
    told["other_ids"] = [also.get(person, []) for person in told.index]
    told = told.sort_values(["ads", "ad_share", "sender_id"], ascending=[False, False, True], kind="stable")
    return told[[column.name for column in COLUMNS]].head(params.top or len(told))


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Their names, for whoever removes them."""
    names = frame["sender_name"].fillna(frame["sender_id"]).tolist()
    return [to_paste(names)] if names else []
