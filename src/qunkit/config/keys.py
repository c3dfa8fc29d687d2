"""Every key of the settings and what it means, for those who write them."""

from __future__ import annotations

from qunkit.config.columns import FIELDS
from qunkit.words import Text

KEYS: dict[str, Text] = {
    "lang": Text("language of what people read: en or zh", "界面语言：en 或 zh"),
    "day_start": Text("hour at which a calendar day begins, 0 to 23", "一天从几点算起，0 到 23"),
    "names": Text(
        "which name of a member to show: group, nickname or remark",
        "成员显示哪个名称：group 群昵称、nickname 昵称、remark 备注",
    ),
    "staff.ids": Text("member ids of staff", "工作人员的成员 id"),
    "staff.names": Text("names of staff", "工作人员的名称"),
    "staff.groups.PATTERN.ids": Text("the same, in the groups that match", "同上，仅限匹配的群"),
    "staff.groups.PATTERN.names": Text("the same, in the groups that match", "同上，仅限匹配的群"),
    "bots.ids": Text("member ids of bots; their messages count nowhere", "机器人的成员 id；其消息不计入统计"),
    "bots.names": Text("names of bots", "机器人的名称"),
    "tags.TAG": Text("groups that --tag TAG means: names, ids or globs", "--tag TAG 所指的群：群名、id 或通配符"),
    "ads.allow": Text("words: a text that holds one is no ad", "含有其中任一词的文本不算广告"),
    "ads.deny": Text(
        "words: a text that holds one is an ad, unless it is allowed", "含有其中任一词的文本算广告（放行的除外）"
    ),
    "ads.allow_patterns": Text(
        "the same with regular expressions (RE2), of the text as it was sent", "同上，正则表达式（RE2），匹配原文"
    ),
    "ads.deny_patterns": Text(
        "the same with regular expressions (RE2), of the text as it was sent", "同上，正则表达式（RE2），匹配原文"
    ),
    "ads.templates": Text(
        "whole texts of your own, * for anything: no ads", "自己的文案模板，* 代表任意内容：不算广告"
    ),
    "ads.sales": Text("groups that are there to sell: names, ids or globs", "卖货群：群名、id 或通配符"),
    "ads.alert": Text("ad ratio from which a group is alarming (default: 0.2)", "广告占比达到多少时告警（默认 0.2）"),
    "ads.alert_sales": Text("the same of groups that are there to sell (default: 0.5)", "卖货群的告警线（默认 0.5）"),
    "kol.labels": Text(
        "labels that `qunkit kol` gives: kol, koc, leader, card, rising (default: all)",
        "`qunkit kol` 使用的标签：kol、koc、leader（团长）、card（名片人员）、rising（上升），默认全部",
    ),
    "kol.kol_shares": Text(
        "KOL: volume in equal shares of the group's, at least (default: 2)", "KOL：回复获得至少为人均的几倍（默认 2）"
    ),
    "kol.koc_tips": Text(
        "KOC: turns about products that others answered in the last 28 days, at least (default: 3)",
        "KOC：近 28 天获得回复的产品/体验发言至少几轮（默认 3）",
    ),
    "kol.koc_ads": Text(
        "KOC: ads among their messages, less than (default: 0.1)", "KOC：其消息中广告占比须低于（默认 0.1）"
    ),
    "kol.leader_lists": Text(
        "group-buy leader: sign-up lists opened that others joined, at least (default: 3)",
        "团长：发起且有人跟接的接龙至少几个（默认 3）",
    ),
    "kol.leader_orders": Text(
        "group-buy leader: or orders in answer to their turns, at least (default: 10)",
        "团长：或其发言带来的下单至少几次（默认 10）",
    ),
    "kol.leader_people": Text(
        "group-buy leader: in both cases by so many different people (default: 5)",
        "团长：以上任一项至少涉及多少人（默认 5）",
    ),
    "kol.card_people": Text(
        "name card: different people who passed it on, at least (default: 2)",
        "名片人员：至少几人转发过其名片（默认 2）",
    ),
    "members.new_days": Text(
        "newcomer: came in the last so many days with data (default: 28)",
        "新人：最近多少个有数据的日子内入群（默认 28）",
    ),
    "members.silent_days": Text(
        "silent: said nothing for so many days with data (default: 30)", "沉默：多少个有数据的日子未发言（默认 30）"
    ),
    "members.away_days": Text(
        "returned: said nothing for so many days with data before (default: 28)",
        "回流：此前多少个有数据的日子未发言（默认 28）",
    ),
    "members.back_days": Text(
        "returned: came back in the last so many days with data (default: 28)",
        "回流：最近多少个有数据的日子内恢复发言（默认 28）",
    ),
    "members.risk_days": Text(
        "at risk: said nothing for so many days with data (default: 14)",
        "流失风险：多少个有数据的日子未发言（默认 14）",
    ),
    "members.core_score": Text(
        "core: R, F and M at least this of 5; of 3 in proportion (default: 4)",
        "核心：R、F、M 均不低于此分（5 分制，3 分制按比例；默认 4）",
    ),
    "members.ad_messages": Text("ad account: messages, at least (default: 3)", "广告号：至少多少条消息（默认 3）"),
    "members.ad_share": Text(
        "ad account: share of ads among them, at least (default: 0.5)", "广告号：其中广告占比至少多少（默认 0.5）"
    ),
    "members.fan_days": Text("fan: active days in 28, at least (default: 4)", "粉丝：28 天内至少发言几天（默认 4）"),
    "members.fan_orders": Text(
        "fan: or orders in 28 days, at least (default: 2)", "粉丝：或 28 天内至少下单几次（默认 2）"
    ),
    "members.fan_replies": Text(
        "fan: or replies to staff in 28 days, at least (default: 3)", "粉丝：或 28 天内至少回复官方几次（默认 3）"
    ),
    "members.friend_ties": Text(
        "friend: members with whom they quoted or mentioned each other in 28 days, at least (default: 3)",
        "朋友：28 天内至少与几名成员互相引用或@（默认 3）",
    ),
    "members.friend_replies": Text(
        "friend: and quotes and mentions of other members in each of the 4 weeks, at least (default: 2)",
        "朋友：且 4 周内每周至少引用或@其他成员几次（默认 2）",
    ),
    "members.tag_messages": Text(
        "tag: messages that hold one of its words, at least; in a name once is enough (default: 2)",
        "标签：至少几条消息含标签词；名称中出现一次即可（默认 2）",
    ),
    "members.tags.TAG": Text(
        'a tag of members: a list of words, or a condition on the columns of `qunkit members` such as "orders >= 2"',
        '成员标签：词语列表，或对 `qunkit members` 输出列的条件，如 "orders >= 2"',
    ),
    "lifecycle.starting_weeks": Text(
        "starting: so many weeks since the group was made (default: 4)", "启动：建群未满多少周（默认 4）"
    ),
    "lifecycle.least_speakers": Text(
        "a group whose best 4 weeks had fewer speakers a week is not judged by their number (default: 3)",
        "最好的 4 周里每周发言人数均值不足此数的群，不按人数判断阶段（默认 3）",
    ),
    "lifecycle.growing": Text(
        "growing: speakers of the last 4 weeks in those of the 4 weeks before, at least (default: 1.1)",
        "成长：近 4 周发言人数至少为之前 4 周的几倍（默认 1.1）",
    ),
    "lifecycle.declining": Text(
        "declining: speakers of the last 4 weeks in those of each of the two four weeks before, less than (default: 0.9)",
        "衰退：近 4 周发言人数低于之前两个 4 周各自的几倍（默认 0.9）",
    ),
    "lifecycle.half": Text(
        "declining: or, if the group does not grow, less than this of its peak (default: 0.5)",
        "衰退：或未在成长且低于峰值的几倍（默认 0.5）",
    ),
    "lifecycle.dormant": Text(
        "dormant: speakers of the last 4 weeks in the peak, less than (default: 0.2)",
        "沉寂：近 4 周发言人数低于峰值的几倍（默认 0.2）",
    ),
    "lifecycle.silence_days": Text(
        "suspected dead: silent for so many days with data, at least (default: 7)",
        "疑似死群：至少多少个有数据的日子无普通发言（默认 7）",
    ),
    "lifecycle.silence_chance": Text(
        "suspected dead: the chance of a silence so long by the group's own days, at most; greater than 0 (default: 0.001)",
        "疑似死群：按该群自身节奏出现如此长沉默的概率上限，须大于 0（默认 0.001）",
    ),
    "lifecycle.dead_days": Text(
        "dead: silent beyond its limit, and for so many days with data (default: 30)",
        "死群：沉默超过自身上限，且至少多少个有数据的日子（默认 30）",
    ),
    "lifecycle.ad_share": Text(
        "ad-ridden: ads and staff's messages among all messages of the last 4 weeks, at least (default: 0.8)",
        "广告化死群：近 4 周消息中广告与官方消息的占比至少（默认 0.8）",
    ),
    "lifecycle.ad_speakers": Text(
        "ad-ridden: and others who spoke in each of these weeks, at most (default: 1)",
        "广告化死群：且这几周每周普通发言人数至多（默认 1）",
    ),
    "response.hours": Text(
        'working hours such as "09:00-21:00"; "21:00-06:00" ends on the next day (default: 09:00-21:00)',
        '工作时段，如 "09:00-21:00"；"21:00-06:00" 表示到次日（默认 09:00-21:00）',
    ),
    "response.days": Text(
        "working days, 1 Monday to 7 Sunday (default: all)", "工作日，1 为周一，7 为周日（默认每天）"
    ),
    "response.exempt": Text(
        "what is no question, whatever sign it ends with; capitals and signs do not matter (default: 谢谢, 好的, OK and the like)",
        "免响应用语，以问号结尾也不算提问，不计大小写和标点（默认含 谢谢、好的、OK 等）",
    ),
    "topics.own": Text(
        "words of your own: found wherever they stand in a text, and never taken for names",
        "自定义词：在文本中出现即计，且不会被当作人名排除",
    ),
    "topics.stop": Text("words that are no topics", "不作为话题的词"),
    "complaints.own": Text(
        "words of your own that complain, wherever they stand in a text", "自定义投诉词：在文本中出现即计"
    ),
    "complaints.stop": Text("words that are no complaint here", "不算投诉的词"),
    **{
        f"alerts.{name}": Text(f"{en} (default: true)", f"{zh}（默认 true）")
        for name, (en, zh) in {
            "ads": ("tell of groups whose share of ads is alarming", "广告占比达到告警线时告警"),
            "dead": ("tell of groups that died, or became ad-ridden", "群成为死群或广告化死群时告警"),
            "silent": ("tell of groups silent beyond their own rhythm", "群沉默超过自身上限时告警"),
            "decline": ("tell of groups that decline or are dormant", "群衰退或沉寂时告警"),
            "kol_silent": ("tell of KOLs and leaders who fell silent", "KOL、团长沉默时告警"),
            "unanswered": ("tell of questions that wait for an answer", "提问超时未响应时告警"),
            "newcomers": ("tell of groups that leave newcomers alone", "新人发言无人理会时告警"),
            "spike": ("tell of days with unusually many messages", "单日消息异常增多时告警"),
            "drop": ("tell of 7 days with unusually few messages", "7 天消息异常减少时告警"),
            "leaves": ("tell of weeks in which unusually many left", "一周退群异常增多时告警"),
            "joins": ("tell of weeks in which unusually many joined", "一周入群异常增多时告警"),
        }.items()
    },
    "alerts.ads_messages": Text("ads: messages in 7 days, at least (default: 20)", "广告：7 天消息数至少（默认 20）"),
    "alerts.stage_days": Text(
        "dead, silent, decline: the group has been so for fewer days than this (default: 28)",
        "死群、沉默、衰退：进入该状态不足多少天（默认 28）",
    ),
    "alerts.kol_days": Text(
        "key people: silent for so many days with data, and longer than usual for them (default: 7)",
        "KOL 沉默：至少多少个有数据的日子未发言，且超过其自身节奏（默认 7）",
    ),
    "alerts.unanswered_hours": Text(
        "questions: without a response for so many working hours (default: 4)",
        "未响应：等待满多少工作小时（默认 4）",
    ),
    "alerts.unanswered_questions": Text(
        "questions: so many of a group wait, at least (default: 5)", "未响应：同一群此类提问至少几个（默认 5）"
    ),
    "alerts.unanswered_share": Text(
        "questions: and this share of all of the last 7 days that are so old (default: 0.5)",
        "未响应：且占 7 天内同样时长以上提问的比例（默认 0.5）",
    ),
    "alerts.newcomers_share": Text(
        "newcomers: of those who spoke in 28 days, this share or more was left alone (default: 0.5)",
        "新人：28 天内发言的新人中无人理会的占比至少（默认 0.5）",
    ),
    "alerts.limit_chance": Text(
        "spike, drop: chance of being out of the group's control limits, both sides together (default: 0.001)",
        "骤增、骤降：超出控制限的概率，两侧合计（默认 0.001）",
    ),
    "alerts.limit_messages": Text(
        "spike: messages of the day, at least; drop: messages that are usual in 7 days, at least (default: 20)",
        "骤增：当日消息数至少；骤降：7 天的正常消息数至少（默认 20）",
    ),
    "alerts.leaves_least": Text("leaves: in a week, at least (default: 5)", "退群：一周至少多少人次（默认 5）"),
    "alerts.leaves_times": Text(
        "leaves: times the median of the whole weeks before, at least (default: 3)",
        "退群：至少为此前各完整周中位数的几倍（默认 3）",
    ),
    "alerts.joins_least": Text("joins: in a week, at least (default: 20)", "入群：一周至少多少人次（默认 20）"),
    "alerts.joins_times": Text(
        "joins: times the median of the whole weeks before, at least (default: 3)",
        "入群：至少为此前各完整周中位数的几倍（默认 3）",
    ),
    "events.date": Text("a day that the trends of the report mark", "周报趋势图中标注的日期"),
    "events.label": Text(
        "what happened on it; events.csv beside the dataset's qunkit.toml may hold more: lines of a date and a label",
        "当日事件名称；数据集 qunkit.toml 旁的 events.csv 可另列，每行为日期、名称",
    ),
    "engine.name": Text(
        "what answers, and reads exports: duckdb or spark", "由哪个引擎计算并读取导出文件：duckdb 或 spark"
    ),
    "engine.spark_url": Text(
        "where Spark is: sc://host[:port], spark://host:port or local[N]",
        "Spark 的地址：sc://host[:port]、spark://host:port 或 local[N]",
    ),
    **{
        f"map.FILES.{name}": Text(
            f"column, in files whose name matches FILES: {text.en}", f"文件名与 FILES 匹配时所取的列：{text.zh}"
        )
        for name, text in FIELDS.items()
    },
}
"""Every key; PATTERN, TAG and FILES stand for names of one's own."""
