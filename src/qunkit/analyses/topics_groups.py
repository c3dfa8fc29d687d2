"""What a group talks of more than others do 本群特色词: its own words against those of all other groups.

    group_name  word  senders  share  sender_weeks  elsewhere  groups  log_odds  example
    妈妈群      辅食       31   0.28            74          6       3      9.12  几个月加辅食呀

Counted are sender-weeks: a person who uses a word in a week counts once, however often they use it. Weeks are seven days back from the end of the window. `log_odds`: Monroe, Colaresi & Quinn
2008, "Fightin' Words", eq. 16 and 22: the difference of log-odds of the word among all sender-weeks of words in the group and in all other groups, by its standard
error, under a Dirichlet prior of 500 words spread as in all groups together. Other groups are all of the dataset, also under --group. Words are told by docs/methods/topics.md.
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

TITLE = Text("Topics: a group's own words", "本群特色词")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=12),
    Column("group_name", "text", Text("group", "群")),
    Column("word", "text", Text("word", "词")),
    Column("senders", "int", Text("senders", "人数"), Text("people who used it in the group, in the window", "所选时间内在该群用过此词的人数")),
    Column("share", "ratio", Text("share", "占比"), Text("of the people who wrote anything in the group", "占该群发过文字的人数"), spare=4),
    Column("sender_weeks", "int", Text("sender-weeks", "人周"), Text("people who used it in a week, added up over weeks", "每周用过此词的人数之和"), spare=5),
    Column("elsewhere", "int", Text("elsewhere", "他群人周"), Text("the same of all other groups of the dataset, chosen or not", "数据集中其他所有群（含未选的群）的人周"), spare=3),
    Column("groups", "int", Text("groups", "群数"), Text("groups of the dataset in which it was used", "数据集中用到此词的群数"), spare=2),
    Column("log_odds", "float", Text("log-odds z", "对数几率 z"), Text("against all other groups (Monroe et al. 2008); to rank by, no probability", "与其他所有群相比（Monroe 等 2008）；仅用于排序，不是概率")),
    Column("example", "text", Text("example", "例句"), Text("the shortest text that has it, and more than it if there is one", "含此词的最短文本，优先取不止此词的"), spare=1),
)  # fmt: skip

FEATURES = topics.FEATURES


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit topics groups` can be told."""

    top: int = option(10, Text("only the first N of each group; 0: all", "每群只列前 N 个；0 为全部"), least=0)
    min_senders: int = option(topics.LEAST, Text("only words that at least N people of the group used", "只列该群至少 N 人用过的词"), least=1)  # fmt: skip
    ads: str = option("out", topics.ADS, choices=topics.OUT_OR_IN)


_NO_OTHERS = Text(
    "No group has words of its own here: it takes other groups to compare with, and people who use them.",
    "没有特色词：需要有其他群可比，且有足够的人用到。",
)
_SAID = topics.said(
    "all_posts posts",
    "posts.group_id, posts.chosen, FLOOR((epoch_s(:until) - epoch_s(posts.local_time)) / 604800) AS week",
    "group_id, chosen, week",
    "posts.in_window",
)

SQL = f"""
WITH {_SAID}, people AS (
  SELECT word, group_id, chosen, person, COUNT(DISTINCT week) AS weeks, {topics.SHORTEST}, MIN(CASE WHEN text IS NOT NULL THEN short END) AS short
  FROM said GROUP BY word, group_id, chosen, person
), counted AS (
  SELECT word, group_id, chosen, COUNT(*) AS senders, SUM(weeks) AS weeks, {topics.SHORTEST} FROM people GROUP BY word, group_id, chosen
), compared AS (
  SELECT word, group_id, chosen, senders, weeks, text, COUNT(*) OVER (PARTITION BY word) AS groups, SUM(weeks) OVER (PARTITION BY word) AS everywhere,
    SUM(CASE WHEN word <> '' THEN weeks END) OVER (PARTITION BY group_id) AS all_here, SUM(CASE WHEN word <> '' THEN weeks END) OVER () AS all_weeks
  FROM counted
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM messages GROUP BY group_id
)
SELECT 'word' AS row_kind, compared.group_id, named.group_name, compared.word, topic_words.kind, compared.senders, compared.weeks, compared.everywhere,
  compared.all_here, compared.all_weeks, compared.groups, compared.text, NULL AS member_id, NULL AS name
FROM compared LEFT JOIN named ON named.group_id = compared.group_id LEFT JOIN topic_words ON topic_words.word = compared.word
WHERE compared.chosen AND (compared.word = '' OR compared.senders >= :min_senders AND COALESCE(topic_words.kind, '') <> 'stop'
  AND (LENGTH(compared.word) > 1 OR topic_words.kind = 'own'))
UNION ALL
SELECT 'name', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, member_id, name FROM ({topics.NAMES}) called WHERE name IS NOT NULL
ORDER BY row_kind, group_id, word, member_id, name
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The words that are said more here than elsewhere, group by group, the most telling first."""
    import pandas as pd

    rows = frame[frame["row_kind"] == "word"]
    posters = rows[rows["word"] == ""].set_index("group_id")["senders"].astype(float)
    found = topics.telling(rows[rows["word"] != ""], frame[frame["row_kind"] == "name"]).copy()
    whole = found[["weeks", "everywhere", "all_here", "all_weeks"]].astype(int).to_numpy().tolist()
    found["log_odds"] = [topics.log_odds(a, everywhere - a, here, weeks - here) for a, everywhere, here, weeks in whole]
    found["log_odds"] = found["log_odds"].astype(float)
    found["share"] = found["senders"].to_numpy(float) / posters.reindex(found["group_id"]).to_numpy()
    found["elsewhere"] = [everywhere - a for a, everywhere, _, _ in whole]
    found["sender_weeks"], found["example"] = found["weeks"], found["text"]
    found = found[found["log_odds"] > 0]
    found = found.sort_values(["group_id", "log_odds", "senders", "word"], ascending=[True, False, False, True])
    found = found.groupby("group_id").head(params.top) if params.top else found
    return pd.DataFrame(found[[column.name for column in COLUMNS]])


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What it takes."""
    return [] if len(frame) else [Note(_NO_OTHERS)]
