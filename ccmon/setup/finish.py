"""After the steps: is all well, and the floor as it is now."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon.database import doctor, reader
from ccmon.database.database_file import open_for_reading
from ccmon.database.site import site_zone
from ccmon.formatting import date_and_time
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.services.installed import service_of
from ccmon.setup import access
from ccmon.time_units import DAY_MS


def check(path: Path) -> list[doctor.Finding]:
    """What ``ccmon doctor`` says of the database."""
    with open_for_reading(path) as connection:
        examined = doctor.examine(path, connection, reader.floor_now(connection), service_of)
        return [*examined, *access.findings(path)]


def floor_or_last_moment(path: Path) -> tuple[FloorSnapshot, str]:
    """The floor now, or if its newest record is over 24 hours old, at that moment; and what to say about it."""
    floor = reader.snapshot(path)
    newest = floor.data_at
    if newest is None:
        return floor, ""
    with open_for_reading(path) as connection:
        zone: ZoneInfo = site_zone(connection)
    if newest > real_now() - DAY_MS:
        return floor, ""
    moment = date_and_time(newest, zone)
    return reader.snapshot(path, newest), f"The newest record is of {moment}: the floor at that moment."
