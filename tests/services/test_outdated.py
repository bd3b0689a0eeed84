"""Services that run otherwise than their units are written."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ccmon.services import followed, outdated
from ccmon.services.outdated import findings
from ccmon.services.systemd import Systemd
from ccmon.services.unit import FollowUnit
from ccmon.settings import settings_files
from tests.systemctl import answer, noting_systemctl

SERVICES = Systemd(is_user=False)
RESTART = "sudo systemctl daemon-reload; sudo systemctl restart ccmon-follow"
STARTED_S_AGO = 60


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    noting_systemctl(tmp_path, monkeypatch)
    monkeypatch.setattr(followed, "PROCESSES", tmp_path / "proc")
    monkeypatch.setenv("CCMON_SITE_DIR", str(tmp_path / "site"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def command(database: Path) -> tuple[str, ...]:
    return "/usr/bin/ccmon", "follow", "queue-log", "/var/log/queue_log", "--db", str(database)


def write_unit(database: Path, *, s_ago: float) -> None:
    """Write the unit as it follows into a database, some time ago."""
    path = SERVICES.unit("ccmon-follow")
    path.parent.mkdir(exist_ok=True)
    path.write_text(FollowUnit(command=command(database), database=database, needs_network=False).text())
    os.utime(path, times=(time.time() - s_ago,) * 2)


def run_service(folder: Path, database: Path | None, **state: str) -> None:
    """Have the service run since a minute ago; None: what it runs cannot be seen."""
    started = time.monotonic_ns() // 1000 - STARTED_S_AGO * 1_000_000
    told = {"ActiveState": "active", "MainPID": "77", "ExecMainStartTimestampMonotonic": str(started), **state}
    answer(folder, "".join(f"echo {name}={text}\n" for name, text in told.items()))
    if database is not None:
        (folder / "proc/77").mkdir(parents=True)
        (folder / "proc/77/cmdline").write_text("\0".join(["/usr/bin/python3", *command(database), ""]))


def told(database: Path) -> list[str]:
    return [f"{each.verdict}: {each.subject}: {each.text}" for each in findings(database)]


@pytest.mark.parametrize("reloaded", ["yes", "no"])
def test_a_service_that_still_writes_the_database_before_is_told_with_what_restarts_it(
    folder: Path, reloaded: str
) -> None:
    before, now = folder / "before.db", folder / "now.db"
    write_unit(now, s_ago=5)
    run_service(folder, before, NeedDaemonReload=reloaded)
    assert told(now) == [
        f"wrong: service ccmon-follow: it still writes {before}, not {now}, which its unit names: {RESTART}"
    ]
    assert told(before) == []


@pytest.mark.parametrize(
    ("written_s_ago", "needs_reload", "is_told"),
    [
        (STARTED_S_AGO - 2, "no", True),
        (STARTED_S_AGO + 2, "no", False),
        (STARTED_S_AGO + 2, "yes", True),
    ],
)
@pytest.mark.parametrize("is_seen", [True, False])
def test_a_service_is_outdated_that_was_started_before_its_unit_was_written(
    folder: Path, written_s_ago: int, needs_reload: str, is_told: bool, is_seen: bool
) -> None:
    database = folder / "calls.db"
    write_unit(database, s_ago=written_s_ago)
    run_service(folder, database if is_seen else None, NeedDaemonReload=needs_reload)
    what = "it was started before its unit was written, and runs as the one before said"
    assert told(database) == ([f"wrong: service ccmon-follow: {what}: {RESTART}"] if is_told else [])


def test_a_service_that_does_not_run_is_not_outdated(folder: Path) -> None:
    write_unit(folder / "calls.db", s_ago=0)
    run_service(folder, folder / "before.db", ActiveState="inactive")
    assert told(folder / "calls.db") == []


def write_drop_in(folder: Path, database: Path, name: str = "override.conf", *, s_ago: float) -> Path:
    """Write what ``systemctl edit`` would, to follow into another database."""
    path = folder / "ccmon-follow.service.d" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[Service]\nExecStart=\nExecStart={' '.join(command(database))}\n")
    os.utime(path, times=(time.time() - s_ago,) * 2)
    return path


def test_what_a_drop_in_names_counts_and_not_what_the_unit_does(folder: Path) -> None:
    of_unit, of_drop_in = folder / "unit.db", folder / "drop-in.db"
    write_unit(of_unit, s_ago=STARTED_S_AGO + 2)
    write_drop_in(SERVICES.directory, of_drop_in, s_ago=STARTED_S_AGO + 2)
    run_service(folder, of_drop_in)
    assert told(of_drop_in) == told(of_unit) == []
    (folder / "proc/77/cmdline").write_text("\0".join(["/usr/bin/python3", *command(of_unit), ""]))
    still = f"it still writes {of_unit}, not {of_drop_in}, which its unit names"
    assert told(of_drop_in) == [f"wrong: service ccmon-follow: {still}: {RESTART}"]


@pytest.mark.parametrize(("s_later", "is_told"), [(2, True), (-2, False)])
def test_a_service_is_outdated_that_was_started_before_its_drop_in_was_written(
    folder: Path, s_later: int, is_told: bool
) -> None:
    database = folder / "calls.db"
    write_unit(database, s_ago=STARTED_S_AGO + 9)
    write_drop_in(SERVICES.directory, database, s_ago=STARTED_S_AGO - s_later)
    run_service(folder, database)
    assert bool(told(database)) == is_told


def test_of_two_drop_ins_the_later_name_counts_and_of_one_name_the_administrators(folder: Path) -> None:
    until_reboot = folder  # where systemd keeps what is gone after a boot
    write_unit(folder / "unit.db", s_ago=STARTED_S_AGO + 2)
    for place, name, database in (
        (SERVICES.directory, "10.conf", "first.db"),
        (until_reboot, "20.conf", "hidden.db"),
        (SERVICES.directory, "20.conf", "second.db"),
        (until_reboot, "15.conf", "between.db"),
    ):
        write_drop_in(place, folder / database, name, s_ago=STARTED_S_AGO + 2)
    assert [path.name for path in SERVICES.drop_ins("ccmon-follow")] == ["10.conf", "15.conf", "20.conf"]
    run_service(folder, folder / "before.db")
    named = [path.name for path in folder.glob("*.db")] + [
        "first.db",
        "hidden.db",
        "second.db",
        "between.db",
        "unit.db",
    ]
    assert [name for name in named if told(folder / name)] == ["second.db"]


def test_a_drop_in_that_names_another_database_than_that_in_force_is_told_itself(folder: Path) -> None:
    before, now = folder / "before.db", folder / "now.db"
    write_unit(now, s_ago=STARTED_S_AGO + 2)
    drop_in = write_drop_in(SERVICES.directory, before, s_ago=STARTED_S_AGO + 2)
    drop_in.with_name("zz.conf").write_text("[Service]\nNice=7\n")
    run_service(folder, before)
    site = settings_files()[0]
    site.parent.mkdir(exist_ok=True)
    site.write_text(f'database = "{now}"\n')
    text = (
        f"it follows into {before}, not into {now}, which is in force: {drop_in} says so; correct it, or take it away"
    )
    assert told(now) == [f"wrong: service ccmon-follow: {text}: {RESTART}"]


def test_a_service_whose_unit_names_no_database_any_more(folder: Path) -> None:
    write_unit(folder / "calls.db", s_ago=STARTED_S_AGO + 2)
    drop_in = write_drop_in(SERVICES.directory, folder / "calls.db", s_ago=STARTED_S_AGO + 2)
    drop_in.write_text("[Service]\nExecStart=\nExecStart=/usr/bin/ccmon follow queue-log /var/log/queue_log\n")
    run_service(folder, folder / "calls.db")
    found = outdated.outdated(SERVICES, "ccmon-follow")
    assert found is not None
    assert found.text == f"it still writes {folder}/calls.db, which its unit does not name: {RESTART}"


@pytest.mark.parametrize("named", ["{folder}/%p.db", "${{PLACE}}/%N.db", "{folder}/${{NAME}}.db"])
def test_a_database_that_a_drop_in_names_by_specifiers_and_variables(folder: Path, named: str) -> None:
    database = folder / "ccmon-follow.db"
    (folder / "variables").write_text(f"# by hand\nPLACE='{folder}'\n")
    write_unit(folder / "unit.db", s_ago=STARTED_S_AGO + 2)
    drop_in = write_drop_in(SERVICES.directory, Path("x"), s_ago=0)
    words = f"/usr/bin/ccmon follow queue-log /var/log/queue_log --db {named.format(folder=folder)}"
    drop_in.write_text(
        f"[Service]\nEnvironmentFile={folder}/variables\nEnvironment='NAME=%p' B=c\nExecStart=\nExecStart={words}\n"
    )
    os.utime(drop_in, times=(time.time() - STARTED_S_AGO - 2,) * 2)
    run_service(folder, database)
    assert told(database) == []
    assert outdated.outdated(SERVICES, "ccmon-follow") is None
    (folder / "proc/77/cmdline").write_text("\0".join(["/usr/bin/python3", *command(folder / "before.db"), ""]))
    still = f"it still writes {folder}/before.db, not {database}, which its unit names"
    assert told(database) == [f"wrong: service ccmon-follow: {still}: {RESTART}"]


@pytest.mark.parametrize("named", ["--db %Z/calls.db", "--db=${UNKNOWN}/calls.db", "$OPTIONS", "--db /x.db $OPTIONS"])
def test_of_a_database_that_only_systemd_knows_nothing_wrong_is_told(folder: Path, named: str) -> None:
    """Which it is, its process says; without one, nobody knows."""
    database = folder / "calls.db"
    write_unit(folder / "unit.db", s_ago=STARTED_S_AGO + 2)
    drop_in = write_drop_in(SERVICES.directory, Path("x"), s_ago=0)
    drop_in.write_text(f"[Service]\nExecStart=\nExecStart=/usr/bin/ccmon follow queue-log /log {named}\n")
    os.utime(drop_in, times=(time.time() - STARTED_S_AGO - 2,) * 2)
    site = settings_files()[0]
    site.parent.mkdir(exist_ok=True)
    site.write_text(f'database = "{database}"\n')
    run_service(folder, database)
    assert told(database) == []
    found = followed.followed(SERVICES, "ccmon-follow")
    assert found is not None
    assert found.database == database
    os.utime(drop_in)
    what = "it was started before its unit was written, and runs as the one before said"
    assert told(database) == [f"wrong: service ccmon-follow: {what}: {RESTART}"]
    run_service(folder, None, ActiveState="inactive")
    assert told(database) == []


def test_where_systemd_tells_no_start_nothing_is_told(folder: Path) -> None:
    write_unit(folder / "calls.db", s_ago=0)
    for since_boot in ("", "0"):
        run_service(folder, None, ExecMainStartTimestampMonotonic=since_boot)
        assert told(folder / "calls.db") == []


def test_a_user_is_told_the_commands_of_their_own_systemd(folder: Path) -> None:
    own = Systemd(is_user=True)
    own.unit("mine").parent.mkdir(parents=True)
    database = folder / "calls.db"
    own.unit("mine").write_text(FollowUnit(command=command(database), database=database, needs_network=False).text())
    run_service(folder, folder / "before.db")
    assert told(database)[0].endswith(": systemctl --user daemon-reload; systemctl --user restart mine")


def test_the_unit_of_setup_that_still_names_the_database_before_is_told(folder: Path) -> None:
    before, now = folder / "before.db", folder / "now.db"
    write_unit(before, s_ago=STARTED_S_AGO + 2)
    run_service(folder, before)
    assert told(now) == [], "settings name no database"
    site = settings_files()[0]
    site.parent.mkdir(exist_ok=True)
    site.write_text(f'database = "{now}"\n')
    text = f"it follows into {before}, not into {now}, which is in force: sudo ccmon setup"
    assert told(now) == [f"wrong: service ccmon-follow: {text}"]
    assert told(before) == []
