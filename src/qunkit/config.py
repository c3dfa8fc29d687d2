"""What the owner of a dataset says about it: options > --config FILE > <dataset>/qunkit.toml > defaults.

    lang = "zh"            # language of what people read: en or zh
    day_start = 4          # hour at which a calendar day begins
    names = "remark"       # which name of a member to show: group, nickname or remark

    [staff]                # people whose messages are official
    ids = ["wxid_mint"]
    names = ["小助手"]

    [staff.groups."周末徒步*"]   # the same, in the groups that match
    names = ["领队-阿岚"]

    [bots]                 # accounts that are no people: left out of `posts`
    ids = ["wxid_robot"]

    [tags]                 # --tag outdoor means these groups: names, ids or globs
    outdoor = ["周末徒步*", "58192034417@chatroom"]

    [ads]                  # what `qunkit ads` counts
    allow = ["小区停水"]               # a text that holds one of these words is no ad
    deny = ["加薇", "日结"]            # a text that holds one of these is
    allow_patterns = ["^物业通知"]     # the same with regular expressions (RE2), of the text as it was sent
    deny_patterns = []
    templates = ["【今日团】* *元*"]    # whole texts of your own, * for anything: no ads
    sales = ["邻里团购*"]              # groups that are there to sell: the alarm comes later, the number is the same
    alert = 0.2                      # ad ratio from which a group is alarming
    alert_sales = 0.5                # the same of groups that are there to sell

    [kol]                  # what `qunkit kol` calls people
    labels = ["kol", "koc", "leader", "card", "rising"]   # which labels it gives
    kol_shares = 2.0                 # kol: volume, in equal shares of the group's
    koc_tips = 3                     # koc: answered turns about products in 28 days
    koc_ads = 0.1                    # koc: share of ads among one's messages, less than
    leader_lists = 3                 # leader: sign-up lists opened that others joined
    leader_orders = 10               # leader: or orders in answer
    leader_people = 5                # leader: by so many different people
    card_people = 2                  # card: different people who passed one's name card on

    [members]              # what `qunkit members` goes by: days with data, and how much of what
    new_days = 28                    # newcomer: came in the last so many days
    silent_days = 30                 # silent: said nothing for so many
    away_days = 28                   # returned: after so many days of silence …
    back_days = 28                   # … within the last so many
    risk_days = 14                   # at risk: said nothing for so many
    core_score = 4                   # core: R, F and M at least this of 5
    ad_messages = 3                  # ad account: so many messages …
    ad_share = 0.5                   # … and this share of them ads
    fan_days = 4                     # fan: so many active days in 28 …
    fan_orders = 2                   # … or orders …
    fan_replies = 3                  # … or replies to staff
    friend_ties = 3                  # friend: reciprocated quotes and mentions with so many members …
    friend_replies = 2               # … and so many to other members in each of the 4 weeks
    tag_messages = 2                 # a tag's word counts in so many messages, or once in a name

    [members.tags]         # tags of members: words that they use or are called by, or a condition on the columns of `qunkit members`
    "妈妈" = ["妈妈", "宝妈", "娃"]
    "复购" = "orders >= 2"

    [lifecycle]            # what stage `qunkit lifecycle` says a group is in: conventions
    starting_weeks = 4               # starting: so many weeks since it was made
    least_speakers = 3               # nothing is judged that never had so many speakers a week (mean of 4 weeks)
    growing = 1.1                    # growing: speakers of the last 4 weeks, in those of the 4 weeks before, at least
    declining = 0.9                  # declining: less than this of both four weeks before …
    half = 0.5                       # … or, if it does not grow, less than this of its peak
    dormant = 0.2                    # dormant: less than this of its peak
    silence_days = 7                 # suspected dead: silent for so many days, or longer by the group's own rhythm
    silence_chance = 0.001           # … where a silence so long had at most this chance
    dead_days = 30                   # dead: so many days, too
    ad_share = 0.8                   # ad-ridden: ads and staff's messages among all messages of 4 weeks, at least …
    ad_speakers = 1                  # … and at most so many others who spoke in each of them

    [response]             # what `qunkit response` goes by
    hours = "09:00-21:00"            # working hours; "21:00-06:00" ends on the next day
    days = [1, 2, 3, 4, 5, 6, 7]     # working days: 1 Monday to 7 Sunday
    exempt = ["谢谢", "好的", "OK"]    # what is no question, whatever sign it ends with

    [topics]               # what `qunkit topics` takes for words
    own = ["满减券", "亲子露营"]       # words of your own: found wherever they stand, and never taken for names
    stop = ["打卡"]                   # words that say nothing here

    [complaints]           # what `qunkit complaints` takes for complaints, beside its list
    own = ["缺斤少两"]                # words of your own: they complain wherever they stand
    stop = ["退货"]                   # words that are no complaint here

    [alerts]               # what `qunkit alerts` tells; a rule that is false is off (docs/methods/alerts.md)
    ads = true                       # share of ads at the line of [ads] …
    ads_messages = 20                # … among so many messages in 7 days
    dead = true                      # dead or ad-ridden by [lifecycle] …
    silent = true                    # … silent beyond its own rhythm …
    decline = true                   # … declining or dormant …
    stage_days = 28                  # … for fewer than so many days
    kol_silent = true                # a KOL or leader has said nothing …
    kol_days = 7                     # … for so many days, and longer than usual for them
    unanswered = true                # questions without a response …
    unanswered_hours = 4             # … for so many working hours of [response] …
    unanswered_questions = 5         # … so many …
    unanswered_share = 0.5           # … and this share of all that are so old
    newcomers = true                 # of newcomers who spoke in 28 days …
    newcomers_share = 0.5            # … this share was left alone
    spike = true                     # messages of a day above the group's control limits
    drop = true                      # messages of 7 days below them
    limit_chance = 0.001             # chance of being out of limits, both sides together
    limit_messages = 20              # a spike has so many messages; a drop is from so many
    leaves = true                    # leaves by notice or roster in a week …
    leaves_least = 5                 # … so many …
    leaves_times = 3                 # … and so many times the median of the weeks before
    joins = true                     # the same of joins
    joins_least = 20
    joins_times = 3

    [[events]]             # days that the trends of the report mark: campaigns, holidays; also lines "2026-11-11,双十一" of events.csv beside this file
    date = 2026-11-11
    label = "双十一返场"

    [engine]               # what answers, and reads exports: duckdb on this machine, or spark (docs/scale.md)
    name = "spark"
    spark_url = "sc://cluster.example"

    [map."log*.csv"]       # files of these names are rows without a format of their own: which column is what
    time = "when"
    sender = "who"
    text = "said"

A key of --config FILE replaces the key of the same name (a table as a whole) in the dataset's qunkit.toml.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qunkit.errors import BadConfig
from qunkit.words import LANGS, Lang, Text

FILE = "qunkit.toml"
EVENTS = "events.csv"
"""Beside it: a date and a label on each line, and a heading if one likes."""
NAMES = ("group", "nickname", "remark")
"""Which name of a member can be shown: the one in the group, the member's own, the one that the exporting account gave."""

