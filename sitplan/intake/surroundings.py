"""What the database knows of a place, for the datum detective to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from sitplan import ddl
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.intake.source import Shapes

_MOST = 20_000


class Surroundings:
    """Stored shapes of a territory; those only drawn for the demonstration prove nothing.

    Parameters
    ----------
    landmarks
        Layers whose position is trusted.
    """

    def __init__(
        self, database: Database, catalogue: Catalogue, *, landmarks: tuple[str, ...]
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._landmarks = [n for n in landmarks if n in catalogue.layers and self._is_real(n)]

    def _is_real(self, name: str) -> bool:
        return not self._catalogue.illustrative.get(name, False)

    def by_code(self, layer: str, codes: list[str]) -> Mapping[str, Any]:
        """Shapes of the layer's features by code, of those asked for."""
        if not self._is_real(layer):
            return {}
        rows = self._database.fetch(
            f"SELECT code, ST_AsBinary(geom) FROM layers.{ddl.ident(layer)}"
            " WHERE code = ANY (%s) AND geom IS NOT NULL ORDER BY valid_from",
            (codes,),
        )
        shapes = shapely.from_wkb([bytes(wkb) for _, wkb in rows])
        return {code: shape for (code, _), shape in zip(rows, shapes, strict=True)}

    def near(self, box: tuple[float, float, float, float]) -> Shapes:
        """Landmarks in a box of the storage CRS."""
        srid = self._catalogue.territory.storage_crs
        found: list[bytes] = []
        for name in self._landmarks:
            rows = self._database.fetch(
                f"SELECT ST_AsBinary(geom) FROM layers.{ddl.ident(name)}"
                " WHERE geom && ST_MakeEnvelope(%s, %s, %s, %s, %s) LIMIT %s",
                (*(float(v) for v in box), srid, _MOST),
            )
            found += [bytes(wkb) for (wkb,) in rows]
        return np.array(shapely.from_wkb(found), dtype=object)
