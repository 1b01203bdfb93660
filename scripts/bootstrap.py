"""Makes a bare machine ready: system packages, the Python environment, the web map.

Run by `make` with any Python ≥ 3.11; leans on the standard library alone, and on those modules of
`sitplan` that do too. What is so already is left as it is: stamps tell, each a hash of what it
was made from.

    bootstrap.py up      make ready, then `sitplan up` with what words follow
    bootstrap.py ready   make ready, start nothing (containers)
    bootstrap.py test    make ready, with what the tests need besides
    bootstrap.py slow    the same, with what the long tests need
    bootstrap.py bench   as test, with what the benchmarks compare with
    bootstrap.py notebooks   make ready, with JupyterLab besides
    bootstrap.py python | web
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

# `sitplan` as a bare folder of modules: its public face needs what is not installed yet.
_bare = types.ModuleType("sitplan")
_bare.__path__ = [str(CHECKOUT / "sitplan")]
sys.modules.setdefault("sitplan", _bare)

from sitplan import programs  # noqa: E402
from sitplan.errors import SitplanError, Unavailable  # noqa: E402
from sitplan.freshness import WEB, WEB_STAMP, digest, is_stamped, web_mark  # noqa: E402
from sitplan.home import prepare_home  # noqa: E402
from sitplan.phases import Phase, Phases  # noqa: E402
from sitplan.settings import Settings  # noqa: E402
from sitplan.words import say  # noqa: E402

VENV = CHECKOUT / ".venv"
RUNTIME = ("requirements.lock", "requirements-build.lock")
MORE = {"tests": "requirements-test.lock", "notebooks": "requirements-notebooks.lock"}
CLUSTER_POLICY = Path("/etc/postgresql-common/createcluster.d/sitplan.conf")


def main(words: list[str]) -> int:
    """Do what the one word asks; the exit code."""
    word = words[0] if words else "up"
    if word not in ("up", "ready", "test", "slow", "bench", "notebooks", "python", "web"):
        print(__doc__)
        return 2
    lang = os.environ.get("SITPLAN_LANG") or "es"
    try:
        settings = Settings.from_environment()
        lang = settings.lang
        log = prepare_home(settings) / "log"
        log.mkdir(exist_ok=True)
        return _do(word, settings, log, words[1:])
    except SitplanError as error:
        print(f"\n{error.message(lang)}\n{error.hint(lang)}", file=sys.stderr)
        return 9


def _do(word: str, settings: Settings, log: Path, more: list[str]) -> int:
    tested = word in ("test", "slow", "bench")
    single = word in ("python", "web")
    phases = Phases(3 + (_after(more) if word == "up" else 0), lang=settings.lang)
    if single:
        phases.total = 1
    else:
        wanted = _lacking(settings)
        wanted += _lacking_for_tests() if tested else []
        wanted += _lacking_for_slow_tests() if word == "slow" else []
        wanted += _lacking_for_bench() if word in ("slow", "bench") else []
        _install_packages(phases, wanted, log / "apt.log")
    if word != "web":
        extra = "tests" if tested else "notebooks" if word == "notebooks" else None
        _make_environment(phases, more=extra, log=log / "pip.log")
    if word != "python":
        _build_web(phases, log / "web.log")
    if word != "up":
        return 0
    told = ["--told", f"{phases.done}/{phases.total}/{phases.began}"]
    sys.stdout.flush()
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, "-m", "sitplan", "up", *told, *more])


def _after(more: list[str]) -> int:
    """Phases that `sitplan up` tells after ours (its own count cannot be imported yet)."""
    return 1 if "--only" in more else 4


# --- system packages -------------------------------------------------------------------------

Wanted = list[tuple[str, str]]
"""Debian packages, each with the key of the words that say why."""


def _lacking(settings: Settings) -> Wanted:
    wanted: Wanted = []
    if not settings.database_url:
        try:
            programs.find_programs()
        except Unavailable as fault:
            major = fault.facts.get("postgres") or _debian_postgres()
            names = (f"postgresql-{major}", f"postgresql-{major}-postgis-3")
            wanted += [(name, "why_postgres") for name in names]
    if not _working_environment() and not _can_make_environment():
        name = f"python3.{sys.version_info.minor}-venv"
        wanted.append((name, "why_venv"))
    return wanted


def _lacking_for_tests() -> Wanted:
    wanted: Wanted = []
    if not any(map(shutil.which, ("chromium", "chromium-browser"))):
        wanted.append(("chromium", "why_chromium"))
    if not any(Path("/usr/lib").glob("*/libatomic.so.1")):
        wanted.append(("libatomic1", "why_libatomic"))
    major = _serving_postgres()
    if not Path(f"/usr/share/postgresql/{major}/extension/pgrouting.control").exists():
        wanted.append((f"postgresql-{major}-pgrouting", "why_pgrouting"))
    if not shutil.which("ogr2ogr"):
        wanted.append(("gdal-bin", "why_gdal"))
    return wanted


def _lacking_for_slow_tests() -> Wanted:
    has_sf = any(Path("/usr/lib/R").glob("*-library/sf"))
    return [] if has_sf else [("r-cran-sf", "why_r")]


def _lacking_for_bench() -> Wanted:
    return [] if shutil.which("wrk") else [("wrk", "why_wrk")]


def _serving_postgres() -> int:
    try:
        return programs.find_programs().version
    except Unavailable:
        return _debian_postgres()


def _debian_postgres() -> int:
    """PostgreSQL's version that this system offers, 15 on Debian 12."""
    apt = shutil.which("apt-cache")
    if apt:
        told = subprocess.run([apt, "policy", "postgresql"], capture_output=True, text=True)
        for line in told.stdout.splitlines():
            version = line.strip().removeprefix("Candidate: ").partition("+")[0]
            if line.strip().startswith("Candidate:") and version.isdigit():
                return int(version)
    return 15


