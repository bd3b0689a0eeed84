"""A section that is unset as a whole: what goes is shown first and asked for, and others say why they stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ccmon.cli import questions
from ccmon.configuration.site_columns import SECTIONS
from ccmon.formatting import UNKNOWN
from tests.commands import ccmon, done, one_line
from tests.databases import rows

GOES = {
    "opening_hours": [f"opening_hours.monday: 09:00-17:30 → {UNKNOWN}", f"opening_hours.sunday: closed → {UNKNOWN}"],
    "holidays": [
        f"holidays.2026-12-24.name: Christmas Eve → {UNKNOWN}",
        f"holidays.2026-12-24.hours: 09:00-13:00 → {UNKNOWN}",
        f"holidays.2026-12-25.name: Christmas Day → {UNKNOWN}",
        f"holidays.2026-12-25.hours: closed → {UNKNOWN}",
    ],
    "alarms": ["alarms.talk: 9 min → 20 min"],
}


@pytest.mark.parametrize("section", GOES)
def test_a_section_is_unset_as_a_whole_after_a_person_agrees(
    site: Path, section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("config", "set", "alarms.talk", "9 min", "--db", site)
    unset = ("config", "unset", section.replace("_", "-").title(), "--db", site)
    before = site.read_bytes()
    refused = ccmon(*unset)
    assert (refused.returncode, refused.stdout.splitlines()) == (2, GOES[section])
    assert "nothing was changed: add --yes" in refused.stderr
    assert site.read_bytes() == before
    monkeypatch.setattr(questions, "can_ask", lambda: True)
    assert ccmon(*unset, stdin="n\n").stdout.endswith("Nothing was changed.\n")
    assert ccmon(*unset, stdin="y\n").stdout.endswith("Done.\n")
    assert done(*unset) == f"Nothing of {section} is set.\n"
    in_force = json.loads(done("config", "show", section, "--json", "--db", site))["settings"]
    assert [each["name"] for each in in_force if each["text"] != each["default"]] == []
    if section != "alarms":
        assert rows(site, f"SELECT * FROM {section}") == []
    log = json.loads(done("config", "log", section, "--json", "--db", site))["changes"]
    assert {each["act"] for each in log if each["before"] != "20 min"} == {"config unset"}


def test_yes_asks_nothing(site: Path) -> None:
    said = done("config", "unset", "opening_hours", "--yes", "--db", site).splitlines()
    assert said == [*GOES["opening_hours"], "Done."]


def test_ones_own_limits_are_unset_as_a_whole(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('theme = "dark"\n[alarms]\npause = "3 min" # mine\nmissed_calls = 2\n')
    places = {"CCMON_SETTINGS": str(file)}
    done("config", "set", "alarms.talk", "9 min", "--db", site, **places)
    said = done("config", "unset", "alarms", "--user", "--yes", "--db", site, **places).splitlines()
    assert said == [
        f"alarms.pause: 3 min → 20 min (the site's) in {file}", f"alarms.missed_calls: 2 → 3 (the site's) in {file}",
        "Done.",
    ]  # fmt: skip
    assert file.read_text() == 'theme = "dark"\n[alarms]\n'
    assert done("config", "unset", "alarms", "--user", "--db", site, **places) == "Nothing of alarms is set.\n"
    assert done("config", "show", "alarms.talk", "--db", site, **places).split()[1] == "9", "the site's stays"


def test_a_file_takes_the_opening_hours_of_the_week_away(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('opening_hours = ""\n')
    assert done("config", "apply", file, "--yes", "--db", site).splitlines() == [*GOES["opening_hours"], "Done."]


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ("site", "a site needs its time zone; unset one value, such as site.margin."),
        ("quotas", "each holds from a day on; unset one, such as quotas.centre.day.sales."),
        ("queues", "one is removed by its name, where nothing refers to it: queues.NAME."),
        ("pause_reasons", "one is removed by its name, where nothing refers to it: pause_reasons.NAME."),
    ],
)
def test_other_sections_say_why_they_stay(site: Path, section: str, why: str) -> None:
    line = one_line(ccmon("config", "unset", section, "--yes", "--db", site), 2)
    assert line == f"ccmon: {section} cannot be unset as a whole: {why}"


def test_each_section_is_unset_or_says_why_not(site: Path) -> None:
    for section in SECTIONS:
        run = ccmon("config", "unset", section, "--yes", "--db", site)
        assert (run.returncode == 0) == (section in GOES), section
        assert (run.returncode == 2) == ("cannot be unset as a whole" in run.stderr)
