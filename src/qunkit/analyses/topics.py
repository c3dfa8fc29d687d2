"""Words of the window that were not talked about before, 新话题词: what is new, said by how many; over the fleet or in each group.

    word  senders  share  groups  senders_before  expected  surprise  q       example         trend
    露营       14   0.23       2               3      0.44      38.1  2e-14   周末去露营吗    [0, 1, 0, 0, 1, 0, 1, 14]

Counted are people, not mentions: one person's flood is one. A word's senders are the people who used it in the window; before are the seven periods of the
window's length that precede it, and each of their senders counts in each of them. `expected` is what the periods before let expect: senders_before × posters now ÷
posters before. A window that begins with the data, as without --since or --last, has no time before it: then its last 7 days are asked about.

`surprise` = -ln P(X >= senders), X Poisson with mean expected + 0.3. `q` is of all words that three people or more used (Benjamini & Hochberg 1995). Both rank, and are no
probability: people of one group talk of the same things. Words are told by docs/methods/topics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import topics
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Topics: words that are new in the window", "新话题词")

PERIODS = 7
"""Before the window, each as long as it."""

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), Text("null over the fleet", "按全部群统计时为空"), spare=12),
    Column("group_name", "text", Text("group", "群"), Text("null over the fleet", "按全部群统计时为空")),
    Column("word", "text", Text("word", "词")),
    Column("senders", "int", Text("senders", "人数"), Text("people who used it in the window", "所选时间内用过此词的人数")),
    Column("share", "ratio", Text("share", "占比"), Text("of the people who wrote anything in the window", "占所选时间内发过文字的人数"), spare=8),
    Column("groups", "int", Text("groups", "群数"), Text("chosen groups in which it was used in the window", "所选时间内用到此词的群数（限所选的群）"), spare=7),
    Column(
        "senders_before", "int", Text("before", "此前人次"),
        Text("people who used it in each of the 7 periods of equal length before, added up; null without any text then", "之前 7 个等长时段中各时段用过此词的人数之和；之前无文字时为空"),
        spare=9,
    ),
    Column("expected", "float", Text("expected", "预期人数"), Text("senders_before × posters in the window ÷ posters before", "此前人次 × 所选时间内发言人数 ÷ 此前发言人次"), spare=6),
    Column(
        "surprise", "float", Text("surprise", "意外度"),
        Text("-ln of the Poisson chance of as many senders, given expected + 0.3; to rank by, no probability", "泊松分布（均值为预期 + 0.3）下达到此人数的概率的负对数；仅用于排序，不是概率"),
        spare=4,
    ),
    Column(
        "q", "float", Text("q", "q"),
        Text("share of chance findings among all words as surprising (of a group: its own), if people talked independently, which they do not; null: fewer than 3 senders",
             "同等意外的词中出于偶然的比例（分群时在群内计算），前提是各人用词相互独立，实际并非如此；不足 3 人时为空"),
        spare=1,
    ),
    Column("example", "text", Text("example", "例句"), Text("the shortest text of the window that has it, and more than it if there is one", "所选时间内含此词的最短文本，优先取不止此词的"), spare=3),
    Column("trend", "series", Text("trend", "趋势"), Text("senders in each of the 7 periods before, and in the window", "之前 7 个时段及所选时间内各自的人数"), spare=2),
)  # fmt: skip

FEATURES = topics.FEATURES


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit topics` can be told."""

    by: str = option("fleet", Text("over all chosen groups, or in each", "按全部所选群合计，或分群统计"), choices=("fleet", "group"))  # fmt: skip
    top: int = option(20, Text("only the first N (of each group); 0: all", "只列前 N 个（分群时每群）；0 为全部"), least=0)  # fmt: skip
    min_senders: int = option(topics.LEAST, Text("only words that at least N people used", "只列至少 N 人用过的词"), least=1)  # fmt: skip
    ads: str = option("out", topics.ADS, choices=topics.OUT_OR_IN)


_LAST_WEEK = Text(
    "The window begins with the data, so its last 7 days are compared with the time before them; --week or --last asks about another.",
    "所选时间从数据开头算起，因此以其最后 7 天与此前相比；可用 --week 或 --last 另选。",
)
_NO_BEFORE = Text(
    "There is no text before the window to compare with: the words of most people come first.",
    "所选时间之前没有文字可比，按人数排列。",
)

_BEFORE = ", ".join(f"COUNT(CASE WHEN period = {k} THEN person END) AS before_{k}" for k in range(1, PERIODS + 1))
_TREND = ", ".join(f"before_{k}" for k in range(1, PERIODS + 1))
_SAID = topics.said(
    "posts CROSS JOIN span",
    """posts.group_id, CASE WHEN :by = 'group' THEN posts.group_id ELSE '' END AS part,
    CASE WHEN epoch_s(posts.local_time) >= span.since THEN 0 ELSE CEIL((span.since - epoch_s(posts.local_time)) / NULLIF(span.length, 0)) END AS period""",
    "part, group_id, period",
    f"epoch_s(posts.local_time) >= span.since - {PERIODS} * span.length",
)

