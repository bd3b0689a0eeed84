"""What a shell offers where the name or the value of a setting is typed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.terminal import terminal_environment
from ccmon.configuration import names as file_setting_names
from ccmon.configuration.completion import names, values
from ccmon.database import database_file
from tests.configuration.site import make_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_site(tmp_path_factory.mktemp("site") / "calls.db")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO agents (login, name) VALUES ('a.b', 'Ab')")
    return path


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("t", ["theme", "teams."]),
        ("q", ["queues.", "quotas."]),
        ("queu", ["queues.Sales.", "queues.Sales NL.", "queues.quiet."]),
        ("queues.S", ["queues.Sales.", "queues.Sales NL."]),
        ("queues.Sales N", [f"queues.Sales NL.{each}" for each in (
            "client", "purpose", "service_level_threshold", "service_level_target", "short_abandon", "handling_target",
            "longest_wait_limit", "wrap_up_limit", "talk_limit")]),
        ("queues.Sales.ta", ["queues.Sales.talk_limit"]),
        ('agents."a.b".t', ['agents."a.b".team']),
        ("agents.", ["agents.1002.", 'agents."a.b".', "agents.anna."]),
        ("site.m", ["site.max_open", "site.margin"]),
        ("alarms.miss", ["alarms.missed_calls"]),
        ("opening_hours.w", ["opening_hours.wednesday", "opening_hours.weekdays", "opening_hours.weekend"]),
        ("holidays.2026-12-24", ["holidays.2026-12-24.name", "holidays.2026-12-24.hours"]),
        ("clients.", ["clients.Aurora", "clients.Castellane"]),
        ("quotas.centre.d", [f"quotas.centre.day.{each}" for each in ("sales", "revenue", "conversion")]),
        ("quotas.team.C", [f"quotas.team.Care.{each}." for each in ("day", "week", "month")]),
        ("quotas.nothing.", []),
        ("queues.Sales.purpose.", []),
        ("nothing.", []),
        ("theme.", []),
        ('"', []),
        ('queues."\\x".', []),
    ],
)  # fmt: skip
def test_names_are_offered_up_to_the_next_dot(site: Path, typed: str, offered: list[str]) -> None:
    assert names(typed, site) == offered


def test_each_name_as_a_whole_is_one_that_can_be_given(site: Path) -> None:
    offered = names("", site, whole=True)
    assert {"theme", "queues.Sales NL.purpose", "quotas.agent.anna.week.sales", "pause_reasons.lunch.limit"} <= {
        *offered
    }
    assert len(offered) == len(set(offered))
    names_alone = [each.replace("a.b", "").replace("panel.", "") for each in offered]  # a dot in a part is no end of it
    parts = [len(file_setting_names.parse(each)) for each in offered]
    assert parts == [each.count(".") + 1 for each in names_alone]
    assert [each for each in offered if each.endswith(".")] == []


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("theme", ["terminal", "dark", "light"]),
        ("mouse", ["yes", "no"]),
        ("queues.Sales.purpose", ["sales", "service", "retention"]),
        ("teams.Care.client", ["Aurora", "Castellane"]),
        ("agents.anna.active", ["yes", "no"]),
        ("alarms.talk", []),
        ("database", []),
        ("no.such", []),
    ],
)
def test_values_are_offered_where_they_are_a_choice(site: Path, name: str, offered: list[str]) -> None:
    assert values(name, site) == offered


def test_without_a_database_what_needs_none_is_offered(tmp_path: Path) -> None:
    none = tmp_path / "none.db"
    assert names("t", none) == ["theme", "teams."]
    assert names("queues.", none) == names("teams", none) == values("teams.Care.client", none) == []
    assert "site.currency" in names("", none, whole=True)
    assert list(tmp_path.iterdir()) == []


def test_nothing_heavy_is_imported(site: Path) -> None:
    program = (
        "import sys; from ccmon.cli import main; import atexit;"
        "atexit.register(lambda: print({'textual', 'rich', 'asyncio', 'aiosqlite', 'tomlkit', 'ccmon.database.reader',"
        "'ccmon.snapshot'} & set(sys.modules), file=sys.stderr)); sys.argv = ['ccmon']; main()"
    )
    asked = {"_CCMON_COMPLETE": "complete_bash", "COMP_WORDS": "ccmon config set queues.Sa", "COMP_CWORD": "3"}
    asked |= {"CCMON_DB": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=terminal_environment(**asked), capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["queues.Sales.", "queues.Sales\\ NL."]
    assert done.stderr == "set()\n"
