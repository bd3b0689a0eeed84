"""Services that run otherwise than their units are written."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ccmon.services import outdated
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
    monkeypatch.setattr(outdated, "PROCESSES", tmp_path / "proc")
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
