"""Everybody of the chosen groups, 成员档案: who they are, who brought them, what they do, and where they stand. One row per group and member.

    name   role   joined      source  inviter_name  last_spoke  active_days  messages  replies  stage  segment  r  f  m  tags
    小鹿   admin  2026-03-02  invite  阿岚     2026-05-30           41       310      122  friend core     5  5  5  妈妈, 复购

`segment` is one for each member, the first that holds of: left, staff, ad, new, silent, returned, at_risk, core, active. `stage` is 用户→粉丝→朋友 at the end of the data.
Thresholds and tags are conventions, in `[members]` of qunkit.toml; definitions: docs/methods/members.md. Days are days on which any group of the dataset has data. With
``--format csv`` or ``xlsx`` it is a list for a CRM; `--where`, `--segment` choose rows, by columns that are worked out over everybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.dataset import option
from qunkit.errors import BadOption
from qunkit.methods import ad_sql, gaps, kol_log, member_tags, orders
from qunkit.methods.conditions import NoCondition, condition, holds
from qunkit.methods.gone import GONE
from qunkit.methods.joins import JOINS
from qunkit.methods.kol_log import ORDERED
from qunkit.methods.moves import MOVES
from qunkit.methods.persons import PERSONAL, people
from qunkit.methods.roll import ROLL
from qunkit.methods.segments import FEW, RFM_DAYS, SEGMENTS, scores, segments
from qunkit.methods.stages import STAGES, STAGES_SAID
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TITLE = Text("Members: everybody, with segment, stage and tags", "成员档案与分层")

ROLES = {
    "owner": Text("owner", "群主"),
    "admin": Text("admin", "管理员"),
    "staff": Text("staff", "员工"),
    "member": Text("member", "成员"),
}
SOURCES = {
    "invite": Text("invited", "邀请"),
    "qr": Text("QR code", "扫码"),
    "link": Text("link", "链接"),
    "other": Text("joined", "加入"),
    "batch": Text("founding", "建群"),
}
_SCORE = Text("1 to 5, of those who spoke within 90 days with data; fewer than 50: 1 to 3; null: did not", "近 90 个有数据的日子内发言者中的 1–5 分；不足 50 人时为 1–3 分；未发言为空")  # fmt: skip
COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=30),
    Column("group_name", "text", Text("group", "群"), Text("with --people of the group in which they posted the most", "加 --people 时为发言最多的群"), spare=4),
    Column("groups", "int", Text("groups", "群数"), Text("in how many chosen groups they are; 1 without --people", "所在的群数；未加 --people 时为 1"), spare=25),
    Column("member_id", "text", Text("member id", "成员 id"), spare=29),
    Column("name", "text", Text("name", "成员")),
    Column("segment", "text", Text("segment", "分层"), Text("one for each, the first that holds: left; staff; ad: most of their messages are ads; new: came within 28 days; silent: said nothing for 30 days, or never; returned: "
           "came back within 28 days after 28 of silence; at_risk: said nothing for 14 days; core: R, F and M at least 4 of 5; active: everybody else. Conventions ([members] in qunkit.toml)",
           "每人一个，取最先符合的：已退群；官方；广告号：消息多为广告；新人：28 天内入群；沉默：30 天未发言或从未发言；回流：沉默 28 天后于近 28 天恢复发言；流失风险：14 天未发言；核心：R、F、M 均不低于 4 分（5 分制）；活跃：其余。均为约定，可在 qunkit.toml 的 [members] 中修改"), words=SEGMENTS),
    Column("stage", "text", Text("stage", "阶段"), Text("in the last 28 days with data. user: spoke; fan: 4 active days, 2 orders or 3 replies to staff; friend: quoted or mentioned each other with 3 members, and others twice a week; "
           "silent: only before; null: never spoke, or staff", "近 28 个有数据的日子。用户：发过言；粉丝：发言 4 天、下单 2 次或回复官方 3 次；朋友：与 3 名成员互相引用或@，且每周引用或@他人 2 次；沉默：仅此前发过言；从未发言者和官方人员为空"), words=STAGES_SAID, spare=3),
    Column("tags", "list", Text("tags", "标签"), Text("of [members.tags] in qunkit.toml", "据 qunkit.toml 的 [members.tags]"), spare=5),
    Column("role", "text", Text("role", "角色"), Text("by the roster; null: not known", "据名单；未知时为空"), words=ROLES, spare=12),
    Column("joined", "date", Text("joined", "入群日期"), Text("the first time that is known, by notice or roster; null: not known", "已知的首次入群，据提示或名单；未知时为空"), spare=8),
    Column("source", "text", Text("source", "来源"), Text("how they came that time; founding: with the making of the group", "首次入群方式；建群：随建群加入"), words=SOURCES, spare=13),
    Column("inviter_name", "text", Text("invited by", "邀请人"), Text("name; null: not known", "名称；未知时为空"), spare=11),
    Column("inviter_id", "text", Text("inviter id", "邀请人 id"), spare=28),
    Column("joins", "int", Text("joins", "入群次数"), Text("how many are known; more than 1: came again", "已知的入群次数；大于 1 为再次入群"), spare=26),
    Column("first_spoke", "datetime", Text("first spoke", "首次发言"), Text("in all history", "全部历史中的首次"), spare=18),
    Column("last_spoke", "datetime", Text("last spoke", "最近发言"), spare=10),
    Column("days_silent", "int", Text("days silent", "沉默天数"), Text("days with data in any group after the last day of posting; null: never spoke", "最近发言日之后任一群有数据的天数；从未发言为空")),
    Column("active_days", "int", Text("active days", "发言天数"), Text("in the window", "所选时间内"), spare=1),
    Column("messages", "int", Text("messages", "消息数"), Text("in the window", "所选时间内")),
    Column("replies", "int", Text("replies", "获得回复"), Text("by others in the window, as `qunkit replies` tells them", "所选时间内他人的回复，见 `qunkit replies`"), spare=7),
    Column("orders", "int", Text("orders", "下单"), Text("in all history: sign-up lists (接龙) joined, and days with messages worded as orders; where texts of the group's lists are lost, or messages of neither known kind nor text may be lists, a lower bound, and null instead of 0", "全部历史：跟接的接龙数，及有下单措辞消息的天数；该群有接龙丢失正文、或有类型和正文均未知的消息时为下限，0 记为空"), spare=9),
    Column("ties", "int", Text("ties", "互动成员"), Text("members with whom they quoted or mentioned each other in the last 28 days with data; null: no quote or mention in the group's exports, so nobody can be told to be a friend", "近 28 个有数据的日子内互相引用或@的成员数；群记录中无引用和@时为空，此时无法判断“朋友”"), spare=20),
    Column("r", "int", Text("R", "R"), Text("recency: " + _SCORE.en, "最近发言：" + _SCORE.zh), spare=14),
    Column("f", "int", Text("F", "F"), Text("frequency: active days in 90, 1 to 5 (3)", "发言频率：90 天内发言天数，1–5（3）分"), spare=15),
    Column("m", "int", Text("M", "M"), Text("replies received in 90 days, as far as the window reaches, 1 to 5 (3)", "90 天内（限所选时间）获得的回复，1–5（3）分"), spare=16),
    Column("aliases", "list", Text("other names", "其他名称"), Text("names under which the exports know them, besides", "导出中出现过的其他名称"), spare=17),
    Column("other_ids", "list", Text("other ids", "其他 id"), Text("that `qunkit alias` made the same member's", "经 `qunkit alias` 并入该成员的 id"), spare=27),
)  # fmt: skip
IN_OUT = ("out", "in")
_NAMING = ("group_id", "group_name", "member_id", "name", "inviter_id", "inviter_name", "aliases", "other_ids", "tags")
_PSEUDONYM = re.compile(r"[mg]-[a-z2-7]{0,16}\Z|tag( [0-9]{0,9})?\Z")
"""One, or how it begins."""
_MASKED = Text(
    "a pseudonym as the output shows it (m-…, g-…, tag 1): with --pseudonymise names are not compared",
    "输出中的化名（m-…、g-…、tag 1）：使用 --pseudonymise 时不比较真实名称",
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit members` can be told."""

    segment: tuple[str, ...] = option((), Text("only this segment (code or word); may be repeated", "只列此分层（代码或名称），可重复"))  # fmt: skip
    where: tuple[str, ...] = option((), Text('only rows for which this holds, such as "active_days>=10" or "tags=妈妈"; may be repeated, all must hold', '只列符合条件的行，如 "active_days>=10"、"tags=妈妈"；可重复，须全部符合'))  # fmt: skip
    left: str = option(
        "out", Text("who left: listed (in) or not (out)", "已退群成员：in 列出，out 不列"), choices=IN_OUT
    )
    people: bool = option(False, Text("one row a person over all groups", "同一人跨群合并为一行"))

    def __post_init__(self) -> None:
        """Refuse what is no condition before anything is worked out.

        Raises:
            BadOption: a segment or a condition that means nothing.
        """
        for flag, typed, told in (
            *(("--where", typed, typed) for typed in self.where),
            *(("--segment", typed, f"segment={typed}") for typed in self.segment),
        ):
            try:
                condition(told, COLUMNS)
            except NoCondition as wrong:
                expected = _SEGMENT if flag == "--segment" else wrong.expected
                raise BadOption(option=flag, value=typed, expected=expected) from None

    def masked(self) -> None:
        """Refuse to compare names where pseudonyms stand for them: it would find nobody, and say so of everybody.

        Raises:
            BadOption: what is compared is no pseudonym, or no tag's number.
        """
        for typed in self.where:
            asked = condition(typed, COLUMNS)
            if asked.column.name in _NAMING and not _PSEUDONYM.match(str(asked.value)):
                raise BadOption(option="--where", value=typed, expected=_MASKED)


