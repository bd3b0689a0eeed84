"""What the floor process of `ccmon demo` is to simulate, and where."""

from __future__ import annotations

import sqlite3
import sys
from json import loads
from pathlib import Path

from msgspec import Struct

from ccmon.database import business_days
from ccmon.database.creation import create
from ccmon.database.site import named_zone, zone_of_database
from ccmon.database.sqlite_errors import explain
from ccmon.errors import CcmonError
from ccmon.real_time import real_now
from ccmon.simulator import live
from ccmon.simulator.centre import standard_centre
from ccmon.simulator.clock import FloorClock, busy_moment, local_date
from ccmon.simulator.day_plan import Planner


class FloorSettings(Struct, frozen=True):
    """What to simulate."""

    time_zone: str
    """The time zone of a database that is yet to be created."""
    agents: int
    seed: int
    speed: float
    days: int
    remove: str | None
    """A directory to remove at the end."""


def main() -> int:
    """Run the floor for the arguments, a database and the settings in JSON; an error is one line on standard error."""
    path, settings = Path(sys.argv[1]), FloorSettings(**loads(sys.argv[2]))
    try:
        _run(path, settings)
    except CcmonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except sqlite3.Error as error:
        sys.stderr.write(f"{explain(path, error)}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if settings.remove is not None:
            from shutil import rmtree  # noqa: PLC0415 (nobody waits for it now)

            rmtree(settings.remove, ignore_errors=True)
    return 0


def _run(path: Path, settings: FloorSettings) -> None:
    is_new = not path.exists()
    zone = named_zone(settings.time_zone) if is_new else zone_of_database(path)
    real = real_now()
    clock = FloorClock(real, busy_moment(zone, real), settings.speed)
    today = local_date(zone, clock.floor_at)
    if is_new:
        years = business_days.Years(today.year - 1, today.year + 1)
        create(path, time_zone=settings.time_zone, years=years)  # the others once the floor can be shown
    planner = Planner(standard_centre(settings.agents), settings.seed, zone, problem_day=today)
    live.run(path, planner, clock, settings.days, lacks_days=is_new)
