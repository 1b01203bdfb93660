"""Build the plan's seeds: `python scripts/build_plan.py PLADECO [LAYERS]`.

PLADECO is a folder with the plan's tables, copied from its text: `initiatives.csv`,
`initiatives_source.csv` and `objectives.csv`. Writes the seeds of `initiatives` (the plan's entries
and the invented projects), `objectives` and `project_locations`. Only what the plan's text places
gets a place, and the plan states no money and no date.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from demonstration import bank
from demonstration.drawing import draw
from demonstration.output import Feature, write
from pyproj import Transformer
from shapely.geometry import Point

VERSION = "PLADECO de Vallenar, período no declarado"

OUTSIDE = {"La Serena"}
AREAS = {
    "ciudad", "rural", "comunal", "centro", "provincial", "subcentros",
    "sectores altos de la ciudad", "Valle de Huasco", "valle del Huasco",
}  # fmt: skip
"""What the plan says of areas that nobody has drawn: listed, never pinned."""


@dataclass(frozen=True)
class Place:
    """A place that the plan's text names; position as far as it is public."""

    initiative: str
    name: str
    lon: float
    lat: float
    precision: str
    accuracy_m: int
    source: str
    role: str = "site"


PLACES = (
    Place("DT-P1-E08", "La Turbina", -70.7616, -28.5780, "sector", 250,
          "Sector La Turbina, por la dirección pública de una escuela del sector"),
    Place("DT-P4-E08", "Ruta 5 Norte, frente a la ciudad", -70.780, -28.559, "street", 500,
          "Ruta 5 Norte, camino público; un punto de su trazado, el más cercano a la ciudad",
          "route"),
    Place("DT-P4-E09", "Ruta 5 Norte", -70.786, -28.576, "street", 500,
          "Ruta 5 Norte, camino público; un punto de su trazado junto a la ciudad, pues el plan no "
          "dice el sitio", "to_be_defined"),
    Place("DT-P4-E11", "Acceso norte", -70.778, -28.561, "sector", 400,
          "Encuentro de la Ruta 5 Norte con la avenida Carlos Dittborn, vías públicas"),
    Place("DT-P4-E11", "Acceso sur", -70.779, -28.589, "sector", 600,
          "Llegada a la ciudad por la Ruta 5 desde el sur; el plan no dice en qué punto"),
    Place("DT-P4-E11", "Camino a Huasco", -70.790, -28.579, "street", 500,
          "Camino a Huasco (C-46), camino público, a la salida de la ciudad"),
    Place("ED-P4-E03", "Vista Alegre", -70.7611, -28.5885, "neighbourhood", 250,
          "Plaza de la Villa Vista Alegre, espacio público; el plan no dice el sitio",
          "to_be_defined"),
    Place("ED-P4-E04", "Villa El Edén", -70.7778, -28.5624, "neighbourhood", 250,
          "Villa El Edén, por la dirección pública de su escuela; el plan no dice el sitio",
          "to_be_defined"),
    Place("ED-P6-E01", "Campus UDA Vallenar, ubicación actual", -70.7682, -28.5750, "exact", 100,
          "Sede de la Universidad de Atacama en Vallenar; el plan propone trasladarla y no dice "
          "adónde"),
    Place("PS-P3-E06", "Población Hermanos Carrera", -70.7623, -28.5696, "neighbourhood", 250,
          "Plaza Hermanos Carrera, espacio público; el plan no dice el sitio", "to_be_defined"),
    Place("PS-P3-E06", "Población Rafael Torreblanca", -70.7403, -28.5919, "neighbourhood", 250,
          "Población Rafael Torreblanca, por la dirección pública de su escuela; el plan no dice "
          "el sitio", "to_be_defined"),
    Place("CP-P1-E06", "Plaza de Armas", -70.7616, -28.5751, "exact", 50,
          "Plaza de Armas (Ambrosio O'Higgins), espacio público; el plan incluye su entorno"),
    Place("CP-P1-E09", "Barrio Estación", -70.7674, -28.5718, "neighbourhood", 200,
          "Antigua estación del ferrocarril de Vallenar, de la que el barrio toma su nombre",
          "area_of_influence"),
    Place("CP-P2-E07", "Plaza Pablo Neruda", -70.7557, -28.5836, "street", 200,
          "Calle Pablo Neruda, vía pública; la plaza misma no consta en los registros a la vista"),
)  # fmt: skip


