"""Makes the environment in which Apache Sedona runs on Spark, for one long test: `.venv/spark`.

    python3 scripts/sedona.py

`pyspark` and `apache-sedona` come from PyPI by pip, Sedona's jar from Maven by `mvn`. What cannot
be had is said, and is no failure: the test then skips.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / ".venv" / "spark"
PYTHON = HOME / "bin" / "python"
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
    there = all(any(HOME.glob(f"lib/*/site-packages/{name}")) for name in wanted)
    return PYTHON.exists() and JAR.exists() and there


def _commands() -> list[list[str]]:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-q"]
    maven = ["mvn", "-q", "-B", "dependency:get", f"-Dartifact={ARTIFACT}", "-Dtransitive=false"]
    copy = [
        "mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={HOME}",
        "-Dmdep.useBaseVersion=true",
    ]  # fmt: skip
    return [
        [sys.executable, "-m", "venv", str(HOME)],
        [*pip, f"pyspark=={SPARK}", f"apache-sedona=={SEDONA}", f"pandas=={PANDAS}", "setuptools"],
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
    for command in _commands():
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"Sedona is left out: {error}")
            return 0
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()[:1]
            print(f"Sedona is left out: {command[0]}: {' '.join(said)}")
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
