"""The conformance classes that the API keeps; what is not kept is not declared."""

from __future__ import annotations

from collections.abc import Mapping

_SPEC = "http://www.opengis.net/spec/"
APPROVED = (
    "ogcapi-common-1/1.0/conf/core",
    "ogcapi-common-1/1.0/conf/json",
    "ogcapi-common-1/1.0/conf/html",
    "ogcapi-common-1/1.0/conf/oas30",
    "ogcapi-features-1/1.0/conf/core",
    "ogcapi-features-1/1.0/conf/geojson",
    "ogcapi-features-1/1.0/conf/html",
    "ogcapi-features-1/1.0/conf/oas30",
    "ogcapi-features-2/1.0/conf/crs",
    "ogcapi-features-3/1.0/conf/queryables",
    "ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "ogcapi-features-3/1.0/conf/filter",
    "ogcapi-features-3/1.0/conf/features-filter",
    "cql2/1.0/conf/cql2-text",
    "cql2/1.0/conf/cql2-json",
    "cql2/1.0/conf/basic-cql2",
    "cql2/1.0/conf/advanced-comparison-operators",
    "cql2/1.0/conf/case-insensitive-comparison",
    "cql2/1.0/conf/accent-insensitive-comparison",
    "cql2/1.0/conf/basic-spatial-functions",
    "cql2/1.0/conf/basic-spatial-operators",  # its name before, where QGIS looked until 3.44
    "cql2/1.0/conf/basic-spatial-functions-plus",
    "cql2/1.0/conf/spatial-functions",
    "cql2/1.0/conf/temporal-functions",
    "cql2/1.0/conf/property-property",
    "cql2/1.0/conf/arithmetic",
    "ogcapi-common-3/1.0/conf/schemas",
    "ogcapi-common-3/1.0/conf/queryables",
    "ogcapi-common-3/1.0/conf/sortables",
    "ogcapi-features-5/1.0/conf/schemas",  # where QGIS looks for the same
    "json-fg-1/1.0/conf/core",
    "json-fg-1/1.0/conf/types-schemas",
    "ogcapi-tiles-1/1.0/conf/core",
    "ogcapi-tiles-1/1.0/conf/tileset",
    "ogcapi-tiles-1/1.0/conf/tilesets-list",
    "ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "ogcapi-tiles-1/1.0/conf/collections-selection",
    "ogcapi-tiles-1/1.0/conf/mvt",
    "ogcapi-records-1/1.0/conf/record-core",
    "ogcapi-records-1/1.0/conf/record-collection",
    "ogcapi-records-1/1.0/conf/record-core-query-parameters",
    "ogcapi-records-1/1.0/conf/record-api",
    "ogcapi-records-1/1.0/conf/searchable-catalog",
    "ogcapi-records-1/1.0/conf/sorting",
    "ogcapi-records-1/1.0/conf/json",
    "ogcapi-records-1/1.0/conf/html",
    "ogcapi-records-1/1.0/conf/oas30",
    "ogcapi-processes-1/1.0/conf/core",
    "ogcapi-processes-1/1.0/conf/ogc-process-description",
    "ogcapi-processes-1/1.0/conf/json",
    "ogcapi-processes-1/1.0/conf/html",
    "ogcapi-processes-1/1.0/conf/oas30",
    "ogcapi-processes-1/1.0/conf/job-list",
    "ogcapi-processes-1/1.0/conf/dismiss",
    "tms/2.0/conf/tilematrixset",
    "tms/2.0/conf/json-tilematrixset",
    "tms/2.0/conf/json-tilesetmetadata",
    "tms/2.0/conf/json-tilematrixsetlimits",
)
DRAFTS: Mapping[str, str] = {
    "ogcapi-features-6/0.0/conf/properties": "2024-05",
    "ogcapi-features-6/0.0/conf/properties-features": "2024-05",
    "ogcapi-features-7/0.0/conf/zoom-level": "2024-05",
    "ogcapi-features-7/0.0/conf/zoom-level-features": "2024-05",
    "ogcapi-features-8/0.0/conf/sorting": "2024-07",
    "ogcapi-features-8/0.0/conf/features-sorting": "2024-07",
}
"""Of standards that are not yet approved, with the month of the draft that is kept."""

CONFORMANCE = tuple(f"{_SPEC}{name}" for name in (*APPROVED, *DRAFTS))
