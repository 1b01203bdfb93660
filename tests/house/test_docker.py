"""The containers, as far as a machine without a container engine can tell.

The compose file keeps the Compose specification; the Dockerfile's steps and each service's command
are read from the files and run here, in homes of the tests' own.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from sitplan import cluster
from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = CHECKOUT / "api" / "Dockerfile"
COMPOSE = CHECKOUT / "docker-compose.yml"
GIGABYTE = 10**9


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.M)
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


@pytest.fixture(scope="module")
def compose() -> dict:
    """The compose file as data."""
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def test_the_compose_file_keeps_the_specification() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            COMPOSE,
        ],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_containers_are_few_small_watched_and_of_one_image(compose: dict) -> None:
    services = {n: one for n, one in compose["services"].items() if "profiles" not in one}
    assert set(services) == {"db", "api"}
    assert set(compose["services"]) - set(services) == {"notebooks"}
    assert len({one["image"] for one in services.values()}) == 1
    limits = [int(one["mem_limit"].removesuffix("m")) * 2**20 for one in services.values()]
    assert sum(limits) < 2 * GIGABYTE
    for one in compose["services"].values():
        assert one["build"]["dockerfile"] == "api/Dockerfile"
        assert one["healthcheck"]["test"]
        assert one["init"], "a container's first process must hand signals on"
    for volume in (v for one in compose["services"].values() for v in one["volumes"]):
        source = volume.partition(":")[0]
        assert source in compose["volumes"] or (CHECKOUT / source).is_dir()


def test_what_a_notebook_publishes_is_kept_where_the_map_looks(compose: dict) -> None:
    """Results stand under SITPLAN_HOME: in a home of the notebooks' own the map would lose them."""
    said = dict(re.findall(r"(\w+)=(\S+)", dict(instructions())["ENV"]))
    mounted = {
        name: {v.split(":")[1]: v.split(":")[0] for v in compose["services"][name]["volumes"]}
        for name in ("api", "notebooks")
    }
    assert said["SITPLAN_HOME"].startswith("/var/lib/sitplan/")
    assert mounted["notebooks"]["/var/lib/sitplan"] == mounted["api"]["/var/lib/sitplan"]


def test_no_door_without_a_password_is_published(compose: dict) -> None:
    assert "ports" not in compose["services"]["db"]
    published = [p for one in compose["services"].values() for p in one.get("ports", ())]
    assert len(published) == 2 and all(port.startswith("127.0.0.1:") for port in published)
    whole = COMPOSE.read_text(encoding="utf-8") + DOCKERFILE.read_text(encoding="utf-8")
    assert not re.search(r"sitplan:(?!\$\$\(cat )[^@/\s]+@", whole), "a password is written down"
    assert "trust" not in whole


def test_the_dockerfile_is_thin_and_pinned() -> None:
    words = [word for word, _ in instructions()]
    assert words[0] == "FROM"
    assert re.fullmatch(r"debian:12\.\d+-slim", instructions()[0][1])
    assert words.count("FROM") == 1
    assert words.count("RUN") == 2


def test_the_dockerfiles_steps_are_ones_that_run_here() -> None:
    runs = [rest for word, rest in instructions() if word == "RUN"]
    for run in runs:
        subprocess.run(["sh", "-n", "-c", run], check=True)
    packages, ready = runs
    names = re.search(r"--no-install-recommends ([^&]*)", packages)[1].split()
    told = subprocess.run(["apt-cache", "show", *names], capture_output=True, text=True)
    if told.returncode == 0 or "Package:" in told.stdout:
        for name in names:
            assert f"Package: {name}\n" in told.stdout
    for word in ("ready", "notebooks"):
        make = ready.partition("&&")[0].replace("${WITH}", word).split()
        told = subprocess.run([*make, "--dry-run"], cwd=CHECKOUT, check=True, capture_output=True)
        assert f"bootstrap.py {word}" in told.stdout.decode()
    copied = next(rest for word, rest in instructions() if word == "COPY")
    assert copied == ". ."
    left_out = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    for needed in (
        "Makefile",
        "README.md",
        "scripts",
        "sitplan",
        "api",
        "layers",
        "pyproject.toml",
    ):
        assert (CHECKOUT / needed).exists()
        assert needed not in left_out


