"""Another place where a database is already: the plan names the settings that come into force with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ccmon import settings
from ccmon.configuration import toml_files
from ccmon.configuration.actions import Conditions, change_database
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import parse
from ccmon.configuration.setting import RequestedChange, SettingChange
from ccmon.database import creation
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.formatting import UNKNOWN
from ccmon.setup import moved_settings
from ccmon.setup.plan_screen import MOST_DETAILS
from tests.commands import done
from tests.setup.machines import Run, files, machine
from tests.setup.test_moved_settings import ANSWERS, SETTINGS

OTHER = {
    "alarms.wrap_up": "5 min", "alarms.talk": "20 min", "quotas.centre.month.sales": "600",
    "queues.sales.purpose": "sales", "holidays.2026-12-26": "Boxing Day", "opening_hours.saturday": "10:00-14:00",
    "agents.Eva.team": "Night", "teams.Night.pause_limit": "5 min", "agents.Zoë.active": "yes",
}  # fmt: skip
LATER = {"quotas.centre.day.sales": "150"}


def change(path: Path, changes: dict[str, str], from_day: str | None = None) -> None:
    wanted = [RequestedChange(parse(name), text) for name, text in changes.items()]
    assert not change_database(path, wanted, Conditions(from_day, add_new=True)).errors


@pytest.fixture
def here(root: Path) -> Path:
    (root / "var/log/asterisk/queue_log").unlink()
    path = settings.default_database()
    Run(machine(root), database=str(path), **ANSWERS)
    change(path, SETTINGS)
    return path


@pytest.fixture
def there(tmp_path: Path, here: Path) -> Path:
    path = tmp_path / "there.db"
    creation.create(path, time_zone="Europe/Amsterdam", currency="EUR")
    change(path, OTHER)
    change(path, LATER, "tomorrow")
    return path


EXPECTED = [
    "site.name: Amsterdam → -", "site.follow_up_grace: 20 min → 15 min", "site.margin: 30 % → -",
    "alarms.wrap_up: 4 min → 5 min",
    *(f"opening_hours.{day}: 09:00-17:30 → -" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")),
    "opening_hours.sunday: closed → -",
    "holidays.2026-12-25.name: Christmas → -", "holidays.2026-12-25.hours: closed → -",
    "holidays.2026-12-26.name: - → Boxing Day", "holidays.2026-12-26.hours: - → closed",
    "teams.Care.pause_limit: 10 min → -", "teams.Night.pause_limit: - → 5 min",
    "queues.sales.service_level_threshold: 15 s → 20 s", "queues.sales.talk_limit: 20 min → -",
    "pause_reasons.lunch.limit: 45 min → -",
    "quotas.centre.day.sales: 120 → -", "quotas.centre.day.sales: - → 150 from TOMORROW on",
    "quotas.centre.month.sales: 500 → 600", "quotas.agent.Eva.day.sales: 9 → -",
    "agents.Eva.team: Care → Night", "agents.Eva.hourly_cost: 30.00 → -", "agents.Omar.team: Care → -",
]  # fmt: skip


def lines(before: Path, after: Path) -> list[str]:
    """The differences as the plan writes them, with a hyphen for no value."""
    found = moved_settings.differences(before, after)
    return [re.sub(r"\d{4}-\d\d-\d\d on$", "TOMORROW on", str(each)).replace(UNKNOWN, "-") for each in found]


def test_each_setting_that_differs_is_named_and_no_other(here: Path, there: Path) -> None:
    assert sorted(lines(here, there)) == sorted(EXPECTED)
    turned = (re.sub(r": (.*) → (.*?)( from .*)?$", r": \2 → \1\3", each) for each in EXPECTED)
    assert sorted(lines(there, here)) == sorted(turned)
    assert moved_settings.differences(here, here) == []


def test_what_is_named_is_what_makes_one_like_the_other(here: Path, there: Path) -> None:
    """The other way: what an export of there, applied here, would change is among it."""
    with open_for_reading(there) as connection:
        changes = toml_files.read(there, toml_files.export_database(DatabaseValues(connection)))
    applied = change_database(here, changes, Conditions("today", add_new=True), keep=False)
    named = {each.partition(" from ")[0] for each in lines(here, there)}
    changed = [each for each in applied.differences if each.kind == "value" and not each.is_new]
    would_change = {str(each).replace(UNKNOWN, "-").partition(" from ")[0] for each in changed}
    assert len(would_change) == 5
    assert would_change <= named


def test_the_plan_names_them_before_anything_is_done(root: Path, here: Path, there: Path) -> None:
    told = Run(machine(root), database=str(there), source="none").text
    head = f"{len(EXPECTED)} settings differ there, and come into force (here → there):"
    plan = [line.strip().replace(UNKNOWN, "-") for line in told.partition("\n+ ")[0].splitlines()]
    weightiest = [each for each in EXPECTED if each.startswith(("opening_hours", "queues.sales.service"))]
    assert plan[plan.index(head) + 1 :][: len(weightiest)] == weightiest
    days = "opening hours (monday, tuesday, wednesday, thursday, …), targets (sales)"
    careful = f"Careful: figures change, since these settings are different there: {days}."
    assert " ".join(told.split()).count(careful) == 1, "it is to be weighed before, and is done at the end"
    assert f"and {2 + len(EXPECTED) - MOST_DETAILS} more" in plan
    assert "nothing was changed" in Run(machine(root), source="none").text


def test_what_all_figures_go_by_is_named_once_and_nothing_else() -> None:
    changes = [
        SettingChange("value", "site.time_zone", "UTC", "Asia/Tokyo"),
        SettingChange("value", "site.currency", None, "EUR"),
        SettingChange("value", "site.name", "A", "B"),
        SettingChange("value", "site.day_starts", "00:00", "05:00"),
        SettingChange("value", "queues.s.purpose", "sales", "service"),
        SettingChange("value", "queues.s.service_level_target", "80 %", "90 %"),
        SettingChange("value", "queues.s.service_level_threshold", "15 s", "20 s"),
        SettingChange("value", "queues.s.talk_limit", "15 min", None),
    ]
    (told,) = moved_settings.about_weighty(changes)
    assert told.replace(UNKNOWN, "-").endswith(
        ": time zone (UTC → Asia/Tokyo), currency (- → EUR), start of a day (00:00 → 05:00), purposes (s), targets (s)."
    )
    assert moved_settings.about_weighty([changes[2], changes[-1]]) == []


def test_where_none_differs_it_says_so(root: Path, tmp_path: Path, here: Path) -> None:
    copies = tmp_path / "copies"
    done("backup", copies, "--db", here)
    (copy,) = copies.glob("*.db")
    copy = copy.rename(tmp_path / "copy.db")
    assert "All settings there are as they are here." in Run(machine(root), database=str(copy), source="none").text


def test_agents_of_the_switch_are_summed_up(root: Path, tmp_path: Path) -> None:
    conf = "".join(f"member => SIP/{number},0,Agent {number}\n" for number in range(3))
    log = "".join(f"179542200{number}|NONE|NONE|SIP/{number}|ADDMEMBER|\n" for number in range(3))
    files(root, etc__asterisk__queues_dot_conf=f"[sales]\n{conf}", var__log__asterisk__queue_log=log)
    Run(machine(root), service="no")
    there = tmp_path / "there.db"
    creation.create(there, time_zone="Europe/Amsterdam")
    with open_for_writing(settings.default_database()) as connection, connection:
        connection.execute(
            "INSERT OR IGNORE INTO agents (login, name) VALUES ('4', 'Zoë'), ('5', 'Ann'), ('6', 'Bo'), ('7', '7')"
        )
    change(settings.default_database(), {"agents.6.hourly_cost": "30"})
    told = Run(machine(root), database=str(there), service="no").text
    assert "agents.4.name" not in told
    assert "agents.6.name" not in told, "calls bring it, too"
    assert "agents.6.hourly_cost: 30.00" in told
    assert "agents.7" not in told
    assert "\n      7 agents of the switch are not known there yet: calls bring them" in told


def test_a_team_without_a_setting_is_named_where_it_is_missing(here: Path, there: Path) -> None:
    for path, name in ((here, "Blue"), (there, "Red")):
        with open_for_writing(path) as connection, connection:
            connection.execute("INSERT INTO teams (name) VALUES (?)", (name,))
    assert {"teams.Blue: removed", "teams.Red: new"} <= {*lines(here, there)}
    assert {"teams.Blue: new", "teams.Red: removed"} <= {*lines(there, here)}
    assert len(lines(here, there)) == len(EXPECTED) + 2, "a team that a setting names is not named twice"
