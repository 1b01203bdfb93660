"""A thing of the catalogue told to strangers: one source, four faces. Pure.

`record` gathers what is known of a layer (declaration, source in force, extent, dates) or of a
map, a notebook, a download; `records` (OGC API Records), `iso19139`, `dcat` and `schema_org`
each write it in their own words.
"""

from sitplan.metadata.dcat import catalogue_graph, turtle
from sitplan.metadata.iso19139 import iso_document
from sitplan.metadata.record import Record, Way, gaps, layer_record, licence_title
from sitplan.metadata.records import as_feature
from sitplan.metadata.schema_org import as_catalogue, as_dataset

__all__ = [
    "Record",
    "Way",
    "as_catalogue",
    "as_dataset",
    "as_feature",
    "catalogue_graph",
    "gaps",
    "iso_document",
    "layer_record",
    "licence_title",
    "turtle",
]