ENGINES = ("duckdb", "spark")
"""What can answer."""

FIELDS: dict[str, Text] = {
    "time": Text("when it was said", "时间"),
    "text": Text("what was said", "内容"),
    "sender": Text("name of who said it, as shown", "显示的发送者名称"),
    "sender_id": Text("the service's id of who said it", "发送者的平台 id"),
    "sender_name": Text("the same as sender, beside sender_id", "与 sender 相同，可与 sender_id 并用"),
    "group": Text("name of the group", "群名"),
    "group_id": Text("the service's id of the group", "群的平台 id"),
    "group_name": Text("the same as group, beside group_id", "与 group 相同，可与 group_id 并用"),
    "id": Text("the service's id of the message", "消息的平台 id"),
    "reply_to": Text("that of the message it answers", "所回复消息的平台 id"),
    "kind": Text(
        "kind of message: a name of the list of kinds, or WeChat's number", "消息类别：类别名，或微信的类型数字"
    ),
}
"""Fields that a mapping names columns for; time, text and one of the senders are needed."""

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


_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
EXEMPT = (
    "谢谢", "多谢", "谢谢啦", "好", "好的", "好吧", "好吗", "行", "OK", "收到", "嗯", "嗯嗯", "哦", "知道了", "明白", "是吗", "真的", "真的吗", "对吧", "thanks",
)  # fmt: skip
"""What is no question, unless qunkit.toml says otherwise."""
_LACKED = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=|\\k<")
"""What other regular expressions have."""


