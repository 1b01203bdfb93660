"""The green indicators by Apache Sedona on Spark, from GeoParquet: what docs/guides/spark.md shows.

    python sedona_green.py sedona.jar FOLDER

FOLDER holds neighbourhoods, census_blocks and green_areas as they are exported in the territory's
metres. Run by an environment that has `pyspark` and `apache-sedona`; prints a JSON object by code.
"""

from __future__ import annotations

import json
import sys

from sedona.spark import SedonaContext

SQL = """
WITH counted AS (
  SELECT code, geometry, CASE WHEN kind = 'parque' THEN 'parks' ELSE 'squares' END AS kind
  FROM green_areas
  WHERE kind IN ('plaza', 'plazoleta', 'parque')
    AND coalesce(built_state, 'consolidada') IN ('consolidada', 'parcial')
    AND coalesce(public_access, true)
), doors AS (
  SELECT code, population, geometry,
    CASE WHEN ST_Intersects(geometry, ST_Centroid(geometry)) THEN ST_Centroid(geometry)
         ELSE ST_PointOnSurface(geometry) END AS door
  FROM census_blocks
), served AS (
  SELECT d.code,
    max(CASE WHEN c.kind = 'squares' AND ST_Distance(d.door, c.geometry) <= 400 THEN 1 ELSE 0 END)
      AS squares,
    max(CASE WHEN c.kind = 'parks' THEN 1 ELSE 0 END) AS parks
  FROM doors d JOIN counted c ON ST_Distance(d.door, c.geometry) <= 3000
  GROUP BY d.code
), lives AS (
  SELECT n.code, sum(share * population) AS population,
    sum(share * population * coalesce(s.squares, 0)) AS squares_served_straight,
    sum(share * population * coalesce(s.parks, 0)) AS parks_served_straight
  FROM (
    SELECT n.code, d.code AS block, d.population,
      ST_Area(ST_Intersection(d.geometry, n.geometry)) / ST_Area(d.geometry) AS share
    FROM doors d JOIN neighbourhoods n ON ST_Intersects(d.geometry, n.geometry)
  ) n LEFT JOIN served s ON s.code = n.block
  GROUP BY n.code
), grows AS (
  SELECT n.code,
    sum(CASE WHEN c.kind = 'squares' THEN ST_Area(ST_Intersection(c.geometry, n.geometry)) END)
      AS squares_m2,
    sum(CASE WHEN c.kind = 'parks' THEN ST_Area(ST_Intersection(c.geometry, n.geometry)) END)
      AS parks_m2
  FROM counted c JOIN neighbourhoods n ON ST_Intersects(c.geometry, n.geometry)
  GROUP BY n.code
)
SELECT n.code, coalesce(l.population, 0) AS population,
  coalesce(g.squares_m2, 0) AS squares_m2, coalesce(g.parks_m2, 0) AS parks_m2,
  coalesce(l.squares_served_straight, 0) AS squares_served_straight,
  coalesce(l.parks_served_straight, 0) AS parks_served_straight
FROM neighbourhoods n LEFT JOIN lives l ON l.code = n.code LEFT JOIN grows g ON g.code = n.code
"""


def main(jar: str, folder: str) -> None:
    """Read, ask, print."""
    config = (
        SedonaContext.builder()
        .master("local[2]")
        .config("spark.jars", jar)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    spark = SedonaContext.create(config)
    for name in ("neighbourhoods", "census_blocks", "green_areas"):
        spark.read.format("geoparquet").load(f"{folder}/{name}.parquet").createOrReplaceTempView(
            name
        )
    rows = [row.asDict() for row in spark.sql(SQL).collect()]
    print(json.dumps({row.pop("code"): row for row in rows}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