USES = ("replies",)
FEATURES = ad_sql.FEATURES
KEPT = kol_log.KEPT
PART_SQL = f"""
WITH {kol_log.FLAGGED}, marked AS (
  SELECT posts.*, flagged.seq IS NOT NULL AS ad
  FROM posts LEFT JOIN flagged ON flagged.group_id = posts.group_id AND flagged.sent_at = posts.sent_at AND flagged.seq = posts.seq
  WHERE NOT posts.official
)
SELECT {orders.COLUMNS}, person, ad
FROM marked WHERE ad OR kind = 'solitaire' OR {ORDERED}
ORDER BY part, sent_at, seq
"""

_NO_FIGURES = "NULL AS name, NULL AS role, NULL AS official, NULL AS gone, NULL AS joined, NULL AS source, NULL AS inviter_name, NULL AS inviter_id, NULL AS joins"
_NO_MORE = (
    "first_spoke", "last_spoke", "days_silent", "back_ago", "days_known", "f_days", "active_days", "messages", "replies", "lately", "orders", "sheetless", "stage", "ties", "judged", "ads",
    "person_active_days", "person_f_days", "person_back_ago",
)  # fmt: skip
_THRESHOLDS = ("new_days", "silent_days", "back_days", "risk_days", "core_score", "ad_messages", "ad_share")
_NOTHING = ", ".join([_NO_FIGURES, *(f"NULL AS {name}" for name in (*_NO_MORE, *_THRESHOLDS))])

