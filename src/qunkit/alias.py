"""Which names are whose: the table of what was found and said, and the owner's word by the names that people type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.errors import IsAlias, NoSuchAlias, NoSuchMember, OwnName, SeveralMembers, UsageError
from qunkit.question import Filters, choose
from qunkit.results import Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.aliases import Alias

TITLE = Text("Names and whose they are", "成员的其他名字")
_STATUSES = {
    "suggested": Text("suggested", "建议"),
    "accepted": Text("accepted", "已接受"),
    "rejected": Text("rejected", "已拒绝"),
    "linked": Text("linked", "自动关联"),
}
_EVIDENCE = {
    "messages": Text("same messages", "消息相同"),
    "roster": Text("roster", "成员名单"),
    "name": Text("name shown", "用过此名"),
    "owner": Text("your word", "由你指定"),
}
COLUMNS = (
    Column("status", "text", Text("Status", "状态"), Text("suggested, accepted, rejected; linked: found to be an id's name, which needs nobody's word", "suggested 建议、accepted 已接受、rejected 已拒绝；linked 已自动关联到 id"), words=_STATUSES),
    Column("group_id", "text", Text("Group id", "群 id"), Text("group; empty for an id, which counts in every group", "所属群；id 的别名对所有群有效，此列为空")),
    Column("group_name", "text", Text("Group", "群")),
    Column("alias", "text", Text("Alias", "别名"), Text("the other name (`name:…`) or id", "另一个名字（`name:…`）或 id")),
    Column("member", "text", Text("Member id", "成员 id"), Text("whose it is: an id, or `name:…` where no export gives one", "归属的成员：id，没有 id 时为 `name:…`")),
    Column("member_name", "text", Text("Member", "成员"), Text("the member's own name as last seen, not the alias", "成员最近的名称，不含别名")),
    Column("evidence", "text", Text("Evidence", "依据"), Text("messages: both names tell the same messages; roster: a list of members has the name; name: an export shows the id under the name; owner: you said so", "messages 两个名字讲了相同的消息；roster 成员名单；name 某个导出中该 id 用过此名；owner 由你指定"), words=_EVIDENCE),
    Column("support", "int", Text("Moments", "次数"), Text("moments at which the two tell the same words, and no export has both", "两个名字在同一时刻内容相同、且没有任何导出同时包含二者的次数")),
    Column("purity", "ratio", Text("Purity", "纯度"), Text("share of such moments that are theirs; the rest is with others of the same exports", "这些时刻中属于这一对名字的比例，其余属于同一导出中的其他人"), spare=1),
)  # fmt: skip
_HOW = Text(
    "`qunkit alias accept NAME` takes a suggestion, `qunkit alias reject NAME` puts it away",
    "`qunkit alias accept 名字` 接受建议，`qunkit alias reject 名字` 拒绝建议",
)
_NONE = Text(
    "no name looks like another name of somebody (`--linked` also lists names that needed no decision)",
    "没有发现疑似同一成员的其他名字（加 --linked 可列出已自动关联的名字）",
)


def table(dataset: Path, groups: Sequence[str] = (), *, linked: bool = False) -> Result:
    """What was found and said of the groups (names, ids, globs; none: of all); with `linked` also the names that needed no word.

    Raises:
        NoDataset, DatasetDamaged, DatasetNewer: there is nothing to read.
        NoSuchGroup: none is called so.
    """
    found = [one for one in _found(dataset, groups) if linked or one.status != "linked"]
    cells = [tuple(getattr(one, column.name) for column in COLUMNS) for one in found]
    notes = [Note(_HOW)] if any(one.status == "suggested" for one in found) else []
    return Result("alias_list", TITLE, COLUMNS, cells, notes, empty=_NONE)


def accept(dataset: Path, alias: str | None, groups: Sequence[str] = (), *, wait: float = 10.0) -> list[Alias]:
    """Take the suggestion for `alias` (a name or id), also one that was rejected, or with None all suggestions; returns what was taken.

    Raises:
        NoSuchAlias: nothing is suggested for it.
        SeveralMembers: more than one is.
    """
    found = [one for one in _found(dataset, groups) if one.status in ("suggested", "rejected")]
    if alias is None:
        taken = [one for one in found if one.status == "suggested"]
    else:
        names = _names_of_ids(dataset)
        taken = [_one(alias, _called(alias, found, names) or _belonging(alias, found, names))]
    _say(dataset, taken, "same", wait)
    return taken


def reject(dataset: Path, alias: str, groups: Sequence[str] = (), *, wait: float = 10.0) -> Alias:
    """`alias` is not the member's of whom it is suggested, was accepted or linked to; returns it as it was before.

    It may also be the member, if that has only one alias that was suggested or accepted. Of what is rejected already nothing is written.

    Raises:
        NoSuchAlias: it is nobody's.
        SeveralMembers: it is of several; --group says which.
        OwnName: it is what a member goes by.
    """
    found = _rejectable(alias, _found(dataset, groups), _names_of_ids(dataset))
    if not found and any(alias in (key, key.removeprefix("name:"), name) for key, name in _people(dataset, groups)):
        raise OwnName(name=alias)
    if found and found[0].status == "rejected":
        return found[0]
    one = _one(alias, found)
    _say(dataset, [one], "different", wait)
    return one


def add(dataset: Path, alias: str, member: str, groups: Sequence[str] = (), *, wait: float = 10.0) -> tuple[str, str]:
    """`alias` is `member`, whatever the evidence: each a name or an id. Returns the keys of the alias and of the member.

    An id is never the alias of a name: given so, the name becomes the id's.

    Raises:
        NoSuchMember, SeveralMembers: no export shows them, or several go by that name.
        IsAlias: one of them is somebody's alias by now.
        UsageError: both are one member already.
    """
    from qunkit.ingest.aliases import Verdict, people, say

    chosen = _groups(dataset, groups)
    known = {key: name for key, name in people(dataset).items() if not chosen or key[0] in chosen}
    try:
        group, other = _person(alias, known)
        if other.startswith("name:"):
            known = {key: name for key, name in known.items() if key[0] == group}
        place, own = _person(member, known)
    except NoSuchMember as error:
        unknown = str(error.facts["name"])
        _must_be_no_alias(dataset, sorted((alias, member), key=lambda typed: typed != unknown), groups)
        raise
    if other == own:
        raise UsageError(what=Text(f"{alias} is that member already.", f"{alias} 已是该成员。"))
    if own.startswith("name:") and not other.startswith("name:"):
        group, other, own = place, own, other
    say(dataset, [Verdict(group if other.startswith("name:") else None, other, own, "same")], wait)
    return other, own


def _found(dataset: Path, groups: Sequence[str], *, suggest: bool = True) -> list[Alias]:
    """What was found and said; an id that you made an alias is not told again as a name that is linked."""
    from qunkit.ingest.aliases import listed

    chosen = _groups(dataset, groups)
    found = listed(dataset, suggest=suggest)
    said = {(f"name:{one.alias}", one.member) for one in found if one.status == "accepted"}
    return [
        one
        for one in found
        if (not chosen or one.group_id is None or one.group_id in chosen)
        and not (one.status == "linked" and (one.alias, one.member) in said)
    ]


def _rejectable(typed: str, found: Sequence[Alias], names: Mapping[str, set[str]]) -> list[Alias]:
    """What `typed` may mean to be rejected: what you said goes before what was linked, an alias before its member."""
    by_alias = _called(typed, found, names)
    stages = (
        [one for one in by_alias if one.status in ("suggested", "accepted")],
        [one for one in by_alias if one.status == "linked"],
        [one for one in by_alias if one.status == "rejected"],
        [one for one in _belonging(typed, found, names) if one.status in ("suggested", "accepted")],
    )
    return next((stage for stage in stages if stage), [])


def _called(typed: str, found: Sequence[Alias], names: Mapping[str, set[str]]) -> list[Alias]:
    """Whose alias is `typed`: a key goes before a name."""
    return _meant(typed, [(one, one.alias) for one in found], names)


def _belonging(typed: str, found: Sequence[Alias], names: Mapping[str, set[str]]) -> list[Alias]:
    """Whose member is `typed`: a key goes before a name."""
    return _meant(typed, [(one, one.member) for one in found], names)


def _meant(typed: str, keyed: Sequence[tuple[Alias, str]], names: Mapping[str, set[str]]) -> list[Alias]:
    exact = [one for one, key in keyed if typed in (key, key.removeprefix("name:"))]
    return exact or [one for one, key in keyed if typed in names.get(key, ())]


def _names_of_ids(dataset: Path) -> dict[str, set[str]]:
    """Every name under which an export or a list of members shows an id, whoever's alias that is by now."""
    import pyarrow.parquet as pq

    from qunkit.ingest import build, store

    shown = {
        build.NAMES: ("sender_id", "sender_name"),
        build.MEMBERS: ("member_id", "nickname", "group_nickname", "remark"),
    }
    names: dict[str, set[str]] = {}
    with store.open_snapshot(dataset) as snapshot:
        for part, columns in shown.items():
            if part in snapshot.manifest["parts"]:
                for row in pq.read_table(snapshot.path / part, columns=list(columns)).to_pylist():
                    id, *called = (row[column] for column in columns)
                    names.setdefault(id, set()).update(name for name in called if name)
    names.pop(None, None)  # type: ignore[call-overload]
    return names