@dataclass(frozen=True, slots=True)
class People:
    """Accounts, by member id and by shown name."""

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ads:
    """What counts as an ad, and when a group has too many."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    allow_patterns: tuple[str, ...] = ()
    deny_patterns: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    sales: tuple[str, ...] = ()
    """Groups that are there to sell, as --group means them."""
    alert: float = 0.2
    alert_sales: float = 0.5


@dataclass(frozen=True, slots=True)
class Kol:
    """What `qunkit kol` calls people: conventions."""

    labels: tuple[str, ...] = ("kol", "koc", "leader", "card", "rising")
    kol_shares: float = 2.0
    koc_tips: float = 3.0
    koc_ads: float = 0.1
    leader_lists: float = 3.0
    leader_orders: float = 10.0
    leader_people: float = 5.0
    card_people: float = 2.0

    @property
    def conventions(self) -> tuple[tuple[str, float], ...]:
        """Every label, 1 or 0, and every threshold."""
        given = asdict(self)
        wanted = given.pop("labels")
        return (*((label, float(label in wanted)) for label in Kol().labels), *given.items())


_MEMBERS_BOUNDS: dict[str, tuple[float, float | None]] = {"core_score": (0, 5), "ad_share": (0, 1), "fan_days": (0, 28)}
"""Scores are of 5, shares of 1, and a stage goes by 28 days; everything else of `[members]` counts from 0 on."""


@dataclass(frozen=True, slots=True)
class Members:
    """What `qunkit members` goes by: conventions, and tags."""

    new_days: float = 28.0
    silent_days: float = 30.0
    away_days: float = 28.0
    back_days: float = 28.0
    risk_days: float = 14.0
    core_score: float = 4.0
    ad_messages: float = 3.0
    ad_share: float = 0.5
    fan_days: float = 4.0
    fan_orders: float = 2.0
    fan_replies: float = 3.0
    friend_ties: float = 3.0
    friend_replies: float = 2.0
    tag_messages: float = 2.0
    tags: Mapping[str, tuple[str, ...] | str] = field(default_factory=dict)
    """Words, or a condition, by tag."""
    file: Path | None = field(default=None, compare=False)
    """Where they were written; None: nowhere."""

    @property
    def conventions(self) -> tuple[tuple[str, float], ...]:
        """Every threshold, under a name of its own among those of `Kol`."""
        return tuple((f"members_{name}", value) for name, value in asdict(self).items() if name not in ("tags", "file"))


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What stage `qunkit lifecycle` says a group is in: conventions."""

    starting_weeks: float = 4.0
    least_speakers: float = 3.0
    growing: float = 1.1
    declining: float = 0.9
    half: float = 0.5
    dormant: float = 0.2
    silence_days: float = 7.0
    silence_chance: float = 0.001
    dead_days: float = 30.0
    ad_share: float = 0.8
    ad_speakers: float = 1.0

    @property
    def conventions(self) -> tuple[tuple[str, float], ...]:
        """Every threshold, under a name of its own among those of `Kol`."""
        return tuple((f"lifecycle_{name}", value) for name, value in asdict(self).items())


@dataclass(frozen=True, slots=True)
class Response:
    """When questions are to be answered, and what is none."""

    hours: tuple[int, int] = (540, 1260)
    """From which minute of the day to which; the end before the start is one of the next day."""
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    """1 Monday to 7 Sunday."""
    exempt: tuple[str, ...] = EXEMPT

    @property
    def conventions(self) -> tuple[tuple[str, float], ...]:
        """The working hours, and 1 or 0 for every weekday."""
        begin, end = self.hours
        days = ((f"response_day_{day}", float(day in self.days)) for day in range(1, 8))
        return (("response_begin", float(begin)), ("response_end", float(end)), *days)


@dataclass(frozen=True, slots=True)
class Topics:
    """What `qunkit topics` takes for words, beside its dictionary."""

    own: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Complaints:
    """What `qunkit complaints` takes for complaints, beside its list."""

    own: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alerts:
    """What `qunkit alerts` tells: rules, on or off, and their thresholds."""

    ads: bool = True
    ads_messages: float = 20.0
    dead: bool = True
    silent: bool = True
    decline: bool = True
    stage_days: float = 28.0
    kol_silent: bool = True
    kol_days: float = 7.0
    unanswered: bool = True
    unanswered_hours: float = 4.0
    unanswered_questions: float = 5.0
    unanswered_share: float = 0.5
    newcomers: bool = True
    newcomers_share: float = 0.5
    spike: bool = True
    drop: bool = True
    limit_chance: float = 0.001
    limit_messages: float = 20.0
    leaves: bool = True
    leaves_least: float = 5.0
    leaves_times: float = 3.0
    joins: bool = True
    joins_least: float = 20.0
    joins_times: float = 3.0