def unused_port() -> int:
    """A port that nobody holds now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def service(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """A service's command in a session of its own; told to stop as a container is, by TERM."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=clean | env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def await_health(process: subprocess.Popen, check: list[str], env: dict, log: Path) -> None:
    """Return once the service's own health check says that it is well."""
    until = time.monotonic() + 240
    while subprocess.run(check, cwd=CHECKOUT, env=os.environ | env, capture_output=True).returncode:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < until, log.read_text(encoding="utf-8")
        time.sleep(0.5)


def test_both_services_commands_run_and_stop_as_in_containers(
    compose: dict, tmp_path: Path
) -> None:
    """The words, variables and health checks of the compose file, on this machine's own ports."""
    services = {name: compose["services"][name] for name in ("db", "api")}
    pg_port, web_port = unused_port(), unused_port()
    homes = {name: tmp_path / name for name in services}
    secrets = homes["db"] / "secrets"

    def here(text: str) -> str:
        text = text.replace("$$", "$").replace("/run/sitplan", str(secrets))
        text = text.replace("@db:5432", f"@127.0.0.1:{pg_port}")
        return text.replace("5432", str(pg_port)).replace("8321", str(web_port))

    def environment(name: str) -> dict[str, str]:
        said = {k: here(str(v)) for k, v in services[name]["environment"].items()}
        said = {k: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", v) for k, v in said.items()}
        return said | {"SITPLAN_HOME": str(homes[name]), "SITPLAN_HOST": "127.0.0.1"}

    def words(name: str, key: list[str]) -> list[str]:
        return [here(word) for word in key]

    try:
        with service(
            words("db", services["db"]["command"]), environment("db"), tmp_path / "db.log"
        ) as db:
            check = words("db", services["db"]["healthcheck"]["test"][1:])
            await_health(db, check, {}, tmp_path / "db.log")
            with service(
                words("api", services["api"]["command"]), environment("api"), tmp_path / "api.log"
            ) as api:
                check = words("api", services["api"]["healthcheck"]["test"][1:])
                await_health(api, check, environment("api"), tmp_path / "api.log")
                doctor = subprocess.run(
                    [sys.executable, "-m", "sitplan", "doctor", "--json"],
                    cwd=CHECKOUT,
                    env=os.environ
                    | environment("api")
                    | {"SITPLAN_DATABASE_URL": _url(secrets, pg_port)},
                    capture_output=True,
                    text=True,
                )
                found = json.loads(doctor.stdout)
                assert found["running"]["database"].startswith("external")
                assert found["running"]["server"].startswith("ready")
                assert found["loaded"]
            assert api.returncode is not None
            assert subprocess.run(
                check, cwd=CHECKOUT, env=os.environ | environment("api")
            ).returncode
            assert db.poll() is None
        settings = Settings(home=homes["db"])
        assert cluster.status(settings).state == "stopped", (tmp_path / "db.log").read_text()
    finally:
        cluster.remove(Settings(home=homes["db"]))


def _url(secrets: Path, port: int) -> str:
    password = (secrets / "database").read_text(encoding="ascii").strip()
    return f"postgresql://sitplan:{password}@127.0.0.1:{port}/sitplan"


def test_commands_are_the_makefiles_words(compose: dict) -> None:
    for one in compose["services"].values():
        line = one["command"][-1] if one["command"][0] == "sh" else shlex.join(one["command"])
        assert re.search(r"make (up( ONLY=database)? STAY=1|notebooks LAB=\"[^\"]+\")$", line)
