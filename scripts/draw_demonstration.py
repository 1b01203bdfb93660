"""Draw the demonstration: `python scripts/draw_demonstration.py [FOLDER]` writes every seed.

FOLDER is where the layers are declared, `layers` of this checkout unless told otherwise.
Run twice, it writes the same bytes. The plan and its places come from `build_plan.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml
from demonstration.drawing import draw
from demonstration.land import PLAZA
from demonstration.output import write
from demonstration.relief import write_heights


def main() -> None:
    """Write the seeds and say how many features each has."""
    here = Path(__file__).resolve().parents[1]
    layers = Path(sys.argv[1]) if len(sys.argv) > 1 else here / "layers"
    territory = yaml.safe_load((layers / "territory.yaml").read_text(encoding="utf-8"))
    drawn = draw().layers
    for name, features in sorted(drawn.items()):
        declared = yaml.safe_load((layers / name / "layer.yaml").read_text(encoding="utf-8"))
        path = layers / name / "seed.geojson"
        multi = declared["geometry"]["type"].startswith("Multi")
        count = write(path, features, territory["storage_crs"], multi)
        print(f"{name:24}{count:6}{path.stat().st_size / 1000:9.0f} kB")
    if "heights" in territory:
        path = layers / territory["heights"]["file"]
        rows, columns = write_heights(path, PLAZA, territory["storage_crs"])
        print(f"{path.name:24}{rows * columns:6}{path.stat().st_size / 1000:9.0f} kB")


if __name__ == "__main__":
    main()
