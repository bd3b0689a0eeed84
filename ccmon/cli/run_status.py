"""Runs ``ccmon status``: the floor at one moment."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial

from ccmon import cli
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError
from ccmon.partial_imports import import_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ccmon.model.alarms import Alarm
    from ccmon.model.business_day import BusinessDay
    from ccmon.model.site import Site
    from ccmon.model.snapshot import FloorSnapshot
    from ccmon.snapshot.narrow import Filters

SWITCH_INTERVAL_S = 0.0001
"""How long one thread may make another wait."""
KNOWN_SHOWN = 8
"""How many names are listed where none is similar."""


def run_status(
    db: Path | None = None,
    *,
    as_json: bool = False,
    at: str | None = None,
    queue: str | None = None,
    team: str | None = None,
    client: str | None = None,
    window: str | None = None,
    only: Sequence[str] | None = None,
) -> None:
    """Show the floor once, as text or JSON, of this perhaps some keys only.

    Raises:
        CcmonError: the database cannot be read, a given name does not exist, or it is not known when the site opened.
    """
    if cli.ends_at_once():
        sys.setswitchinterval(SWITCH_INTERVAL_S)  # opening asks for the interpreter often, each time for a moment
    snapshot, is_past_day = read_once(db, at, as_json=as_json)
    if as_json and queue is team is client is window is None:
        from ccmon.report.json_writer import as_text

        sys.stdout.write(f"{as_text(snapshot, only)}\n")
        return
    from ccmon.snapshot.narrow import Filters, narrow
    from ccmon.snapshot.windows import WINDOWS, Window, window_start, windowed

    filters = Filters(queue, team, client)
    refuse_unknown(database_path(db), snapshot, filters)
    part = Window.TODAY if window is None else WINDOWS[window]
    if part is not Window.TODAY and window_start(snapshot, part) is None:
        raise CcmonError("The site is closed, or its opening hours are not set; ask for 15, 30 or 60 minutes.")
    if as_json:
        from ccmon.report.json_writer import as_text

        shown = windowed(narrow(snapshot, filters.spelt(snapshot)), part)
        sys.stdout.write(f"{as_text(shown, only)}\n")
    else:
        from ccmon.report.text import PastMoment, print_status

        begins = None if at is None or snapshot.data_at is not None else _when_data_begins(database_path(db), snapshot)
        print_status(
            snapshot,
            filters,
            past=PastMoment(is_past_day, begins),
            word=partial(_word_alarm, database_path(db), is_past_day),
            window=part,
        )


def refuse_unknown(path: Path, snapshot: FloorSnapshot, filters: Filters) -> None:
    """Refuse filters that name what is not on the floor.

    Raises:
        CcmonError: one of them does.
    """
    unknown = next(iter(filters.unknown(snapshot)), None)
    if unknown is not None:
        raise CcmonError(unknown_name(path, snapshot, *unknown))


def _word_alarm(path: Path, is_past_day: bool, alarm: Alarm, snapshot: FloorSnapshot) -> str:
    """The sentence of an alarm; root is the administrator whom it says to ask."""
    from ccmon.views.alarms import alarm_sentence, for_administrator

    sentence = alarm_sentence(alarm, snapshot, is_past_day=is_past_day)
    if "ask the administrator" not in sentence or os.geteuid() != 0:
        return sentence
    from ccmon.model.alarms import SourceAlarm
    from ccmon.services.installed import service_of

    source = alarm.source if isinstance(alarm, SourceAlarm) else None
    service = None if source is None else service_of(path, source.name)
    return for_administrator(sentence, None if service is None else service.start_command)


def read_once(db: Path | None, at: str | None, *, as_json: bool) -> tuple[FloorSnapshot, bool]:
    """The floor, with what writes it imported meanwhile; and whether its day is over.

    Raises:
        CcmonError: the database cannot be read.
    """
    from ccmon.database.sqlite_errors import ChangedWhileReadError

    try:
        return _read(db, at, as_json=as_json)
    except ChangedWhileReadError:
        return _read(db, at, as_json=as_json)


def _read(db: Path | None, at: str | None, *, as_json: bool) -> tuple[FloorSnapshot, bool]:
    """See `read_once`; others may write without locks what is read."""
    from ccmon.database.opening import Opening

    with ExitStack() as opened:
        opening = opened.enter_context(Opening(database_path(db)))
        # The database is opened while what a reading needs is imported.
        import_parts("typing", "msgspec", "zoneinfo")
        from ccmon import settings
        from ccmon.database.single_reading import single_reading

        own_limits = settings.load(db).alarms
        present_days: list[BusinessDay] = []
        choose = None if at is None else partial(_parse_at, at, present_days)
        reading = opened.enter_context(single_reading(opening, choose))
        # Costly reading goes on while the rest is imported.
        if as_json:
            import ccmon.report.json_writer
        else:
            import ccmon.report.text  # noqa: F401 (used by those who called this)
        from ccmon.database import reader

        snapshot = reader.read(reading, own_limits)
        if cli.ends_at_once():
            opening.check_unchanged()
            cli.left_open.append(opened.pop_all())
    return snapshot, any(day.date > snapshot.day.date for day in present_days)


def _when_data_begins(path: Path, snapshot: FloorSnapshot) -> str | None:
    """A sentence saying when the data of a database begins; None if there is none."""
    from zoneinfo import ZoneInfo

    from ccmon.database.database_file import open_for_reading
    from ccmon.database.driver import Database
    from ccmon.formatting import iso_minute

    with open_for_reading(path) as connection:
        oldest = Database(connection).value("oldest_moment")
    if oldest is None:
        return None
    begins = iso_minute(oldest, ZoneInfo(snapshot.time_zone))
    return f"There was nothing on the floor yet: its data begins on {begins}."


def unknown_name(path: Path, snapshot: FloorSnapshot, kind: str, name: str) -> str:
    """A sentence saying that a name does not exist, and which similar or other names do; or that a team has nobody."""
    from ccmon.database.database_file import open_for_reading
    from ccmon.database.driver import Database
    from ccmon.formatting import plain
    from ccmon.snapshot.narrow import names, near_names
    from ccmon.spelling import spelt

    if kind == "team":
        with open_for_reading(path) as connection:
            empty = spelt(name, Database(connection).pairs("names_of_teams"))
        if empty is not None:
            return f'The team "{plain(empty)}" has nobody now: no agent is in it.'
    said = f'There is no {kind} named "{plain(name)}"'
    known = [f'"{plain(each)}"' for each in names(snapshot, kind)]
    near = [f'"{plain(each)}"' for each in near_names(snapshot, kind, name)]
    if near:
        return f"{said}: did you mean {' or '.join(near)}?"
    if not known:
        return f"{said}: no {kind} is known."
    more = f" and {len(known) - KNOWN_SHOWN} more" if len(known) > KNOWN_SHOWN else ""
    return f"{said}: there are {', '.join(known[:KNOWN_SHOWN])}{more}."


def _parse_at(text: str, present_days: list[BusinessDay], site: Site, day: BusinessDay, latest: int) -> int:
    """The moment that a text means, which must not be in the future. Notes the present day."""
    from datetime import date
    from zoneinfo import ZoneInfo

    from ccmon.views.moments import Present, past_moment

    present_days.append(day)
    present = Present(latest, ZoneInfo(site.time_zone), date.fromisoformat(day.date), site.day_starts_ms)
    return past_moment(text, present)
