"""The streets of a territory as a network, built once for each content of the layer."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pyarrow
import shapely

from sitplan.analysis.heights import Heights, read_heights
from sitplan.analysis.network import SNAP_M, Network, build_network, road_key
from sitplan.catalogue import Catalogue
from sitplan.relief import heights_file

KEPT: Final = 8
"""How many networks are kept aside; the one longest unused goes first."""


def heights_of(catalogue: Catalogue, folder: Path) -> Heights | None:
    """The heights that the territory names.

    Parameters
    ----------
    catalogue
        As declared or registered.
    folder
        Where territory.yaml stands: its files are named from there.

    Returns
    -------
    Heights | None
        None where `Catalogue.heights` is.

    Raises
    ------
    UnreadableFile
        ``heights_missing`` where the file is not there.
    WrongCrs
        ``heights_crs``.
    """
    said = catalogue.heights
    if said is None:
        return None
    crs = f"EPSG:{catalogue.territory.storage_crs}"
    return read_heights(heights_file(said, folder), crs=crs, source=said.get("source"))


def relief_of(catalogue: Catalogue, folder: Path, home: Path) -> tuple[Heights | None, Path | None]:
    """The heights that the territory names, and where networks are kept: in `home`, if it is."""
    return heights_of(catalogue, folder), networks_in(home)


def networks_in(home: Path) -> Path | None:
    """Where networks are kept in a home; None where it is not there."""
    return home / "networks" if home.is_dir() else None


def network_of(
    roads: gpd.GeoDataFrame,
    heights: Heights | None,
    folder: Path | None,
    *,
    snap_m: float = SNAP_M,
) -> Network:
    """The network of the roads: from `folder` if it was built of the same before, else built.

    Parameters
    ----------
    roads
        The layer `roads`, by its codes.
    heights
        None is flat.
    folder
        Where networks are kept aside; None keeps none.
    snap_m
        As `build_network` takes it.
    """
    found = _kept_or_built(roads, heights, folder, snap_m)
    found.edges.attrs["source"] = roads.attrs.get("source")  # what an analysis tells of its inputs
    return found


def _kept_or_built(
    roads: gpd.GeoDataFrame, heights: Heights | None, folder: Path | None, snap_m: float
) -> Network:
    if folder is None:
        return build_network(roads, heights=heights, snap_m=snap_m)
    path = folder / f"{road_key(roads, heights, snap_m)}.parquet"
    kept = _read(path)
    if kept is not None:
        os.utime(path)
        return kept
    built = build_network(roads, heights=heights, snap_m=snap_m)
    _write(built, path)
    return built


def _read(path: Path) -> Network | None:
    """The network kept at `path`; None where there is none, or it is broken."""
    if not path.is_file():
        return None
    try:
        frame = gpd.read_parquet(path)
        told = json.loads(frame.attrs["network"])
    except (OSError, ValueError, KeyError, pyarrow.ArrowException):
        return None
    edges = frame.drop(columns="geometry")
    lines = frame.geometry.to_numpy()
    nodes = np.zeros((told["nodes"], 2))
    for end, n in (("a", 0), ("b", -1)):
        nodes[edges[end].to_numpy()] = shapely.get_coordinates(shapely.get_point(lines, n))
    edges.attrs = {}
    return Network(nodes, edges, lines, frame.crs, told["relief"], told["key"])


def _write(network: Network, path: Path) -> None:
    """Keep the network at `path`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = gpd.GeoDataFrame(network.edges, geometry=network.lines, crs=network.crs)
    told = {"nodes": len(network.nodes), "relief": network.relief, "key": network.key}
    frame.attrs = {"network": json.dumps(told)}
    handle, made = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    frame.to_parquet(made)
    Path(made).replace(path)
    others = sorted(path.parent.glob("*.parquet"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[KEPT:]:
        old.unlink(missing_ok=True)
