"""The part of the API definition that tells how the plan is filtered."""

from __future__ import annotations

from typing import Any

from api.openapi_parts import query_parameter
from sitplan.plan_filter import FACETS
from sitplan.words import say


def plan_parameters(lang: str) -> list[dict[str, Any]]:
    """A parameter for each facet, and the words."""
    values = {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 200}
    text = {"type": "string", "maxLength": 200}
    return [
        *(
            query_parameter(
                name,
                values,
                say("plan.parameters.one", lang, facet=say(f"plan.facets.{name}", lang)),
            )
            for name in FACETS
        ),
        query_parameter("q", text, say("plan.parameters.q", lang)),
    ]