def _install_packages(phases: Phases, wanted: Wanted, log: Path) -> None:
    names = [name for name, _ in wanted]
    with phases.phase("system") as phase:
        if not names:
            phase.tell(say("phases.present", phases.lang))
            return
        phase.tell(say("phases.installed", phases.lang))
        as_root = _as_root(names)
        for why in dict.fromkeys(reason for _, reason in wanted):
            group = ", ".join(name for name, reason in wanted if reason == why)
            because = say(f"phases.{why}", phases.lang)
            phase.announce(say("phases.installing", phases.lang, names=group, why=because))
        if as_root and sys.stdin.isatty():
            print(flush=True)  # sudo may ask for a password
        keep = _forbid_main_cluster(as_root)
        try:
            apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt-get"]
            apt += ["-o", "DPkg::Lock::Timeout=300"]  # another installation may be under way
            _run(phase, [*apt, "update", "-q"], log=log, asks=True)
            _run(
                phase,
                [*apt, "install", "-y", "-q", "--no-install-recommends", *names],
                log=log,
                asks=True,
            )
        finally:
            if not keep:
                subprocess.run([*as_root, "rm", "-f", str(CLUSTER_POLICY)], check=False)


def _as_root(names: list[str]) -> list[str]:
    """What to write before a command that only root may run; [] for root.

    Raises
    ------
    Unavailable
        ``no_apt`` or ``cannot_install``, with the exact line for whoever may.
    """
    lang = os.environ.get("SITPLAN_LANG") or "es"
    if not shutil.which("apt-get"):
        raise Unavailable("no_apt", packages=", ".join(names))
    if os.geteuid() == 0:
        return []
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends " + " ".join(
        names
    )
    if not shutil.which("sudo"):
        reason = say("phases.no_sudo", lang)
        raise Unavailable("cannot_install", reason=reason, line=line.replace("sudo ", ""))
    if sys.stdin.isatty():
        return ["sudo"]
    if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
        raise Unavailable("cannot_install", reason=say("phases.sudo_asks", lang), line=line)
    return ["sudo", "-n"]