@dataclass(frozen=True, slots=True)
class Config:
    """Settings after all layers; every list as written."""

    lang: Lang | None = None
    day_start: int = 0
    staff: People = People()
    staff_of: Mapping[str, People] = field(default_factory=dict)
    """Staff of the groups that match a name, id or glob."""
    bots: People = People()
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Columns by field, of files whose name matches; the first match counts."""
    names: str | None = None
    """Which name of a member to show, one of NAMES."""
    engine: str | None = None
    """What answers, one of ENGINES."""
    spark_url: str | None = None
    ads: Ads = Ads()
    kol: Kol = Kol()
    members: Members = Members()
    lifecycle: Lifecycle = Lifecycle()
    response: Response = Response()
    topics: Topics = Topics()
    complaints: Complaints = Complaints()
    alerts: Alerts = Alerts()
    events: tuple[tuple[date, str], ...] = ()
    """Days with a label, in order."""

    @property
    def conventions(self) -> tuple[tuple[str, float], ...]:
        """What the view of that name holds: every number that analyses go by."""
        tables = (self.kol, self.members, self.lifecycle, self.response)
        return tuple(one for table in tables for one in table.conventions)

    @property
    def hash(self) -> str:
        """12 hexadecimal digits of what may change an answer: comments, spacing, language and engine do not."""
        settings = asdict(self)
        del settings["lang"], settings["maps"], settings["engine"], settings["spark_url"]
        later = {name: asdict(table()) for name, table in _LATER.items()}
        for members in (settings["members"], later["members"]):
            del members["file"]  # where a condition stands changes no answer
        for name, usual in {"names": None, "events": (), **later}.items():
            if settings[name] == usual:
                del settings[name]
        text = json.dumps(settings, ensure_ascii=True, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


_TABLES = (
    "lang", "day_start", "staff", "bots", "tags", "map", "names", "engine", "ads", "kol", "members", "lifecycle", "response",
    "topics", "complaints", "alerts", "events",
)  # fmt: skip
"""Keys of the file itself, in the order in which people are told of them."""
_LATER: dict[str, Callable[[], Ads | Kol | Members | Lifecycle | Response | Topics | Complaints | Alerts]] = {
    "ads": Ads,
    "kol": Kol,
    "members": Members,
    "lifecycle": Lifecycle,
    "response": Response,
    "topics": Topics,
    "complaints": Complaints,
    "alerts": Alerts,
}
"""Tables that came later: settings without them keep their hash."""


_NOT_UTF8 = Text("it is not UTF-8", "不是 UTF-8 编码")


def lacking(columns: Mapping[str, str]) -> Text | None:
    """What a mapping of fields to columns lacks, if anything."""
    senders = ("sender", "sender_id", "sender_name")
    missing = [name for name in ("time", "text") if name not in columns]
    missing += [] if any(name in columns for name in senders) else ["sender"]
    if not missing:
        return None
    names = ", ".join(missing)
    return Text(f"lacks {names}", f"缺少 {names}")


def load(dataset: Path, file: Path | None = None) -> Config:
    """The settings of `dataset`, with those of `file` before them.

    Raises:
        BadConfig: a file that cannot be read, an unknown key, or a value of the wrong kind.
    """
    own = dataset / FILE
    layers = [own] if own.exists() else []
    settings: dict[str, Any] = {}
    told: dict[str, Path] = {}
    for path in [*layers, *([file] if file else [])]:
        table = _parse(path)
        _Reader(path).config(table)
        settings |= table
        told |= dict.fromkeys(table, path)
    found = _Reader(file or own).config(settings)
    events = {*found.events, *_events(dataset / EVENTS)}
    return replace(found, members=replace(found.members, file=told.get("members")), events=tuple(sorted(events)))


def _events(path: Path) -> list[tuple[date, str]]:
    """Those of a table beside the settings; without one none.

    Raises:
        BadConfig: it cannot be read, or a line is no date and label.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadConfig(path=path, why=error.strerror) from None
    except UnicodeDecodeError:
        raise BadConfig(path=path, why=_NOT_UTF8) from None
    rows = [(nth, [cell.strip() for cell in row]) for nth, row in enumerate(csv.reader(text.splitlines()), 1)]
    rows = [(nth, row) for nth, row in rows if any(row)]
    if rows and [cell.lower() for cell in rows[0][1]] in (["date", "label"], ["日期", "名称"]):
        del rows[0]
    found = []
    for nth, row in rows:
        day = _day(row[0])
        if day is None or len(row) != 2 or not row[1]:
            why = Text(
                f"line {nth} is no date and label such as 2026-11-11,sale",
                f"第 {nth} 行不是以逗号分隔的日期和名称",
            )
            raise BadConfig(path=path, why=why)
        found.append((day, row[1]))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _parse(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadConfig(path=path, why=error.strerror) from None
    except UnicodeDecodeError:
        raise BadConfig(path=path, why=_NOT_UTF8) from None
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(path=path, why=Text(f"not TOML: {error}", f"不是有效的 TOML：{error}")) from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Checks one file's keys and values, and says where one is wrong."""

    path: Path

    def config(self, table: Mapping[str, Any]) -> Config:
        self._known(table, "", _TABLES)
        staff = self._table(table, "staff")
        groups = self._table(staff, "staff.groups")
        return Config(
            self._lang(table),
            self._hour(table),
            self._people(staff, "staff", ("groups",)),
            {name: self._people(self._table(groups, "staff.groups", name), f"staff.groups.{name}") for name in groups},
            self._people(self._table(table, "bots"), "bots"),
            {name: self._texts(value, f"tags.{name}") for name, value in self._table(table, "tags").items()},
            {name: self._map(self._table(table, "map"), name) for name in self._table(table, "map")},
            self._names(table),
            *self._engine(self._table(table, "engine")),
            self._ads(self._table(table, "ads")),
            self._kol(self._table(table, "kol")),
            self._members(self._table(table, "members")),
            self._lifecycle(self._table(table, "lifecycle")),
            self._response(self._table(table, "response")),
            self._topics(self._table(table, "topics")),
            self._complaints(self._table(table, "complaints")),
            self._alerts(self._table(table, "alerts")),
            self._marked(table.get("events", [])),
        )

    def _map(self, maps: Mapping[str, Any], pattern: str) -> Mapping[str, str]:
        columns = self._table(maps, "map", pattern)
        self._known(columns, f"map.{pattern}.", tuple(FIELDS))
        for name, column in columns.items():
            if not isinstance(column, str) or not column:
                raise self._wrong(f"map.{pattern}.{name}", Text("the name of a column", "列名"))
        if why := lacking(columns):
            raise BadConfig(path=self.path, why=Text(f"map.{pattern} {why.en}", f"map.{pattern} {why.zh}"))
        return columns

    def _engine(self, table: Mapping[str, Any]) -> tuple[str | None, str | None]:
        self._known(table, "engine.", ("name", "spark_url"))
        name, url = table.get("name"), table.get("spark_url")
        if name not in (None, *ENGINES):
            raise self._wrong("engine.name", Text(" or ".join(ENGINES), " " + " 或 ".join(ENGINES)))
        if not isinstance(url, str | None) or url == "":
            raise self._wrong("engine.spark_url", Text("an address such as sc://host", "地址（如 sc://host）"))
        return name, url

    def _ads(self, table: Mapping[str, Any]) -> Ads:
        usual = asdict(Ads())
        self._known(table, "ads.", tuple(usual))
        told: dict[str, Any] = {}
        for key, value in table.items():
            read = self._patterns if key.endswith("_patterns") else self._texts if usual[key] == () else self._ratio
            told[key] = read(value, f"ads.{key}")
        return Ads(**told)

    def _kol(self, table: Mapping[str, Any]) -> Kol:
        usual = asdict(Kol())
        self._known(table, "kol.", tuple(usual))
        told: dict[str, Any] = {}
        for key, value in table.items():
            told[key] = (self._labels if key == "labels" else self._least)(value, f"kol.{key}")
        return Kol(**told)

    def _members(self, table: Mapping[str, Any]) -> Members:
        usual = asdict(Members())
        del usual["file"]
        self._known(table, "members.", tuple(usual))
        tags = self._table(table, "members.tags")
        told: dict[str, Any] = {name: self._words(value, f"members.tags.{name}") for name, value in tags.items()}
        numbers: dict[str, Any] = {
            key: self._within(value, f"members.{key}", *_MEMBERS_BOUNDS.get(key, (0, None)))
            for key, value in table.items()
            if key != "tags"
        }
        return Members(**numbers, tags=told)

    def _lifecycle(self, table: Mapping[str, Any]) -> Lifecycle:
        self._known(table, "lifecycle.", tuple(asdict(Lifecycle())))
        shares = ("silence_chance", "ad_share", "half", "dormant")
        return Lifecycle(
            **{
                key: (self._ratio if key in shares else self._least)(value, f"lifecycle.{key}")
                for key, value in table.items()
            }
        )

    def _response(self, table: Mapping[str, Any]) -> Response:
        usual = Response()
        self._known(table, "response.", tuple(asdict(usual)))
        return Response(
            self._hours(table["hours"]) if "hours" in table else usual.hours,
            self._days(table["days"]) if "days" in table else usual.days,
            self._texts(table["exempt"], "response.exempt") if "exempt" in table else usual.exempt,
        )

    def _topics(self, table: Mapping[str, Any]) -> Topics:
        self._known(table, "topics.", tuple(asdict(Topics())))
        return Topics(**{key: self._texts(value, f"topics.{key}") for key, value in table.items()})

    def _complaints(self, table: Mapping[str, Any]) -> Complaints:
        self._known(table, "complaints.", tuple(asdict(Complaints())))
        return Complaints(**{key: self._texts(value, f"complaints.{key}") for key, value in table.items()})

    def _alerts(self, table: Mapping[str, Any]) -> Alerts:
        usual = asdict(Alerts())
        self._known(table, "alerts.", tuple(usual))
        told: dict[str, Any] = {}
        for key, value in table.items():
            shares = ("unanswered_share", "newcomers_share", "limit_chance")
            read = self._flag if isinstance(usual[key], bool) else self._ratio if key in shares else self._least
            told[key] = read(value, f"alerts.{key}")
        return Alerts(**told)

    def _marked(self, value: object) -> tuple[tuple[date, str], ...]:
        """Days with their labels."""
        expected = Text("tables of a date and a label", "由 date 和 label 组成的表")
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._wrong("events", expected)
        for one in value:
            self._known(one, "events.", ("date", "label"))
        found = [(day, one.get("label")) for one in value if (day := self._date(one.get("date")))]
        if len(found) < len(value) or not all(isinstance(label, str) and label.strip() for _, label in found):
            raise self._wrong("events", expected)
        return tuple(sorted((day, str(label).strip()) for day, label in found))

    def _date(self, value: object) -> date | None:
        """A date of TOML, or one in a text."""
        if isinstance(value, str):
            return _day(value)
        return value if isinstance(value, date) and not isinstance(value, datetime) else None

    def _hours(self, value: object) -> tuple[int, int]:
        found = _HOURS.fullmatch(value) if isinstance(value, str) else None
        if found:
            begin, end = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
            if begin != end and begin < 1440 and end <= 1440 and int(found[2]) < 60 and int(found[4]) < 60:
                return begin, end
        raise self._wrong("response.hours", Text('hours such as "09:00-21:00"', '时段（如 "09:00-21:00"）'))

    def _days(self, value: object) -> tuple[int, ...]:
        if isinstance(value, list) and value and all(type(day) is int and 1 <= day <= 7 for day in value):
            return tuple(sorted(set(value)))
        raise self._wrong("response.days", Text("a list of weekdays, 1 to 7", "星期的列表（1 到 7）"))

    def _words(self, value: object, where: str) -> tuple[str, ...] | str:
        """A list of words or a condition; what a condition may say is known to who reads it."""
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        raise self._wrong(
            where, Text('a list of words or a condition such as "orders >= 2"', '词语列表或条件（如 "orders >= 2"）')
        )

    def _labels(self, value: object, where: str) -> tuple[str, ...]:
        labels, known = self._texts(value, where), Kol().labels
        if set(labels) <= set(known):
            return labels
        raise self._wrong(where, Text(f"a list of some of {', '.join(known)}", f"以下标签的列表：{'、'.join(known)}"))

    def _flag(self, value: object, where: str) -> bool:
        if isinstance(value, bool):
            return value
        raise self._wrong(where, Text("true or false", " true 或 false"))

    def _least(self, value: object, where: str) -> float:
        return self._within(value, where, 0, None)

    def _within(self, value: object, where: str, least: float, most: float | None) -> float:
        top = 1e9 if most is None else most
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= top:
            return float(value)
        if most is None:
            raise self._wrong(where, Text(f"a number from {least} on", f"不小于 {least} 的数"))
        raise self._wrong(where, Text(f"a number from {least} to {most}", f" {least} 到 {most} 之间的数"))

    def _patterns(self, value: object, where: str) -> tuple[str, ...]:
        """Regular expressions, each tried on a text: only RE2 itself knows what it understands."""
        found = self._texts(value, where)
        if not found:
            return found
        import pyarrow as pa
        import pyarrow.compute as pc

        for pattern in found:
            try:
                pc.match_substring_regex(pa.array(["a"]), pattern)
            except pa.ArrowInvalid as error:
                why = str(error).removeprefix("Invalid regular expression: ")
                raise BadConfig(path=self.path, why=_no_re2(where, pattern, why)) from None
        return found

    def _ratio(self, value: object, where: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
            return float(value)
        raise self._wrong(where, Text("a ratio between 0 and 1", " 0 到 1 之间的比例"))

    def _people(self, table: Mapping[str, Any], where: str, others: tuple[str, ...] = ()) -> People:
        self._known(table, where + ".", ("ids", "names", *others))
        return People(*(self._texts(table.get(key, []), f"{where}.{key}") for key in ("ids", "names")))

    def _lang(self, table: Mapping[str, Any]) -> Lang | None:
        value = table.get("lang")
        for lang in LANGS:
            if value == lang:
                return lang
        if value is not None:
            raise self._wrong("lang", Text("en or zh", "en 或 zh"))
        return None

    def _hour(self, table: Mapping[str, Any]) -> int:
        value = table.get("day_start", 0)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 23:
            return value
        raise self._wrong("day_start", Text("an hour from 0 to 23", "0 到 23 的整点"))

    def _names(self, table: Mapping[str, Any]) -> str | None:
        value = table.get("names")
        if value is None or value in NAMES:
            return value
        raise self._wrong("names", Text("group, nickname or remark", " group、nickname 或 remark"))

    def _table(self, table: Mapping[str, Any], where: str, name: str | None = None) -> Mapping[str, Any]:
        value = table.get(name if name is not None else where.rpartition(".")[2], {})
        if isinstance(value, dict):
            return value
        raise self._wrong(where if name is None else f"{where}.{name}", Text("a table", "表（table）"))

    def _texts(self, value: object, where: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        raise self._wrong(where, Text('a list of texts such as ["a", "b"]', '文本列表，如 ["a", "b"]'))

    def _known(self, table: Mapping[str, Any], where: str, keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                raise BadConfig(path=self.path, why=_unknown(where, key, keys))

    def _wrong(self, key: str, expected: Text) -> BadConfig:
        return BadConfig(path=self.path, why=Text(f"{key} is not {expected.en}", f"{key} 不是{expected.zh}"))


def _no_re2(where: str, pattern: str, why: str) -> Text:
    """What is wrong with a pattern; other engines have what RE2 lacks."""
    en, zh = (
        f"{where}: {pattern} is no regular expression of RE2 ({why})",
        f"{where}：{pattern} 不是有效的 RE2 正则表达式（{why}）",
    )
    if _LACKED.search(pattern):
        en += "; RE2 has neither lookaround, such as (?=…) and (?<!…), nor backreferences, such as \\1"
        zh += "；RE2 不支持 (?=…)、(?<!…) 等环视和 \\1 等反向引用"
    return Text(en, zh)


def _unknown(where: str, key: str, keys: tuple[str, ...]) -> Text:
    from difflib import get_close_matches

    near = get_close_matches(key, keys, n=1, cutoff=0.6)
    if not near:
        known = ", ".join(where + name for name in keys)
        return Text(f"unknown key {where}{key}; known are {known}", f"未知配置项 {where}{key}，可用的有 {known}")
    meant = where + near[0]
    return Text(f"unknown key {where}{key} (did you mean {meant}?)", f"未知配置项 {where}{key}（是否想写 {meant}？）")
