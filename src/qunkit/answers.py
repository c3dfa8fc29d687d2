"""A method for each analysis. Written by docs/generate.py: do not edit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

if TYPE_CHECKING:
    import pandas as pd


class Asked(TypedDict, total=False):
    """Filters, the same for every analysis; `qunkit.question` and `qunkit.window` say what they mean."""

    group: str | Sequence[str]
    tag: str | Sequence[str]
    since: str | None
    until: str | None
    last: str | None
    week: str | None
    as_of: str | None
    day_start: int | None
    names: str | None
    pseudonymise: bool


class Answers(ABC):
    """Answers as pandas frames: `qunkit COMMAND --help` says what their columns mean."""

    @abstractmethod
    def frame(self, name: str, /, **asked: Any) -> pd.DataFrame:
        """The table of the analysis `name`."""

    def activity(self, *, per: Literal["day", "week", "month"] = "week", **asked: Unpack[Asked]) -> pd.DataFrame:
        """Activity of groups: messages, posters, DAU.

        * `per`: length of a period; weeks begin on Monday
        """
        return self.frame("activity", per=per, **asked)

    def activity_hours(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Activity by hour and weekday."""
        return self.frame("activity_hours", **asked)

    def activity_members(self, *, top: int = 0, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Members' activity.

        * `top`: only the N most active of each group; 0: all
        """
        return self.frame("activity_members", top=top, **asked)

    def activity_replies(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Replies: how many, how fast."""
        return self.frame("activity_replies", **asked)

    def activity_sessions(self, *, gap: int = 30, min_messages: int = 1, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Conversations, one by one.

        * `gap`: minutes of silence that end a conversation, up to a day; 0: find it from the data
        * `min_messages`: only conversations with at least N messages
        """
        return self.frame("activity_sessions", gap=gap, min_messages=min_messages, **asked)

    def activity_shares(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Concentration of posting."""
        return self.frame("activity_shares", **asked)

    def ads(
        self,
        *,
        threshold: float = 0.5,
        model: Literal["dataset", "shipped"] = "dataset",
        total: bool = False,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Ads: how much of each group, how sure.

        * `threshold`: a message of this score or more is an ad
        * `model`: dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit
        * `total`: a last row of all groups together
        """
        return self.frame("ads", threshold=threshold, model=model, total=total, **asked)

    def ads_audit(
        self,
        *,
        size: int = 100,
        threshold: float = 0.5,
        model: Literal["dataset", "shipped"] = "dataset",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Ads: messages to label by hand.

        * `size`: messages to draw, two fifths of them flagged, a fifth without text
        * `threshold`: a message of this score or more is an ad
        * `model`: dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit
        """
        return self.frame("ads_audit", size=size, threshold=threshold, model=model, **asked)

    def ads_copies(
        self,
        *,
        top: int = 30,
        min_times: int = 2,
        most: int = 1000000,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Ads: texts posted again and again.

        * `top`: only the first N; 0: all
        * `min_times`: only what was posted at least N times
        * `most`: compare at most N different texts: those posted most often, then the latest
        """
        return self.frame("ads_copies", top=top, min_times=min_times, most=most, **asked)

    def ads_domains(
        self,
        *,
        top: int = 50,
        per: Literal["value", "group", "member"] = "value",
        kind: Literal["all", "domain", "miniprogram", "card", "taokouling", "wechat", "qq", "phone"] = "all",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Ads: links, mini-programs and contacts.

        * `top`: only the first N; 0: all
        * `per`: a row for each value, or for each of its groups or people
        * `kind`: only what is of this kind
        """
        return self.frame("ads_domains", top=top, per=per, kind=kind, **asked)

    def ads_list(
        self,
        *,
        why: bool = False,
        top: int = 100,
        threshold: float = 0.5,
        model: Literal["dataset", "shipped"] = "dataset",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Ads: the messages.

        * `why`: say of each why
        * `top`: only the first N; 0: all
        * `threshold`: a message of this score or more is an ad
        * `model`: dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit
        """
        return self.frame("ads_list", why=why, top=top, threshold=threshold, model=model, **asked)

    def ads_offenders(
        self,
        *,
        min_share: float = 0.5,
        min_messages: int = 3,
        min_ads: int = 1,
        top: int = 0,
        threshold: float = 0.5,
        model: Literal["dataset", "shipped"] = "dataset",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Ads: who posts them.

        * `min_share`: only accounts of whose messages this share or more is ads
        * `min_messages`: only accounts with N messages or more, ads among them
        * `min_ads`: only accounts with N ads or more
        * `top`: only the first N; 0: all
        * `threshold`: a message of this score or more is an ad
        * `model`: dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit
        """
        return self.frame(
            "ads_offenders",
            min_share=min_share,
            min_messages=min_messages,
            min_ads=min_ads,
            top=top,
            threshold=threshold,
            model=model,
            **asked,
        )

    def calls(self, *, minutes: Literal["5", "15", "30"] = "5", many: int = 0, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Calls: announcements and who answered.

        * `minutes`: minutes within which a lift is counted
        * `many`: also turns of anybody that N or more answered within those minutes; 0: none
        """
        return self.frame("calls", minutes=minutes, many=many, **asked)

    def calls_people(
        self,
        *,
        minutes: Literal["5", "15", "30"] = "5",
        of: Literal["turns", "calls"] = "turns",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Calls: whose are answered by more than usual.

        * `minutes`: minutes within which others are counted
        * `of`: compare all turns of a member, or only calls
        """
        return self.frame("calls_people", minutes=minutes, of=of, **asked)

    def calls_silent(self, *, call: str = "", minutes: int = 30, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Calls: who did not answer.

        * `call`: message id of the call, or of any message; else the last call of each group
        * `minutes`: who did not write within N minutes; 0: to the end of the data
        """
        return self.frame("calls_silent", call=call, minutes=minutes, **asked)

    def churn(
        self,
        *,
        per: Literal["28-days", "week", "month"] = "28-days",
        coverage: float = 0.75,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Churn: who speaks, comes back, falls silent.

        * `per`: length of a period: blocks of 28 days back from the end of the data, weeks from Monday, months
        * `coverage`: compare periods of which this share of days holds data
        """
        return self.frame("churn", per=per, coverage=coverage, **asked)

    def churn_cohorts(
        self,
        *,
        per: Literal["28-days", "week", "month"] = "week",
        by: Literal["all", "source", "inviter"] = "all",
        coverage: float = 0.75,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Retention of cohorts.

        * `per`: length of a period: weeks from Monday, months, blocks of 28 days back from the end of the data
        * `by`: take cohorts apart by how members joined, or by who invited them
        * `coverage`: tell periods of which this share of days holds data
        """
        return self.frame("churn_cohorts", per=per, by=by, coverage=coverage, **asked)

    def churn_conflicts(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Conflicts of rosters, notices and messages."""
        return self.frame("churn_conflicts", **asked)

    def churn_risk(
        self,
        *,
        horizon: Literal["7", "14", "30"] = "14",
        min_days: int = 1,
        top: int = 0,
        left: bool = False,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Churn risk: who is likely to fall silent.

        * `horizon`: days ahead; one model is of all chosen groups, so risks depend on --group
        * `min_days`: only members with N active days or more
        * `top`: only the N at most risk; 0: all
        * `left`: also how likely each has already left for good
        """
        return self.frame("churn_risk", horizon=horizon, min_days=min_days, top=top, left=left, **asked)

    def churn_silent(self, *, days: int = 30, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Silent members: a list to call.

        * `days`: who has not spoken for N days; who never spoke, or is silent beyond their own rhythm, is always listed
        """
        return self.frame("churn_silent", days=days, **asked)

    def churn_survival(
        self,
        *,
        by: Literal["all", "source", "inviter", "first_reply", "week1"] = "all",
        at: int = 0,
        silence: int = 0,
        cox: bool = False,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Survival: how long members go on speaking.

        * `by`: all: everybody, by source, first reply and week 1; or one of these, or by inviter
        * `at`: tell the share after N days; 0: 28, or fewer whole weeks where 5 members were not followed so long
        * `silence`: N days of silence are a lapse; 0: by the gaps in the data
        * `cox`: also hazard ratios; needs lifelines
        """
        return self.frame("churn_survival", by=by, at=at, silence=silence, cox=cox, **asked)

    def compare(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Against the period before."""
        return self.frame("compare", **asked)

    def compare_days(self, *, days: int = 28, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Day by day.

        * `days`: days to the end of the window
        """
        return self.frame("compare_days", days=days, **asked)

    def compare_groups(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Groups against the period before."""
        return self.frame("compare_groups", **asked)

    def compare_periods(self, *, before: int = 8, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Against the periods before.

        * `before`: periods before the window; those that the data do not reach back to are left out
        """
        return self.frame("compare_periods", before=before, **asked)

    def complaints(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Complaints by group."""
        return self.frame("complaints", **asked)

    def complaints_list(
        self,
        *,
        about: Literal["all", "quality", "logistics", "refund", "service", "price", "health", "grave", "own"] = "all",
        top: int = 100,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Complaints: the messages.

        * `about`: only complaints about this
        * `top`: only the first N; 0: all
        """
        return self.frame("complaints_list", about=about, top=top, **asked)

    def groups(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Groups: size, posts, silence."""
        return self.frame("groups", **asked)

    def growth(
        self,
        *,
        per: Literal["28-days", "week", "month"] = "28-days",
        by: Literal["group", "inviter"] = "group",
        coverage: float = 0.75,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Growth: who came, how, who went.

        * `per`: length of a period: blocks of 28 days back from the end of the data, weeks from Monday, months
        * `by`: a row a group, or a row an inviter
        * `coverage`: a period is whole if this share of its days holds data
        """
        return self.frame("growth", per=per, by=by, coverage=coverage, **asked)

    def growth_inviters(
        self,
        *,
        threshold: float = 0.5,
        model: Literal["dataset", "shipped"] = "dataset",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Growth: inviters and their invitees.

        * `threshold`: a message of this score or more is an ad
        * `model`: dataset: the model learnt for it, if there is one; shipped: the one that came with qunkit
        """
        return self.frame("growth_inviters", threshold=threshold, model=model, **asked)

    def growth_invites(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Growth: invitations and their trees."""
        return self.frame("growth_invites", **asked)

    def growth_newcomers(self, *, by: Literal["group", "source"] = "group", **asked: Unpack[Asked]) -> pd.DataFrame:
        """Newcomers: from joining to coming back.

        * `by`: one row a group, or a group and source
        """
        return self.frame("growth_newcomers", by=by, **asked)

    def growth_tree(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Growth: the invite tree."""
        return self.frame("growth_tree", **asked)

    def growth_unanswered(self, *, ads: Literal["out", "in"] = "out", **asked: Unpack[Asked]) -> pd.DataFrame:
        """Newcomers whom nobody has answered.

        * `ads`: whose first message or half of whose texts look like ads: listed (in) or not (out)
        """
        return self.frame("growth_unanswered", ads=ads, **asked)

    def kol(
        self,
        *,
        top: int = 0,
        half_life: float = 0.0,
        people: bool = False,
        ads: Literal["out", "in"] = "out",
        red_packets: Literal["out", "in"] = "out",
        position: bool = False,
        official: Literal["in", "out"] = "in",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Key people: who moves the group.

        * `top`: only the N of the greatest volume of each group; 0: all
        * `half_life`: days after which a turn counts half, back from as-of; 0: all count alike
        * `people`: one row a person over all groups
        * `ads`: ads: out of the causes (out), or as other messages (in)
        * `red_packets`: what people write in the 5 minutes after a red packet: out of the causes (out), or as other messages (in)
        * `position`: also PageRank and k-core, by quotes and mentions
        * `official`: rows of staff: listed (in) or not (out)
        """
        return self.frame(
            "kol",
            top=top,
            half_life=half_life,
            people=people,
            ads=ads,
            red_packets=red_packets,
            position=position,
            official=official,
            **asked,
        )

    def kol_rising(
        self,
        *,
        compared: bool = False,
        ads: Literal["out", "in"] = "out",
        red_packets: Literal["out", "in"] = "out",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Key people: who moves the group more than before.

        * `compared`: only who has turns enough to be compared
        * `ads`: ads: out of the causes (out), or as other messages (in)
        * `red_packets`: what people write in the 5 minutes after a red packet: out of the causes (out), or as other messages (in)
        """
        return self.frame("kol_rising", compared=compared, ads=ads, red_packets=red_packets, **asked)

    def lifecycle(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Lifecycle: the stage of every group."""
        return self.frame("lifecycle", **asked)

    def members(
        self,
        *,
        segment: tuple[str, ...] = (),
        where: tuple[str, ...] = (),
        left: Literal["out", "in"] = "out",
        people: bool = False,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Members: everybody, with segment, stage and tags.

        * `segment`: only this segment (code or word); may be repeated
        * `where`: only rows for which this holds, such as "active_days>=10" or "tags=妈妈"; may be repeated, all must hold
        * `left`: who left: listed (in) or not (out)
        * `people`: one row a person over all groups
        """
        return self.frame("members", segment=segment, where=where, left=left, people=people, **asked)

    def members_stages(
        self,
        *,
        per: Literal["all", "week"] = "all",
        coverage: float = 0.75,
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Stages: who moves on from week to week.

        * `per`: all: weeks are summed; week: each by itself
        * `coverage`: weeks of which this share of days holds data
        """
        return self.frame("members_stages", per=per, coverage=coverage, **asked)

    def network(self, *, peers: bool = False, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Cohesion: how groups hang together.

        * `peers`: without staff, and what is said between them and others
        """
        return self.frame("network", peers=peers, **asked)

    def network_bridges(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Bridges: members who hold groups together."""
        return self.frame("network_bridges", **asked)

    def network_members(self, *, peers: bool = False, top: int = 0, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Members' places in the network, and circles.

        * `peers`: without staff, and what is said between them and others
        * `top`: only the N of the highest PageRank of each group; 0: all
        """
        return self.frame("network_members", peers=peers, top=top, **asked)

    def replies(self, *, min_p: float = 0.5, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Replies: who answers whom.

        * `min_p`: of inferred replies, only those as likely as this
        """
        return self.frame("replies", min_p=min_p, **asked)

    def response(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Response: how soon questions are answered."""
        return self.frame("response", **asked)

    def response_hours(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Response by hour and weekday."""
        return self.frame("response_hours", **asked)

    def response_questions(
        self,
        *,
        show: Literal["all", "unanswered", "answered"] = "all",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Questions: unanswered and answered.

        * `show`: all; unanswered: without a response so far; answered
        """
        return self.frame("response_questions", show=show, **asked)

    def topics(
        self,
        *,
        by: Literal["fleet", "group"] = "fleet",
        top: int = 20,
        min_senders: int = 3,
        ads: Literal["out", "in"] = "out",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Topics: words that are new in the window.

        * `by`: over all chosen groups, or in each
        * `top`: only the first N (of each group); 0: all
        * `min_senders`: only words that at least N people used
        * `ads`: texts that look like ads: left out (out), or as any other (in)
        """
        return self.frame("topics", by=by, top=top, min_senders=min_senders, ads=ads, **asked)

    def topics_groups(
        self,
        *,
        top: int = 10,
        min_senders: int = 3,
        ads: Literal["out", "in"] = "out",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """Topics: a group's own words.

        * `top`: only the first N of each group; 0: all
        * `min_senders`: only words that at least N people of the group used
        * `ads`: texts that look like ads: left out (out), or as any other (in)
        """
        return self.frame("topics_groups", top=top, min_senders=min_senders, ads=ads, **asked)
