"""A frame as a table to be read: titles for columns, numbers of the language, words for codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sitplan.declaring import column_titles
from sitplan.words import keys, say, write_number

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler


def table(
    frame: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    titles: Mapping[str, str] | None = None,
    lang: str = "es",
    decimals: int = 1,
) -> Styler:
    """The rows as a notebook shows them, whole: no text is cut off.

    Parameters
    ----------
    frame
        Rows in their order; the index and the geometry are left out.
    columns
        Which, in what order; None takes all.
    titles
        Of columns that the words of results do not name, or should name otherwise.
    lang
        ``es`` or ``en``.
    decimals
        Of numbers that have any; a year, a code and a count have none.

    Returns
    -------
    Styler
        Of pandas: HTML in a notebook, `to_html` elsewhere. What is missing is a dash.
    """
    from pandas.io.formats.style import Styler

    names = list(columns) if columns is not None else [
        c for c in frame.columns if c != getattr(frame, "_geometry_column_name", None)
    ]  # fmt: skip
    cells = {name: frame[name].to_numpy(dtype=object) for name in names}
    shown = pd.DataFrame(
        {
            n: [_cell(v, lang, decimals, n == "year" or n.endswith("_year")) for v in cells[n]]
            for n in names
        }
    )
    said = {n: (titles or {}).get(n) or column_titles(n)[lang] for n in names}
    sides = ["right" if _are_numbers(cells[n]) else "left" for n in names]
    looks: list[Any] = [
        {"selector": f".col{k}", "props": f"text-align: {side}; white-space: normal"}
        for k, side in enumerate(sides)
    ]
    drawn = Styler(shown, cell_ids=False).hide(axis="index").format(escape="html")
    drawn = drawn.format_index(partial(_of, said), axis="columns", escape="html")
    return drawn.set_table_styles(looks)


def _are_numbers(values: npt.NDArray[Any]) -> bool:
    """Whether all that is told are numbers."""
    known = [v for v in values if isinstance(v, list | np.ndarray) or not pd.isna(v)]
    return all(isinstance(v, int | float | np.number) for v in known)


def _of(said: Mapping[str, str], name: str) -> str:
    return said[name]


def _cell(value: Any, lang: str, decimals: int, is_year: bool) -> str:
    """A value as people read it; a dash where there is none."""
    if isinstance(value, list | tuple | np.ndarray):
        return ", ".join(_cell(v, lang, decimals, is_year) for v in value) or "—"
    if value is None or pd.isna(value):
        return "—"
    if isinstance(value, bool | np.bool_):
        return say(f"drawing.{'yes' if value else 'no'}", lang)
    if isinstance(value, int | float | np.number):
        if is_year:
            return str(value)
        is_whole = isinstance(value, int | np.integer)
        return write_number(int(value) if is_whole else float(value), lang, decimals)
    text = "—" if value == "-" else str(value)  # the key of what has none
    key = f"analysis.values.{text}"
    return say(key, lang) if key in keys(lang) else text
