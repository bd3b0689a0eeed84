"""Opening hours and holidays are set, taken away, exported and applied by plain names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon.formatting import UNKNOWN
from ccmon.metrics import likely_hours
from tests.commands import ccmon, done, one_line


def config(site: Path, *words: str) -> list[str]:
    return done("config", *words, "--db", site).splitlines()


def exported(site: Path, folder: Path) -> str:
    file = folder / "exported.toml"
    config(site, "export", str(file), "--replace")
    return file.read_text(encoding="utf-8")


def test_each_weekday_is_shown_in_the_order_of_the_week(site: Path) -> None:
    found = [line.split()[:3] for line in config(site, "show", "opening_hours")]
    assert found[:2] == [
        ["opening_hours.monday", "09:00-17:30", "database"],
        ["opening_hours.tuesday", UNKNOWN, "default"],
    ]
    assert found[6] == ["opening_hours.sunday", "closed", "database"]
    assert len(found) == 7


def test_several_weekdays_are_set_at_once(site: Path) -> None:
    assert config(site, "set", "opening_hours.Weekdays", "8-17") == [
        "opening_hours.monday: 09:00-17:30 → 08:00-17:00",
        *(f"opening_hours.{day}: 08:00-17:00 (new)" for day in ("tuesday", "wednesday", "thursday", "friday")),
    ]
    assert config(site, "set", "opening_hours.weekend", "closed") == [
        "opening_hours.saturday: closed (new)",
    ]
    assert config(site, "unset", "opening_hours.weekend") == [
        f"opening_hours.saturday: closed → {UNKNOWN}",
        f"opening_hours.sunday: closed → {UNKNOWN}",
    ]
    assert config(site, "unset", "opening_hours.sunday") == ["opening_hours.sunday is not set."]


def test_hours_may_go_on_until_the_next_day_opens(site: Path) -> None:
    config(site, "set", "opening_hours.friday", "1-3, 16-2")
    told = one_line(ccmon("config", "set", "opening_hours.saturday", "1-10", "--db", site), 2)
    assert (
        told.removeprefix("ccmon: ")
        == "opening_hours: Friday is open until 02:00 of Saturday, which opens at 01:00: these overlap."
    )
    config(site, "set", "opening_hours.saturday", "2-10")
    told = one_line(ccmon("config", "set", "opening_hours.friday", "16-3", "--db", site), 2)
    assert "Friday is open until 03:00" in told
    config(site, "set", "opening_hours", "fri 16-3; sat 4-10")


def test_the_line_that_setup_takes_sets_the_week(site: Path) -> None:
    assert config(site, "set", "opening_hours", "mon-fri 9-17; sat unset") == [
        "opening_hours.monday: 09:00-17:30 → 09:00-17:00",
        *(f"opening_hours.{day}: 09:00-17:00 (new)" for day in ("tuesday", "wednesday", "thursday", "friday")),
    ]
    assert config(site, "set", "opening-hours", "10-16")[-2:] == [
        "opening_hours.saturday: 10:00-16:00 (new)",
        "opening_hours.sunday: closed → 10:00-16:00",
    ]


@pytest.mark.parametrize(("typed", "hours"), [("closed", "closed"), ("10-14", "10:00-14:00")])
def test_hours_of_a_holiday_are_not_its_name(site: Path, typed: str, hours: str) -> None:
    assert config(site, "set", "holidays.2026-12-26", typed) == [
        "holidays.2026-12-26.name: holiday (new)",
        f"holidays.2026-12-26.hours: {hours} (new)",
    ]
    assert config(site, "set", "holidays.2026-12-24", typed) == [f"holidays.2026-12-24.hours: 09:00-13:00 → {hours}"]
    assert config(site, "set", "holidays.2026-12-24", typed) == [f"holidays.2026-12-24.hours is {hours} already."]
    assert config(site, "set", "holidays.2026-12-24", "Eve") == ["holidays.2026-12-24.name: Christmas Eve → Eve"]
    assert config(site, "set", "holidays.2026-12-24.name", "closed") == ["holidays.2026-12-24.name: Eve → closed"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("clsoed", "which cannot be understood; did you mean closed?"),
        ("closed all day", "which cannot be understood; did you mean closed?"),
        ("9 to 17h30x", "which cannot be understood; did you mean 09:00-17:30?"),
        ("24 hrs", "which cannot be understood; did you mean 24 h?"),
        ("9-25", "which has a time that is none; give hours such as 09:00-12:30, 13:30-18:00, or closed, or 24 h."),
    ],
)
def test_hours_of_a_holiday_with_a_slip_do_not_become_its_name(
    site: Path, tmp_path: Path, typed: str, said: str
) -> None:
    error = f"holidays.2026-12-26 is {typed!r}, {said} A name is set by holidays.2026-12-26.name."
    assert one_line(ccmon("config", "set", "holidays.2026-12-26", typed, "--db", str(site)), 2) == f"ccmon: {error}"
    file = tmp_path / "site.toml"
    file.write_text(f'[holidays]\n2026-12-26 = "{typed}"\n')
    told = one_line(ccmon("config", "apply", str(file), "--yes", "--db", str(site)), 2)
    assert told == f"ccmon: {file}:2: {error}"
    assert config(site, "set", "holidays.2026-12-26.name", typed) == [
        f"holidays.2026-12-26.name: {typed} (new)", "holidays.2026-12-26.hours: closed (new)",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["clsoed", "9 to 17h30x"])
def test_hours_with_a_slip_are_told_with_what_was_meant(site: Path, tmp_path: Path, typed: str) -> None:
    meant = likely_hours.likely(typed)
    for name, said in (
        ("opening_hours.monday", f"is {typed!r}, which cannot be understood; did you mean {meant}?"),
        ("holidays.2026-12-24.hours", f"is {typed!r}, which cannot be understood; did you mean {meant}?"),
    ):
        assert one_line(ccmon("config", "set", name, typed, "--db", str(site)), 2) == f"ccmon: {name} {said}"
    line = one_line(ccmon("config", "set", "opening_hours", f"mon 9-17; tue {typed}", "--db", str(site)), 2)
    assert line == f"ccmon: opening_hours: {typed.replace(' to ', '-')!r} cannot be understood; did you mean {meant}?"
    table = tmp_path / "holidays.csv"
    table.write_text(f"day,name,hours\n2026-12-26,Boxing Day,{typed}\n")
    assert f"did you mean {meant}?" in ccmon("import", "table", "holidays", str(table), "--db", str(site)).stderr


@pytest.mark.parametrize("typed", ["9-17", "9 to 17h30x", "clsoed", "closed"])
@pytest.mark.parametrize(("header", "hours"), [("day,name", ""), ("day,name,hours", ",")])
def test_hours_in_the_column_of_names_are_refused_where_a_table_has_none(
    site: Path, tmp_path: Path, typed: str, header: str, hours: str
) -> None:
    table = tmp_path / "holidays.csv"
    table.write_text(f"{header}\n2026-12-26,{typed}{hours}\n2026-12-27,Sunday{hours}\n")
    said = ccmon("import", "table", "holidays", str(table), "--db", str(site)).stderr
    assert f"name is {typed!r}, which are hours: give them in the column hours" in said
    assert "holidays.2026-12-26.name" not in "".join(config(site, "show", "holidays"))
    table.write_text(f"day,name,hours\n2026-12-26,{typed},10-14\n")
    done("import", "table", "holidays", table, "--db", site)


def test_a_file_gives_the_hours_of_a_week_and_of_a_holiday_in_one_line(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('opening_hours = "mon-sun 9-17"\n[holidays]\n2026-12-25 = "10-14"\n2026-12-26 = "closed"\n')
    said = config(site, "apply", str(file), "--yes")
    assert "holidays.2026-12-25.hours: closed → 10:00-14:00" in said
    assert "holidays.2026-12-26.name: holiday (new)" in said
    assert "opening_hours.sunday: closed → 09:00-17:00" in said
    assert config(site, "apply", str(file), "--yes")[0] == "Nothing differs."


def test_a_holiday_needs_its_name_alone(site: Path) -> None:
    assert config(site, "set", "holidays.2026-12-26", "Boxing Day") == [
        "holidays.2026-12-26.name: Boxing Day (new)", "holidays.2026-12-26.hours: closed (new)",
    ]  # fmt: skip
    assert config(site, "set", "holidays.2026-12-26.hours", "10-14") == [
        "holidays.2026-12-26.hours: closed → 10:00-14:00"
    ]
    assert config(site, "unset", "holidays.2026-12-26.hours") == ["holidays.2026-12-26.hours: 10:00-14:00 → closed"]
    assert config(site, "unset", "holidays.2026-12-26") == [
        f"holidays.2026-12-26.name: Boxing Day → {UNKNOWN}", f"holidays.2026-12-26.hours: closed → {UNKNOWN}",
    ]  # fmt: skip
    assert config(site, "unset", "holidays.2026-12-26") == ["holidays.2026-12-26.name is not set."]
    assert [line.split()[0] for line in config(site, "show", "holidays")] == [
        f"holidays.2026-12-{day}.{column}" for day in (24, 25) for column in ("name", "hours")
    ]


@pytest.mark.parametrize("name", ["holidays.2026-12-26", "holidays.2026-12-26.hours"])
def test_hours_make_a_holiday(site: Path, name: str) -> None:
    assert config(site, "set", name, "10:00-14:00") == [
        "holidays.2026-12-26.name: holiday (new)", "holidays.2026-12-26.hours: 10:00-14:00 (new)",
    ]  # fmt: skip
    assert config(site, "set", name, "10-12") == ["holidays.2026-12-26.hours: 10:00-14:00 → 10:00-12:00"]


def test_the_name_of_a_holiday_is_taken_away_alone(site: Path) -> None:
    name, hours = "holidays.2026-12-24.name", "holidays.2026-12-24.hours"
    assert config(site, "unset", name) == [f"{name}: Christmas Eve → holiday"]
    assert config(site, "unset", name) == [f"{name} is holiday already."]
    assert config(site, "show", hours)[0].split()[1] == "09:00-13:00"
    assert config(site, "unset", "holidays.2026-12-24") == [
        f"{name}: holiday → {UNKNOWN}", f"{hours}: 09:00-13:00 → {UNKNOWN}",
    ]  # fmt: skip
    assert config(site, "unset", name) == [f"{name} is not set."]


def test_they_are_exported_and_applied(site: Path, tmp_path: Path) -> None:
    text = exported(site, tmp_path)
    assert '[opening_hours]\nmonday = "09:00-17:30"\nsunday = "closed"\n' in text
    assert '[holidays.2026-12-24]\nname = "Christmas Eve"\nhours = "09:00-13:00"\n' in text
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    assert config(site, "apply", str(file), "--yes") == ["Nothing differs."]
    for name in ("opening_hours.weekdays", "opening_hours.sunday", "holidays.2026-12-24", "holidays.2026-12-25"):
        config(site, "unset", name)
    assert "opening_hours" not in exported(site, tmp_path)
    config(site, "apply", str(file), "--yes")
    assert exported(site, tmp_path) == text


def test_a_file_may_be_brief(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        '[opening_hours]\nweekend = "10-12"\nmonday = ""\n[holidays]\n2026-12-24 = ""\n2027-01-01 = "New Year"\n',
        encoding="utf-8",
    )
    config(site, "apply", str(file), "--yes")
    shown = {line.split()[0].removeprefix("opening_hours."): line.split()[1] for line in
             config(site, "show", "opening_hours")}  # fmt: skip
    assert shown["saturday"] == shown["sunday"] == "10:00-12:00"
    assert shown["monday"] == UNKNOWN
    assert {line.split()[0] for line in config(site, "show", "holidays")} == {
        f"holidays.{day}.{column}" for day in ("2026-12-25", "2027-01-01") for column in ("name", "hours")
    }


def test_hours_over_midnight_and_around_the_clock_are_said_as_they_are_understood(site: Path, tmp_path: Path) -> None:
    assert config(site, "set", "opening_hours.tuesday", "17:30-9") == [
        "opening_hours.tuesday: 17:30-09:00 (new)",
        "Open from 17:30 to 09:00 of the next day, 15.5 h: tuesday.",
    ]
    assert config(site, "set", "opening_hours.weekend", "8-12, 22-6")[-1] == (
        "Open from 22:00 to 06:00 of the next day, 8 h: saturday, sunday."
    )
    assert config(site, "set", "opening_hours.friday", "0-24")[-1] == "Open around the clock, 24 h: friday."
    assert len(config(site, "set", "opening_hours.wednesday", "9:00-24")) == 1
    assert config(site, "set", "opening_hours.friday", "24 h") == ["opening_hours.friday is 24 h already."]
    config(site, "set", "holidays.2026-12-31", "New Year's Eve")
    file = tmp_path / "site.toml"
    file.write_text('[opening_hours]\nwednesday = "17:30-9"\n[holidays.2026-12-31]\nhours = "17:30-9"\n')
    assert config(site, "apply", str(file), "--yes") == [
        "opening_hours.wednesday: 09:00-24:00 → 17:30-09:00",
        "holidays.2026-12-31.hours: closed → 17:30-09:00",
        "Open from 17:30 to 09:00 of the next day, 15.5 h: wednesday, 2026-12-31.",
        "Done.",
    ]
