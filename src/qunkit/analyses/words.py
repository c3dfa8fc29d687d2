"""Words of the window that were not talked about before, 话题词: what is new, said by how many.

    word  members  share  uses  members_before  expected  surprise  log_odds
    露营       14   0.23    31               3      0.44      38.1      4.90

Counted are people, not mentions: one person's flood is one. A word's members are the people who used it in the window; before are the seven periods of the
window's length that precede it, and each of their members counts in each of them. `expected` is what the periods before let expect: members_before × posters now ÷
posters before. Words, as `qunkit.features.tokens` finds them, of texts, quotes and announcements; those of two characters or more that are not
in ``data/stopwords.txt``.

`surprise` = -ln P(X >= members), X Poisson with mean expected + 0.3. It ranks, and is no probability: people of one group talk of the same things. `log_odds`: Monroe,
Colaresi & Quinn 2008, "Fightin' Words", eq. 16 and 22: the difference of log-odds of the word among all member-words of the window and of
the time before, by its standard error, under a Dirichlet prior of 500 words spread as in both together; negative: said less than before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import lgamma, log
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Words that are new in the window", "新话题词")

COLUMNS = (
    Column("word", "text", Text("word", "词")),
    Column(
        "members", "int", Text("members", "人数"), Text("people who used it in the window", "所选时间内用过此词的人数")
    ),
    Column(
        "share",
        "ratio",
        Text("share", "占比"),
        Text("of the people who wrote anything in the window", "占所选时间内发过文字的人数"),
        spare=3,
    ),
    Column(
        "uses",
        "int",
        Text("uses", "次数"),
        Text("how often it was used in the window", "所选时间内的使用次数"),
        spare=1,
    ),
    Column(
        "members_before",
        "int",
        Text("members before", "此前人次"),
        Text(
            "people who used it in each of the 7 periods of equal length before, added up; null without any text then",
            "之前 7 个等长时段中各时段用过此词的人数之和；之前无文字时为空",
        ),
        spare=2,
    ),
    Column(
        "expected",
        "float",
        Text("expected", "预期人数"),
        Text("members_before × posters in the window ÷ posters before", "此前人次 × 所选时间内发言人数 ÷ 此前发言人次"),
        spare=4,
    ),
    Column(
        "surprise",
        "float",
        Text("surprise", "意外度"),
        Text(
            "-ln of the Poisson chance of as many members, given expected + 0.3; to rank by, no probability",
            "泊松分布（均值为预期 + 0.3）下达到此人数的概率的负对数；仅用于排序，不是概率",
        ),
    ),
    Column(
        "log_odds",
        "float",
        Text("log-odds z", "对数几率 z"),
        Text(
            "against the time before (Monroe et al. 2008); negative: used less than before",
            "与此前相比（Monroe 等 2008）；为负表示比此前用得少",
        ),
        spare=5,
    ),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit words` can be told."""

    top: int = option(30, Text("only the first N; 0: all", "只列前 N 个；0 为全部"))
    min_members: int = option(3, Text("only words that at least N people used", "只列至少 N 人用过的词"))


FEATURES = ("tokens",)
_FLOOR = 0.3
_PSEUDONYM = re.compile("[gmx]-[a-z2-7]{16}")
"""What stands for names under --pseudonymise is no word."""
_NO_BEFORE = Text(
    "There is no text before the window to compare with: the words of most people come first.",
    "所选时间之前没有文字可比，按人数排列。",
)

SQL = """
WITH span AS (
  SELECT epoch_s(:since) AS since, epoch_s(:until) - epoch_s(:since) AS length
), dated AS (
  SELECT posts.text, posts.person,
    CASE WHEN posts.in_window THEN 0 ELSE CEIL((span.since - epoch_s(posts.local_time)) / NULLIF(span.length, 0)) END AS period
  FROM posts CROSS JOIN span
  WHERE posts.kind IN ('text', 'quote', 'announcement') AND posts.text <> ''
    AND epoch_s(posts.local_time) >= span.since - 7 * span.length
), texts AS (
  SELECT text, person, period, COUNT(*) AS messages FROM dated GROUP BY text, person, period
), said AS (
  SELECT explode(features.tokens) AS word, texts.person, texts.period, texts.messages
  FROM texts JOIN features ON features.text = texts.text
), people AS (
  SELECT word, person, period, SUM(messages) AS uses FROM said GROUP BY word, person, period
), counted AS (
  SELECT word, COUNT(CASE WHEN period = 0 THEN 1 END) AS members, SUM(CASE WHEN period = 0 THEN uses END) AS uses,
    COUNT(CASE WHEN period > 0 THEN 1 END) AS members_before
  FROM people GROUP BY word
), posters AS (
  SELECT COUNT(CASE WHEN period = 0 THEN 1 END) AS here, COUNT(CASE WHEN period > 0 THEN 1 END) AS before
  FROM (SELECT DISTINCT person, period FROM texts) writers
), priors AS (
  SELECT word, members, uses, members_before, SUM(members) OVER () AS total, SUM(members_before) OVER () AS total_before,
    500 * (members + members_before) / NULLIF(SUM(members + members_before) OVER (), 0) AS prior
  FROM counted
)
SELECT priors.word, priors.members, priors.members / NULLIF(posters.here, 0) AS share, priors.uses,
  CASE WHEN posters.before > 0 THEN priors.members_before END AS members_before,
  priors.members_before * posters.here / NULLIF(posters.before, 0) AS expected,
  CASE WHEN posters.before > 0 THEN (
    LN((members + prior) / NULLIF(total + 500 - members - prior, 0))
    - LN((members_before + prior) / NULLIF(total_before + 500 - members_before - prior, 0))
  ) / NULLIF(SQRT(1 / NULLIF(members + prior, 0) + 1 / NULLIF(members_before + prior, 0)), 0) END AS log_odds
FROM priors CROSS JOIN posters
WHERE priors.members >= :min_members AND LENGTH(priors.word) >= 2
ORDER BY priors.word
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The words that say something, the most surprising first; where there is no time before, those of most people."""
    said = [not (word in stopwords() or _PSEUDONYM.fullmatch(word)) for word in frame["word"]]
    told = frame.loc[said].copy()
    pairs = zip(told["members"].tolist(), told["expected"].tolist(), strict=True)
    told["surprise"] = [surprise(members, expected) for members, expected in pairs]
    told = told.sort_values(["surprise", "members", "word"], ascending=[False, False, True], na_position="last")
    told = told[[column.name for column in COLUMNS]]
    return told.head(params.top) if params.top else told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What has to be said of the order."""
    return [Note(_NO_BEFORE)] if len(frame) and frame["surprise"].isna().all() else []


def surprise(members: int, expected: float | None) -> float | None:
    """-ln P(X >= `members`), X Poisson with mean `expected` + 0.3; None where nothing can be expected."""
    if expected is None or expected != expected:
        return None
    mean = expected + _FLOOR
    term = rest = 1.0
    count = members
    while term > rest * 1e-17:
        count += 1
        term *= mean / count
        rest += term
    return max(0.0, mean - members * log(mean) + lgamma(members + 1) - log(rest))


@cache
def stopwords() -> frozenset[str]:
    """Words that every chat is full of."""
    lines = Path(__file__).with_name("data").joinpath("stopwords.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
