"""Where a database is lost or damaged, the command that puts back the newest copy comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon.database import backup, creation, database_file
from ccmon.errors import CcmonError
from ccmon.services.account import account_for
from tests.commands import ccmon, done
from tests.databases import new_database


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


@pytest.fixture
def newest(database: Path) -> Path:
    """The newer of two copies at the usual place."""
    folder = database.with_name("backups")
    return [backup.back_up(database, folder) for _ in range(2)][-1].path


@pytest.fixture
def _of_site(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the whole site name the database, as setup has written it for root."""
    site = tmp_path / "etc"
    site.mkdir()
    (site / "settings.toml").write_text(f'database = "{database}"\n')
    monkeypatch.setenv("CCMON_SITE_DIR", str(site))
    monkeypatch.delenv("CCMON_SETTINGS", raising=False)


def said_of(database: Path) -> str:
    with pytest.raises(CcmonError) as refused:
        database_file.open_reader(database)
    return str(refused.value)


def test_a_lost_database_is_put_back_from_its_newest_copy(database: Path, newest: Path) -> None:
    database.unlink()
    command = f"ccmon restore {newest} --db {database}"
    sentence = f"There is no database {database}; put back the newest copy: {command}"
    assert said_of(database) == f"{sentence} (or make an empty one: ccmon init --db {database})"
    with pytest.raises(CcmonError) as refused:
        account_for(None, database, [])
    assert str(refused.value) == said_of(database)
    assert refused.value.for_supervisors == f"There is no database {database}: ask the administrator."
    told = ccmon("doctor", "--db", database)
    assert f"put back the newest copy: {command} (or" in " ".join(told.stdout.split())
    done(*command.split()[1:], "--yes")
    database_file.open_reader(database).close()


@pytest.mark.usefixtures("_of_site")
def test_a_lost_database_of_the_site_is_made_by_setup(database: Path, newest: Path) -> None:
    database.unlink()
    sentence = f"There is no database {database}; put back the newest copy: sudo ccmon restore {newest} --db {database}"
    assert said_of(database) == f"{sentence} (or make an empty one: sudo ccmon setup)"
    for copy in newest.parent.iterdir():
        copy.unlink()
    make = "make one with: sudo ccmon setup (or put back a copy: ccmon restore COPY --db"
    assert said_of(database) == f"There is no database {database}; {make} {database})"


@pytest.mark.usefixtures("_of_site")
def test_where_its_log_is_left_the_newest_copy_is_named_too(database: Path, newest: Path) -> None:
    for path in database.parent.glob("calls.db*"):
        path.unlink()
    log = database.with_name("calls.db-wal")
    log.write_bytes(b"what was written last")
    lost = f"only if it is lost: sudo rm {log} and then sudo ccmon restore {newest} --db {database}"
    assert said_of(database).endswith(f"put it back: sudo mv WHERE_IT_IS {database}; {lost}")


@pytest.mark.parametrize("length", [5000, 8192])
def test_a_damaged_database_is_put_back_from_its_newest_copy(database: Path, newest: Path, length: int) -> None:
    database.write_bytes(database.read_bytes()[:length])
    command = f"ccmon restore {newest} --db {database}"
    assert said_of(database) == f"{database} is damaged or cut short; put back the newest copy: {command}"
    done(*command.split()[1:], "--yes")
    database_file.open_reader(database).close()


def test_the_doctor_names_the_copy_that_takes_the_place_of_a_file_with_a_damaged_page(
    database: Path, newest: Path
) -> None:
    whole = bytearray(database.read_bytes())
    whole[-3 * 4096 :] = bytes(3 * 4096)
    database.write_bytes(whole)
    told = " ".join(ccmon("doctor", "--db", database).stdout.split())
    assert f"put back the newest copy: ccmon restore {newest} --db {database}" in told


def test_what_is_compared_before_a_copy_is_put_back_is_in_one_zone(database: Path, newest: Path) -> None:
    database.unlink()
    creation.create(database, time_zone="UTC")
    told = ccmon("restore", newest, "--db", database).stdout
    assert "Times are those of Europe/Amsterdam.\n" in told