def _placement(hint: str) -> str:
    if not hint:
        return "unplaced"
    if hint in OUTSIDE:
        return "outside"
    return "area" if hint in AREAS else "placed"


def initiatives(pladeco: Path) -> list[dict[str, Any]]:
    """The plan's headings and entries, in its order, then the invented projects."""
    texts = {row["id"]: row for row in _read(pladeco / "initiatives_source.csv")}
    made: list[dict[str, Any]] = []
    for row in _read(pladeco / "initiatives.csv"):
        heading = row["id"].rpartition("-E")[0]
        made.append(
            {
                "code": row["id"],
                "name": row["name"],
                "kind": row["kind"],
                "strategy_no": row["strategy_no"],
                "strategy": row["strategy"],
                "plan_no": row["plan_no"],
                "plan": row["plan"],
                "parent": row["parent_programme"] or heading,
                "order": row["order"],
                "theme": row["theme"],
                "place_hint": row["place_hint"],
                "territorial": row["territorial"] == "yes",
                "placement": _placement(row["place_hint"]),
                "pladeco_version": VERSION,
                "status": "propuesta",
                "source_line": texts[row["id"]]["source_line"],
                "source_text": texts[row["id"]]["source_text"],
                "invented": False,
            }
        )
    return made + bank.rows()


def objectives(pladeco: Path) -> list[dict[str, Any]]:
    """The plan's specific objectives."""
    return [
        {
            "code": row["id"],
            "name": row["objective"],
            "strategy_no": row["strategy_no"],
            "strategy": row["strategy"],
            "objective_no": row["objective_no"],
        }
        for row in _read(pladeco / "objectives.csv")
    ]


def locations(plan: Iterable[dict[str, Any]], storage_crs: int) -> list[Feature]:
    """The places of the plan's entries, in metres of the storage CRS."""
    by_code = {row["code"]: row for row in plan}
    to_metres = Transformer.from_crs("OGC:CRS84", storage_crs, always_xy=True)
    made = []
    counter: dict[str, int] = {}
    for place in PLACES:
        row = by_code[place.initiative]
        counter[place.initiative] = counter.get(place.initiative, 0) + 1
        made.append(
            Feature(
                f"{place.initiative}-L{counter[place.initiative]}",
                Point(to_metres.transform(place.lon, place.lat)),
                {
                    "name": place.name,
                    "initiative": place.initiative,
                    "role": place.role,
                    "precision": place.precision,
                    "position_source": place.source,
                    "initiative_name": row["name"],
                    "theme": row["theme"],
                    "status": row["status"],
                    "invented": False,
                    "horizontal_accuracy_m": place.accuracy_m,
                    "notes": "Lugar que nombra el texto del plan; posición aproximada.",
                },
            )
        )
    return made


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _write_table(layers: Path, name: str, rows: list[dict[str, Any]]) -> None:
    declared = yaml.safe_load((layers / name / "layer.yaml").read_text(encoding="utf-8"))
    columns = ["code", *(f["name"] for f in declared["fields"])]
    columns += [k for k in ("notes",) if any(k in row for row in rows)]
    with (layers / name / "seed.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.DictWriter(handle, columns, lineterminator="\n")
        out.writeheader()
        for row in rows:
            out.writerow({k: _cell(v) for k, v in row.items()})
    print(f"{name:24}{len(rows):6}")


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)


def main() -> None:
    """Write the three seeds."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    pladeco = Path(sys.argv[1])
    here = Path(__file__).resolve().parents[1]
    layers = Path(sys.argv[2]) if len(sys.argv) > 2 else here / "layers"
    territory = yaml.safe_load((layers / "territory.yaml").read_text(encoding="utf-8"))
    plan = initiatives(pladeco)
    _write_table(layers, "initiatives", plan)
    _write_table(layers, "objectives", objectives(pladeco))
    places = [*locations(plan, territory["storage_crs"]), *bank.locations(draw())]
    path = layers / "project_locations" / "seed.geojson"
    count = write(path, places, territory["storage_crs"], multi=False)
    print(f"{'project_locations':24}{count:6}")


if __name__ == "__main__":
    main()
