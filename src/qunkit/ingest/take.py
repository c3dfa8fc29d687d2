"""Files, read one after the other into one harvest: archives are opened, manifests followed, what is known already is passed over."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

from qunkit.chat import rosters
from qunkit.errors import NoMembers, NoMessages, QunkitError, UnknownFormat, UnreadableExport
from qunkit.ingest import build, file_notes, identify, shape, store
from qunkit.ingest.harvest import Harvest
from qunkit.ingest.read import EMPTY, Progress, Reading, begin, read
from qunkit.ingest.summary import FileSummary
from qunkit.parsing.source import Source
from qunkit.parsing.tables import container
from qunkit.results import Note
from qunkit.words import Text

STDIN = "-"
MAPPED = "mapped"
"""The format of tables of which a map says which column is what."""
NAMELESS = Text("the export does not say which group it is of", "导出内容没有说明是哪个群")
NAME_IT = Text(
    "Give the group with --as-group ID, or pass the file by its name.", "请用 --as-group ID 指定群，或直接给出文件名。"
)
NO_EXPORT = Text("the archive holds no known export", "压缩包中没有已知的导出文件")
OTHER_BYTES = Text("it is not the file that was read: it has changed since.", "它不是当时读取的文件：内容已改变。")
AS_THEY_WERE = Text(
    "Give the file as it was then, or take this one in with `qunkit ingest` and that one out with `qunkit sources drop`.",
    "请给出当时的文件；或用 `qunkit ingest` 导入现在的文件，再用 `qunkit sources drop` 移除当时的文件。",
)
OVERRULED = Text(
    "the list says the group itself ({column}); --group {group} was taken for all of it",
    "名单中已注明所属的群（{column}），但已全部按 --group {group} 处理",
)
_STDIN_PARTS = ("stdin",)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about the inputs."""

    tz: str | None = None
    """Zone of the sources' wall clocks; None: the dataset's. Becomes the dataset's where this run makes it."""
    as_group: str | None = None
    """Group id or name for every record, instead of what the files say."""
    format_in: str | None = None
    """Format of every file, instead of what it looks like."""
    facts: tuple[tuple[str, str], ...] = ()
    """Facts for the formats, such as ("date", "2024-12-01")."""
    maps: tuple[tuple[str, str], ...] = ()
    """Glob of file names → the fact "map" of files that match; the first match counts."""
    memory_limit: str = build.MEMORY_LIMIT
    threads: int | None = None
    force: bool = False
    """Take exports that contradict what is known, too."""
    again: bool = False
    """Read files anew that were read before: what they say now takes the place of what the same bytes said then."""
    dry: bool = False
    """Commit nothing."""

    @property
    def asked(self) -> dict[str, Any]:
        """What has to be asked again to read a file as it was read."""
        return {"as_group": self.as_group, "format_in": self.format_in}


