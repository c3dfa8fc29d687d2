"""The Python front door: the same questions, filters and answers as on the command line.

    from qunkit import open_dataset

    chats = open_dataset("qunkit-data")
    chats.ingest("exports/")                             # what became of each file
    chats.activity(per="week", last="4w")                # a pandas DataFrame; a method for each analysis
    chats.kol(group="周末徒步*").attrs["notes"]           # what has to be said with it
    chats.report(week="2024-W48").frames()               # its tables by section; a notebook shows the report as its page
    chats.alerts(since="last-run")                       # kept as told by chats.keep_alerts(…)

Filters are the same everywhere: `group` and `tag` (one or several), `since`, `until`, `last`, `week`, `as_of`, `day_start`;
`qunkit.question` and `qunkit.window` say what they mean. `names` ("group", "nickname", "remark") says which name of a member to show,
`pseudonymise=True` shows none (docs/privacy.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit import config, registry
from qunkit.answers import Answers
from qunkit.config.tables import Config
from qunkit.errors import BadOption, NoDataset
from qunkit.question import Filters, Machine, Question, ask, ask_here, readers
from qunkit.results import Note, Report, Result, Section
from qunkit.schema import KINDS, MESSAGES
from qunkit.words import Lang, Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from qunkit.alerts import Alerts
    from qunkit.analyze import Engine
    from qunkit.engines.duckdb import Engine as DuckDB
    from qunkit.ingest.aliases import Alias
    from qunkit.ingest.extent import Forgotten
    from qunkit.ingest.retry import Retrial
    from qunkit.ingest.sources import Dropped
    from qunkit.ingest.summary import IngestSummary
    from qunkit.methods.ad_judge import Judge
    from qunkit.notebook import WeeklyReport
    from qunkit.report import Progress

_MESSAGES = """
SELECT {columns} FROM messages m {answered}
WHERE m.local_time >= COALESCE(:since, TIMESTAMP '1000-01-01') AND m.local_time < :until
  AND (len(:kinds) = 0 OR list_contains(:kinds, m.kind))
  AND (len(:senders) = 0 OR list_contains(:senders, m.sender_id) OR list_contains(:senders, m.sender_name))
