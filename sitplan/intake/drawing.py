"""Drawings (DXF): the drawing's layer is a field; labels and title blocks are no features."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sitplan.errors import BadRequest
from sitplan.intake.source import Batch
from sitplan.intake.tally import Tally

NAMES = {"Layer": "dxf_layer", "Text": "dxf_text", "Linetype": "dxf_linetype"}
NOISE = frozenset(("PaperSpace", "SubClasses", "EntityHandle", "BlockName"))


def reshape(batch: Batch, *, only: str | None, tally: Tally) -> Batch:
    """The batch without labels and paper space, its layers' names as `dxf_layer`.

    Parameters
    ----------
    only
        Names of the drawing's layers to keep, by comma; None keeps all.

    Raises
    ------
    BadRequest
        ``no_source_layer`` when the drawing has none of the layers asked for.
    """
    table = batch.table
    keep = np.ones(len(batch), dtype=bool)
    if only:
        wanted = {n.strip().casefold() for n in only.split(",")}
        layers = table.column("Layer").to_pylist()
        keep &= np.array([(n or "").casefold() in wanted for n in layers], dtype=bool)
        if not keep.any():
            known = sorted({n for n in layers if n})
            raise BadRequest("no_source_layer", name=only, known=", ".join(known))
    if "PaperSpace" in table.column_names:
        # What stands in paper space is the sheet's frame and title block, in its own units.
        paper = pc.fill_null(table.column("PaperSpace").cast(pa.bool_()), fill_value=False)
        keep &= ~paper.to_numpy(zero_copy_only=False)
    is_label = pc.is_valid(table.column("Text")).to_numpy(zero_copy_only=False) & keep
    tally.mended("dxf_labels", batch.rows[is_label], severity="warning")
    keep &= ~is_label
    table = table.filter(pa.array(keep))
    table = table.drop_columns([n for n in table.column_names if n in NOISE])
    table = table.rename_columns([NAMES.get(n, n) for n in table.column_names])
    shapes = None if batch.shapes is None else batch.shapes[keep]
    return Batch(batch.rows[keep], table, shapes)
