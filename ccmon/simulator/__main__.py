"""The floor process of `ccmon demo`."""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
from pathlib import Path

from ccmon.database.database_file import create, explain
from ccmon.errors import CcmonError
from ccmon.real_time import real_now
from ccmon.simulator import live
from ccmon.simulator.centre import standard_centre
from ccmon.simulator.clock import FloorClock, busy_moment, local_date
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.history import site_zone


def main() -> int:
    """Run the floor; what went wrong is one line on standard error."""
    parser = argparse.ArgumentParser(prog="python -m ccmon.simulator", description=__doc__)
    parser.add_argument("database", type=Path)
    for name, number in {"--agents": int, "--seed": int, "--speed": float, "--days": int}.items():
        parser.add_argument(name, type=number, required=True)
    parser.add_argument("--time-zone", required=True, help="of a database that is yet to be made")
    parser.add_argument("--remove", type=Path, help="a directory to take away at the end")
    options = parser.parse_args()
    try:
        if not options.database.exists():
            create(options.database, time_zone=options.time_zone)
        zone = site_zone(options.database)
        real = real_now()
        clock = FloorClock(real, busy_moment(zone, real), options.speed)
        today = local_date(zone, clock.floor_at)
        planner = Planner(standard_centre(options.agents), options.seed, zone, problem_day=today)
        live.run(options.database, planner, clock, options.days)
    except CcmonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except sqlite3.Error as error:
        sys.stderr.write(f"{explain(options.database, error)}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if options.remove is not None:
            shutil.rmtree(options.remove, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
