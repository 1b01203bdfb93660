"""What each word of the command line does: a call of the library, and its answer told.

Imports stand in the functions, so that `sitplan --help` need not wait for geopandas.
"""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sitplan.errors import BadRequest, Refused
from sitplan.settings import Settings
from sitplan.teller import Teller
from sitplan.words import say

if TYPE_CHECKING:
    from sitplan.changes import Author


def do_up(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Bring the instance up, going on from what the bootstrap told."""
    from sitplan.phases import Phases
    from sitplan.up import PHASES, stay, up

    only_database = options.only == "database"
    done, total, began = (options.told or f"0/{1 if only_database else PHASES}/0").split("/")
    phases = Phases(int(total), lang=settings.lang, done=int(done))
    phases.out = sys.stderr if teller.as_json else sys.stdout
    phases.began = float(began) or phases.began
    instance = up(settings, phases, only_database=only_database)
    teller.answer(instance.as_dict())
    teller.line()
    teller.line(say("up.ready", settings.lang, time=phases.end()))
    if not only_database:
        teller.line("    " + say("up.map", settings.lang, address=instance.map))
        teller.line("    " + say("up.api", settings.lang, address=instance.api))
    if not options.stay:
        teller.line(say("up.stop_hint", settings.lang))
        return 0
    sys.stdout.flush()
    return 0 if stay(settings, only_database=only_database) else 9


def do_down(settings: Settings, _options: Namespace, teller: Teller) -> int:
    """Stop the server and the private database."""
    from sitplan.up import down

    stopped = down(settings)
    teller.answer(stopped)
    for name, was_running in stopped.items():
        if was_running:
            teller.line(say(f"up.down_{name}", settings.lang))
    if not any(stopped.values()):
        teller.line(say("up.down_nothing", settings.lang))
    return 0


def do_reset(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Delete what the home holds, after a typed word; the other words start over."""
    from sitplan.up import reset

    if not options.yes:
        word = say("up.reset_word", settings.lang)
        print(say("up.reset_ask", settings.lang, home=settings.home, word=word), end="", flush=True)
        if sys.stdin.readline().strip() != word:
            print()
            raise Refused("not_confirmed", word=word)
    reset(settings)
    teller.answer({"reset": True})
    teller.line(say("up.reset_done", settings.lang))
    return 0


def do_serve(settings: Settings, _options: Namespace, _teller: Teller) -> int:
    """Serve in the foreground."""
    from sitplan.server import run

    run(settings)
    return 0


def do_wait(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Return once the map is served."""
    from sitplan.server import address, wait

    wait(settings, seconds=options.seconds)
    teller.answer({"map": address(settings)})
    teller.line(address(settings))
    return 0


def do_doctor(settings: Settings, _options: Namespace, teller: Teller) -> int:
    """Say what is installed, running, loaded and wrong; 1 if anything is wrong."""
    from sitplan.doctor import examine

    found = examine(settings)
    teller.answer(found.as_dict(settings.lang))
    if not teller.as_json:
        print(found.as_text(settings.lang))
    return 1 if found.problems else 0


def do_migrate(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Bring the database to the declarations; 7 if a layer's folder was refused."""
    from sitplan.migrate import migrate

    done = migrate(settings, plan=options.plan)
    teller.answer(done.as_dict() | ({"sql": list(done.statements)} if options.plan else {}))
    if options.plan:
        for statement in done.statements:
            teller.line(statement.rstrip().rstrip(";") + ";")
    named = {"created": done.created, "changed": done.changed, "hidden": done.hidden}
    for key, names in named.items():
        if names:
            teller.line(f"-- {say(f'cli.migrate.{key}', settings.lang, names=', '.join(names))}")
    if done.is_idle:
        teller.line(f"-- {say('cli.migrate.idle', settings.lang)}")
    for error in done.problems.values():
        if not teller.as_json:
            teller.error(error)
    return 7 if done.problems else 0


def do_import(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Bring a file into a layer."""
    from sitplan.intake.load import import_file

    receipt = import_file(
        settings,
        options.file,
        layer=options.layer,
        mode=options.mode,
        key=options.key,
        columns=options.columns,
        crs=options.crs,
        encoding=options.encoding,
        source_layer=options.source_layer,
        valid_from=options.valid_from,
        source=options.source,
        why=options.why,
        author=_author(),
        dry_run=options.dry_run,
    )
    teller.receipt(receipt)
    return 0


def do_load(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Load a folder of source files by the manifest, or the demonstration."""
    if options.demonstration == (options.folder is not None):
        raise BadRequest(
            "wrong_words",
            problem=say("cli.load.either", settings.lang),
            usage="sitplan load --help",
        )
    if options.demonstration:
        from sitplan.seeds import load_seeds

        receipt = load_seeds(settings)
        if receipt is None:
            teller.answer({"change": None, "layers": {}, "problems": []})
            teller.say("nothing_changed")
        else:
            teller.receipt(receipt)
        return 0
    from sitplan.intake.load import load

    receipts = load(
        settings,
        options.folder,
        keep_demo=options.keep_demo,
        author=_author(),
        dry_run=options.dry_run,
    )
    _tell_loaded(receipts, teller)
    return 0


def do_check(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Run the layers' checks on what is stored; 1 if a rule is broken."""
    from sitplan.checks import run_checks
    from sitplan.db import Database
    from sitplan.intake.entering import full_register

    with Database(settings, role="admin", workers=1) as database:
        catalogue = full_register(database)
        names = [catalogue.layer(name).name for name in options.layers] or list(catalogue.layers)
        with database.transaction() as cursor:
            report = run_checks(cursor, names)
    teller.answer({"layers": names, "problems": report.as_dict(settings.lang)})
    teller.report(report)
    teller.say(
        "check.told",
        layers=len(names),
        errors=report.count("error"),
        warnings=report.count("warning"),
    )
    return 1 if report.is_refused else 0


def do_changes(settings: Settings, options: Namespace, teller: Teller) -> int:
    """List who changed what, why and when, newest first."""
    from sitplan.db import Database
    from sitplan.history import list_changes

    with Database(settings, role="admin", workers=1) as database:
        found = list_changes(
            database,
            layer=options.layer,
            since=options.since,
            role=options.role,
            limit=options.limit,
        )
    teller.answer([change.as_dict() for change in found])
    heads = [
        say(f"cli.changes.{name}", settings.lang) for name in ("id", "when", "by", "what", "reason")
    ]
    rows = []
    for one in found:
        touched = (
            f"{layer} +{n.get('added', 0)} ~{n.get('changed', 0)} −{n.get('removed', 0)}"
            for layer, n in one.layers.items()
        )
        when = one.recorded_at.astimezone().strftime("%Y-%m-%d %H:%M")
        by = f"{one.role} ({one.who})" if one.who else one.role
        rows.append([one.id, when, by, "; ".join(touched), one.why])
    teller.table(heads, rows)
    if not found:
        teller.say("changes.none")
    return 0


def do_revert(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Take a Change back by a new one."""
    from sitplan.db import Database
    from sitplan.history import revert
    from sitplan.intake.entering import full_register

    with Database(settings, role="admin", workers=1) as database:
        receipt = revert(
            database,
            full_register(database),
            options.change,
            why=options.why,
            author=_author(),
            dry_run=options.dry_run,
        )
    teller.receipt(receipt)
    return 0


def do_render(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Write the files that derive from the declarations, or 1 if one is stale."""
    from sitplan.render import render

    stale = render(settings.layers, check=options.check)
    teller.answer({"check": options.check, "files": [str(path) for path in stale]})
    for path in stale:
        teller.line(str(path))
    if options.check and stale:
        teller.say("render.stale")
        return 1
    teller.say("render.fresh" if not stale else "render.written", count=len(stale))
    return 0


def do_bake(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Keep the tiles of today on the disk."""
    from sitplan.baking import MOST, bake

    found = bake(settings, options.layers, deepest=options.deepest)
    teller.answer([one.as_dict() for one in found])
    heads = [say(f"cli.bake.{name}", settings.lang) for name in ("layer", "count", "mib", "zooms")]
    teller.table(
        heads,
        [
            [one.layer, one.tiles, f"{one.size / 2**20:.1f}", f"{one.zooms[0]}–{one.zooms[1]}"]
            for one in found
        ],
    )
    for one in found:
        if one.left_out is not None:
            teller.say("bake.left_out", layer=one.layer, zoom=one.left_out, most=MOST)
    if not found:
        teller.say("bake.none")
    return 0


def do_export(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Write a whole layer, as the public sees it, to one file."""
    from sitplan.export.file import write_file

    if options.as_of is not None and not isinstance(options.as_of, datetime):
        raise BadRequest("wrong_instant", value=str(options.as_of))
    path = write_file(
        settings,
        options.layer,
        fmt=options.format,
        output=options.output,
        on=options.on,
        as_of=options.as_of,
        crs=options.crs,
        coordinates=options.coordinates,
        profile=options.profile,
        lang=options.lang or teller.lang,
    )
    teller.answer({"file": str(path)})
    teller.line(str(path))
    return 0


def do_publish(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Publish what an analysis finds as a draft, or move a result on in its review."""
    from sitplan import results

    if (options.analysis is None) == (options.review is None) or not (
        options.inputs is None or isinstance(options.inputs, dict)
    ):
        raise BadRequest(
            "wrong_words",
            problem=say("cli.publish.either", settings.lang),
            usage="sitplan publish --help",
        )
    if options.review is not None:
        why = options.why or say("results.why_review", settings.lang, name=options.name)
        receipt = results.review(settings, options.name, options.review, why=why, who=_author())
    else:
        receipt = results.compute_and_publish(
            settings, options.analysis, options.inputs or {}, name=options.name,
            author=options.author, why=options.why, who=_author(),
        )  # fmt: skip
    teller.receipt(receipt)
    if options.review is None:
        teller.say("publish.draft", name=options.name)
    return 0


def do_recompute(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Compute results again and state the difference; 1 if there is any."""
    from sitplan import recomputing, results

    names = options.names or list(results.published(settings))
    found = [
        recomputing.recompute(settings, name, keep=options.publish, who=_author()) for name in names
    ]
    teller.answer([one.as_dict() for one in found])

    def titled(one: recomputing.Recomputed, inputs: Iterable[str]) -> str:
        return ", ".join(one.titles[name][teller.lang] for name in inputs)

    for one in found:
        for when, gap in (("then", one.then), ("now", one.now)):
            key = f"recompute.{when}_{'differs' if gap else 'equal'}"
            teller.say(key, name=one.name, gap=recomputing.gap_told(gap, teller.lang))
        if one.outdated:
            teller.say("recompute.outdated", layers=titled(one, one.outdated))
        if one.lost:
            teller.say("recompute.lost", name=one.name, inputs=titled(one, one.lost))
        if one.receipt is not None:
            teller.receipt(one.receipt)
    if not found:
        teller.say("recompute.none")
    return 1 if any(one.then or one.now for one in found) else 0


def do_template(settings: Settings, options: Namespace, teller: Teller) -> int:
    """Write a spreadsheet to fill in and import."""
    from sitplan.template import write_template

    path = write_template(settings, options.layer, options.output)
    teller.answer({"file": str(path)})
    teller.line(str(path))
    return 0


def _tell_loaded(receipts: Mapping[str, Any], teller: Teller) -> None:
    teller.answer({name: one.as_dict(teller.lang) for name, one in receipts.items()})
    if not teller.as_json:
        for name, one in receipts.items():
            teller.line(f"· {name}")
            teller.receipt(one)


def _author() -> Author:
    from sitplan.changes import Author

    find: Callable[[], str] = getpass.getuser
    try:
        who: str | None = find()
    except (KeyError, OSError):  # a container's user without a name
        who = None
    return Author(who=who)
