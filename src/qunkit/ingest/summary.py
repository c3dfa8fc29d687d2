"""What became of every file of a run: counts that add up, and the reason where nothing went in. `summary_table` shows it, with `file_notes` and `run_notes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit.errors import Contradicts, InputRefused, MissingInput, QunkitError, UnknownFormat, worst
from qunkit.ingest import file_notes, run_notes, snapshots, summary_table
from qunkit.ingest.overlap import GOOD, SILENT, Match, Seams
from qunkit.ingest.read import Reading
from qunkit.ingest.scrub import MARK
from qunkit.results import Note, Result
from qunkit.words import Lang, Text, counted

if TYPE_CHECKING:
    import pandas as pd

PARTLY = 3
_MILD = (InputRefused.code, MissingInput.code)
"""Codes of files that others make up for."""


@dataclass(slots=True)
class FileSummary:
    """One file: its format, what became of it, and its account."""

    label: str
    format: str | None = None
    status: str = "ingested"
    size: int = 0
    id: str | None = None
    records: dict[str, int] = field(default_factory=dict)
    """Records per kind: message, notice, reject, framing."""
    bytes: dict[str, int] = field(default_factory=dict)
    """Bytes per kind; they add up to the size."""
    new: int = 0
    forgotten: int = 0
    """Messages and notices of members and groups that were forgotten: left out."""
    before: list[dict[str, Any]] = field(default_factory=list)
    """Earlier readings of the same bytes, as the manifest had them, whose place this one takes."""
    groups: list[tuple[str | None, str | None]] = field(default_factory=list)
    """Id and name of every group in it, as they stand there."""
    guessed: bool = False
    """Only the name of the file or of its folder says which group it is."""
    zone: str | None = None
    """In which its wall clocks were read; None: it has none."""
    members: int = 0
    """Of a file that is nothing but a list of them."""
    notes: list[Note] = field(default_factory=list)
    doubtful: bool = False
    """It went in, though too much of it is not what was known."""
    error: QunkitError | None = None

    @classmethod
    def failed(cls, label: str, error: QunkitError) -> FileSummary:
        """A file that never was opened."""
        summary = cls(label)
        summary.fail(error, "refused")
        return summary

    @property
    def rejected(self) -> int:
        """Records that could not be read."""
        return self.records.get("reject", 0)

    @property
    def notices(self) -> int:
        """Joins, recalls, pats and other notices, new or known."""
        return self.records.get("notice", 0)

    @property
    def told(self) -> int:
        """Messages and notices."""
        return self.records.get("message", 0) + self.notices - self.forgotten

    @property
    def known(self) -> int:
        """Messages and notices that the dataset had already."""
        return self.told - self.new

    @property
    def total(self) -> int:
        """new + known + rejected + forgotten."""
        return self.new + self.known + self.rejected + self.forgotten

    @property
    def told_before(self) -> int:
        """Messages and notices of the earlier readings."""
        return sum(one["new"] + one["known"] for one in self.before)

    @property
    def rejected_before(self) -> int:
        """Records that they could not read."""
        return sum(one["records"]["reject"] for one in self.before)

    @property
    def zone_before(self) -> str | None:
        """In which the wall clocks were read then, if that was another zone."""
        return next((one["tz"] for one in self.before if self.zone not in (None, one["tz"])), None)

    def group(self, names: Mapping[str, str]) -> Text | None:
        """Name or id of its group; of several their number. `names`: those of ids that other files know."""
        shown = {id_ or name: name or names.get(id_ or "", id_) for id_, name in self.groups}
        if len(shown) > 1:
            return counted(len(shown), "group", "个群")
        return next((Text(name, name) for name in shown.values() if name), None)

    @property
    def unlike(self) -> bool:
        """A file met in a folder that is like no export: a picture, a document."""
        return self.status == "skipped" and type(self.error) is UnknownFormat

    def fail(self, error: QunkitError, status: str) -> None:
        """Nothing of the file went in."""
        self.status, self.error, self.records, self.bytes = status, error, {}, {}

    def repeat(self, source: dict[str, Any], name: str) -> None:
        """The same bytes went in before, which is news only if their `name` was another."""
        self.status, self.id = "already", source["id"]
        self.records, self.bytes = source["records"], source["bytes"]
        self.forgotten = sum(source.get("forgotten", {}).values())
        self.groups, self.members = [(id_, name) for id_, name in source.get("groups", ())], source.get("members", 0)
        if source["name"] == MARK:
            self.notes.append(Note(file_notes.FORGOTTEN))
        elif name != source["name"] and MARK not in source["name"]:
            self.notes.append(Note(file_notes.RENAMED, (("name", source["name"]),)))

    def account(self, records: dict[str, int], bytes_: dict[str, int], reading: Reading) -> None:
        """Take over the ledger's sums."""
        self.id, self.records, self.bytes = reading.id, records, bytes_
        self.members = 0 if reading.messages else len(reading.members)
        self.notes += file_notes.of_reading(reading, self.forgotten, self.members)

    def compare(self, match: Match, calendar: str, *, force: bool) -> None:
        """How well it agrees with what was known; `calendar` is the zone of the dataset."""
        facts = file_notes.of_match(match, self.zone, calendar)
        if match.refused and not force:
            self.fail(Contradicts(path=self.label, **facts), "refused")
        elif match.rate < SILENT:
            self.notes += file_notes.doubts(match, facts)
            self.doubtful = match.rate < GOOD

    def credit(self, new: dict[str, int]) -> None:
        """How many of the records the dataset lacked, known after the merge; of a file read again, those that it did not tell before."""
        if self.status == "ingested" and self.id:
            self.new = new.get(self.id, 0)
            if self.before:
                self.new = min(self.new, max(0, self.told - self.told_before))


