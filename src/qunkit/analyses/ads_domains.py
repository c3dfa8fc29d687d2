"""What was posted to be followed, 引流去向: links, mini-programs, cards, 淘口令 and contacts, one row each.

    kind      value             messages  members  groups  group_name      sender_name  official_share  first_at          last_at
    domain    s.example.com           23        4       3  妈妈群          琪琪                   0.00  2026-05-04 09:12  2026-05-10 22:40
    wechat    xiao_lu88                9        1       2  二手群          静静                   0.00  2026-05-09 21:14  2026-05-10 09:02

With ``--per group`` there is a row for each of its groups, with ``--per member`` one for each of the people who posted it: what a row says is then of that group or person
alone. Links and contacts are read in texts, quotes, cards and announcements, not in forwarded records and sign-up relays, which hold the words of others.
Mini-programs go by the program's name where the export has it, else by the card's title.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.results import Column
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

TITLE = Text("Ads: links, mini-programs and contacts", "链接、小程序与联系方式")

_KINDS = {
    "domain": Text("link", "链接"),
    "miniprogram": Text("mini program", "小程序"),
    "card": Text("contact card", "名片"),
    "taokouling": Text("Taobao code", "淘口令"),
    "wechat": Text("WeChat id", "微信号"),
    "qq": Text("QQ number", "QQ 号"),
    "phone": Text("phone", "电话"),
}
COLUMNS = (
    Column("kind", "text", Text("kind", "类别"), Text("what it is", "去向的类别"), words=_KINDS),
    Column(
        "value",
        "text",
        Text("value", "去向"),
        Text(
            "host of the link, name of the mini program or card, id, number or code",
            "链接的域名，小程序或名片的名称，号码或口令",
        ),
    ),
    Column("messages", "int", Text("messages", "消息数"), Text("in the window", "所选时间内")),
    Column(
        "ads",
        "int",
        Text("ads", "广告数"),
        Text(
            "messages among them that are ads by their text, without staff's",
            "其中仅按文本判为广告的消息数，不含官方人员",
        ),
        spare=3,
    ),
    Column("members", "int", Text("people", "人数"), Text("people who posted it", "发送过的人数")),
    Column("groups", "int", Text("groups", "群数"), Text("groups in which it was posted", "出现过的群数")),
    Column("group_id", "text", Text("most in (id)", "主要群 id")),
    Column(
        "group_name",
        "text",
        Text("most in", "主要群"),
        Text("the group with most of the messages", "消息最多的群"),
        spare=4,
    ),
    Column("sender_id", "text", Text("most by (id)", "主要发送者 id")),
    Column(
        "sender_name",
        "text",
        Text("most by", "主要发送者"),
        Text("who posted it most often", "发送次数最多的人"),
    ),
    Column(
        "official_share",
        "ratio",
        Text("by staff", "官方占比"),
        Text("of the messages, those of staff by qunkit.toml", "消息中 qunkit.toml 官方人员所发的占比"),
        spare=2,
    ),
    Column("first_at", "datetime", Text("first", "首次"), spare=6),
    Column("last_at", "datetime", Text("last", "最近"), spare=1),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit ads domains` can be told."""

    top: int = option(50, Text("only the first N; 0: all", "只列前 N 项；0 为全部"), least=0)
    per: str = option(
        "value",
        Text("a row for each value, or for each of its groups or people", "每个去向一行，或按群、按成员分列"),
        choices=("value", "group", "member"),
    )
    kind: str = option("all", Text("only what is of this kind", "只列此类"), choices=("all", *_KINDS))


FEATURES = ("ads", "contacts", "links")

PART_SQL = """
SELECT 'all' AS part, kind, COALESCE(text, '') AS text, COALESCE(extra, '') AS extra
FROM posts WHERE in_window AND kind IN ('miniprogram', 'contact_card')
GROUP BY kind, COALESCE(text, ''), COALESCE(extra, '') ORDER BY part, kind, text, extra
"""

