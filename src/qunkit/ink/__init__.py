"""The only way from data to output.

Chat content is hostile: a member may call himself ``\\x1b]0;owned\\x07`` or ``=HYPERLINK(…)``. Renderers, messages and
progress bars put nothing on a screen or into a file that did not go through here:

* `term`, `md`, `html`, `tsv_cell`, `csv_cell`, `xlsx_text`, `xml`, `json_text`: one string, made harmless for one kind of output;
* `Workbook`: sheets of cells that cannot be formulas;
* `clip`, `middle`: cut to the columns that a terminal shows; `paper`, `tables`: drawn there by Rich;
* `show` and its parts: a cell as people read it; `machine`, `plain`: a cell as programs read it;
* `named`: rows without the ids that people do not need; `sentence`, `context`: notes and facts in words;
* `Heat`: a table that is drawn as a map; `chat`: messages that are read as such; `graph`: rows that are edges, summed;
* `drawing`, `chart_markup`, `chart_line`, `chart_heat`: a chart for a page, as a line, or in letters; `card`, `figure_line`: a headline figure; `page_head`, `page_end`, `anchors`, `href`: the frame of a page.
"""

from __future__ import annotations

from qunkit.ink.cells import (
    NULL,
    WEEKDAYS,
    bar,
    change,
    csv_cell,
    duration,
    is_change,
    is_missing,
    is_number,
    listed,
    machine,
    number,
    percent,
    plain,
    rank,
    show,
    sparkline,
    tsv_cell,
)
from qunkit.ink.charts import Drawing, chart_heat, chart_line, chart_markup, drawing
from qunkit.ink.chat import Said, chat
from qunkit.ink.clean import csv_text, html, is_formula, json_dump, json_text, md, term, tsv_text, xlsx_text, xml
from qunkit.ink.columns import clip, middle, width
from qunkit.ink.figures import Card, card, figure_line, figures_table
from qunkit.ink.graph import Edge, Graph, Node, graph, must_have_edges
from qunkit.ink.heatmap import HOURS, Heat, heat
from qunkit.ink.names import group_ids, leaves_ids, named
from qunkit.ink.page import anchors, href, page_end, page_head
from qunkit.ink.sentences import CUT, EMPTY, IDS, MORE, context, pieces, sentence, within
from qunkit.ink.workbook import Sheet, Workbook

__all__ = [
    "CUT",
    "EMPTY",
    "HOURS",
    "IDS",
    "MORE",
    "NULL",
    "WEEKDAYS",
    "Card",
    "Drawing",
    "Edge",
    "Graph",
    "Heat",
    "Node",
    "Said",
    "Sheet",
    "Workbook",
    "anchors",
    "bar",
    "card",
    "change",
    "chart_heat",
    "chart_line",
    "chart_markup",
    "chat",
    "clip",
    "context",
    "csv_cell",
    "csv_text",
    "drawing",
    "duration",
    "figure_line",
    "figures_table",
    "graph",
    "group_ids",
    "heat",
    "href",
    "html",
    "is_change",
    "is_formula",
    "is_missing",
    "is_number",
    "json_dump",
    "json_text",
    "leaves_ids",
    "listed",
    "machine",
    "md",
    "middle",
    "must_have_edges",
    "named",
    "number",
    "page_end",
    "page_head",
    "percent",
    "pieces",
    "plain",
    "rank",
    "sentence",
    "show",
    "sparkline",
    "term",
    "tsv_cell",
    "tsv_text",
    "width",
    "within",
    "xlsx_text",
    "xml",
]
