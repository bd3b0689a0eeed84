"""How many alarms stand at a moment, and whether one opens again soon: asked every half minute for a while.

    python -m benchmarks.alarm_lines DATABASE [--until TIME] [--minutes 30] [--step 30]

asks a database as `ccmon status --json` would, for the moments up to a given one, and writes one line: the most alarms
at any moment and in the median, the same of those to act on, and those that cleared and opened again within five
minutes.
The exit status is 1 where more than ten stood, more than three were to be acted on in the median, or one opened again.

    python -m benchmarks.alarm_lines DATABASE --log

counts the logs of all its days instead: how many opened of each rule, how long they stood, and how many opened again
within five minutes after they had eased, or cleared. The exit status is 1 where any did after it had eased: it flaps.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import Counter, defaultdict
from datetime import datetime
from functools import partial
from pathlib import Path

from ccmon.database import reader
from ccmon.database.alarm_log import read_alarm_log
from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.moments import newest_at
from ccmon.database.opening import Opening
from ccmon.database.single_reading import single_reading
from ccmon.metrics.durations import spoken
from ccmon.model.alarm_log import LoggedAlarm
from ccmon.model.alarms import Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json_writer import as_line
from ccmon.report.text import ALARMS_SHOWN
from ccmon.time_units import HOUR_MS, MINUTE_MS, SECOND_MS

MOST = ALARMS_SHOWN
MOST_TO_ACT_ON = 3
AGAIN_WITHIN_MS = 5 * MINUTE_MS
Key = tuple[str, str]


def standing(floor: FloorSnapshot) -> set[Key]:
    """The alarms that stand, by rule and subject, with those that are part of others."""
    return {(part.rule.value, part.subject) for alarm in floor.alarms for part in (alarm, *alarm.parts)}


def main() -> int:
    """Ask, write, judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("--until", help="ISO time of the last moment; usually the newest of the data")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--step", type=float, default=30, metavar="SECONDS")
    parser.add_argument("--log", action="store_true", help="count the logs of all days")
    words = parser.parse_args()
    if words.log:
        return count_logs(words.database)
    return watch(words)


def watch(words: argparse.Namespace) -> int:
    """Ask for the moments that the words name."""
    with open_for_reading(words.database) as connection:
        newest = newest_at(Database(connection))
    until = round(datetime.fromisoformat(words.until).timestamp() * SECOND_MS) if words.until else newest
    step_ms = round(words.step * SECOND_MS)
    moments = range(until - round(words.minutes * MINUTE_MS), until + 1, step_ms)
    lines, acting, again, cleared = [], [], [], dict[Key, int]()
    before: set[Key] = set()
    for at in moments:
        floor = reader.snapshot(words.database, at)
        alarms = json.loads(as_line(floor, {"alarms"}))["alarms"]
        if [(alarm["rule"], alarm["subject"]) for alarm in alarms] != [(a.rule, a.subject) for a in floor.alarms]:
            raise SystemExit("The JSON and the lines of the screen differ.")
        lines.append(len(alarms))
        acting.append(sum(alarm["severity"] == "act" for alarm in alarms))
        now = standing(floor)
        again += [key for key in now - before if at - cleared.get(key, 0) <= AGAIN_WITHIN_MS]
        cleared |= dict.fromkeys(before - now, at)
        before = now
    sys.stdout.write(
        f"{len(moments)} moments: at most {max(lines)} alarms, {statistics.median(lines):g} in the median; to act on "
        f"at most {max(acting)}, {statistics.median(acting):g} in the median; "
        f"opened again within 5 min: {again or 'none'}\n"
    )
    return int(max(lines) > MOST or statistics.median(acting) > MOST_TO_ACT_ON or bool(again))


def count_logs(path: Path) -> int:
    """Count what the logs of all days hold."""
    with open_for_reading(path) as connection:
        days = connection.execute(
            "SELECT min(ends_at, ?) - 1 FROM business_days AS d WHERE EXISTS ("
            "SELECT 1 FROM calls WHERE entered_at >= d.starts_at AND entered_at < d.ends_at)",
            (newest_at(Database(connection)) + HOUR_MS,),
        ).fetchall()
    lasted: defaultdict[str, list[int]] = defaultdict(list)
    after_easing: Counter[str] = Counter()
    after_clearing: Counter[str] = Counter()
    for (at,) in days:
        with Opening(path) as opening, single_reading(opening, partial(_moment, at)) as reading:
            log = read_alarm_log(reading)
        last: dict[Key, LoggedAlarm] = {}
        for alarm in log:
            key = alarm.rule.value, alarm.subject
            before = last.get(key)
            if before is not None:
                after_easing[key[0]] += alarm.opened_at - (before.eased_at or at) <= AGAIN_WITHIN_MS
                after_clearing[key[0]] += alarm.opened_at - (before.cleared_at or at) <= AGAIN_WITHIN_MS
            last[key] = alarm
            lasted[key[0]].append((alarm.cleared_at or at) - alarm.opened_at)
    for rule, lengths in sorted(lasted.items()):
        median, longest = spoken(statistics.median(lengths)), spoken(max(lengths))
        sys.stdout.write(
            f"{rule:17} {len(lengths):5} in {len(days)} days, stood {median} in the median, {longest} at most; "
            f"opened again within 5 min after easing: {after_easing[rule]}, after clearing: {after_clearing[rule]}\n"
        )
    return int(any(number for rule, number in after_easing.items() if rule != Rule.LOW_SCORE))  # another answer


def _moment(at: int, *_: object) -> int:
    return at


if __name__ == "__main__":
    sys.exit(main())
