"""What an engine shows an analysis: the views, their meaning, and the scope that the filters set once.

Views (columns of `schema.MESSAGES` and `schema.MEMBERS`, and those named here):

* ``messages``  every row before ``:until`` of the chosen groups.
  ``sender_name`` is what the export shows, unless --names says which name of a member to show: then it is that of `members`.
* ``posts``     people's messages: no notices (`schema.NOT_POSTS`), no rows without a sender, no bots. More columns:
  ``day`` DATE (calendar day of `local_time`, shifted by --day-start), ``in_window`` BOOLEAN (``:since`` <= local_time <
  ``:until``), ``official`` BOOLEAN (the sender is staff in qunkit.toml), ``person`` VARCHAR (who it is over all groups: the id,
  or group and name where there is no id: the same name in two groups is two people), ``chars`` BIGINT (characters of the
  text as it was sent).
* ``all_posts`` for analyses alone: `posts`, and those of the groups that are not chosen, with ``chosen`` BOOLEAN. A filter must not hide what speaks
  for or against a row that it lets through. Of the others ``sender_name`` is as told.
* ``aliases``   for analyses alone: ids that are somebody else's by `qunkit alias`, in every group: ``member_id``, ``alias``. No message is told under an alias.
* ``members``   one row per group and member: ``group_id, member_id, name, role, official, first_seen, last_seen`` (from
  rosters and from who posted; DATE) and ``listed`` BOOLEAN (in the newest complete roster; null where there is none).
  ``name`` is the name in the group, the member's own or the remark, as --names says; where there is none, the next of: name in the
  group, name that the exports show, own name, remark, account, id.
  No bots. Rosters made after as-of do not count, unless as-of is the end of the data.
* ``rosters``   one row per group and member on any roster, which is cheaper to read than `members`: ``group_id, member_id, role``, ``listed``
  BOOLEAN (in the newest complete one; never null), the names ``nickname_here, nickname, remark, account``.
* ``listings``  one row per roster and member on it, so that two rosters can be compared: ``group_id, member_id, complete, role``, ``joined_at``,
  ``seen_at`` TIMESTAMP (local; when the roster was made, or null), ``invited_by`` (member id, or null), ``join_source`` (``invite``, ``link``,
  ``qr``, ``other``, or null).
* ``days``      one row per calendar day from the first to the last that holds data: ``day`` DATE, ``observed`` BOOLEAN
  (false: no message and no notice in any group of the dataset, chosen or not: a hole in the exports, not silence),
  ``in_window`` BOOLEAN (the day overlaps the window), ``first_at, last_at`` TIMESTAMP (local; null where not observed).
* ``alerts``    from which ratio of ads a group is alarming: ``group_id, ad_ratio``; a row for each group that is there to sell, and one without an id for
  all others.
* ``conventions``  one row: what `qunkit kol` calls people, as `[kol]` of qunkit.toml says (`config.Kol`): a column for every label, 1 or 0, and for every
  threshold, DOUBLE; and ``members_…``, ``lifecycle_…``, ``response_…`` for every number of these tables (`config.Members` and so on).
* ``accounts``  for analyses alone: staff and bots, also those who never spoke: ``kind`` (staff, bot), ``member_id``, ``group_id`` (null: in every group).
* ``member_tags``  for analyses alone: tags of `[members.tags]`, one row a word: ``tag, word``, and ``rule``, which a tag has instead of words.
* ``exempt``  for analyses alone: what is no question, as `[response]` of qunkit.toml says: ``word``, in small letters and without signs.
* ``topic_words``  for analyses alone: words of `[topics]`, each once, in small letters: ``word``, ``kind`` (own, stop; of both, stop).
* ``complaint_words``  for analyses alone: the same of `[complaints]`.
* ``features``  for analyses that say ``FEATURES = ("tokens", …)``: one row for each distinct text, among them all of `posts` (if the analysis reads them, of
  `all_posts`) that are not empty: ``text`` and a column of each feature's own. Join it on the text.
* ``audits``    for analyses that read the feature ``ads``: what people said of messages that its model was tried on (`qunkit.methods.ad_judge`).

Under --pseudonymise every view holds pseudonyms in the place of ids and names, and texts without them (docs/privacy.md).

Parameters every analysis may use: ``:since``, ``:until``, ``:as_of`` (naive local TIMESTAMPs; until is exclusive) and the
fields of its own Params. All history before :until is visible, so first-seen and trailing windows keep their past.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

VIEWS = ("messages", "posts", "members", "rosters", "listings", "days", "alerts", "conventions")

CONVENTIONS = (
    ("kol", 1.0), ("koc", 1.0), ("leader", 1.0), ("card", 1.0), ("rising", 1.0), ("kol_shares", 2.0), ("koc_tips", 3.0), ("koc_ads", 0.1),
    ("leader_lists", 3.0), ("leader_orders", 10.0), ("leader_people", 5.0), ("card_people", 2.0),
    ("members_new_days", 28.0), ("members_silent_days", 30.0), ("members_away_days", 28.0), ("members_back_days", 28.0), ("members_risk_days", 14.0),
    ("members_core_score", 4.0), ("members_ad_messages", 3.0), ("members_ad_share", 0.5), ("members_fan_days", 4.0), ("members_fan_orders", 2.0),
    ("members_fan_replies", 3.0), ("members_friend_ties", 3.0), ("members_friend_replies", 2.0), ("members_tag_messages", 2.0),
    ("lifecycle_starting_weeks", 4.0), ("lifecycle_least_speakers", 3.0), ("lifecycle_growing", 1.1), ("lifecycle_declining", 0.9), ("lifecycle_half", 0.5),
    ("lifecycle_dormant", 0.2), ("lifecycle_silence_days", 7.0), ("lifecycle_silence_chance", 0.001), ("lifecycle_dead_days", 30.0),
    ("lifecycle_ad_share", 0.8), ("lifecycle_ad_speakers", 1.0),
    ("response_begin", 540.0), ("response_end", 1260.0), *((f"response_day_{day}", 1.0) for day in range(1, 8)),
)  # fmt: skip
"""Those of a qunkit.toml that says nothing."""
SIGNS = "？?！!。.，,~～… "
"""What is left out of a text that is compared with the words of ``exempt``."""
OF_ANALYSES = ("all_posts", "aliases", "member_tags", "exempt", "topic_words", "complaint_words", "accounts")
"""Views that no person's own query reads."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which groups and which time a question is about. Times are naive, in the dataset's zone; `until` is exclusive."""

    groups: tuple[str, ...] = ()
    """Group ids, already resolved from names and globs; empty: all."""
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    day_start: int = 0
    """Hour at which a calendar day begins, 0 to 23."""
    staff: frozenset[str] = frozenset()
    """Member ids of staff, in every group."""
    staff_of: frozenset[tuple[str, str]] = frozenset()
    """(group id, member id) of those who are staff in that group only."""
    bots: frozenset[str] = frozenset()
    selling: frozenset[str] = frozenset()
    """Ids of groups that are there to sell."""
    alert: tuple[float, float] = (0.2, 0.5)
    """Ad ratio from which a group is alarming, and one that is there to sell."""
    conventions: tuple[tuple[str, float], ...] = CONVENTIONS
    """What the view of that name holds."""
    member_tags: tuple[tuple[str, tuple[str, ...] | str], ...] = ()
    """Tags of members, with their words or their condition."""
    exempt: tuple[str, ...] = ()
    """What is no question, whatever sign it ends with."""
    own_words: tuple[str, ...] = ()
    """Words that the dictionary of words lacks."""
    stop_words: tuple[str, ...] = ()
    """Words that are no topics."""
    complaint_words: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Words that complain, and words that do not, beside the list of `qunkit.methods.complaints`."""
    events: tuple[tuple[date, str], ...] = ()
    """Days that the owner of the dataset marks, with their labels."""
    aliases: frozenset[tuple[str, str]] = frozenset()
    """(member id, another id that is the same member's)."""
    timezone: str = "Asia/Shanghai"
    """The dataset's zone: only rosters need it, whose times are instants."""
    names: str | None = None
    """One of `config.tables.NAMES`; None: the one in the group, and messages' senders as the exports show them."""
    data: tuple[datetime, datetime] | None = None
    """First and last time of the whole dataset, where they are known: views need no filter that lets all of it through."""


