"""What analyses found, as public record: published like any layer, and computed again.

A result is a folder under ``SITPLAN_HOME/results/``, the catalogue's second root, and comes in by
the same doors as a layer of `layers/`: `migrate`, then one Change. It starts as a draft.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pandas import DataFrame
from psycopg2 import sql as pgsql

from sitplan import ddl, views
from sitplan.analyses import ANALYSES, run_analysis
from sitplan.analysis.heights import Heights
from sitplan.analysis.method import Method
from sitplan.catalogue import Catalogue, read_folder, read_register
from sitplan.changes import Author, Edit, Receipt, apply
from sitplan.db import READER, Database
from sitplan.declaring import Asked, Declared, Read, declare, heights_read
from sitplan.errors import BadRequest, NotFound, Refused
from sitplan.features import read_frame
from sitplan.heights_kept import forget_heights, heights_of_then, keep_heights
from sitplan.home import lock, prepare_home
from sitplan.layer import REVIEW_STATES, Layer
from sitplan.migrate import migrate
from sitplan.offering import ANALYSIS, Ground
from sitplan.query import Moment
from sitplan.seeds import read_seed, seed_mark
from sitplan.settings import Settings
from sitplan.streets import networks_in, relief_of
from sitplan.words import say

_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")


def publish(
    settings: Settings,
    frame: DataFrame,
    *,
    name: str,
    method: Method,
    reads: Sequence[Read] = (),
    author: str | None = None,
    asked: Asked | None = None,
    show: str | None = None,
    why: str | None = None,
    who: Author | None = None,
) -> Receipt:
    """The receipt of putting a result among the layers, as a draft.

    Parameters
    ----------
    settings
        Of an instance whose database its owner can be asked for.
    frame, method
        As an analysis gives them; the frame's columns become fields.
    name
        Of the layer that it becomes. A result of that name is replaced by this one, its past
        kept.
    reads
        The layers that it was computed from, as they stood.
    author
        Who answers for it, as the public reads it; None is the custodian of the first input.
    asked
        The analysis that gives it again.
    show
        The column that the map shows in classes.

    Raises
    ------
    Refused
        ``result_name_taken``; ``publish_needs_owner`` without a connection that may write;
        ``migration_would_lose_column`` where a result of that name had other columns.
    BadRequest
        ``wrong_result``, ``wrong_name``.
    InvalidData
        Where the rows break a check; nothing is left behind.
    """
    if not _NAME.fullmatch(name):
        raise BadRequest("wrong_name", name=name[:60])
    _require_owner(settings)
    prepare_home(settings)
    with lock(settings, "results"):
        catalogue = known_catalogue(settings)
        if (settings.layers / name).exists():
            raise Refused("result_name_taken", name=name)
        made = declare(
            frame,
            name=name,
            method=method,
            reads=reads,
            catalogue=catalogue,
            author=author or _custodian(reads, catalogue),
            made_at=datetime.now(UTC),
            asked=asked,
            show=show,
        )
        heights = heights_read(method)
        if heights and heights["sha256"]:
            with Database(settings, workers=1) as database:
                keep_heights(settings, read_register(database), heights)
        with _folder(settings, name, made):
            receipt = _enter(settings, name, why=why or say("results.why", name=name), who=who)
        _forget_heights(settings)
        return receipt


def asked_of(frame: DataFrame) -> Asked | None:
    """The analysis that a frame says gave it; None where it says none."""
    text = frame.attrs.get(ANALYSIS)
    if not isinstance(text, str):
        return None
    told = json.loads(text)
    return Asked(told["id"], told["inputs"], tuple(told["layers"]))


def compute(
    settings: Settings,
    analysis: str,
    inputs: Mapping[str, Any],
    *,
    moments: Mapping[str, Moment] | None = None,
    heights: Mapping[str, Any] | None = None,
) -> tuple[DataFrame, Method, list[Read]]:
    """What an analysis finds in the public's layers, and what it read.

    Parameters
    ----------
    moments
        As which of them is read, by layer; others as they stand.
    heights
        Those of a result's record; None is those of now.

    Raises
    ------
    FileNotFoundError
        Where heights are asked for that are no longer there.
    NotFound
        ``no_such_analysis``; ``no_such_layer`` where the territory lacks one that it needs.
    BadRequest
        Where the inputs are wrong.
    """
    with Database(settings, workers=1) as database:
        catalogue = read_register(database)
        reads: list[Read] = []

        def read(name: str, on: Any) -> DataFrame:
            layer = catalogue.layer(name)
            moment = (moments or {}).get(name) or Moment(on=on)
            reads.append(Read(name, catalogue.revisions[name], moment.text))
            return read_frame(database, layer, moment, territory=catalogue.territory)

        def relief() -> tuple[Heights | None, Path | None]:
            if heights is None:
                return relief_of(catalogue, settings.layers, settings.home)
            return heights_of_then(settings, catalogue, heights), networks_in(settings.home)

        ground = Ground(read, catalogue.territory, relief)
        found = run_analysis(analysis, ground, inputs)
        return found.frame, found.method, reads


def compute_and_publish(
    settings: Settings,
    analysis: str,
    inputs: Mapping[str, Any],
    *,
    name: str,
    author: str | None = None,
    why: str | None = None,
    who: Author | None = None,
) -> Receipt:
    """The receipt of publishing what an analysis finds now; it can be computed again.

    Raises
    ------
    SitplanError
        As `compute` and `publish`.
    """
    frame, method, reads = compute(settings, analysis, inputs)
    return publish(
        settings, frame, name=name, method=method, reads=reads, author=author,
        asked=asked_of(frame), show=ANALYSES[analysis].show, why=why, who=who,
    )  # fmt: skip


def review(
    settings: Settings, name: str, state: str, *, why: str, who: Author | None = None
) -> Receipt:
    """The receipt of putting all rows of a result into a state of review.

    Raises
    ------
    NotFound
        ``no_such_result``.
    BadRequest
        ``wrong_choice`` where there is no such state.
    """
    if state not in REVIEW_STATES:
        known = ", ".join(REVIEW_STATES)
        raise BadRequest("wrong_choice", name="review", value=state[:60], known=known)
    _require_owner(settings)
    with lock(settings, "results"):
        layer = result_of(settings, name)
        declaration = dict(layer.declaration)
        declaration["result"] = {**declaration["result"], "review_state": state}
        home = settings.results / name
        text = yaml.safe_dump(declaration, allow_unicode=True, sort_keys=False)
        with tempfile.TemporaryDirectory(dir=settings.home, prefix=".result-") as aside:
            made = Path(aside) / "layer.yaml"
            made.write_text(text, encoding="utf-8")
            made.replace(home / "layer.yaml")
        return _enter(settings, name, why=why, who=who)


def published(settings: Settings) -> dict[str, Layer]:
    """The results of this instance by name."""
    catalogue = known_catalogue(settings)
    return {layer.name: layer for layer in catalogue if layer.result is not None}


def result_of(settings: Settings, name: str) -> Layer:
    """The result of that name.

    Raises
    ------
    NotFound
        ``no_such_result``, naming those there are.
    """
    known = published(settings)
    if name not in known:
        raise NotFound("no_such_result", name=name[:60], known=", ".join(known))
    return known[name]


def known_catalogue(settings: Settings) -> Catalogue:
    """The catalogue of both roots, as the folders declare it."""
    return read_folder(settings.layers, results=settings.results)


def _custodian(reads: Sequence[Read], catalogue: Catalogue) -> str:
    for read in reads:
        if read.layer in catalogue.layers:
            return catalogue.layers[read.layer].custodian
    raise BadRequest("wrong_result", problem="author")


def _require_owner(settings: Settings) -> None:
    user = urlsplit(settings.database_url or "").username
    if user == READER:
        raise Refused("publish_needs_owner")


def _forget_heights(settings: Settings) -> None:
    """Let go the rasters that no result came from."""
    records = [(one.result or {}).get("heights") for one in published(settings).values()]
    forget_heights(settings, {str(one["sha256"]) for one in records if one})


@contextmanager
def _folder(settings: Settings, name: str, made: Declared) -> Iterator[None]:
    """Puts a result's folder in its place; what stood there comes back if the block fails."""
    settings.results.mkdir(exist_ok=True)
    home = settings.results / name
    aside = Path(tempfile.mkdtemp(dir=settings.home, prefix=".result-"))
    try:
        (aside / "new").mkdir()
        made.write(aside / "new")
        was_there = home.exists()
        if was_there:
            home.replace(aside / "old")
        (aside / "new").replace(home)
        try:
            yield
        except BaseException:
            shutil.rmtree(home)
            if was_there:
                (aside / "old").replace(home)
                migrate(settings)
            else:
                _forget(settings, name)
            raise
    finally:
        shutil.rmtree(aside)


