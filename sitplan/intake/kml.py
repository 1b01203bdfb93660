"""KML as Google Earth writes it: folders are a column, HTML tables in descriptions are columns."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pyarrow as pa

from sitplan.intake.source import Batch
from sitplan.intake.tally import Tally

NOISE = frozenset(
    (
        "id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
        "drawOrder", "icon", "snippet", "Snippet",
    )
)  # fmt: skip
"""Fields that every KML has for its globe, not for its meaning."""
ADDED = ("folder",)
FOLDER = "folder"


def reshape(batch: Batch, *, folder: str, tally: Tally) -> Batch:
    """The batch with its folder as a column, and the tables of its descriptions as columns.

    ``html_table`` (values taken out of a table in the description) and ``html_stripped`` are
    told as repairs.
    """
    table = batch.table.drop_columns([n for n in batch.table.column_names if n in NOISE])
    table = table.append_column(FOLDER, pa.array([folder] * len(batch), pa.string()))
    if "description" not in table.column_names:
        return Batch(batch.rows, table, batch.shapes)
    texts = table.column("description").to_pylist()
    marked = np.array([bool(t) and "<" in t and ">" in t for t in texts], dtype=bool)
    if not marked.any():
        return Batch(batch.rows, table, batch.shapes)
    parsed = [_read(t) if m else (t, {}) for t, m in zip(texts, marked, strict=True)]
    place = table.column_names.index("description")
    table = table.set_column(
        place, "description", pa.array([plain or None for plain, _ in parsed], pa.string())
    )
    found = dict.fromkeys(name for _, cells in parsed for name in cells)
    for name in found:
        if name not in table.column_names:
            values = [cells.get(name) for _, cells in parsed]
            table = table.append_column(name, pa.array(values, pa.string()))
    with_table = np.array([bool(cells) for _, cells in parsed], dtype=bool)
    tally.mended("html_table", batch.rows[with_table], field="description", names=", ".join(found))
    tally.mended("html_stripped", batch.rows[marked & ~with_table], field="description")
    return Batch(batch.rows, table, batch.shapes)


class _Page(HTMLParser):
    """Gathers the text outside tables, and rows of exactly two cells as name and value."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.plain: list[str] = []
        self.cells: dict[str, str] = {}
        self._row: list[str] | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  the parser's own
        if tag in ("script", "style", "head"):
            self._hidden += 1
        elif tag == "tr":
            self._close_row()
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._row.append("")
        elif tag in ("br", "p", "div", "li"):
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head"):
            self._hidden = max(0, self._hidden - 1)
        elif tag in ("tr", "table"):
            self._close_row()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._row:
            self._row[-1] += data
        elif self._row is None:
            self.plain.append(data)

    def _close_row(self) -> None:
        row, self._row = self._row, None
        if row is None:
            return
        texts = [" ".join(cell.split()) for cell in row]
        if len(texts) == 2 and texts[0] and len(texts[0]) <= 63:
            self.cells.setdefault(texts[0].rstrip(":").strip(), texts[1])
        else:
            self.plain.append(" ".join(t for t in texts if t) + "\n")


def _read(html: str) -> tuple[str, dict[str, str]]:
    page = _Page()
    page.feed(html)
    page.close()
    lines = (" ".join(line.split()) for line in "".join(page.plain).splitlines())
    return "\n".join(line for line in lines if line), page.cells