class Kept(NamedTuple):
    """A table that several analyses read: worked out once as long as an engine shows the same, whoever asks first (``KEPT`` of an analysis)."""

    sql: str
    function: Callable[[pa.Table], pa.Table] | None = None
    """What makes it of the rows of `sql`, which are one part; None: it is these."""


def matching(patterns: Iterable[str], groups: Mapping[str, str | None]) -> set[str]:
    """Ids of the groups (id → name) that any of `patterns` means: an id, a name, or else a glob of them."""
    return {id for pattern in patterns for id in _matching(same(pattern), groups)}


def _matching(pattern: str, groups: Mapping[str, str | None]) -> set[str]:
    names = {id: {same(id), same(name or id)} for id, name in groups.items()}
    exact = {id for id, known in names.items() if pattern in known}
    return exact or {id for id, known in names.items() if any(fnmatchcase(name, pattern) for name in known)}


def same(text: str) -> str:
    """What is compared of what people type."""
    return unicodedata.normalize("NFC", text).casefold()


def option(
    default: Any,
    help: Text,
    *,
    choices: tuple[str, ...] = (),
    flag: str | None = None,
    least: float | None = None,
    most: float | None = None,
) -> Any:
    """A field of an analysis's Params that the command line offers as an option.

    `flag` is the option's spelling where it is not ``--field-name``; `choices` closes the list of values, `least` and `most` those of a number.
    """
    told = {"help": help, "choices": choices, "flag": flag, "least": least, "most": most}
    return field(default=default, metadata=told)


def option_of(field_: Field[Any]) -> tuple[Text, tuple[str, ...], str]:
    """Help, choices and flag of a Params field made by `option`."""
    meta = field_.metadata
    return meta["help"], meta["choices"], meta["flag"] or "--" + field_.name.replace("_", "-")
