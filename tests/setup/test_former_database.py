"""A database from which the site was moved says so to whoever still looks at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon import settings
from ccmon.database import site_moves
from ccmon.database.reader import snapshot
from ccmon.database.site_moves import note_site_move, put_in_force, read_site_move
from ccmon.errors import CcmonError
from ccmon.setup import former_database, move_steps
from ccmon.setup.database_steps import SetQuota
from ccmon.setup.move_steps import NoteMove
from ccmon.setup.step import Step
from ccmon.setup.system_steps import WriteSettings
from tests.commands import ccmon
from tests.databases import new_database
from tests.setup.machines import Run, machine
from tests.setup.test_broken_off import breaking


@pytest.fixture
def before(root: Path) -> Path:
    """A database with the calls of a log that nobody follows."""
    Run(machine(root), service="no")
    return settings.default_database()


def move_to(root: Path, database: Path, **given: str) -> str:
    return Run(machine(root), database=str(database), service="no", **given).text


def place_noted_in(path: Path) -> str | None:
    noted = read_site_move(path)
    return None if noted is None else noted.database


@pytest.mark.parametrize("take_along", ["yes", "no"])
def test_a_move_is_noted_in_the_former_database_and_the_way_back_takes_it_away(
    root: Path, tmp_path: Path, before: Path, take_along: str
) -> None:
    after = tmp_path / "b.db"
    told = "".join(move_to(root, after, take_along=take_along).split())
    assert f"Notethemovein{before}" in told
    assert f"screensthatareopenonitsaythat{after}isinforce" in told
    assert (place_noted_in(before), place_noted_in(after)) == (str(after), None)
    assert "nothing was changed" in move_to(root, after)
    told = "".join(move_to(root, before).split())
    assert f"Notethemovein{after}" in told
    assert (place_noted_in(before), place_noted_in(after)) == (None, str(before))
    assert "nothing was changed" in move_to(root, before)


@pytest.mark.parametrize("kind", [SetQuota, NoteMove])
def test_it_is_noted_also_by_a_setup_that_goes_on(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Step]
) -> None:
    after = tmp_path / "b.db"
    with monkeypatch.context() as patch:
        breaking(kind, patch, after=False)
        with pytest.raises(KeyboardInterrupt):
            move_to(root, after, quota="9")
    assert place_noted_in(before) is None
    Run(machine(root))
    assert place_noted_in(before) == str(after)


def test_who_goes_elsewhere_from_a_move_that_was_broken_off_leaves_both(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, third = tmp_path / "b.db", tmp_path / "c.db"
    with monkeypatch.context() as patch:
        breaking(WriteSettings, patch, after=True)
        with pytest.raises(KeyboardInterrupt):
            move_to(root, second)
    move_to(root, third)
    assert [place_noted_in(path) for path in (before, second, third)] == [str(third), str(third), None]


def test_the_note_is_taken_away_where_a_hand_has_written_the_settings(root: Path, before: Path) -> None:
    note_site_move(before, Path("/srv/calls.db"))
    told = "".join(Run(machine(root), service="no").text.split())
    assert f"Notein{before}thatitisinforceagain" in told
    assert read_site_move(before) is None


def test_the_database_of_the_site_stays_in_force_for_others(root: Path, tmp_path: Path, before: Path) -> None:
    """Somebody who owns it makes one of their own."""
    site = settings.settings_files()[0]
    site.parent.mkdir(parents=True, exist_ok=True)
    site.write_text(f'database = "{before}"\n')
    assert "Note the move" not in move_to(root, tmp_path / "own.db")
    assert read_site_move(before) is None


def test_a_former_database_that_cannot_be_written_is_left_as_it_is(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, to: Path) -> None:
        raise CcmonError(f"{path} cannot be written.")

    monkeypatch.setattr(move_steps, "note_site_move", refuse)
    told = "".join(move_to(root, tmp_path / "b.db").split())
    assert f"leftasitis:{before}cannotbewritten." in told
    assert settings.load().database == tmp_path / "b.db"


def findings(path: Path) -> list[tuple[str, str, str]]:
    return [(each.verdict, each.subject, each.text) for each in former_database.findings(path, is_root=False)]


def test_status_and_doctor_say_it(root: Path, tmp_path: Path, before: Path) -> None:
    after = tmp_path / "b.db"
    assert findings(before) == []
    move_to(root, after)
    assert findings(after) == []
    [(verdict, subject, text)] = findings(before)
    assert (verdict, subject) == ("note", "database")
    assert text.startswith("this is the former one: since ")
    assert text.endswith(f"{after} is in force; to go back to this one: ccmon setup --db {before}")
    said = "".join(ccmon("status", "--db", before, COLUMNS="200").stdout.split())
    assert f"{after}isinforce" in said
    assert "Thisistheformerdatabase:since" in said
    assert "former" not in ccmon("status", "--db", after).stdout
    assert "this is the former one: since" in " ".join(ccmon("doctor", "--db", before).stdout.split())


def test_an_empty_former_database_says_it_in_status(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    assert "former" not in ccmon("status", "--db", path).stdout
    note_site_move(path, tmp_path / "b.db")
    assert snapshot(path).data_at is None
    assert "This is the former database: since " in ccmon("status", "--db", path).stdout


def test_a_database_in_force_that_says_it_is_not_is_wrong(before: Path) -> None:
    note_site_move(before, Path("/srv/calls.db"))
    [(verdict, subject, text)] = findings(before)
    assert (verdict, subject) == ("wrong", "database")
    assert text.startswith("it is in force, and yet tells its screens that /srv/calls.db is since ")
    assert text.endswith(": ccmon setup")
    put_in_force(before)
    assert findings(before) == []


def test_nothing_is_written_where_nothing_is_noted(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(site_moves, "open_for_writing")
    put_in_force(before)
    assert read_site_move(before.with_name("no.db")) is None