def _forbid_main_cluster(as_root: list[str]) -> bool:
    """Tell postgresql-common to make no `main` cluster; whether somebody had said so before."""
    if CLUSTER_POLICY.exists():
        return True
    text = (
        "# Written by SITPLAN while it installs, taken away after.\ncreate_main_cluster = false\n"
    )
    subprocess.run([*as_root, "mkdir", "-p", str(CLUSTER_POLICY.parent)], check=True)
    subprocess.run(
        [*as_root, "tee", str(CLUSTER_POLICY)],
        input=text, text=True, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return False


# --- the Python environment ------------------------------------------------------------------


def _working_environment() -> bool:
    python = VENV / "bin" / "python"
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def _can_make_environment() -> bool:
    return (
        subprocess.run(
            [sys.executable, "-c", "import ensurepip, venv"], capture_output=True
        ).returncode
        == 0
    )


def _make_environment(phases: Phases, *, more: str | None, log: Path) -> None:
    # What more there is holds what runs, so that either stamp speaks for `make up`.
    wanted = {"runtime.stamp": RUNTIME}
    if more:
        wanted[f"{more}.stamp"] = (*RUNTIME, MORE[more])
    marks = {
        VENV / name: digest(
            [*(CHECKOUT / lock for lock in locks), CHECKOUT / "pyproject.toml"], extra=str(CHECKOUT)
        )
        for name, locks in wanted.items()
    }
    locks = [CHECKOUT / lock for lock in list(wanted.values())[-1]]
    with phases.phase("python") as phase:
        if not _working_environment():
            shutil.rmtree(VENV, ignore_errors=True)
            _run(phase, [sys.executable, "-m", "venv", str(VENV)], log=log)
        if all(is_stamped(stamp, mark) for stamp, mark in marks.items()):
            phase.tell(say("phases.up_to_date", phases.lang))
            return
        python = str(VENV / "bin" / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        chosen = [word for lock in locks for word in ("-r", str(lock))]
        ours = ["--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT)]
        _run(phase, [*pip, "--require-hashes", *chosen], log=log)
        _run(phase, [*pip, *ours], log=log)
        for stamp, mark in marks.items():
            stamp.write_text(mark, encoding="ascii")
        told = subprocess.run([python, "-V"], capture_output=True, text=True).stdout
        phase.tell(told.strip().removeprefix("Python "))


# --- the web map -----------------------------------------------------------------------------


def _build_web(phases: Phases, log: Path) -> None:
    with phases.phase("web") as phase:
        mark = web_mark()
        if is_stamped(WEB_STAMP, mark):
            phase.tell(say("phases.up_to_date", phases.lang))
            return
        env = os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
        modules = WEB / "node_modules" / ".made-from"
        lock = digest([WEB / "package-lock.json", CHECKOUT / "requirements-build.lock"])
        if not is_stamped(modules, lock):
            _run(
                phase,
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                log=log, env=env, cwd=WEB,
            )  # fmt: skip
            modules.write_text(lock, encoding="ascii")
        _run(phase, ["npm", "run", "build"], log=log, env=env, cwd=WEB)
        WEB_STAMP.write_text(mark, encoding="ascii")
        phase.tell(say("phases.built", phases.lang))


# --- small parts -----------------------------------------------------------------------------


def _run(
    phase: Phase,
    command: list[str],
    *,
    log: Path,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    asks: bool = False,
) -> None:
    """Run `command`, all that it says kept in `log`, the latest shown to who watches.

    Raises
    ------
    Unavailable
        ``install_failed``, with the last thing it said.
    """
    with log.open("ab") as out:
        out.write(f"\n$ {' '.join(command)}\n".encode())
        out.flush()
        begun = out.tell()
        try:
            process = subprocess.Popen(
                command,
                stdin=None if asks and sys.stdin.isatty() else subprocess.DEVNULL,
                stdout=out, stderr=out, env=env, cwd=cwd,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable("install_failed", reason=str(error), log=log) from error
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
            phase.progress(_latest(log))
    if process.returncode:
        said = log.read_bytes()[begun:].decode(errors="replace").strip().splitlines()
        telling = [line for line in said if line.startswith(("E: ", "ERROR", "npm error", "Error"))]
        reason = (telling or said or [f"{command[0]} → {process.returncode}"])[-1]
        raise Unavailable("install_failed", reason=reason, log=log)


def _latest(log: Path) -> str:
    """The last whole line that a program said so far."""
    with log.open("rb") as said:
        said.seek(max(0, said.seek(0, os.SEEK_END) - 2000))
        lines = said.read().decode(errors="replace").split("\n")[:-1]
    return next((line.strip() for line in reversed(lines) if line.strip() and line[0] != "$"), "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
