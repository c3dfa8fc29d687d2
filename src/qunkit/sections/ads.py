"""How much of each group is ads, with the range that errors leave, against the week before."""

from __future__ import annotations

from dataclasses import replace

from qunkit.results import Chart, Column, Note, Role, Section
from qunkit.week import Week, name, note, only
from qunkit.words import Text

PLACE = 30
TITLE = Text("Ads", "广告占比")

TOP_GROUPS = 12
_AMONG = Text("Ads among members' messages", "成员消息中的广告占比")
_NONE = Text("No ads were found this week.", "本周未发现广告。")
_ABOUT = Text(
    "Ads among people's messages, without staff, and the range that errors leave: highest {ratio} of {messages} messages in {name}.",
    "成员消息中广告的占比（不含官方人员）及误差范围：{name}最高，{messages} 条中占 {ratio}。",
)
_ABOUT_ONE = Text(
    "Ads among members' messages, without staff, and the range that errors leave: {ratio} of {messages} messages.",
    "成员消息中广告的占比（不含官方人员）及误差范围：{messages} 条中占 {ratio}。",
)
_BEFORE = Column("ad_ratio_before", "ratio", Text("week before", "上周"))
_ROLES: dict[Role, str] = {
    "label": "group_name",
    "value": "ad_ratio",
    "low": "ad_ratio_low",
    "high": "ad_ratio_high",
    "n": "messages",
    "before": "ad_ratio_before",
}


def section(week: Week) -> Section:
    """The groups with the greatest ratios."""
    shown = [
        row
        for row in week.rows("ads", total=True)
        if row["group_id"] is not None and row["ads"] and row["ad_ratio"] is not None
    ][:TOP_GROUPS]
    if not shown:
        return Section("ads", TITLE, [Note(_NONE)])
    ads, top = week.result("ads", total=True), max(shown, key=lambda row: row["ad_ratio"])
    cells = [(*row.values(), row["ad_ratio"] - row["change"] if row["change"] is not None else None) for row in shown]
    told = only(replace(ads, columns=(*ads.columns, _BEFORE), cells=cells), ("group_id", *_ROLES.values()))
    facts = {"ratio": top["ad_ratio"], "messages": top["messages"]}
    about = note(_ABOUT_ONE, facts) if week.group else note(_ABOUT, {"name": name(top), **facts})
    return Section("ads", TITLE, charts=[Chart("ads", "ratios", _AMONG, about, told, _ROLES)])
