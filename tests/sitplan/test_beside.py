"""What others publish, told beside ours in sentences without holes."""

from __future__ import annotations

from typing import Any

from sitplan.beside import beside_published
from sitplan.figures import FIGURES

FIGURE = {"indicator": "parks_m2_per_served", "value": 4.5, "year": 2018, "source": "SIEDU"}


def told(totals: dict[str, float | None], lang: str = "es", **more: Any) -> str:
    facts = {FIGURES: [{**FIGURE, **more}]}
    (one,) = beside_published(str(FIGURE["indicator"]), totals, facts, lang, illustrative=False)
    return str(one["statement"])


def test_with_code_and_unit() -> None:
    ours = {"parks_m2_per_served_network": 1234.567, "parks_m2_per_served_straight": 3.0}
    assert told(ours, code="BPU_24", unit="m²") == (
        "M² de parques por habitante servido (BPU_24): publicado 4,5 m² (2018);"
        " aquí, 1.234,57 m² por las calles; 3 m² en línea recta."
    )


def test_without_code_unit_or_figure_of_ours() -> None:
    title = "M² de parques por habitante servido"
    only = {"parks_m2_per_served_network": 3.0, "parks_m2_per_served_straight": None}
    assert told(only) == f"{title}: publicado 4,5 (2018); aquí, 3 por las calles."
    assert told({}) == f"{title}: publicado 4,5 (2018); aquí no se puede calcular."
    assert told({}, "en").endswith(": published 4.5 (2018); here it cannot be computed.")
