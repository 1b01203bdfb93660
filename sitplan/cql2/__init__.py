"""A filter in CQL2 (OGC 21-065r2), text or JSON → a condition over a layer's queryables. Pure.

    reading.py   text or JSON → tree, within limits; the grammar is the package `cql2`'s
    writer.py    tree → condition: each node by its kind
    terms.py     what a node becomes: SQL, its parameters, its kind
    scalars.py   comparisons, texts, numbers
    spatial.py   shapes carried into the storage CRS
    temporal.py  days, instants, intervals

Names and functions come from lists of ours, values are parameters: nothing of a filter is SQL.
"""

from __future__ import annotations

from sitplan.cql2.reading import LANGS, Lang
from sitplan.cql2.terms import GEOMETRY, queryable_names
from sitplan.cql2.writer import parse_filter

__all__ = ["GEOMETRY", "LANGS", "Lang", "parse_filter", "queryable_names"]
