"""The settings as the rest of qunkit has them: a class a table of the file, with what holds where nothing is said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from qunkit.words import Lang

NAMES = ("group", "nickname", "remark")
"""Which name of a member can be shown: the one in the group, the member's own, the one that the exporting account gave."""

ENGINES = ("duckdb", "spark")
"""What can answer."""

EXEMPT = (
    "谢谢", "多谢", "谢谢啦", "好", "好的", "好吧", "好吗", "行", "OK", "收到", "嗯", "嗯嗯", "哦", "知道了", "明白", "是吗", "真的", "真的吗", "对吧", "thanks",
)  # fmt: skip
"""What is no question, unless qunkit.toml says otherwise."""


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