@dataclass(slots=True, repr=False)
class IngestSummary:
    """One run. A notebook shows it as a table, one row a file."""

    dataset: Path
    files: list[FileSummary] = field(default_factory=list)
    snapshot: str | None = None
    """The snapshot that was committed; None if there was nothing to commit."""
    seams: list[Seams] = field(default_factory=list)
    """Of every commit."""
    dry: bool = False
    """It was a rehearsal: nothing is committed."""
    zone_given: bool = False
    """The zone of wall clocks was not only the dataset's."""
    calendar: str = ""
    """Zone of the dataset's days."""
    calendar_before: str | None = None
    """What it was, if this run changed it."""

    @property
    def went_in(self) -> list[FileSummary]:
        """Files whose messages the dataset has now."""
        return [file for file in self.files if file.status in ("ingested", "already")]

    @property
    def read_again(self) -> list[FileSummary]:
        """Files that took the place of their earlier readings."""
        return [file for file in self.files if file.status == "ingested" and file.before]

    @property
    def is_first(self) -> bool:
        """Whether it made the dataset."""
        return self.snapshot == snapshots.name_of(1)

    @property
    def code(self) -> int:
        """0 complete; 3 partly; 65, 66, … if nothing at all went in; the worst of all. Unknown files met in a folder do not count."""
        errors = [file.error for file in self.files if file.error and file.status == "refused"]
        if not self.went_in:
            errors = errors or [file.error for file in self.files if file.error]
            return worst([error.code for error in errors] or [MissingInput.code])
        codes = [PARTLY if error.code in _MILD else error.code for error in errors]
        return worst([*codes, *(PARTLY if file.rejected or file.doubtful else 0 for file in self.went_in)])

    def to_result(self) -> Result:
        """The summary as a table, one row a file, with every sum."""
        return summary_table.of(self, run_notes.of_run(self, [file.label for file in self.files]))

    def frame(self) -> pd.DataFrame:
        """The same as a pandas DataFrame."""
        from qunkit.frames import to_frame

        return to_frame(self.to_result())

    def __repr__(self) -> str:
        found = Counter(file.status for file in self.files)
        told = ", ".join(f"{count:,} {status}" for status, count in found.items())
        new = sum(file.new for file in self.files)
        return f"<{type(self).__name__} files: {told or 'none'}; new: {new:,}; code {self.code}>"

    def _repr_html_(self) -> str:
        return self.frame().to_html()

    def for_people(self, lang: Lang, width: int | None = None) -> Result:
        """The same to look at, each file on a line of `width`: names without the folder they share, no unknown files, no bytes."""
        names = summary_table.names(self)
        notes = [*run_notes.of_run(self, names, people=True), run_notes.totals(self, names)]
        return summary_table.for_people(self, names, notes, lang, width)

    def warnings(self) -> list[Note]:
        """What makes the run partly done though no file was refused, in a line each."""
        return run_notes.warnings(self.files)

    def named(self, names: Sequence[str]) -> list[tuple[str, FileSummary]]:
        """Every file with its name of `names`."""
        return list(zip(names, self.files, strict=True))
