"""`make bench`: SITPLAN beside bare SQL and other servers, on this machine, as ratios.

    python tests/benchmarks/run.py [--quick] [--parcels 200000] [--rounds 7] [--seconds 4]
                                   [--only tiles,pages,cached,bake,growth,commune,library,phone]
                                   [--json FILE] [--docs]

Everybody runs in each round, the order turned; before the clock runs, answers are compared.
What is told is the median of the rounds' ratios, and their extremes. `--quick` is five rounds
of two seconds without the library's part and the phone's, some 15 minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import (
    baking,
    commune,
    ground,
    growth,
    library,
    load,
    pages,
    peers,
    phone,
    race,
    report,
    town,
)
from tests.benchmarks.heats import FLOOR, OTHERS, TIPG, Arena, Heat, Ratio, tile_heat

PARTS = ("tiles", "pages", "cached", "bake", "growth", "commune", "library", "phone")
SERVERS = {*PARTS[:4]}
Numbers = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    parcels: int
    rounds: int
    seconds: int
    quick: bool
    parts: tuple[str, ...]

    @property
    def bake_rounds(self) -> int:
        """A town takes its time: three are enough for a quick look."""
        return min(3, self.rounds) if self.quick else self.rounds


def main() -> int:
    """Measure, tell, and write the numbers down; 1 where something could not be measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="five rounds of two seconds")
    parser.add_argument("--parcels", type=int, default=200_000, help="the town's size")
    parser.add_argument("--rounds", type=int, help="of each heat (7; quick: 5)")
    parser.add_argument("--seconds", type=int, help="of each server's window (4; quick: 2)")
    parser.add_argument("--only", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    parser.add_argument("--docs", action="store_true", help="write them into docs/benchmarks.md")
    asked = parser.parse_args()
    parts = tuple(asked.only.split(",")) if asked.only else PARTS[: 6 if asked.quick else 8]
    if unknown := set(parts) - set(PARTS):
        parser.error(f"{', '.join(unknown)}: not one of {', '.join(PARTS)}")
    plan = Plan(
        asked.parcels,
        asked.rounds or (5 if asked.quick else 7),
        asked.seconds or (2 if asked.quick else 4),
        asked.quick,
        parts,
    )
    if SERVERS & {*parts} and not load.has_wrk():
        print("wrk is missing (Debian: apt-get install wrk)", file=sys.stderr)
        return 2
    whole: Numbers = {"plan": plan.__dict__, "heats": [], "without": []}

    def keep() -> None:
        if asked.json:
            text = json.dumps(whole, indent=1, ensure_ascii=False)
            asked.json.write_text(text + "\n", encoding="utf-8")

    if SERVERS & {*parts}:
        servers(plan, whole, keep)
    for name in ("growth", "library"):
        if name in parts:
            grow(plan, whole) if name == "growth" else whole.update(
                library=library.measure(plan.parcels, plan.rounds)
            )
            keep()
    if "commune" in parts:
        whole["commune"] = commune.measure(
            commune.QUICK if plan.quick else commune.COPIES, times=min(3, plan.rounds)
        )
        keep()
    if "phone" in parts:
        whole["phone"] = phone.measure(pictures=report.PICTURES if asked.docs else None)
        keep()
    if asked.docs:
        write_docs(plan, whole)
    return int(any("failed" in heat for heat in whole["heats"]))


def servers(plan: Plan, whole: Numbers, keep: Callable[[], None]) -> None:
    """The heats of servers, over one town, everybody up at once and one at work."""
    with ExitStack() as stack:
        here = stack.enter_context(ground.place(plan.parcels))
        whole["machine"] = report.machine(here)
        print("\n".join(report.facts(whole["machine"])), flush=True)
        ground.peer_tables(here)
        cached = stack.enter_context(ground.served(here.settings))
        other = replace(here.settings, port=ground.free_port(), home=here.folder / "forgetful")
        uncached = stack.enter_context(ground.forgetful(other))
        whole["peers"] = {}
        for parts, names in ((("tiles",), peers.TILES), (("pages", "cached", "bake"), peers.PAGES)):
            some = tuple(p for p in plan.parts if p in parts)
            with peers.peers(here, names if {"tiles", "pages"} & {*some} else ()) as (up, without):
                whole["peers"] |= {one.name: one.version for one in up}
                whole["without"] += [one for one in without if one not in whole["without"]]
                arena = Arena(here, uncached, cached, up)
                for name, made, rounds in heats(replace(plan, parts=some), arena):
                    told = run(name, made, plan=plan, rounds=rounds)
                    whole["heats"].append(told)
                    print("\n".join(report.heat_lines(told)), flush=True)
                    keep()
        print(f"\npeers: {whole['peers']}\n" + "\n".join(f"without {w}" for w in whole["without"]))


def run(
    name: str, made: Callable[[], AbstractContextManager[Heat]], *, plan: Plan, rounds: int
) -> Numbers:
    """One heat's numbers; where it cannot be run, why: the others run all the same."""
    try:
        with made() as heat:
            warm = not name.startswith("bake")
            return race.measure(heat, rounds=rounds, seconds=plan.seconds, warm=warm)
    except Exception as reason:
        return {"name": name, "failed": f"{type(reason).__name__}: {reason}"}


Made = tuple[str, Callable[[], AbstractContextManager[Heat]], int]


def heats(plan: Plan, arena: Arena) -> Iterator[Made]:
    """All heats that the plan has, each made when its turn comes."""
    if "tiles" in plan.parts:
        for zoom, most, checked in ((14, 16, 3), (15, 60, 6), (16, 150, 15)):
            floor = Ratio(f"uncached tile z{zoom} / bare SQL", (FLOOR,), 0.70, 0.90)
            others = (
                Ratio("uncached tile z16 / tipg", TIPG, 2.5, 3.2),
                Ratio("uncached tile z16 / Martin, pg_tileserv, tegola", OTHERS, 1.2, 1.6),
            )
            if zoom == 14:
                others = (
                    Ratio("uncached tile z14 / tipg", TIPG),
                    Ratio("uncached tile z14 / Martin, pg_tileserv, tegola", OTHERS, 1.2, 1.8),
                )
            here = replace(arena, peers=()) if zoom == 15 else arena
            ratios = (floor,) if zoom == 15 else (floor, *others)
            more = {"stretch": 2} if zoom == 14 else {"proved": zoom == 16}
            yield _tile(plan, here, "parcels", zoom, most, checked, ratios, **more)
        plain = (
            Ratio("uncached tile z16, no gzip / bare SQL", (FLOOR,)),
            Ratio("uncached tile z16, no gzip / tipg", TIPG),
            Ratio("uncached tile z16, no gzip / Martin, pg_tileserv, tegola", OTHERS, 0.8, 1.0),
        )
        yield _tile(plan, arena, "parcels", 16, 150, 3, plain, encoding="identity")
        if not plan.quick:
            roads = (
                Ratio("uncached roads z12 / bare SQL", (FLOOR,)),
                Ratio("uncached roads z12 / Martin, pg_tileserv, tegola", OTHERS, 1.2, 1.8),
            )
            yield _tile(plan, arena, "roads", 12, 12, 2, roads)
        heavy = (
            Ratio("heavy tile, blocks z12 / tipg", TIPG, 20, 50),
            Ratio("heavy tile, blocks z12 / Martin, pg_tileserv, tegola", OTHERS),
        )
        long: dict[str, Any] = {"connections": 4, "stretch": 2, "proved": True}
        few = [one for one in arena.peers if one.name != "martin table"]  # the slower there
        here = replace(arena, peers=few if plan.quick else arena.peers)
        yield _tile(plan, here, "blocks", 12, 12, 6, heavy, **long)
    if "pages" in plan.parts:
        page = partial(
            pages.page_heat, arena, name="items limit=1000", queries=["limit=1000"],
            ratios=(
                Ratio("items limit=1000, same members / tipg", TIPG, 4, 8),
                Ratio("items limit=1000 / pygeoapi", ("pygeoapi",)),
            ),
        )  # fmt: skip
        yield "items limit=1000", lambda: nullcontext(page()), plan.rounds
        ours, theirs = pages.box_queries(plan.parcels, many=2000, side=2500)
        box = partial(
            pages.page_heat, arena, name="items in a box", queries=ours, theirs=theirs,
            small=pages.box_queries(plan.parcels, many=20, side=600), beginning="tipg",
            ratios=(Ratio("items limit=1000 in ever new boxes / tipg", TIPG),),
        )  # fmt: skip
        yield "items in a box", lambda: nullcontext(box()), plan.rounds
        one = (Ratio("one item / bare SQL", (FLOOR,), 0.25, 0.60), Ratio("one item / tipg", TIPG))
        yield (
            "one item",
            lambda: nullcontext(pages.item_heat(arena, many=500, ratios=one)),
            plan.rounds,
        )
        far = Ratio("page 10,000 / page 1, time", ("page 1",), 1.3, 1.05, is_time=True)
        number = min(10_000, plan.parcels // 20)
        yield (
            "page 10,000",
            lambda: nullcontext(pages.far_page_heat(arena, limit=10, page=number, ratios=(far,))),
            plan.rounds,
        )
    if "cached" in plan.parts:
        kept = (Ratio("cached tile / nginx gzip_static", ("nginx",), 0.20, 0.50),)
        yield "cached z18", partial(pages.cached_heat, arena, many=400, ratios=kept), plan.rounds
    if "bake" in plan.parts:
        town = (Ratio("the town z0–z16: martin-cp's time / ours", ("martin-cp",), 1.5, 3),)
        bake = partial(baking.bake_heat, arena.here, ratios=town, quick=plan.quick)
        yield "bake z0–z16", lambda: nullcontext(bake()), plan.bake_rounds


def _tile(
    plan: Plan,
    arena: Arena,
    layer: str,
    zoom: int,
    most: int,
    checked: int,
    ratios: tuple[Ratio, ...],
    **more: Any,
) -> Made:
    make = partial(
        tile_heat, arena, layer, zoom=zoom, most=most, checked=checked, ratios=ratios, **more
    )
    return f"{layer} z{zoom}", lambda: nullcontext(make()), plan.rounds


def grow(plan: Plan, whole: Numbers) -> None:
    """Both ways of growing, up to five times the town's features."""
    print("\ngrowth", flush=True)
    counts = [n for n in growth.FEATURES if n <= 5 * plan.parcels] or [plan.parcels]
    most = [n for n in growth.LAYERS if n <= plan.parcels / 1000] or [2, 4]
    with ground.place(min(1000, plan.parcels), declared=(town.PARCELS,)) as here:
        whole["ground"] = report.machine(here)
    whole["growth"] = {"features": growth.features(counts), "layers": growth.layers(most)}


def write_docs(plan: Plan, whole: Numbers) -> None:
    """The parts that were measured, in docs/benchmarks.md; the others keep their numbers."""
    if whole["heats"] and not {*plan.parts} >= SERVERS:
        print("docs: the servers' numbers go there whole or not at all", file=sys.stderr)
    elif whole["heats"]:
        peers_told = ", ".join(f"{k} {v}" for k, v in whole["peers"].items())
        rows = report.facts(
            whole["machine"],
            f"data: {plan.parcels:,} parcels, with their roads and blocks",
            f"{plan.rounds} rounds of {plan.seconds} s (town: {plan.bake_rounds} rounds)",
            f"peers: {peers_told}",
            *(f"left out: {one}" for one in whole["without"]),
        )
        rows += ["", *report.bars_table(whole["heats"]), "", *report.sides_table(whole["heats"])]
        report.write_part("servers", rows)
    if "growth" in whole:
        rows = report.facts(whole["ground"])
        rows += ["", *report.growth_pictures(whole["growth"])]
        for points in whole["growth"].values():
            rows += ["", *report.growth_table(points)]
        report.write_part("growth", rows)
    if "commune" in whole:
        report.write_part("commune", commune.table(whole["commune"]))
    if "library" in whole:
        report.write_part("library", library.table(whole["library"]))
    if "phone" in whole:
        report.write_part("phone", phone.table(whole["phone"]))


if __name__ == "__main__":
    raise SystemExit(main())