def _people(dataset: Path, groups: Sequence[str]) -> list[tuple[str, str | None]]:
    """Keys of members, each with the name last seen."""
    from qunkit.ingest.aliases import people

    chosen = _groups(dataset, groups)
    return [(who, name) for (group, who), name in people(dataset).items() if not chosen or group in chosen]


def _must_be_no_alias(dataset: Path, names: Sequence[str], groups: Sequence[str]) -> None:
    found = [one for one in _found(dataset, groups, suggest=False) if one.status in ("accepted", "linked")]
    known = _names_of_ids(dataset)
    for name in names:
        for one in _called(name, found, known):
            raise IsAlias(name=name, member=one.member_name or one.member.removeprefix("name:"))


def _groups(dataset: Path, patterns: Sequence[str]) -> tuple[str, ...]:
    """Ids of the groups that `patterns` mean; none for all."""
    from qunkit.ingest.aliases import group_names

    return choose(Filters(group=tuple(patterns)), {}, group_names(dataset)) if patterns else ()


def _one(typed: str, found: Sequence[Alias]) -> Alias:
    """The only one that was found."""
    if not found:
        raise NoSuchAlias(alias=typed)
    if len(found) > 1:
        raise SeveralMembers(name=typed, keys=", ".join(map(_told, found)))
    return found[0]


def _told(one: Alias) -> str:
    """Who is whose, and in which group if not in all."""
    place = one.group_name or one.group_id
    return f"{one.alias} → {one.member}" + (f" ({place})" if place else "")


def _say(dataset: Path, found: Iterable[Alias], verdict: str, wait: float) -> None:
    from qunkit.ingest.aliases import Verdict, say

    said = [(one.group_id if one.alias.startswith("name:") else None, one.alias, one.member) for one in found]
    say(dataset, [Verdict(*one, verdict) for one in said], wait)


def _person(typed: str, known: Mapping[tuple[str, str], str | None]) -> tuple[str, str]:
    """Group and key of who is called so: a key goes before a name. An id may be in several groups, a name stands for one of each."""
    keys = [key for key in known if key[1] == typed]
    named = [key for key, name in known.items() if typed in (key[1].removeprefix("name:"), name)]
    found = keys or named
    if not found:
        raise NoSuchMember(name=typed)
    if len({who for _, who in found}) > 1 or (len(found) > 1 and found[0][1].startswith("name:")):
        raise SeveralMembers(name=typed, keys=", ".join(f"{who} ({group})" for group, who in found))
    return found[0]