SQL = f"""
WITH bounds AS (
  SELECT epoch_s(:until) AS until, CASE WHEN epoch_s(:since) > MIN(epoch_s(first_at)) THEN epoch_s(:since) ELSE epoch_s(:until) - 604800 END AS since FROM days
), span AS (
  SELECT since, until - since AS length, since <> epoch_s(:since) AS last_week FROM bounds
), {_SAID}, people AS (  -- a row for each who said a word in a period, and, without a person, for each group in which it was said
  SELECT part, word, period, person, group_id, {topics.SHORTEST}, MIN(CASE WHEN text IS NOT NULL THEN short END) AS short
  FROM (SELECT part, word, period, person, group_id, CASE WHEN period = 0 THEN text END AS text, short FROM said) dated
  GROUP BY GROUPING SETS ((part, word, period, person), (part, word, period, group_id))
), counted AS (
  SELECT part, word, COUNT(CASE WHEN period = 0 THEN person END) AS senders, COUNT(CASE WHEN period = 0 THEN group_id END) AS groups,
    COUNT(CASE WHEN period > 0 THEN person END) AS senders_before, {_BEFORE}, {topics.SHORTEST}
  FROM people GROUP BY part, word
), here AS (
  SELECT part, word, senders, senders_before, {_TREND}, text, SUM(groups) OVER (PARTITION BY word) AS groups FROM counted WHERE senders > 0
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
)
SELECT 'word' AS row_kind, here.part, named.group_name, here.word, topic_words.kind, here.senders, here.senders_before, {_TREND}, here.groups, here.text,
  span.last_week, NULL AS member_id, NULL AS name
FROM here CROSS JOIN span LEFT JOIN named ON named.group_id = here.part LEFT JOIN topic_words ON topic_words.word = here.word
WHERE here.word = '' OR here.senders >= LEAST(:min_senders, {topics.LEAST}) AND COALESCE(topic_words.kind, '') <> 'stop' AND (LENGTH(here.word) > 1 OR topic_words.kind = 'own')
UNION ALL
SELECT 'name', NULL, NULL, NULL, NULL, NULL, NULL, {", ".join(["NULL"] * PERIODS)}, NULL, NULL, NULL, member_id, name FROM ({topics.NAMES}) called WHERE name IS NOT NULL
ORDER BY row_kind, part, word, member_id, name
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The words that say something, the most surprising first; where there is no time before, those of most people."""
    import numpy as np
    import pandas as pd

    from qunkit.methods.discoveries import discoveries

    rows = frame[frame["row_kind"] == "word"]
    posters = rows[rows["word"] == ""].set_index("part")[["senders", "senders_before"]].astype(float)
    found = topics.telling(rows[rows["word"] != ""], frame[frame["row_kind"] == "name"]).copy()
    now, before = (posters[name].reindex(found["part"]).to_numpy() for name in posters.columns)
    senders, earlier = found["senders"].to_numpy(float), found["senders_before"].to_numpy(float)
    known = before > 0
    expected = np.where(known, earlier * now / np.where(known, before, 1), np.nan)
    found["share"], found["expected"] = senders / now, expected
    found["senders_before"] = np.where(known, earlier, np.nan)
    found["surprise"] = [topics.surprise(int(n), mean) for n, mean in zip(senders, expected, strict=True)]
    found["surprise"] = found["surprise"].astype(float)
    chance, enough = np.exp(-found["surprise"].to_numpy(float)), known & (senders >= topics.LEAST)
    q = np.full(len(found), np.nan)
    for places in found.reset_index().groupby("part").indices.values():
        q[places] = discoveries(chance[places], enough[places])
    found["q"] = q.round(4)
    found["trend"] = found[[f"before_{k}" for k in range(PERIODS, 0, -1)] + ["senders"]].astype(int).to_numpy().tolist()
    shown = found[(senders >= params.min_senders) & ~(expected >= senders)]
    shown = shown.sort_values(["part", "surprise", "senders", "word"], ascending=[True, False, False, True], na_position="last")  # fmt: skip
    shown = shown.groupby("part").head(params.top) if params.top else shown
    shown = shown.assign(group_id=shown["part"].where(shown["part"] != ""), example=shown["text"])
    told = pd.DataFrame(shown[[column.name for column in COLUMNS]])
    told.attrs["last_week"] = bool((rows["last_week"] == True).any())  # noqa: E712 (null among objects)
    return told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Which time was asked about, and what has to be said of the order."""
    told = [Note(_LAST_WEEK)] if frame.attrs.get("last_week") else []
    return told + ([Note(_NO_BEFORE)] if len(frame) and frame["surprise"].isna().all() else [])