def _enter(settings: Settings, name: str, *, why: str, who: Author | None) -> Receipt:
    """The receipt of bringing a result's folder into the database."""
    done = migrate(settings)
    if name in done.problems:
        raise done.problems[name]
    catalogue = known_catalogue(settings)
    layer = catalogue.layer(name)
    rows = read_seed(settings.results / name, layer, ddl.srid(layer, catalogue.territory))
    assert rows is not None
    with Database(settings, role="admin", workers=1) as database:
        receipt = apply(
            database,
            catalogue,
            [Edit(layer=name, rows=rows, mode="replace")],
            author=who or Author(),
            why=why,
            source=layer.source.title,
            kind="result",
            illustrative={name: layer.illustrative},
        )
        with database.transaction() as cursor:
            cursor.execute(
                "UPDATE sitplan.layer SET seeded = %s WHERE name = %s",
                (seed_mark(settings.results / name), name),
            )
    return receipt


def _forget(settings: Settings, name: str) -> None:
    """Take a result that never came in out of the database, where it holds nothing."""
    with (
        Database(settings, role="admin", workers=1) as database,
        database.transaction() as cursor,
    ):
        cursor.execute(views.drop_views(name))
        tables = (pgsql.Identifier(schema, name) for schema in ("layers", "history"))
        cursor.execute(pgsql.SQL("DROP TABLE IF EXISTS {}").format(pgsql.SQL(", ").join(tables)))
        cursor.execute("DELETE FROM sitplan.layer_check WHERE layer = %s", (name,))
        cursor.execute("DELETE FROM sitplan.layer WHERE name = %s", (name,))
        cursor.execute("""SELECT pg_notify('sitplan', '{"catalogue": true}')""")
