"""What would change: a layer as drafts would leave it, and two results side by side."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd

from sitplan.analysis.method import Result, note
from sitplan.errors import BadRequest, WrongCrs


def as_drafted(
    layer: gpd.GeoDataFrame,
    drafts: gpd.GeoDataFrame | None = None,
    *,
    closing: Iterable[object] = (),
) -> gpd.GeoDataFrame:
    """The layer as it would be with the drafts.

    Parameters
    ----------
    layer
        Features in force.
    drafts
        New and changed ones in the same CRS, told apart by their index label: one that is in
        `layer` takes its place, with what the draft says and the rest as it was; others are
        added. None drafts nothing.
    closing
        Index labels of features that would be no more.

    Returns
    -------
    GeoDataFrame
        `layer` itself is left as it was.

    Raises
    ------
    WrongCrs
        ``analysis_crs`` if the drafts are in another system.
    BadRequest
        ``nothing_to_close`` where one to close is not there.
    """
    gone = list(closing)
    strangers = [c for c in gone if c not in layer.index]
    if strangers:
        raise BadRequest("nothing_to_close", features=", ".join(map(str, strangers)))
    left = layer.drop(index=gone)
    if drafts is None or drafts.empty:
        return left
    if drafts.crs != layer.crs:
        raise WrongCrs("analysis_crs", crs=f"{drafts.crs}, {layer.crs}")
    changed = drafts[drafts.index.isin(left.index)]
    left = left.copy()
    for column in changed.columns.intersection(left.columns):
        left.loc[changed.index, column] = changed[column]
    new = drafts[~drafts.index.isin(left.index)].reindex(columns=layer.columns)
    both = pd.concat([left, new]) if len(new) else left
    return gpd.GeoDataFrame(both, geometry=layer.geometry.name, crs=layer.crs)


def compared(before: Result, after: Result) -> Result:
    """What each figure was, would be, and the change.

    Parameters
    ----------
    before, after
        Of one function, on the same places.

    Returns
    -------
    Result
        `frame`: one row a place and figure that differs: `place` (label), `figure` (column),
        `before`, `after`, `change`; a rate shown on one side only differs by NaN. `totals`: the
        change of each total. `method`: that of `after`, and a note for each input that differs.

    Raises
    ------
    BadRequest
        ``unlike_results`` where the places or the function are not the same.
    """
    if before.method.name != after.method.name or not before.frame.index.equals(after.frame.index):
        raise BadRequest("unlike_results")
    was, will = (
        r.frame.select_dtypes(["number", "bool"]).astype("float64") for r in (before, after)
    )
    columns = [c for c in was.columns if c in will.columns]
    a, b = was[columns].to_numpy(), will[columns].to_numpy()
    row, column = np.nonzero(~((a == b) | (np.isnan(a) & np.isnan(b))))
    frame = pd.DataFrame(
        {
            "place": was.index.to_numpy()[row],
            "figure": np.array(columns, dtype=object)[column],
            "before": a[row, column],
            "after": b[row, column],
            "change": b[row, column] - a[row, column],
        }
    )
    totals = {k: after.totals[k] - v for k, v in before.totals.items() if k in after.totals}
    notes = [
        note("input_changed", name=i.name, before=i.features, after=j.features)
        for i, j in zip(before.method.inputs, after.method.inputs, strict=True)
        if i != j
    ]
    return Result(frame, after.method.with_notes(*notes), totals)
