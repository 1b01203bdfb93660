"""The rasters that published results were computed with, kept so that they can be made again.

Layers have a past in the register; a raster is a file that somebody puts another in place of.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sitplan.analysis.heights import Heights, read_heights
from sitplan.catalogue import Catalogue
from sitplan.relief import file_sum, heights_file
from sitplan.settings import Settings


def find_heights(settings: Settings, catalogue: Catalogue, read: Mapping[str, Any]) -> Path | None:
    """Where the raster of a record is, kept or that of now; None where it is gone."""
    kept = _place(settings, read["sha256"])
    if kept.is_file():
        return kept
    if catalogue.heights is None or catalogue.heights_now() != read["sha256"]:
        return None
    return heights_file(catalogue.heights, settings.layers)


def keep_heights(
    settings: Settings, catalogue: Catalogue, read: Mapping[str, Any] | None
) -> Path | None:
    """Where the raster of a result's record is kept; None where it has none, or it is gone.

    Parameters
    ----------
    read
        `heights` of the record.
    """
    if read is None or not read["sha256"]:
        return None
    kept, found = _place(settings, read["sha256"]), find_heights(settings, catalogue, read)
    if found is None or found == kept:
        return found
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=kept.parent, suffix=".part")
    os.close(handle)
    try:
        shutil.copyfile(found, made)
        if file_sum(Path(made)) != read["sha256"]:  # another took its place meanwhile
            return None
        Path(made).replace(kept)
    finally:
        Path(made).unlink(missing_ok=True)
    return kept


def forget_heights(settings: Settings, wanted: Collection[str]) -> None:
    """Let go the rasters that no result was computed with any more."""
    for path in _place(settings, "*").parent.glob("*.tif"):
        if path.stem not in wanted:
            path.unlink(missing_ok=True)


def heights_of_then(
    settings: Settings, catalogue: Catalogue, read: Mapping[str, Any]
) -> Heights | None:
    """The heights that a record names; None where the ground was taken as flat.

    Raises
    ------
    FileNotFoundError
        Where they are neither kept nor those of now.
    """
    if read["sha256"] is None:
        return None
    path = find_heights(settings, catalogue, read)
    if path is None:
        raise FileNotFoundError(_place(settings, read["sha256"]))
    crs = f"EPSG:{catalogue.territory.storage_crs}"
    return read_heights(path, crs=crs, source=read["source"])


def _place(settings: Settings, name: str) -> Path:
    return settings.home / "heights" / f"{name}.tif"
