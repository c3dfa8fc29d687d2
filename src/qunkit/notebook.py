"""What a notebook shows: the report as its page, in a frame of its own, where nothing of it runs and its style stays inside."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from qunkit import frames, registry
from qunkit.results import Report
from qunkit.words import Lang

if TYPE_CHECKING:
    import pandas as pd

_ESCAPED = str.maketrans({"&": "&amp;", '"': "&quot;"})
"""In a quoted attribute; all else of a page was made harmless by `ink` when it was written."""


@dataclass(slots=True, repr=False)
class WeeklyReport(Report):
    """A report that also gives its tables as frames, and itself as a page or text."""

    lang: Lang = "en"

    def frames(self) -> dict[str, pd.DataFrame]:
        """The headlines, ``figures``, and each section's table by its name; see `frames.of_report`."""
        return frames.of_report(self, self.lang)

    def to_html(self) -> str:
        """The report as a page: the same as ``qunkit report --format html``."""
        return self._written("html")

    def to_markdown(self) -> str:
        """The report as Markdown: the same as ``qunkit report --format md``."""
        return self._written("markdown")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.facts.get('week')}: {', '.join(one.name for one in self.sections)}>"

    def _repr_html_(self) -> str:
        page = self.to_html().translate(_ESCAPED)
        return f'<iframe sandbox srcdoc="{page}" style="width: 100%; height: 80vh; border: 0"></iframe>'

    def _written(self, format: str) -> str:
        out = StringIO()
        registry.load("renderers", format).write(self, out, self.lang)
        return out.getvalue()
