"""A place says what its initiative says, whichever of the two is written."""

from __future__ import annotations

from psycopg2.extensions import cursor as Cursor

COPIED = "SELECT initiative_name, theme, stage, status, invented FROM layers.project_locations"


def write_both(cursor: Cursor, *, invented_there: bool = False) -> None:
    cursor.execute(
        "INSERT INTO layers.initiatives (code, name, kind, theme, stage, status, invented)"
        " VALUES ('DEMO-T1', 'Plaza de ejemplo', 'proyecto', 'green', 'idea', 'propuesta', true)"
    )
    cursor.execute(
        "INSERT INTO layers.project_locations"
        " (code, name, initiative, role, precision, position_source, invented, geom)"
        " SELECT 'DEMO-T1-1', 'Esquina', 'DEMO-T1', 'site', 'exact', 'inventado', %s,"
        " ST_Centroid(ST_Collect(geom)) FROM layers.commune",
        (invented_there,),
    )


def test_place_takes_what_its_initiative_says(db: Cursor) -> None:
    write_both(db)
    db.execute(COPIED + " WHERE code = 'DEMO-T1-1'")
    assert db.fetchone() == ("Plaza de ejemplo", "green", "idea", "propuesta", True)


def test_change_of_the_initiative_reaches_the_place(db: Cursor) -> None:
    write_both(db)
    db.execute(
        "UPDATE layers.initiatives SET stage = 'ejecucion', status = 'en_ejecucion'"
        " WHERE code = 'DEMO-T1'"
    )
    db.execute(COPIED + " WHERE code = 'DEMO-T1-1'")
    assert db.fetchone() == ("Plaza de ejemplo", "green", "ejecucion", "en_ejecucion", True)


def test_other_changes_of_the_initiative_leave_the_place_alone(db: Cursor) -> None:
    write_both(db)
    db.execute("SELECT version FROM layers.project_locations WHERE code = 'DEMO-T1-1'")
    before = db.fetchone()
    db.execute("UPDATE layers.initiatives SET beneficiaries = 40 WHERE code = 'DEMO-T1'")
    db.execute("SELECT version FROM layers.project_locations WHERE code = 'DEMO-T1-1'")
    assert db.fetchone() == before


def test_no_place_disagrees_with_its_initiative(db: Cursor) -> None:
    db.execute(
        "SELECT l.code FROM layers.project_locations AS l"
        " JOIN layers.initiatives AS i ON i.code = l.initiative"
        " WHERE ROW(l.initiative_name, l.theme, l.stage, l.status, l.invented)"
        " IS DISTINCT FROM ROW(i.name, i.theme, i.stage, i.status, i.invented)"
    )
    assert db.fetchall() == []


def test_what_is_not_public_of_an_initiative_does_not_reach_the_public_by_its_place(
    db: Cursor,
) -> None:
    write_both(db)
    db.execute(
        "UPDATE layers.project_locations SET review_state = 'published' WHERE code = 'DEMO-T1-1'"
    )
    shown = "SELECT initiative_name FROM published.project_locations WHERE code = 'DEMO-T1-1'"
    db.execute(shown)
    assert db.fetchone() == (None,)  # the initiative is still a draft
    db.execute("UPDATE layers.initiatives SET review_state = 'published' WHERE code = 'DEMO-T1'")
    db.execute(shown)
    assert db.fetchone() == ("Plaza de ejemplo",)
    db.execute("UPDATE layers.initiatives SET visibility = 'internal' WHERE code = 'DEMO-T1'")
    db.execute(shown)
    assert db.fetchone() == (None,)
