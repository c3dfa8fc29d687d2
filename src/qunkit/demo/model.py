"""What is invented: people, groups, messages, and the facts that were planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from qunkit.demo.dice import Dice
from qunkit.demo.talk import Topic

CHINA = timezone(timedelta(hours=8))
"""Every export of the demo was made in Shanghai; China has had no summer time since 1991."""
DAY = 86_400
FOREVER = 1 << 40


@dataclass(frozen=True, slots=True)
class Person:
    """An account of the chat service."""

    id: str
    nickname: str
    remark: str = ""
    """What the exporting account calls this contact, if anything."""


@dataclass(slots=True, eq=False)
class Member:
    """A person in one group. `since` and `until` are epoch seconds: first and last moment at which they may speak."""

    person: Person
    card: str = ""
    """Nickname in this group (群昵称), if set."""
    weight: float = 0.0
    """How often they speak, relative to the others."""
    since: int = 0
    until: int = FOREVER
    role: str = "member"

    @property
    def name(self) -> str:
        """The name that other members see."""
        return self.card or self.person.nickname


@dataclass(slots=True, eq=False)
class Message:
    """One line of a chat. `kind` and `event` are of the closed lists in `qunkit.schema`."""

    ts: int
    sender: Member | None
    kind: str
    text: str
    id: str = ""
    reply_to: Message | None = None
    """The message it quotes."""
    answers: Message | None = None
    """The message it responds to, whether it says so or not."""
    mentions: tuple[Member, ...] = ()
    event: str = ""
    actor: Member | None = None
    targets: tuple[Member, ...] = ()
    structured: bool = False
    """A notice that the chat service keeps as a template with ids, not as a plain sentence."""
    note: Mapping[str, str] = field(default_factory=dict)
    """What a card or a picture says beyond its text: url, md5, seconds …"""

    @property
    def spoken(self) -> bool:
        """True for people's own messages, false for notices."""
        return self.kind not in ("system", "recall", "pat")


@dataclass(slots=True)
class Facts:
    """What was planted in one group, as far as its messages do not say it themselves."""

    leavers: list[Member] = field(default_factory=list)
    ad_senders: list[Member] = field(default_factory=list)
    ads: list[Message] = field(default_factory=list)
    kol: Member | None = None
    kol_posts: list[Message] = field(default_factory=list)
    relays: list[list[Message]] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    """What each week talked about more than the other weeks did."""


@dataclass(slots=True, eq=False)
class Chat:
    """One group: who is in it and everything that was said."""

    id: str
    name: str
    """The group's first name; `name_at` knows the later ones."""
    topic: Topic
    role: str
    me: Member
    """The exporting account."""
    owner: Member
    start: int
    """First midnight, epoch seconds."""
    days: int
    daily: float
    """Messages of ordinary talk on an average day."""
    quiet_from: int
    """From this midnight on nobody says anything."""
    members: list[Member] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)

    @property
    def end(self) -> int:
        """The midnight after the last day."""
        return self.start + self.days * DAY

    @property
    def weeks(self) -> int:
        """Whole weeks."""
        return self.days // 7

    def say(self, ts: int, sender: Member | None, kind: str, text: str) -> Message:
        """Append a message and return it; `tidy` makes the order."""
        message = Message(ts, sender, kind, text)
        self.messages.append(message)
        return message

    def tidy(self, dice: Dice) -> None:
        """Put the messages in order, drop what falls into the silence or after the end, and number the rest."""
        stop = min(self.quiet_from, self.end)
        self.messages = sorted((m for m in self.messages if m.ts < stop), key=lambda m: m.ts)
        for message in self.messages:
            message.id = dice.token("12345678", 1) + dice.token("0123456789", 18)
        facts = self.facts
        facts.ads = [m for m in facts.ads if m.id]
        facts.kol_posts = [m for m in facts.kol_posts if m.id]
        facts.relays = [kept for relay in facts.relays if (kept := [m for m in relay if m.id])]

    def named(self, event: str) -> list[Message]:
        """All notices of one event."""
        return [message for message in self.messages if message.event == event]

    def name_at(self, ts: int) -> str:
        """The group's name at a moment: the one that the last rename before it gave, or the first."""
        names = [notice.note["name"] for notice in self.named("renamed") if notice.ts < ts]
        return names[-1] if names else self.name


def clock(ts: int) -> str:
    """Wall clock in Shanghai, to the second."""
    return datetime.fromtimestamp(ts, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def day_of(ts: int) -> date:
    """Calendar day in Shanghai."""
    return datetime.fromtimestamp(ts, CHINA).date()


def midnight(day: date) -> int:
    """Epoch seconds at which a day begins in Shanghai."""
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp())
