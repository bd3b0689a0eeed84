"""A database at another place: it gets all settings of the one so far."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon import settings
from ccmon.configuration import toml_files
from ccmon.configuration.actions import Conditions, change_database
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import parse
from ccmon.configuration.setting import RequestedChange
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.errors import UsageError
from ccmon.real_time import real_now
from ccmon.setup.existing import look_at_database
from tests.setup.machines import Run, machine

ANSWERS = {
    "source": "none", "currency": "EUR", "queues": "sales=sales,80%,15s", "teams": "Care: Eva, Omar", "quota": "120",
    "opening_hours": "mon-fri 09:00-17:30",
}  # fmt: skip
SETTINGS = {
    "alarms.wrap_up": "4 min", "teams.Care.pause_limit": "10 min", "queues.sales.talk_limit": "20 min",
    "pause_reasons.lunch.limit": "45 min", "agents.Eva.hourly_cost": "30 EUR", "holidays.2026-12-25": "Christmas",
    "quotas.centre.month.sales": "500", "quotas.agent.Eva.day.sales": "9", "site.margin": "30 %",
    "site.follow_up_grace": "20 min", "opening_hours.saturday": "10:00-14:00",
}  # fmt: skip


@pytest.fixture
def before(root: Path) -> Path:
    """The database so far, with settings that setup does not ask for."""
    path = settings.default_database()
    Run(machine(root), database=str(path), **ANSWERS)
    wanted = [RequestedChange(parse(name), text) for name, text in SETTINGS.items()]
    assert not change_database(path, wanted, Conditions(add_new=True)).errors
    return path


def exported(path: Path) -> str:
    with open_for_reading(path) as connection:
        return toml_files.export_database(DatabaseValues(connection))


def test_a_new_place_gets_all_that_an_export_has(root: Path, tmp_path: Path, before: Path) -> None:
    after = tmp_path / "moved" / "calls.db"
    told = Run(machine(root), database=str(after), source="none").text
    assert exported(after) == exported(before)
    assert all(text in exported(after) for text in ("wrap_up = ", "Christmas", "quotas.agent.Eva", "margin"))
    sections = "site,openinghours,holidays,teams,queues,agents,pausereasons,quotas"
    assert f"withallsettingsof{before}:{sections}" in "".join(told.replace("alarms, ", "").split())
    assert "Set the quota" not in told
    assert "nothing was changed" in Run(machine(root), source="none").text


def test_a_target_of_tomorrow_holds_at_once_in_a_new_database_and_the_plan_says_so(
    root: Path, tmp_path: Path, before: Path
) -> None:
    with open_for_writing(before) as connection, connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at, outcome) "
            "SELECT 's', '1', id, ?1 - 9, ?1, 'abandoned' FROM queues",
            (real_now(),),
        )
    wanted = [RequestedChange(parse("queues.sales.service_level_target"), "90 %")]
    assert not change_database(before, wanted, Conditions(add_new=True)).errors
    told = Run(machine(root), database=str(tmp_path / "calls.db"), source="none", take_along="no").text
    plan = [line.strip() for line in told.partition("\n+ ")[0].splitlines()]
    place = plan.index("what was to hold from tomorrow on holds there from the first call on:")
    assert plan[place + 1] == "queues.sales.service_level_target: 80 % → 90 %"


def test_what_is_answered_otherwise_at_a_new_place_goes_before_what_it_gets(
    root: Path, tmp_path: Path, before: Path
) -> None:
    after = tmp_path / "calls.db"
    other = {"currency": "CHF", "teams": "Care: Omar", "opening_hours": "none", "quota": "7"}
    Run(machine(root), database=str(after), source="none", **other)
    now = look_at_database(after)
    assert (now.site.currency, now.teams, now.opening_hours, now.quota) == ("CHF", {"Care": ("Omar",)}, {}, 7)
    assert "hourly_cost = 30" in exported(after)
    with pytest.raises(UsageError, match="write 0 to end it"):
        Run(machine(root), database=str(tmp_path / "third.db"), source="none", quota="none")
