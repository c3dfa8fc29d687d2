"""Which tellings of a month may be of one message, found by columns: what `merge.NEAR` says in SQL, of months that are held."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.ingest.keys import Integers, Marks, codes, seconds, together

EXACT_ID = "[0-9]{17,20}"
"""An id that a float64 rounds."""


def find(named: pa.Table) -> Integers:
    """Rows of a month's tellings that have to be compared.

    None where nobody but one source tells the group, and those of one second have ids that no other has: they are what they say they are.
    """
    groups, at = codes(named["group_key"]), seconds(named)
    who = codes(
        pc.if_else(pc.equal(named["kind"], "pat"), None, named["sender_key"])
    )  # only some exporters say who patted
    moments = together(groups, at, who)
    ids = named["native_id"]
    others = _ids(groups, at, ids) | _mixed(groups, named["time_quality"]) | _edges(groups, at, named["sources"])
    if not others.any() and not ids.take(pa.array(moments)).null_count:
        return np.empty(0, np.int64)
    others[moments] = True
    return np.flatnonzero(others)


def _ids(groups: Integers, at: Integers, ids: pa.ChunkedArray) -> Marks:
    """With one id, or with ids of one second that are one float64."""
    found = np.zeros(len(groups), bool)
    rows = np.flatnonzero(pc.is_valid(ids).to_numpy())
    told = ids.drop_null()
    found[rows[together(groups[rows], codes(told))]] = True
    exact = pc.match_substring_regex(told, f"^{EXACT_ID}$").to_numpy()
    rows, told = rows[exact], told.filter(pa.array(exact))
    crowded = together(groups[rows], at[rows])
    rows, numbers = rows[crowded], told.take(pa.array(crowded)).cast(pa.float64()).to_numpy()
    found[rows[together(groups[rows], at[rows], numbers.view(np.int64))]] = True
    return found


def _mixed(groups: Integers, quality: pa.ChunkedArray) -> Marks:
    """Of groups in which times to the minute or the day meet finer ones."""
    kinds = pc.fill_null(pc.index_in(quality, pa.array(["minute", "day"])), 2).to_numpy().astype(np.int64)
    pairs = np.unique(groups * 3 + kinds) // 3
    return np.isin(groups, pairs[1:][pairs[1:] == pairs[:-1]])


def _edges(groups: Integers, at: Integers, sources: pa.ChunkedArray) -> Marks:
    """Of the minutes in which a source begins, where several tell the group."""
    lists = sources.combine_chunks()
    rows, told = pc.list_parent_indices(lists).to_numpy(), codes(pa.chunked_array([pc.list_flatten(lists)]))
    minutes = at // 60
    if not len(told) or (told == told[0]).all():
        return np.zeros(len(groups), bool)
    order = np.lexsort((minutes[rows], told, groups[rows]))
    group, source, minute = groups[rows][order], told[order], minutes[rows][order]
    begins = np.r_[True, (group[1:] != group[:-1]) | (source[1:] != source[:-1])]
    group, minute = group[begins], minute[begins]
    several = np.isin(group, group[1:][group[1:] == group[:-1]])
    marks = set(zip(group[several].tolist(), minute[several].tolist(), strict=True))
    near = np.flatnonzero(np.isin(minutes, minute[several]))
    found = np.zeros(len(groups), bool)
    found[[row for row in near.tolist() if (groups[row], minutes[row]) in marks]] = True
    return found
