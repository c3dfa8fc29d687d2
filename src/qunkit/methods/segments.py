"""RFM and segments 分层 of members: scores by rank, and one segment for each, the first that holds.

R days silent, F active days and M replies received, each in quintiles among those who spoke within 90 days with data; in terciles where these are fewer than 50. Ties have
the mean of their ranks, so that members who are alike score alike: of m members the one on rank k (from the worst) scores ⌊levels · (k - ½) / m⌋ + 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

SEGMENTS = {
    "left": Text("left", "已退群"),
    "staff": Text("staff", "官方"),
    "ad": Text("ad account", "广告号"),
    "new": Text("newcomer", "新人"),
    "silent": Text("silent", "沉默"),
    "returned": Text("returned", "回流"),
    "at_risk": Text("at risk", "流失风险"),
    "core": Text("core", "核心"),
    "active": Text("active", "活跃"),
}
"""In the order in which they are tried."""
RFM_DAYS = 90
FEW = 50
"""Members below which scores are of 3, not of 5."""


def scores(values: pd.Series[float], groups: pd.Series[str]) -> pd.Series[float]:
    """Scores from 1 of the values among those of the same group, the greatest the best; null for null."""
    ranks = values.groupby(groups, sort=False).rank(method="average")
    m = values.groupby(groups, sort=False).transform("count")
    levels = m.map(lambda n: 3 if n < FEW else 5)
    return ((2 * ranks - 1) * levels // (2 * m.where(m > 0)) + 1).astype(float)


def segments(frame: pd.DataFrame, levels: pd.Series[int]) -> pd.Series[str]:
    """The segment of every row: a closed list, in the order of `SEGMENTS`.

    `frame` has ``gone, official, days_known, days_silent, back_ago, r, f, m, judged, ads`` and the thresholds of ``[members]`` as columns of their names; `levels`
    is what scores are of, 3 or 5.
    """
    import numpy as np
    import pandas as pd

    never = frame["days_silent"].isna()
    best = np.ceil(frame["core_score"] * levels / 5)
    holds: dict[str, pd.Series[bool]] = {
        "left": frame["gone"],
        "staff": frame["official"],
        "ad": (frame["judged"] >= frame["ad_messages"]) & (frame["ads"] >= frame["ad_share"] * frame["judged"]) & (frame["ads"] > 0),
        "new": frame["days_known"] < frame["new_days"],
        "silent": never | (frame["days_silent"] >= frame["silent_days"]),
        "returned": frame["back_ago"] < frame["back_days"],
        "at_risk": frame["days_silent"] >= frame["risk_days"],
        "core": (frame[["r", "f", "m"]].min(axis=1, skipna=False) >= best),
    }  # fmt: skip
    flags = [told.fillna(False).to_numpy(bool) for told in holds.values()]
    return pd.Series(np.select(flags, list(holds), "active").astype(object), frame.index)