ORDER BY m.group_id, m.sent_at, m.seq
"""
_ANSWERED = """
LEFT JOIN (
  SELECT group_id, message_id, sender_name AS quote_sender, kind AS quote_kind, text AS quote_text FROM messages
  WHERE message_id IN (SELECT reply_to FROM messages)
) q ON q.group_id = m.group_id AND q.message_id = m.reply_to
"""
_PSEUDONYMS = Text("Pseudonyms", "化名")
LAST_RUN = "last-run"
"""What `Dataset.alerts` takes for `since`."""
_FILTERS = {one.name for one in fields(Filters)}
_LANGUAGE = "QUNKIT_LANG"


def dataset_path(path: str | Path | None = None) -> Path:
    """Where the dataset is: `path`, else $QUNKIT_DATA, else qunkit-data."""
    return Path(path or os.environ.get("QUNKIT_DATA") or "qunkit-data")


def open_dataset(
    path: str | Path | None = None,
    *,
    settings: str | Path | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    engine: str | None = None,
    spark_url: str | None = None,
    lang: Lang | None = None,
) -> Dataset:
    """The dataset in the folder `path` (see `dataset_path`); nothing is read yet, and `Dataset.ingest` makes what is not there.

    `lang` ("en", "zh") is the language of notes, titles and the report; None: as $QUNKIT_LANG says, or else qunkit.toml.
    `settings` is a file of settings that go before the dataset's qunkit.toml, `memory_limit` ("2GB") and `threads` hold the
    query engine back. `engine` "spark" lets analyses and the report run, and exports be read, at `spark_url` (docs/scale.md); messages and SQL stay here.
    """
    machine = Machine(memory_limit, threads, engine, spark_url)
    return Dataset(dataset_path(path), Path(settings) if settings else None, machine, lang)


@dataclass(frozen=True)
class Dataset(Answers):
    """A dataset and the questions one can ask it. Every call sees one committed state from start to end."""

    path: Path
    settings_file: Path | None = None
    machine: Machine = field(default_factory=Machine)
    lang: Lang | None = None

    @cached_property
    def settings(self) -> Config:
        """What qunkit.toml says, read once.

        Raises:
            BadConfig: it cannot be understood.
        """
        return config.load(self.path, self.settings_file)

    def ingest(
        self,
        *sources: str | Path,
        tz: str | None = None,
        as_group: str | None = None,
        format_in: str | None = None,
        date: str | None = None,
        date_order: str | None = None,
        map: Mapping[str, str] | None = None,
        private: bool = False,
        force: bool = False,
        again: bool = False,
        dry_run: bool = False,
        wait: float = 10.0,
        each: bool = False,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> IngestSummary:
        """Take exports (files or folders; "-" is standard input) into the dataset, which is made if there is none.

        What the exports do not say: `tz` of their wall clocks, the group id of every record, the format's name, the `date` of files
        that hold times of day only, the `date_order` ("dmy", "mdy", "ymd") of dates that do not show it, the column of each field (``{"time": "when", …}``: see `config.columns.FIELDS`) of tables that are of no
        known format. `private` also takes the private chats of exports that mix them with groups. `force` also takes an export that contradicts what is known. `again` reads files anew that were read before: what they say now takes the place of what they said then. `dry_run` writes nothing, and tells the same. `wait` are seconds to wait for another writer; `each` commits after every file; `progress` is
        called with (label, bytes done, bytes in all). Bad input is no exception: the summary says of every file what became of it; its `frame` is that as a table, its `code` the exit
        code that the command would have.

        Raises:
            CannotCreate, DatasetLocked, DatasetDamaged, DatasetNewer, UnknownTimeZone, and those of Spark: nothing was written.
        """
        from qunkit.ingest.run import Options, ingest

        facts = {"date": date, "date_order": date_order, "map": json.dumps(map, ensure_ascii=False) if map else None}
        facts["private"] = "yes" if private else None
        maps = {files: json.dumps(columns, ensure_ascii=False) for files, columns in self.settings.maps.items()}
        told = (tz, as_group, format_in, _given(facts), tuple(maps.items()))
        options = Options(*told, force=force, again=again, dry=dry_run, **self._limits)
        more = {"progress": progress} if progress else {}
        with readers(self.machine, self.settings) as spread:
            return ingest(sources, self.path, options, wait=wait, each=each, spread=spread, **more)

    def roster(
        self,
        *files: str | Path,
        group: str | None = None,
        at: str | None = None,
        tz: str | None = None,
        wait: float = 10.0,
    ) -> IngestSummary:
        """Take lists of members (CSV, JSON, XLSX) into the dataset: the whole membership of `group`, its id or name, at the time `at`.

        `tz` is the zone of wall clocks, that of `at` too. Without `group` the lists must say it themselves.

        Raises:
            CannotCreate, DatasetLocked, DatasetDamaged, DatasetNewer, UnknownTimeZone: nothing was written.
        """
        from qunkit.ingest.run import Options, ingest

        facts = _given({"roster": "", "group": group, "at": at})
        return ingest(files, self.path, Options(tz, facts=facts, **self._limits), wait=wait)

    def retry(
        self,
        *files: str | Path,
        wait: float = 10.0,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Retrial:
        """Read the sources that have rejects again, with the parsers of today, from where they lay or from `files`.

        Raises:
            NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
        """
        from qunkit.ingest.retry import retry
        from qunkit.ingest.run import Options

        more = {"progress": progress} if progress else {}
        return retry(self.path, files, Options(**self._limits), wait=wait, **more)

    def drop(self, *sources: str, wait: float = 10.0, dry_run: bool = False) -> Dropped:
        """Take sources out again, as if they never had been ingested: by path, name, glob, or the begin of an id.

        `dry_run` only says what would go.

        Raises:
            NoSuchSource: one of `sources` is none.
            NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
        """
        from qunkit.ingest.sources import drop

        return drop(self.path, sources, wait=wait, dry=dry_run)

    def alias_list(self, group: str | Sequence[str] = (), *, linked: bool = False) -> Result:
        """Names that may be a member's other name, with the evidence, and what was said of them; see `qunkit.alias`."""
        from qunkit import alias

        return alias.table(self.path, _several(group), linked=linked)

    def alias_accept(self, name: str | None, group: str | Sequence[str] = (), *, wait: float = 10.0) -> list[Alias]:
        """Take the suggestion for the alias `name`, or with None all of them."""
        from qunkit import alias

        return alias.accept(self.path, name, _several(group), wait=wait)

    def alias_reject(self, name: str, group: str | Sequence[str] = (), *, wait: float = 10.0) -> Alias:
        """The alias `name` is not the member's of whom it is suggested, was accepted or linked to."""
        from qunkit import alias

        return alias.reject(self.path, name, _several(group), wait=wait)

    def alias_add(
        self, name: str, member: str, group: str | Sequence[str] = (), *, wait: float = 10.0
    ) -> tuple[str, str]:
        """`name` is `member`, each a name or an id, whatever the evidence. Returns the keys of both."""
        from qunkit import alias

        return alias.add(self.path, name, member, _several(group), wait=wait)

    def forget(
        self, member: str | None = None, group: str | Sequence[str] = (), *, wait: float = 10.0, dry_run: bool = False
    ) -> Forgotten:
        """Take a member (an id or a shown name) out of the dataset, or without `member` a group; no later export brings them back.

        `group` also tells members of one name apart. `dry_run` only says what would go.

        Raises:
            NoSuchMember, SeveralMembers, NoSuchGroup, SeveralGroups: not exactly one is meant.
            NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer, BadKey: nothing was written.
            OldStateRead: it is done, but the state before is still being read; the next call clears it away.
        """
        from qunkit.ingest.forget import forget, preview

        groups = _several(group)
        return preview(self.path, member, groups) if dry_run else forget(self.path, member, groups, wait=wait)

    def judge(self, *, shipped: bool = False, needed: bool = False) -> Judge:
        """What says what is an ad here (`Judge.score` of any texts): the dataset's own model and lists; what came with the program, and the lists of the settings, where
        there is no dataset.

        Raises:
            DatasetDamaged, DatasetNewer, BadConfig: what is there cannot be used.
            NoDataset: there is none, and it is `needed`.
        """
        from qunkit import models
        from qunkit.ingest.store import open_snapshot
        from qunkit.methods.ad_judge import own

        try:
            with open_snapshot(self.path) as snapshot:
                return models.judge(snapshot, self.settings, shipped_one=shipped)
        except NoDataset:
            if needed:
                raise
            return own(self.settings.ads)

    def ads_learn(self, *labels: str | Path, anew: bool = False, wait: float = 10.0) -> Result:
        """Learn from labelled messages, tables of `ads_audit` with the column ``label`` filled in, what an ad is in this dataset; see `qunkit.ad_labels`.

        Labels given before count, too, but if `anew`.

        Raises:
            BadLabels: too few, or what a label says is not known.
            NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
        """
        from qunkit import ad_labels

        return ad_labels.learn_from(self.path, self.settings, [Path(one) for one in labels], anew=anew, wait=wait)

    @property
    def _limits(self) -> dict[str, Any]:
        limits: dict[str, Any] = {"threads": self.machine.threads}
        return limits | ({"memory_limit": self.machine.memory_limit} if self.machine.memory_limit else {})

    def analyze(self, name: str, /, **asked: Any) -> Result:
        """The table of the analysis `name` as plain cells, with labels in both languages; `asked` are filters and the analysis's own parameters.

        Raises:
            LookupError: no such analysis.
            TypeError: neither a filter nor a parameter of this analysis.
        """
        from qunkit import analyze

        module = registry.load("analyses", name)
        filters, params = _parted(asked)
        chosen: Any = module.Params(**params) if hasattr(module, "Params") else None
        if filters.pseudonymise and hasattr(chosen, "masked"):
            chosen.masked()
        with self.ask(filters) as question:
            result = analyze.analyze(
                question.engine,
                name,
                chosen,
                scope=question.scope,
                facts=question.facts,
                models=question.models,
            )
            result.notes += question.notes
            return result

    def frame(self, name: str, /, **asked: Any) -> pd.DataFrame:
        """The same as a pandas DataFrame; `attrs` hold its facts (as_of, since, until, …), ``title`` and ``notes``. `Dataset.kol()` is ``frame("kol")``.

        Raises: as `analyze`.
        """
        from qunkit.frames import to_frame

        return to_frame(self.analyze(name, **asked), self._language)

    def report(self, week: str = "last", *, progress: Progress | None = None, **filters: Any) -> WeeklyReport:
        """The weekly report of an ISO week ("2024-W48"), or of the last one that is complete; while there is none, of the one that has begun.

        `progress` is called with (what was done, steps done, steps in all).
        """
        from qunkit.notebook import WeeklyReport
        from qunkit.report import weekly

        with self.ask(_of_week(week, filters)) as question:
            report = weekly(
                question.engine,
                question.scope,
                question.facts,
                empty=question.empty,
                models=question.models,
                progress=progress,
                within=question.within,
            )
            report = _with_notes(report, question.notes)
            return WeeklyReport(report.name, report.title, report.sections, report.facts, self._language)

    def pages(
        self,
        folder: str | Path,
        week: str = "last",
        *,
        lang: Lang = "en",
        progress: Progress | None = None,
        **filters: Any,
    ) -> list[str]:
        """Write the same report as HTML into `folder`: index.html for all groups, linked to a page of each; returns what the index leaves out, in `lang`.

        DuckDB answers, whatever engine is named. The folder is made if it is not there; pages of an earlier run in it are replaced, and are whole at any time.

        Raises:
            CannotCreate: `folder` is none, lies inside the dataset, or holds other files.
        """
        from qunkit import pages
        from qunkit.report import every

        pages.must_be_possible(Path(folder), self.path)
        with ask_here(self.path, self.settings, _of_week(week, filters), self.machine) as question:
            made = every(
                question.engine,
                question.scope,
                question.facts,
                empty=question.empty,
                models=question.models,
                progress=progress,
                within=question.within,
            )
            reports = ((id_, _with_notes(report, question.notes)) for id_, report in made.reports)
            index = _with_notes(made.index, question.notes)
            workers = self.machine.threads or os.cpu_count() or 1
            return pages.write(Path(folder), index, reports, pages.file_names(made.names), lang, workers)

    def alerts(self, since: str | None = None, **filters: Any) -> Alerts:
        """What the rules of ``[alerts]`` in qunkit.toml have to tell of the last whole days; see `qunkit.alerts`.

        With `since` "last-run" only what had not been told when `keep_alerts` was last called. Filters that choose a time do not fit: rules have windows of their own.

        Raises:
            TypeError: no such filter.
            BadOption: another `since`.
            ToldDamaged: what was told before cannot be read.
            CannotCreate: what is told now could not be kept, for the dataset is read-only.
        """
        from qunkit import alerts
        from qunkit.ingest import told
        from qunkit.privacy import load_key

        if since not in (None, LAST_RUN):
            raise BadOption(option="--since", value=since, expected=Text(LAST_RUN, f" {LAST_RUN}"))
        chosen, rest = _parted(filters)
        _must_be_empty(rest | {name: filters[name] for name in ("until", "last", "week") if name in filters})
        before: told.Told = {}
        if since:
            told.must_be_writable(self.path)
            before = told.load(self.path)
        with self.ask(chosen) as question:
            found, table = alerts.alerts(
                question.within, question.scope, self.settings, question.facts, models=question.models
            )
            if since and found is not None:
                key, masked = load_key(create=True), chosen.pseudonymise
                groups = question.scope.groups
                table = alerts.untold(found, table, before, key, groups, masked=masked)
            table.notes += question.notes
            return table

    def keep_alerts(self, alerts: Alerts, *, wait: float = 10.0) -> None:
        """Remember that `alerts` (of ``since="last-run"``; others change nothing) were told: to be called when they have been, so that what nobody got is told again.

        Raises:
            DatasetLocked: another writer holds the dataset after `wait` seconds.
            ToldDamaged, CannotCreate: nothing was written.
        """
        from qunkit.ingest import told

        if alerts.marks is not None:
            told.keep(self.path, alerts.marks, alerts.asked, wait=wait)

    def messages(
        self,
        kind: str | Sequence[str] = (),
        sender: str | Sequence[str] = (),
        *,
        answered: bool = False,
        **filters: Any,
    ) -> pa.RecordBatchReader:
        """The messages that the filters let through, notices among them, by group, time and place, a batch at a time.

        `kind` are kinds of `schema.KINDS`, as codes or in words, `sender` ids or shown names; columns are those of `schema.MESSAGES`, with
        `answered` also quote_sender, quote_kind and quote_text of the message that each answers. The snapshot is held until the last batch was read.

        Raises:
            BadOption: no such kind.
            NoSuchMember: no message of the dataset is of such a sender.
        """
        kinds, senders = [_kind(one) for one in _several(kind)], _several(sender)
        columns = [f"m.{name}" for name in MESSAGES.names]
        columns += ["q.quote_sender", "q.quote_kind", "q.quote_text"] if answered else []
        text = _MESSAGES.format(columns=", ".join(columns), answered=_ANSWERED if answered else "")

        def rows(question: Question[DuckDB]) -> pa.RecordBatchReader:
            told = {"kinds": kinds, "senders": question.people(senders)}
            return question.engine.stream(text, **told, **question.window)

        return self._streamed(filters, rows)

    def sql(self, text: str, **filters: Any) -> pa.RecordBatchReader:
        """The rows of one SELECT, in DuckDB's dialect, on the views of `dataset`: messages, posts, members, days.

        It can read nothing else, and write nothing.

        Raises:
            UsageError: not one SELECT, or what DuckDB says of it; while the rows are read, too.
        """
        return self._streamed(filters, lambda question: question.engine.guest(text, question.files))

    @contextmanager
    def ask(self, filters: Filters) -> Iterator[Question[Engine]]:
        """An engine that shows what `filters` let through; see `qunkit.question`."""
        with ask(self.path, self.settings, filters, self.machine) as question:
            yield question

    def _streamed(
        self, filters: dict[str, Any], query: Callable[[Question[DuckDB]], pa.RecordBatchReader]
    ) -> pa.RecordBatchReader:
        import pyarrow as pa

        chosen, params = _parted(filters)
        _must_be_empty(params)
        with ExitStack() as stack:
            question = stack.enter_context(ask_here(self.path, self.settings, chosen, self.machine))
            reader = query(question)
            return pa.RecordBatchReader.from_batches(reader.schema, _held(reader, stack.pop_all()))

    @property
    def _language(self) -> Lang:
        said = os.environ.get(_LANGUAGE)
        return self.lang or ("zh" if said == "zh" else "en" if said else self.settings.lang or "en")

    if not TYPE_CHECKING:  # a name that is wrong is an error to type checkers, too

        def __getattr__(self, name: str) -> Callable[..., pd.DataFrame]:
            """A method for each analysis of another package."""
            if name in registry.names("analyses"):
                return partial(self.frame, name)
            raise AttributeError(f"a Dataset has no {name!r}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *registry.names("analyses")]


def _given(facts: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """The facts that are told."""
    return tuple((name, fact) for name, fact in facts.items() if fact is not None)


def _parted(asked: dict[str, Any]) -> tuple[Filters, dict[str, Any]]:
    """Filters, and what is left of `asked`."""
    told = {name: asked[name] for name in asked if name in _FILTERS}
    for name in ("group", "tag"):
        told[name] = tuple(_several(told.get(name) or ()))
    return Filters(**told), {name: asked[name] for name in asked if name not in _FILTERS}


def _several(value: str | Iterable[str]) -> list[str]:
    """One or several."""
    return [value] if isinstance(value, str) else list(value)


def _of_week(week: str, filters: dict[str, Any]) -> Filters:
    """Filters of a report; while no week is complete, "last" is the one that has begun."""
    chosen, rest = _parted({"unfinished": True, **filters, "week": week})
    _must_be_empty(rest)
    return chosen


def _with_notes(report: Report, notes: Sequence[Note]) -> Report:
    """What has to be said with every answer stands at the end."""
    if notes:
        report.sections.append(Section("pseudonyms", _PSEUDONYMS, list(notes)))
    return report


def _must_be_empty(params: dict[str, Any]) -> None:
    if params:
        raise TypeError(f"no such filter: {', '.join(params)}")


def _held(reader: pa.RecordBatchReader, stack: ExitStack) -> Iterator[pa.RecordBatch]:
    """The batches of `reader`; then what `stack` holds is let go."""
    with stack:
        yield from reader


def _kind(said: str) -> str:
    """The kind that is called so, by its code or in either language.

    Raises:
        BadOption: none is.
    """
    found = next((kind for kind, text in KINDS.items() if said in (kind, text.en, text.zh)), None)
    if found is None:
        known = Text(", ".join(KINDS), "、".join(f"{text.zh}（{kind}）" for kind, text in KINDS.items()))
        raise BadOption(option="--kind", value=said, expected=Text(f"one of {known.en}", f"以下之一：{known.zh}"))
    return found
