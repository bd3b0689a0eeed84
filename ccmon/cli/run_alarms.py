"""Runs ``ccmon alarms``, except for ``--exec`` (`ccmon.cli.alarm_command`)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from ccmon import settings
from ccmon.accounts import acting_person
from ccmon.cli.run_status import read_once
from ccmon.cli.values import database_path, present_of
from ccmon.database.alarm_acts import act_on, find_standing
from ccmon.database.alarm_log import read_alarm_log
from ccmon.database.opening import Opening
from ccmon.database.reader import read
from ccmon.database.single_reading import single_reading
from ccmon.database.sqlite_errors import check_writable
from ccmon.formatting import dated, plain
from ccmon.model.alarm_history import AlarmActKind
from ccmon.model.alarm_log import LoggedAlarm
from ccmon.model.alarms import Alarm, Rule
from ccmon.model.business_day import BusinessDay
from ccmon.model.site import Site
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.alarm_lines import log_as_json, log_lines, standing_lines
from ccmon.views.alarm_list import end_of_shift
from ccmon.views.moments import Present, coming_moment, past_moment

USUAL_QUIET = "30 min"


def write_standing(db: Path | None, *, as_json: bool) -> None:
    """Write the alarms that stand now.

    Raises:
        CcmonError: the database cannot be read.
    """
    floor, _ = read_once(db, None, as_json=as_json)
    if as_json:
        from ccmon.report.json_writer import as_text

        typer.echo(as_text(floor, {"alarms"}))
        return
    for line in standing_lines(floor):
        typer.echo(line)


def write_log(db: Path | None, day: str | None, *, as_json: bool) -> None:
    """Write the alarms of today so far, or of an earlier day.

    Raises:
        CcmonError: the database cannot be read, or there is no such day.
    """

    def end_of_day(site: Site, today: BusinessDay, latest: int) -> int:
        return past_moment(
            day or "", Present(latest, ZoneInfo(site.time_zone), date.fromisoformat(today.date), site.day_starts_ms)
        )

    own_limits = settings.load(db).alarms
    with (
        Opening(database_path(db)) as opening,
        single_reading(opening, None if day is None else end_of_day) as reading,
    ):
        floor, log = read(reading, own_limits), read_alarm_log(reading, own_limits)
    if day is None:
        log += [_present_only(alarm) for alarm in floor.alarms if alarm.rule in {Rule.DATA_AGE, Rule.QUIET_SOURCE}]
    if as_json:
        typer.echo(log_as_json(log, floor))
        return
    for line in log_lines(log, floor):
        typer.echo(line)


def _present_only(alarm: Alarm) -> LoggedAlarm:
    """An alarm about the data itself, which has no past."""
    since = alarm.since or 0
    return LoggedAlarm(
        rule=alarm.rule,
        severity=alarm.severity,
        subject=alarm.subject,
        since=since,
        opened_at=since + round((alarm.limit or 0) * 1000),
        eased_at=None,
        cleared_at=None,
        limit=alarm.limit,
    )


def take(path: Path, rule: str, subject: str | None, who: str | None) -> str:
    """Take an alarm on; return what to say.

    Raises:
        CcmonError: no such alarm stands, or the database cannot be written.
    """
    alarm, person = _standing(path, rule, subject), who or acting_person()
    act_on(path, alarm, AlarmActKind.HAVE, who=person)
    return plain(f"{person} has {alarm.rule} {alarm.subject}.")


def quieten(
    path: Path, rule: str, subject: str | None, who: str | None, *, length: str | None, until: str | None
) -> str:
    """Hear no more of an alarm for a while; return what to say.

    Raises:
        CcmonError: no such alarm stands, the time is none or has passed, or the database cannot be written.
    """
    present = present_of(path)
    until_at = (
        end_of_shift(_floor(path)) if until == "shift" else coming_moment(until or length or USUAL_QUIET, present)
    )
    alarm, person = _standing(path, rule, subject), who or acting_person()
    act_on(path, alarm, AlarmActKind.QUIET, who=person, until=until_at)
    return plain(f"Quiet about {alarm.rule} {alarm.subject} until {dated(until_at, present.zone, present.now)}.")


def give_back(path: Path, rule: str, subject: str | None, who: str | None) -> str:
    """Give an alarm back, or end its quiet; return what to say.

    Raises:
        CcmonError: no such alarm stands, or the database cannot be written.
    """
    alarm, person = _standing(path, rule, subject), who or acting_person()
    act_on(path, alarm, AlarmActKind.RELEASE, who=person)
    return plain(f"Nobody has {alarm.rule} {alarm.subject}.")


def _standing(path: Path, rule: str, subject: str | None) -> Alarm:
    check_writable(path)
    return find_standing(_floor(path).alarms, rule, subject)


def _floor(path: Path) -> FloorSnapshot:
    """The floor as this person's screen shows it, with the limits of their own."""
    own_limits = settings.load(path).alarms
    with Opening(path) as opening, single_reading(opening) as reading:
        return read(reading, own_limits)
