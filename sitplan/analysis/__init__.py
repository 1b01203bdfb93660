"""What the plan asks of the territory, computed: pure functions from frames to frames.

    from sitplan.analysis import PROFILES, build_network, green_indicators

    on_foot = build_network(roads).graph(PROFILES["adult"])
    found = green_indicators(neighbourhoods, blocks=blocks, green_areas=green, access=on_foot)
    found.frame, found.totals
    print(found.method.text())

No function here reads a database or the network; `sitplan.open().frame(…)` gives the frames.
Importing costs nothing: what is heavy is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sitplan.analysis.access import rural_access
    from sitplan.analysis.byarea import green_nearby, safety_by_area
    from sitplan.analysis.evacuation import Evacuation, EvacuationRules, evacuate
    from sitplan.analysis.green import GreenRules, green_indicators
    from sitplan.analysis.hazard import Ground, ground
    from sitplan.analysis.heights import Heights, read_heights
    from sitplan.analysis.investment import investment_by, investment_by_area
    from sitplan.analysis.method import Input, Method, Note, Parameter, Result
    from sitplan.analysis.network import Access, Network, build_network
    from sitplan.analysis.paths import nearest
    from sitplan.analysis.profiles import PROFILES, Profile
    from sitplan.analysis.progress import plan_progress
    from sitplan.analysis.proposals import ProposalRules, propose_routes
    from sitplan.analysis.resilience import evacuate_all, evacuation_summary, fallen
    from sitplan.analysis.sharing import share_out
    from sitplan.analysis.siting import Limit, where_to_act
    from sitplan.analysis.standards import green_standards
    from sitplan.analysis.whatif import as_drafted, compared

_HOMES = {
    "access": ("rural_access",),
    "byarea": ("green_nearby", "safety_by_area"),
    "evacuation": ("Evacuation", "EvacuationRules", "evacuate"),
    "green": ("GreenRules", "green_indicators"),
    "hazard": ("Ground", "ground"),
    "heights": ("Heights", "read_heights"),
    "investment": ("investment_by", "investment_by_area"),
    "method": ("Input", "Method", "Note", "Parameter", "Result"),
    "network": ("Access", "Network", "build_network"),
    "paths": ("nearest",),
    "profiles": ("PROFILES", "Profile"),
    "progress": ("plan_progress",),
    "proposals": ("ProposalRules", "propose_routes"),
    "resilience": ("evacuate_all", "evacuation_summary", "fallen"),
    "sharing": ("share_out",),
    "siting": ("Limit", "where_to_act"),
    "standards": ("green_standards",),
    "whatif": ("as_drafted", "compared"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "PROFILES",
    "Access",
    "Evacuation",
    "EvacuationRules",
    "GreenRules",
    "Ground",
    "Heights",
    "Input",
    "Limit",
    "Method",
    "Network",
    "Note",
    "Parameter",
    "Profile",
    "ProposalRules",
    "Result",
    "as_drafted",
    "build_network",
    "compared",
    "evacuate",
    "evacuate_all",
    "evacuation_summary",
    "fallen",
    "green_indicators",
    "green_nearby",
    "green_standards",
    "ground",
    "investment_by",
    "investment_by_area",
    "nearest",
    "plan_progress",
    "propose_routes",
    "read_heights",
    "rural_access",
    "safety_by_area",
    "share_out",
    "where_to_act",
]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(f"sitplan.analysis.{_HOME_OF[name]}"), name)
    raise AttributeError(f"module 'sitplan.analysis' has no attribute {name!r}")
