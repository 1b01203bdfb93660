"""The invented projects' figures and places: rows of `initiatives` and `project_locations`."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from demonstration.drawing import Drawing
from demonstration.localities import LOCALITIES
from demonstration.output import Feature
from demonstration.projects import PROJECTS, Project
from demonstration.sectors import SECTORS
from demonstration.sketch import lines

NOTE = "Proyecto inventado para la demostración: no existe ni está en el plan."
STATED_ON = date(2026, 11, 2)
"""The day on which the invented statuses are said to hold."""

_STAGE = {
    "propuesta": "idea", "en_formulacion": "perfil", "postulada": "diseno",
    "en_evaluacion": "prefactibilidad", "financiada": "ejecucion", "en_licitacion": "ejecucion",
    "en_ejecucion": "ejecucion", "recepcion_provisoria": "ejecucion", "terminada": "operacion",
    "suspendida": "ejecucion", "desistida": "perfil",
}  # fmt: skip
_RATE = {"postulada": ("ER", "FI"), "en_evaluacion": ("FI", "OT", "ER")}
_UNITS = {
    "green": "Departamento de Aseo y Ornato", "waste": "Departamento de Aseo y Ornato",
    "environment": "Departamento de Aseo y Ornato", "transit": "Dirección de Tránsito",
    "cycling": "Dirección de Tránsito", "roads": "Dirección de Obras Municipales",
    "social": "Dirección de Desarrollo Comunitario", "sport": "Dirección de Desarrollo Comunitario",
    "security": "Dirección de Desarrollo Comunitario", "education": "Departamento de Educación",
    "preschool": "Departamento de Educación", "health": "Departamento de Salud",
    "evacuation": "Unidad de Gestión del Riesgo",
    "civil_protection": "Unidad de Gestión del Riesgo",
}  # fmt: skip
_OBJECTIVES = {
    "accessibility": ["DT-O05", "PS-O02"], "civil_protection": ["DT-O07"], "culture": ["CP-O03"],
    "cycling": ["DT-O05"], "education": ["ED-O03"], "environment": ["DT-O07"],
    "evacuation": ["DT-O07"], "green": ["DT-O07"], "health": ["SA-O01"], "heritage": ["CP-O05"],
    "housing": ["PS-O03"], "lighting": ["DT-O04"], "preschool": ["ED-O04"],
    "productive": ["DE-O03"], "public_space": ["DT-O03", "CP-O01"], "roads": ["DT-O01"],
    "sanitation": ["PS-O03"], "security": ["DT-O04"], "social": ["PS-O05"], "sport": ["PS-O06"],
    "stormwater": ["DT-O07"], "tourism": ["DE-O02"], "transit": ["DT-O06"], "waste": ["DT-O07"],
    "water": ["PS-O03"],
}  # fmt: skip
"""Objectives of the plan that a project of such a theme would serve, if it existed."""
_PLANNING = "Secretaría Comunal de Planificación (SECPLA)"


def rows() -> list[dict[str, Any]]:
    """The rows of `initiatives`, without empty fields."""
    made = []
    for number, project in enumerate(PROJECTS, 1):
        rng = random.Random(6_000 + number)
        advance = _progress(project, rng)
        made.append(
            {
                "code": f"DEMO-{number:03d}",
                "name": f"{project.name} (inventado)",
                "kind": "proyecto",
                "order": number,
                "theme": project.theme,
                "description": f"Ejemplo de ficha. {NOTE}",
                "place_hint": _hint(project),
                "territorial": True,
                "placement": "placed",
                "objective_ids": _OBJECTIVES[project.theme],
                "investment_type": "conservacion" if "conservación" in project.name.lower()
                else "proyecto",
                "stage": _STAGE[project.status],
                "status": project.status,
                "status_date": advance.get("actual_end")
                or advance.get("rate_date")
                or advance.get("actual_start")
                or STATED_ON - timedelta(days=rng.randint(5, 200)),
                "responsible_unit": _UNITS.get(project.theme, _PLANNING),
                "executing_unit": "Municipalidad (ejemplo)",
                "cost_clp": _money(project, rng),
                "beneficiaries": rng.randint(8, 420) * 10,
                "invented": True,
                **_money_from(project, rng),
                **advance,
                "notes": NOTE,
            }
        )  # fmt: skip
    return made


def _money(project: Project, rng: random.Random) -> int:
    return round(project.millions * 1_000 * rng.uniform(0.97, 1.03)) * 1_000


def _money_from(project: Project, rng: random.Random) -> dict[str, Any]:
    if project.status in ("propuesta", "desistida"):
        return {}
    if project.millions < 60:
        sources = ["municipal"]
    elif project.millions < 170:
        sources = rng.choice((["FRIL"], ["PMU"], ["PMU", "municipal"]))
    elif project.theme in ("water", "sanitation"):
        sources = rng.choice((["PMB"], ["FNDR", "sectorial"]))
    else:
        sources = rng.choice(
            (["FNDR"], ["FNDR", "municipal"], ["sectorial"], ["FRPD"], ["circular_33"])
        )
    return {"funding_sources": sources}


def _progress(project: Project, rng: random.Random) -> dict[str, Any]:
    """Dates and advances that go with the status."""
    months = max(4, min(22, round(math.sqrt(project.millions) * 0.7)))
    status = project.status
    if status == "terminada":
        start = date(2024, rng.randint(2, 10), rng.randint(1, 28))
        end = _later(start, months)
        return {"planned_start": start - timedelta(days=30),
                "planned_end": _later(start, months - 1), "actual_start": start,
                "actual_end": min(end, date(2026, 9, 30)),
                "physical_progress_pct": 100, "financial_progress_pct": 100,
                "tender_id": f"DEMO-LIC-{rng.randint(10, 99)}"}  # fmt: skip
    if status == "recepcion_provisoria":
        start = date(2025, rng.randint(3, 8), rng.randint(1, 28))
        return {"planned_start": start, "planned_end": _later(start, months), "actual_start": start,
                "physical_progress_pct": 100, "financial_progress_pct": rng.randint(88, 97),
                "tender_id": f"DEMO-LIC-{rng.randint(10, 99)}"}  # fmt: skip
    if status in ("en_ejecucion", "suspendida"):
        start = date(2026, rng.randint(2, 8), rng.randint(1, 28))
        done = rng.randint(12, 78) if status == "en_ejecucion" else rng.randint(8, 40)
        return {"planned_start": start - timedelta(days=rng.randint(0, 60)),
                "planned_end": _later(start, months), "actual_start": start,
                "physical_progress_pct": done,
                "financial_progress_pct": max(0, done - rng.randint(-4, 12)),
                "tender_id": f"DEMO-LIC-{rng.randint(10, 99)}"}  # fmt: skip
    year = {"en_licitacion": 2027, "financiada": 2027, "propuesta": 2029}.get(status, 2028)
    start = date(year, rng.randint(1, 9), 1)
    made: dict[str, Any] = {"planned_start": start, "planned_end": _later(start, months)}
    if status == "en_licitacion":
        made["tender_id"] = f"DEMO-LIC-{rng.randint(10, 99)}"
    if status in ("financiada", "en_licitacion"):
        made |= {"rate": "RS", "rate_date": date(2026, rng.randint(1, 9), rng.randint(1, 28))}
    elif status in _RATE:
        made |= {"rate": rng.choice(_RATE[status]), "rate_date": date(2026, rng.randint(4, 10), 15)}
    return made


def _later(start: date, months: int) -> date:
    month = start.month - 1 + months
    return date(start.year + month // 12, month % 12 + 1, min(start.day, 28))


def _hint(project: Project) -> str:
    if project.where in ("block", "sector"):
        return next(s.name for s in SECTORS if s.code == project.place)
    return project.place


def locations(drawing: Drawing) -> list[Feature]:
    """One place for each invented project: a point, a line or an area of the drawing."""
    made = []
    for number, (project, row) in enumerate(zip(PROJECTS, rows(), strict=True), 1):
        shape = _shape(drawing, project)
        line = shape.geom_type.endswith("LineString")
        made.append(
            Feature(
                f"DEMO-{number:03d}-L1",
                shape,
                {
                    "name": row["place_hint"],
                    "initiative": row["code"],
                    "role": "route" if line
                    else "area_of_influence" if project.where == "sector" else "site",
                    "precision": "street" if line
                    else "neighbourhood" if project.where == "sector" else "exact",
                    "position_source": "Inventada para la demostración",
                    "initiative_name": row["name"],
                    "theme": row["theme"],
                    "stage": row["stage"],
                    "status": row["status"],
                    "invented": True,
                    "notes": NOTE,
                },
            )
        )  # fmt: skip
    return made


def _shape(drawing: Drawing, project: Project) -> BaseGeometry:
    name, layers = project.place, drawing.layers
    if project.where == "green":
        return next(f.geometry for f in layers["green_areas"] if f.properties["name"] == name)
    if project.where == "street":
        mine = [f.geometry for f in layers["roads"] if f.properties["name"] == name]
        line = max((p for g in mine for p in lines(g)), key=lambda g: g.length)
        return substring(line, 0, 0.45, normalized=True) if project.aside == "half" else line
    if project.where == "sector":
        return drawing.town.outline[name].buffer(-9, join_style="mitre")
    if project.where == "block":
        land = drawing.town.outline[name]
        blocks = [f.geometry for f in layers["census_blocks"]]
        mine = [b for b in blocks if land.contains(b.representative_point())]
        return _rounded(mine[int(len(mine) * float(project.aside))].representative_point())
    spot, away = next(r.spot for r in LOCALITIES if r.name == name), float(project.aside)
    return _rounded(Point(spot[0] + away * 0.8, spot[1] + away * 0.6))


def _rounded(p: Point) -> Point:
    return Point(round(p.x, 1), round(p.y, 1))