SQL = """
WITH told AS (
  SELECT text, 'domain:' || link AS named FROM (SELECT text, explode(links) AS link FROM features) linked
  UNION ALL SELECT text, explode(contacts) AS named FROM features
), split AS (
  SELECT text, SUBSTRING(named, 1, POSITION(':' IN named) - 1) AS kind, SUBSTRING(named, POSITION(':' IN named) + 1) AS value FROM told
), written AS (
  SELECT group_id, group_name, sender_id, sender_name, person, official, local_time, sent_at, seq, kind, COALESCE(posts.text, '') AS text,
    COALESCE(extra, '') AS extra, COALESCE(features.ads >= 5e-1, FALSE) AND kind <> 'contact_card' AND NOT official AS is_ad
  FROM posts LEFT JOIN features ON features.text = posts.text WHERE in_window
), posted AS (
  SELECT CASE WHEN split.kind = 'wx' THEN 'wechat' ELSE split.kind END AS kind, split.value, written.group_id, group_name, sender_id, sender_name, person,
    official, local_time, sent_at, seq, is_ad
  FROM written JOIN split ON split.text = written.text
  WHERE written.kind IN ('text', 'quote', 'link', 'miniprogram', 'channels', 'live', 'music', 'note', 'announcement', 'other')
  UNION ALL
  SELECT CASE WHEN written.kind = 'contact_card' THEN 'card' ELSE written.kind END, parts.value, written.group_id, group_name, sender_id, sender_name, person,
    official, local_time, sent_at, seq, is_ad
  FROM written JOIN parts ON parts.kind = written.kind AND parts.text = written.text AND parts.extra = written.extra
), placed AS (
  SELECT *, CASE WHEN :per = 'group' THEN group_id WHEN :per = 'member' THEN person ELSE '' END AS cell
  FROM posted WHERE :kind = 'all' OR kind = :kind
), counted AS (
  SELECT kind, value, cell, COUNT(*) AS messages, COUNT(DISTINCT person) AS members, COUNT(DISTINCT group_id) AS groups,
    SUM(CASE WHEN official THEN 1 ELSE 0 END) AS by_staff, SUM(CASE WHEN is_ad THEN 1 ELSE 0 END) AS ads, MIN(local_time) AS first_at, MAX(local_time) AS last_at
  FROM placed GROUP BY kind, value, cell
), listed AS (
  SELECT *, ROW_NUMBER() OVER (ORDER BY messages DESC, members DESC, groups DESC, kind, value, cell) AS place FROM counted
), shown AS (
  SELECT placed.* FROM placed JOIN listed ON listed.kind = placed.kind AND listed.value = placed.value AND listed.cell = placed.cell
  WHERE :top = 0 OR listed.place <= :top
), homes AS (
  SELECT kind, value, cell, group_id, MAX_BY(group_name, (sent_at, seq)) FILTER (WHERE group_name IS NOT NULL) AS group_name,
    ROW_NUMBER() OVER (PARTITION BY kind, value, cell ORDER BY COUNT(*) DESC, MIN(sent_at), group_id) AS place
  FROM shown GROUP BY kind, value, cell, group_id
), people AS (
  SELECT kind, value, cell, person, MAX_BY(sender_id, (sent_at, seq, group_id)) FILTER (WHERE sender_id IS NOT NULL) AS sender_id,
    MAX_BY(sender_name, (sent_at, seq, group_id)) FILTER (WHERE sender_name IS NOT NULL) AS sender_name,
    ROW_NUMBER() OVER (PARTITION BY kind, value, cell ORDER BY COUNT(*) DESC, MIN(sent_at), person) AS place
  FROM shown GROUP BY kind, value, cell, person
)
SELECT listed.kind, listed.value, listed.messages, listed.ads, listed.members, listed.groups,
  homes.group_id, COALESCE(homes.group_name, homes.group_id) AS group_name,
  people.sender_id, COALESCE(people.sender_name, people.sender_id) AS sender_name,
  listed.by_staff / NULLIF(listed.messages, 0) AS official_share, listed.first_at, listed.last_at
FROM listed
JOIN homes ON homes.kind = listed.kind AND homes.value = listed.value AND homes.cell = listed.cell AND homes.place = 1
JOIN people ON people.kind = listed.kind AND people.value = listed.value AND people.cell = listed.cell AND people.place = 1
ORDER BY listed.place
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Cards, each with the name of its mini-program or person; those without one are left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = zip(*(table[name].to_pylist() for name in ("kind", "text", "extra")), strict=True)
    names = [(_app(extra) if kind == "miniprogram" else "") or _title(text) for kind, text, extra in rows]
    return table.append_column("value", pa.array(names, pa.string())).filter(pc.is_valid(pc.field("value")))


def _app(extra: str) -> str:
    """The mini-program's name, where the export has it."""
    try:
        told = json.loads(extra)
    except ValueError:
        return ""
    app = told.get("app") if isinstance(told, dict) else None
    return app.strip() if isinstance(app, str) else ""


def _title(text: str) -> str | None:
    """The first line of a card; None: it has none."""
    return text.strip().partition("\n")[0].strip() or None
