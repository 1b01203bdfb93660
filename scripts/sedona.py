"""Makes the environment in which Apache Sedona runs on Spark, for one long test: `.venv/spark`.

    python3 -m scripts.sedona

`pyspark` and `apache-sedona` come from PyPI by pip, Sedona's jar from Maven by `mvn`.
"""

from __future__ import annotations

import shutil

from scripts import apart

HOME = apart.VENV / "spark"
PYTHON = apart.python(HOME)
SPARK, SEDONA = "4.0.1", "1.8.0"
PANDAS = "2.3.3"
"""Sedona's Python asks for it, and neither names it; Spark 4.0 knows the second series."""
ARTIFACT = f"org.apache.sedona:sedona-spark-shaded-4.0_2.13:{SEDONA}"
JAR = HOME / f"sedona-spark-shaded-4.0_2.13-{SEDONA}.jar"


def is_ready() -> bool:
    """Whether all of it is there."""
    wanted = (
        "sedona",
        f"pyspark-{SPARK}.dist-info",
        f"apache_sedona-{SEDONA}.dist-info",
        f"pandas-{PANDAS}.dist-info",
    )
    return JAR.exists() and apart.holds(HOME, *wanted)


def _commands() -> list[list[str]]:
    maven = ["mvn", "-q", "-B", "dependency:get", f"-Dartifact={ARTIFACT}", "-Dtransitive=false"]
    copy = [
        "mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={HOME}",
        "-Dmdep.useBaseVersion=true",
    ]  # fmt: skip
    return [
        *apart.installing(
            HOME, f"pyspark=={SPARK}", f"apache-sedona=={SEDONA}", f"pandas=={PANDAS}", "setuptools"
        ),
        maven,
        copy,
    ]


def main() -> int:
    """Install what lacks; 0 in any case, with a word where it could not be."""
    if is_ready():
        return 0
    missing = [name for name in ("java", "mvn") if not shutil.which(name)]
    if missing:
        print(f"Sedona is left out: {', '.join(missing)} not found (Debian: default-jre, maven)")
        return 0
    apart.carry_out("Sedona", _commands())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