SQL = f"""
WITH {MOVES}, {JOINS}, {GONE}, {ROLL}, dated_posts AS (
  SELECT posts.group_id, posts.sender_id, posts.reply_to, posts.mention_ids, posts.day, 3 - CAST(FLOOR(clock.ago / 7) AS BIGINT) AS block
  FROM posts JOIN clock ON clock.day = posts.day WHERE clock.ago < 28 AND NOT posts.official
), bought AS (
  SELECT parts.part AS group_id, parts.member_id, 3 - CAST(FLOOR(clock.ago / 7) AS BIGINT) AS block, parts.orders
  FROM parts JOIN clock ON clock.day = parts.day WHERE clock.ago < 28
), {STAGES}, answered AS (
  SELECT replies.group_id, replies.to_id AS member_id, COUNT(*) AS replies, COUNT(CASE WHEN clock.ago < {RFM_DAYS} THEN 1 END) AS lately
  FROM replies LEFT JOIN clock ON clock.day = CAST(replies.at AS DATE) WHERE replies.to_id <> replies.sender_id GROUP BY replies.group_id, replies.to_id
), counted AS (
  SELECT part AS group_id, member_id, SUM(orders) AS orders FROM parts GROUP BY part, member_id
), person_days AS (
  SELECT posts.person, clock.ago, COUNT(CASE WHEN posts.in_window THEN 1 END) AS in_window, COUNT(CASE WHEN NOT posts.official THEN 1 END) AS judged
  FROM posts JOIN clock ON clock.day = posts.day GROUP BY posts.person, clock.ago
), posted AS (  -- over all chosen groups
  SELECT days_of.person, SUM(days_of.judged) AS judged, COUNT(CASE WHEN days_of.in_window > 0 THEN 1 END) AS active_days,
    COUNT(CASE WHEN days_of.ago < {RFM_DAYS} THEN 1 END) AS f_days, MIN(CASE WHEN days_of.silent_before >= conventions.members_away_days THEN days_of.ago END) AS back_ago
  FROM (SELECT person_days.*, LAG(ago) OVER (PARTITION BY person ORDER BY ago DESC) - ago - 1 AS silent_before FROM person_days) days_of CROSS JOIN conventions
  GROUP BY days_of.person
), guilty AS (
  SELECT person, SUM(ads) AS ads FROM parts WHERE ads > 0 GROUP BY person
), wording AS (
  SELECT posts.group_id, posts.sender_id, member_tags.tag, posts.sent_at, posts.seq
  FROM posts JOIN member_tags ON POSITION(LOWER(member_tags.word) IN LOWER(posts.text)) > 0
  WHERE posts.kind IN ('text', 'quote')
  GROUP BY posts.group_id, posts.sender_id, member_tags.tag, posts.sent_at, posts.seq
), {orders.SHEETLESS}, known_as AS (
  SELECT group_id, sender_id AS member_id, sender_name AS name FROM posts WHERE sender_name <> '' GROUP BY group_id, sender_id, sender_name
  UNION SELECT group_id, member_id, nickname_here FROM rosters WHERE nickname_here IS NOT NULL
  UNION SELECT group_id, member_id, nickname FROM rosters WHERE nickname IS NOT NULL
  UNION SELECT group_id, member_id, remark FROM rosters WHERE remark IS NOT NULL
)
SELECT 'member' AS row_kind, roll.group_id, COALESCE(roll.group_name, roll.group_id) AS group_name, roll.member_id, NULL AS told,
  COALESCE(roll.name, roll.member_id) AS name, roll.role, roll.official, roll.gone, CAST(roll.joined_at AS DATE) AS joined, roll.source,
  NULL AS inviter_name, roll.inviter_id, roll.joins,
  roll.first_spoke, roll.last_spoke, roll.days_silent, roll.back_ago, roll.days_known, roll.f_days,
  COALESCE(roll.active_days, 0) AS active_days, COALESCE(roll.messages, 0) AS messages, COALESCE(answered.replies, 0) AS replies, COALESCE(answered.lately, 0) AS lately,
  COALESCE(counted.orders, 0) AS orders, CASE WHEN sheetless.group_id IS NOT NULL THEN 1 ELSE 0 END AS sheetless, CASE WHEN roll.official OR roll.first_spoke IS NULL THEN NULL ELSE COALESCE(stages.stage, 'silent') END AS stage,
  CASE WHEN roll.official OR tellable.group_id IS NULL THEN NULL ELSE COALESCE(stages.ties, 0) END AS ties,
  COALESCE(posted.judged, 0) AS judged, COALESCE(guilty.ads, 0) AS ads,
  COALESCE(posted.active_days, 0) AS person_active_days, COALESCE(posted.f_days, 0) AS person_f_days, posted.back_ago AS person_back_ago, {", ".join(f"conventions.members_{name} AS {name}" for name in _THRESHOLDS)}
FROM roll CROSS JOIN conventions
LEFT JOIN answered ON answered.group_id = roll.group_id AND answered.member_id = roll.member_id
LEFT JOIN counted ON counted.group_id = roll.group_id AND counted.member_id = roll.member_id
LEFT JOIN sheetless ON sheetless.group_id = roll.group_id
LEFT JOIN stages ON stages.group_id = roll.group_id AND stages.member_id = roll.member_id AND stages.block = 3
LEFT JOIN tellable ON tellable.group_id = roll.group_id
LEFT JOIN posted ON posted.person = roll.person
LEFT JOIN guilty ON guilty.person = roll.person
UNION ALL
SELECT 'name', group_id, NULL, member_id, name, {_NOTHING} FROM known_as
UNION ALL
SELECT 'id', NULL, NULL, member_id, alias, {_NOTHING} FROM aliases
UNION ALL
SELECT 'tag', wording.group_id, NULL, wording.sender_id, wording.tag, {_NOTHING}
FROM wording CROSS JOIN conventions GROUP BY wording.group_id, wording.sender_id, wording.tag, conventions.members_tag_messages
HAVING COUNT(*) >= conventions.members_tag_messages
UNION ALL
SELECT 'word', NULL, NULL, tag, word, {_NOTHING} FROM member_tags WHERE word IS NOT NULL
UNION ALL
SELECT 'rule', NULL, NULL, tag, rule, {_NOTHING} FROM member_tags WHERE rule IS NOT NULL
ORDER BY row_kind, group_id, messages DESC, member_id, told
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Orders by member and day, and ads by member, of one group."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bought = table.filter(pc.or_(table["worded"], pc.is_valid(table["sheet"])))
    found = orders.orders_of(bought.drop_columns(["person", "ad"]), params)
    flagged = table.filter(table["ad"]).group_by(["part", "member_id", "person"]).aggregate([([], "count_all")])
    ads = flagged.rename_columns(["part", "member_id", "person", "ads"]).sort_by("member_id")
    none = pa.nulls
    return pa.concat_tables(
        [
            found.append_column("person", none(len(found), pa.string())).append_column("ads", pa.array([0] * len(found), pa.int64())),
            pa.table(
                {
                    "part": ads["part"], "member_id": ads["member_id"], "day": none(len(ads), pa.date32()), "orders": pa.array([0] * len(ads), pa.int64()),
                    "person": ads["person"], "ads": ads["ads"],
                }
            ),
        ]
    )  # fmt: skip


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Lists, scores, segments and tags; with --people one row a person; and the rows that were asked for."""
    import numpy as np

    rest, frame = frame[frame["row_kind"] != "member"], frame[frame["row_kind"] == "member"].copy()
    whole = ["joins", "days_silent", "back_ago", "days_known", "f_days", "active_days", "messages", "replies", "lately", "orders", "sheetless", "ties", "judged", "ads", *PERSONAL]  # fmt: skip
    frame[[*whole, *_THRESHOLDS]] = frame[[*whole, *_THRESHOLDS]].astype(float)
    frame[["official", "gone"]] = frame[["official", "gone"]].astype(bool)
    frame["groups"] = 1
    called = dict(zip(zip(frame["group_id"], frame["member_id"], strict=True), frame["name"], strict=True))
    frame["inviter_name"] = [
        called.get((group, id), id.removeprefix("name:")) if isinstance(id, str) else None
        for group, id in zip(frame["group_id"], frame["inviter_id"], strict=True)
    ]
    if params.people:
        frame = people(frame)
        rest = rest.assign(group_id=None)
    frame["orders"] = frame["orders"].mask((frame["orders"] == 0) & (frame["sheetless"] > 0))
    if params.left == "out":
        frame = frame[~frame["gone"]]
    scope = frame["group_id"].mask(frame["groups"] > 0, "") if params.people else frame["group_id"]
    seen = (frame["days_silent"] < RFM_DAYS) & ~frame["official"] & ~frame["gone"]
    for name, values in (("r", -frame["days_silent"]), ("f", frame["f_days"]), ("m", frame["lately"])):
        frame[name] = scores(values.where(seen), scope)
    levels = seen.groupby(scope, sort=False).transform("sum").map(lambda n: 3 if n < FEW else 5)
    frame["segment"] = segments(frame, levels)
    frame["tags"] = frame["aliases"] = None
    frame["other_ids"] = _told(frame, rest, "id", "member_id")
    key = "member_id" if params.people else "key"
    frame["key"] = frame["group_id"].fillna("") + "\x1f" + frame["member_id"]
    rest = rest.assign(key=rest["group_id"].fillna("") + "\x1f" + rest["member_id"])
    names = _told(frame, rest, "name", key)
    frame["aliases"] = [[one for one in told if one != name] for told, name in zip(names, frame["name"], strict=True)]
    worded = member_tags.called(_told(frame, rest, "tag", key), names, rest[rest["row_kind"] == "word"])
    frame["tags"] = worded
    frame["tags"] = member_tags.ruled(frame, worded, rest[rest["row_kind"] == "rule"], COLUMNS)
    kept = np.ones(len(frame), bool)
    for typed in params.where:
        kept &= _met(typed, frame)
    if params.segment:
        kept &= np.any([_met(f"segment={typed}", frame) for typed in params.segment], axis=0)
    return frame.loc[kept, [column.name for column in COLUMNS]]


