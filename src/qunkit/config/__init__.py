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
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from qunkit.config.reader import Reader, day_of
from qunkit.config.tables import Config
from qunkit.errors import BadConfig, reason
from qunkit.words import Text

FILE = "qunkit.toml"
EVENTS = "events.csv"
"""Beside it: a date and a label on each line, and a heading if one likes."""

_NOT_UTF8 = Text("it is not UTF-8", "不是 UTF-8 编码")


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
        Reader(path).config(table)
        settings |= table
        told |= dict.fromkeys(table, path)
    found = Reader(file or own).config(settings)
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
        raise BadConfig(path=path, why=reason(error)) from None
    except UnicodeDecodeError:
        raise BadConfig(path=path, why=_NOT_UTF8) from None
    rows = [(nth, [cell.strip() for cell in row]) for nth, row in enumerate(csv.reader(text.splitlines()), 1)]
    rows = [(nth, row) for nth, row in rows if any(row)]
    if rows and [cell.lower() for cell in rows[0][1]] in (["date", "label"], ["日期", "名称"]):
        del rows[0]
    found = []
    for nth, row in rows:
        day = day_of(row[0])
        if day is None or len(row) != 2 or not row[1]:
            why = Text(
                f"line {nth} is no date and label such as 2026-11-11,sale",
                f"第 {nth} 行不是以逗号分隔的日期和名称",
            )
            raise BadConfig(path=path, why=why)
        found.append((day, row[1]))
    return found


def _parse(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadConfig(path=path, why=reason(error)) from None
    except UnicodeDecodeError:
        raise BadConfig(path=path, why=_NOT_UTF8) from None
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(path=path, why=Text(f"not TOML: {error}", f"不是有效的 TOML：{error}")) from None
