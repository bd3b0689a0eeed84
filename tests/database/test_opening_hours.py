"""What opening hours and holidays change in the figures, live and looked back at."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import asdict

from ccmon.database import database_file, floor_reader, reader
from ccmon.database.driver import Database
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.stored_parts_keeper import store_finished_days
from ccmon.model.follow_ups import FollowUpFigures
from ccmon.model.sales import QuotaFigures
from ccmon.snapshot.periodic import periodic_figures
from ccmon.snapshot.periodic_data import PeriodicData
from ccmon.snapshot.periodic_rows import PromiseOutcome
from tests.databases import new_database
from tests.floors import known
from tests.snapshot.seeded_floor import NOW, ZONE, seeded_database

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


def write(path: Path, *statements: str) -> None:
    with closing(database_file.open_writer(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def follow_up(number: int, due: str, done: str | None = None, created: str = "2026-11-20T10:00") -> str:
    settled = "NULL, NULL" if done is None else f"{at(done)}, 'done'"
    return (
        "INSERT INTO follow_ups (id, customer_id, agent_id, created_at, due_at, promised_at, done_at, outcome)"
        f" VALUES ({number}, {number}, 1, {at(created)}, {at(due)}, {at(due)}, {settled})"
    )


HOURS = [
    "INSERT INTO opening_hours (weekday, hours) SELECT value, '09:00-17:00'"
    """ FROM json_each('["monday", "tuesday", "wednesday", "thursday", "friday"]')""",
    "INSERT INTO opening_hours (weekday, hours) VALUES ('saturday', 'closed'), ('sunday', 'closed')",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = new_database(tmp_path / "calls.db", time_zone=ZONE, currency="EUR")
    people = (
        "INSERT INTO agents (id, login) VALUES (1, 'ann')",
        *(f"INSERT INTO customers (id, name) VALUES ({number}, 'C{number}')" for number in range(1, 9)),
    )
    write(path, *people)
    return path


def counts(figures: FollowUpFigures) -> Sequence[int | None]:
    return figures.due_today, figures.overdue, figures.on_time, figures.on_time_of


def test_what_falls_due_while_closed_is_due_at_the_next_opening(path: Path) -> None:
    friday, saturday, monday = "2026-11-20T16:50", "2026-11-21T11:00", "2026-11-23T18:00"
    write(path, follow_up(1, friday), follow_up(2, saturday), follow_up(3, monday))
    late, morning, evening = (at(f"2026-11-{text}") for text in ("21T12:00", "23T09:00", "23T18:30"))
    assert counts(reader.snapshot(path, late).follow_ups) == (1, 2, 0, 1)
    write(path, *HOURS)
    assert counts(reader.snapshot(path, late).follow_ups) == (0, 1, 0, 0), "the one of Friday, whose grace runs on"
    shown = reader.snapshot(path, morning).follow_ups
    assert counts(shown) == (1, 1, 0, 0)
    assert [(item.id, item.due_at, item.promised_at, item.promise_due_at) for item in shown.items] == [
        (1, at(friday), at(friday), at(friday)),
        (2, morning, at(saturday), morning),
    ]
    assert counts(reader.snapshot(path, morning + 15 * MINUTE).follow_ups) == (1, 1, 0, 0)
    assert counts(reader.snapshot(path, morning + 15 * MINUTE + 1).follow_ups) == (1, 2, 0, 1)
    assert counts(reader.snapshot(path, evening).follow_ups) == (1, 2, 0, 1), "that of the evening is due tomorrow"
    tuesday = reader.snapshot(path, at("2026-11-24T09:00")).follow_ups
    assert [(item.id, item.due_at) for item in tuesday.items][-1] == (3, at("2026-11-24T09:00"))


def test_a_promise_for_a_closed_day_is_kept_on_the_next_open_one(path: Path) -> None:
    on_sunday = follow_up(2, "2026-11-21T11:00", done="2026-11-22T12:00")
    write(path, *HOURS, follow_up(1, "2026-11-21T11:00", done="2026-11-23T09:15"), on_sunday)
    assert counts(reader.snapshot(path, at("2026-11-23T09:10")).follow_ups) == (1, 0, 1, 1), "looked back at"
    assert counts(reader.snapshot(path, at("2026-11-23T10:00")).follow_ups) == (0, 0, 2, 2)
    assert counts(reader.snapshot(path, at("2026-11-21T12:00")).follow_ups) == (0, 0, 0, 0)


def test_a_promise_for_a_whole_day_is_due_by_its_end_although_the_site_closes_before(path: Path) -> None:
    friday, saturday, monday = (f"2026-11-{day}T23:59:59.999" for day in (20, 21, 23))
    write(path, *HOURS, follow_up(1, friday), follow_up(2, saturday), follow_up(3, monday))
    assert counts(reader.snapshot(path, at("2026-11-20T18:00")).follow_ups) == (1, 0, 0, 0)
    found = reader.snapshot(path, at("2026-11-23T18:00")).follow_ups
    assert counts(found) == (2, 2, 0, 1)
    assert [item.id for item in found.items] == [1, 2, 3]
    record = [(row.hour, row.late, row.promised) for row in promises(path, at("2026-11-24T12:00"))]
    assert record == [(9, 1, 1), (23, 2, 2)]


def test_whoever_was_promised_a_call_on_a_closed_day_is_not_silent_before_it_was_due(path: Path) -> None:
    write(path, follow_up(1, "2026-11-21T11:00"), follow_up(2, "2026-11-20T11:00"))

    def silent(moment: str) -> list[tuple[int, int, int]]:
        found = known(reader.snapshot(path, at(moment)).unresolved_customers)
        return [(each.customer_id, each.last_at, each.times) for each in found]

    assert [customer for customer, *_ in silent("2026-11-23T12:00")] == [2, 1]
    write(path, *HOURS)
    assert [customer for customer, *_ in silent("2026-11-23T12:00")] == [2]
    assert silent("2026-11-24T12:00")[-1] == (1, at("2026-11-23T09:00"), 1)


def test_what_was_shown_is_shown_when_looked_back_at(path: Path) -> None:
    write(path, *HOURS, follow_up(1, "2026-11-21T11:00"), follow_up(2, "2026-11-23T20:00"))
    moments = [at(f"2026-11-{text}") for text in ("21T12:00", "23T08:00", "23T09:16", "23T21:00")]
    shown = [reader.snapshot(path, moment).follow_ups for moment in moments]
    later = "UPDATE follow_ups SET done_at = :at, outcome = 'done'".replace(":at", str(at("2026-11-25T10:00")))
    write(path, later, "INSERT INTO calls (source, call_id, entered_at) VALUES ('p', '1', 1795600000000)")
    assert [reader.snapshot(path, moment).follow_ups for moment in moments] == shown


def test_the_record_of_past_promises_goes_by_the_opening(path: Path) -> None:
    made = [follow_up(1, "2026-11-14T11:00", done="2026-11-16T09:15"), follow_up(2, "2026-11-16T11:00")]
    later = follow_up(3, "2026-11-21T11:00", done="2026-11-23T09:10")
    before_the_window = follow_up(4, "2026-10-25T11:00", done="2026-10-26T09:05")
    write(path, *made, later, before_the_window)
    today = at("2026-11-23T12:00")
    assert [(row.hour, row.late, row.promised) for row in promises(path, today)] == [(11, 3, 3)]
    write(path, *HOURS)
    assert [(row.hour, row.late, row.promised) for row in promises(path, today)] == [(9, 0, 2), (11, 1, 1)]


def read(path: Path, moment: int) -> PeriodicData:
    with closing(database_file.open_reader(path)) as connection:
        database = Database(connection)
        data = floor_reader.read_floor_data(database, moment, is_latest=True)
        return read_periodic_data(
            database, moment, ReadingCache(), site=data.site, day=data.day, directory=data.directory, is_latest=True
        )


def promises(path: Path, moment: int) -> Sequence[PromiseOutcome]:
    return known(read(path, moment).finished).promises


# What is usual


@pytest.fixture
def floor(tmp_path: Path) -> Path:
    """A seeded Monday afternoon after a month of days."""
    return Path(shutil.copyfile(seeded_database(), tmp_path / "floor.db"))


HOLIDAY = "INSERT INTO holidays (day, name, hours) VALUES ('2026-11-16', 'Feast', '10:00-14:00')"


def alike(data: PeriodicData) -> list[str]:
    return [day.date for day in known(data.finished).alike]


def test_holidays_are_no_usual_days(floor: Path) -> None:
    before = read(floor, NOW)
    write(floor, HOLIDAY)
    after = read(floor, NOW)
    assert "2026-11-16" in alike(before)
    assert "2026-11-16" not in alike(after)
    usual, without = (known(periodic_figures(data).baseline) for data in (before, after))
    assert len(usual.worked[0]) == len(without.worked[0]) + 1
    assert without.was_worked(date(2026, 11, 16)), "of its own week it is a day"
    days = [
        [row.days for row in known(data.finished).agent_weekdays if row.sunday_first == 1] for data in (before, after)
    ]
    assert sum(days[0]) > sum(days[1])
    campaigns = [sum(row.days for row in known(data.finished).campaign_weekdays) for data in (before, after)]
    assert campaigns[0] > campaigns[1]
    assert known(before.finished).day_totals == known(after.finished).day_totals
    reasons = [[each.day.date for each in known(data.finished).days_of_reasons] for data in (before, after)]
    assert [day for day in reasons[0] if day not in reasons[1]] == ["2026-11-16"]
    assert usual.work(("centre", 0), "inbound").handled > without.work(("centre", 0), "inbound").handled
    assert usual.per_agent_day("inbound") != without.per_agent_day("inbound")


def test_days_of_closed_weekdays_are_no_usual_days(floor: Path) -> None:
    write(floor, "INSERT INTO opening_hours (weekday, hours) VALUES ('monday', 'closed')")
    data = read(floor, NOW)
    baseline = known(periodic_figures(data).baseline)
    assert alike(data) == []
    assert baseline.worked[0] == {}
    assert 0 not in baseline.open_weekdays()
    with closing(database_file.open_reader(floor)) as connection:
        assert floor_reader.read_floor_data(Database(connection), NOW, is_latest=True).past.same_weekdays == ()


def test_today_is_compared_with_the_last_usual_same_weekday(floor: Path) -> None:
    write(floor, HOLIDAY)
    with closing(database_file.open_reader(floor)) as connection:
        past = floor_reader.read_floor_data(Database(connection), NOW, is_latest=True).past.same_weekdays
    assert [each.day.date for each in past][:2] == ["2026-11-09", "2026-11-02"]


@pytest.mark.parametrize("statement", [HOLIDAY, *HOURS, "INSERT INTO opening_hours VALUES ('monday', 'closed')"])
def test_stored_parts_are_not_taken_for_other_opening_hours(floor: Path, statement: str) -> None:
    """Even where the change log does not tell of the change."""
    with closing(database_file.open_writer(floor)) as connection:
        assert store_finished_days(connection, NOW)
        connection.execute(statement)
        connection.execute("DELETE FROM changes WHERE subject = 'directory'")
        connection.execute("UPDATE customers SET name = 'Zed' WHERE id = 1")
    stored = asdict(known(read(floor, NOW).finished))
    write(floor, "DELETE FROM stored_part_checks")
    assert stored == asdict(known(read(floor, NOW).finished))


# Whether it is open


def test_the_answer_says_whether_the_site_is_open(path: Path) -> None:
    assert reader.snapshot(path, at("2026-11-23T10:00")).opening_hours is None
    write(path, *HOURS, "INSERT INTO holidays (day, name) VALUES ('2026-11-24', 'Feast')")
    for moment, is_open, changes in (
        ("2026-11-23T10:00", True, "2026-11-23T17:00"),
        ("2026-11-23T17:00", False, "2026-11-25T09:00"),
        ("2026-11-24T10:00", False, "2026-11-25T09:00"),
    ):
        opening = known(reader.snapshot(path, at(moment)).opening_hours)
        assert (opening.open_now, opening.next_change_at) == (is_open, at(changes))
        assert [each.opens_at for each in opening.today] == ([] if "24T" in moment else [at("2026-11-23T09:00")])


# What is still to come of a week


def of_week(floor: Path) -> QuotaFigures:
    """The week of the centre."""
    centre = reader.snapshot(floor, NOW).sales[0]
    [found] = [quota for quota in centre.quotas if quota.period == "week"]
    return found


def test_a_day_to_come_on_which_the_site_is_closed_brings_nothing(floor: Path) -> None:
    """Even if only holidays are set."""
    before = of_week(floor)
    write(floor, "INSERT INTO holidays (day, name) VALUES ('2026-11-26', 'Feast')")
    after = of_week(floor)
    assert known(after.share) > known(before.share)
    assert known(after.remaining).mean < 0.9 * known(before.remaining).mean
    assert known(after.forecast).expected < known(before.forecast).expected
    assert known(after.required_per_hour) > known(before.required_per_hour)


def test_a_short_day_to_come_brings_what_its_weekday_does(floor: Path) -> None:
    before = of_week(floor)
    write(floor, "INSERT INTO holidays (day, name, hours) VALUES ('2026-11-26', 'Feast', '10:00-14:00')")
    after = of_week(floor)
    assert (after.share, after.remaining) == (before.share, before.remaining)
    assert known(after.required_per_hour) > known(before.required_per_hour)