remarks = gaps.lost_orders


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """How many are in each segment, and where nobody can be told to be a friend."""
    told = [(SEGMENTS[code], int(n)) for code in SEGMENTS if (n := (frame["segment"] == code).sum())]
    said = [Note(_COUNTS, (("counts", Text(", ".join(f"{word.en} {n}" for word, n in told), "、".join(f"{word.zh} {n}" for word, n in told))),))] if told else []  # fmt: skip
    blind = frame[frame["ties"].isna() & frame["stage"].isin(["fan", "user"])]
    groups = sorted(set(blind["group_name"].dropna()))
    if groups:
        said.append(Note(_BLIND, (("groups", ", ".join(groups[:_MOST])), ("n", len(groups)))))
    return said


_MOST = 5
_SEGMENT = Text(f"one of {', '.join(SEGMENTS)}", f"以下之一：{'、'.join(SEGMENTS)}")
_COUNTS = Text("Segments of the rows listed: {counts}.", "所列成员的分层：{counts}。")
_BLIND = Text(
    "No quote or mention in the exports of {n} groups, so nobody there can be told to be a friend: {groups}.",
    "{n} 个群的记录中没有引用和@，无法判断“朋友”：{groups}。",
)


def _met(typed: str, frame: pd.DataFrame) -> Any:
    asked = condition(typed, COLUMNS)
    return holds(asked, frame[asked.column.name])


def _told(frame: pd.DataFrame, rest: pd.DataFrame, kind: str, key: str) -> list[list[str]]:
    return member_tags.listed(frame, rest[rest["row_kind"] == kind], key)