@dataclass(slots=True)
class Run:
    """Files on their way into one commit."""

    harvest: Harvest
    options: Options
    progress: Progress
    seen: set[str] = field(default_factory=set)
    """Files that were given, or that a manifest named: none is read twice."""
    place: dict[str, Any] | None = None
    """The earlier reading whose place the next file takes: nothing but its bytes will do."""

    @property
    def staging(self) -> store.Staging:
        """Where it is built."""
        return self.harvest.staging

    def take(self, candidate: identify.Candidate) -> list[FileSummary]:
        """Read a file, or every file in an archive; whatever is wrong is said in the summaries, and the run goes on."""
        try:
            candidate = _spooled(candidate, self.staging)
            members = identify.members(candidate)
        except QunkitError as error:
            return [FileSummary.failed(candidate.label, error)]
        if members is None:
            return self.take_file(candidate)
        files = [file for member in members for file in self.take_file(member)]
        if all(file.status == "skipped" for file in files):
            summary = FileSummary(candidate.label)
            nothing = NoMessages(path=candidate.label, why=NO_EXPORT)
            summary.fail(nothing, "skipped" if candidate.found else "refused")
            files.append(summary)
        return files

    def take_file(self, candidate: identify.Candidate) -> list[FileSummary]:
        """Read one file, and those that it names."""
        summary = FileSummary(candidate.label)
        others: list[FileSummary] = []
        try:
            with identify.opened(candidate, self.staging.spool, self._facts(candidate)) as source:
                self._take(candidate, source, summary, others)
        except (UnknownFormat, NoMessages) as error:
            is_list = isinstance(error, NoMessages) and ("roster", "") in self.options.facts
            told = NoMembers(**error.facts) if is_list else error
            passed = candidate.found and not error.facts.get("lost")  # what may be a chat is not passed over
            summary.fail(told, "skipped" if passed else "refused")
        except QunkitError as error:
            summary.fail(error, "refused")
        return [summary, *others]

    def _take(
        self, candidate: identify.Candidate, source: Source, summary: FileSummary, others: list[FileSummary]
    ) -> None:
        summary.size = source.size
        if self.place and source.sha256 != self.place["sha256"]:
            raise UnreadableExport(path=source.label, why=OTHER_BYTES, hint=AS_THEY_WERE)
        if not identify.beginning(source.head).strip("\0 \t\r\n"):
            raise NoMessages(path=source.label, why=EMPTY)
        name, module = identify.identify(source, self._wanted(candidate, source))
        summary.format = name
        if name != MAPPED and "map" in source.options:
            summary.notes.append(Note(file_notes.MAP_UNUSED))
            source = replace(source, options={fact: said for fact, said in source.options.items() if fact != "map"})
        if "group" in source.options and (column := rosters.own_group(source)):
            summary.notes.append(Note(OVERRULED, (("column", column), ("group", source.options["group"]))))
        others += [] if self.place else self._take_listed(candidate, source, module)
        identity, batches = begin(source, name, module, self.options.as_group)
        if known := self._known(identity, source):
            summary.repeat(known, source.parts[-1])
            if self._in_other_zone(known):
                summary.notes.append(
                    Note(file_notes.OTHER_OPTIONS, (("before", known["tz"]), ("zone", self.options.tz)))
                )
            return
        reading = Reading(source, name, identity, self.staging.spool / f"{identity}.arrow")
        try:
            read(reading, batches, module, self.progress)
            told = reading.group[0] or reading.group[1] not in (None, *source.parts)
            if source.parts == _STDIN_PARTS and not told and not self.options.as_group:
                raise UnreadableExport(path=source.label, why=NAMELESS, hint=NAME_IT)
            options = self.options
            self.harvest.add(reading, options.tz, options.as_group, options.asked, summary)
            summary.before = self._earlier(reading)
            self.harvest.gathered.replaced[identity] = {one["id"] for one in summary.before}
        except NoMessages as error:
            error.facts["lost"] = bool(reading.rejects) or shape.is_cut(source)
            raise
        finally:
            reading.spool.unlink(missing_ok=True)
            if reading.id not in self.harvest.gathered.rejects:
                reading.reject_spool.unlink(missing_ok=True)

    def _facts(self, candidate: identify.Candidate) -> dict[str, str]:
        """What the formats are told of a file beside the file."""
        map_ = self._map_of(candidate)
        return ({"map": map_} if map_ else {}) | dict(self.options.facts)

    def _map_of(self, candidate: identify.Candidate) -> str | None:
        """The map that is given for files of this name."""
        name = candidate.label.rpartition("/")[2]
        return next((map_ for pattern, map_ in self.options.maps if fnmatchcase(name, pattern)), None)

    def _wanted(self, candidate: identify.Candidate, source: Source) -> str | None:
        """The format of files of which something says what they are, whatever they look like.

        A map that is given for any file is for tables of no known format.

        Raises:
            UnreadableExport: said to be a list of members, and is a chat.
        """
        if "roster" in source.options:
            return _roster(source)
        if "map" not in source.options:
            return self.options.format_in
        if self.place or self._map_of(candidate):
            return MAPPED
        known = [*identify.said_yes(source.head)]
        return self.options.format_in or (known[0] if len(known) == 1 else MAPPED)

    def _take_listed(self, candidate: identify.Candidate, source: Source, module: ModuleType) -> list[FileSummary]:
        """Read the files that a manifest names, unless they are read anyway."""
        found, missing = identify.listed(candidate, source, module)
        files = [FileSummary.failed(str(error.facts["path"]), error) for error in missing]
        for other in found:
            path = os.path.realpath(other.path)
            if path not in self.seen:
                self.seen.add(path)
                files += self.take_file(other)
        return files

    def _known(self, identity: str, source: Source) -> dict[str, Any] | None:
        """The reading of these bytes that stands; None if there is none, or they are to be read anew: all, or with nothing but another zone."""
        if now := next((one for one in self.harvest.gathered.sources if one["id"] == identity), None):
            return now
        before = next((one for one in self.staging.base["sources"] if one["id"] == identity), None)
        if not before or self.options.again:
            return None
        asked = self.options.asked | {"facts": dict(source.options)}
        return None if self._in_other_zone(before) and before.get("asked") == asked else before

    def _in_other_zone(self, before: dict[str, Any]) -> bool:
        """Whether its wall clocks were read in another zone than is given now."""
        return self.options.tz not in (None, before["tz"]) and before.get("wall_clocks", True)

    def _earlier(self, reading: Reading) -> list[dict[str, Any]]:
        """Earlier readings whose place this one takes: of this source, or, where all is read again, of the same bytes.

        Where the same bytes lie in the folders of several groups, those of this one.
        """
        if self.place:
            return [self.place]
        same = [one for one in self.staging.base["sources"] if one["sha256"] == reading.source.sha256]
        if self.options.again and len(same) == 1:
            return same
        told = list(reading.group) if self.options.again else ()
        return [one for one in same if one["id"] == reading.id or one.get("told") == told]


def _roster(source: Source) -> str:
    """The format of a list of members.

    Raises:
        UnreadableExport: it is a chat.
    """
    formats = identify.said_yes(source.head).values()
    if any(not getattr(module, "ROSTER", False) for module in formats):
        raise UnreadableExport(path=source.label, why=rosters.IS_CHAT, hint=rosters.INGEST)
    return f"roster_{container(source)}"


def _spooled(candidate: identify.Candidate, staging: store.Staging) -> identify.Candidate:
    """Standard input as a file; others as they are."""
    if candidate.label != STDIN:
        return candidate
    path = staging.spool / "stdin"
    if not path.exists():
        with path.open("xb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    return identify.Candidate(path, STDIN, False, _STDIN_PARTS)
