"""Hold the forecasts against what came: `python -m benchmarks.forecasts [--seeds …] [--at 10:00 …] [--json]`.

On floors made by `ccmon seed`, each open day of the last weeks is looked at as it was at some times of day, with
nothing known of what came later, and each chance and each promise at risk is held against the end of the day.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, time
from functools import partial
from math import sqrt
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.reliability import drawn
from ccmon.database import creation, database_file, floor_reader
from ccmon.database.driver import Database
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import Found, ReadingCache
from ccmon.metrics.forecast import HIGH, LOW
from ccmon.model.business_day import BusinessDay
from ccmon.model.follow_ups import AT_RISK_FROM
from ccmon.model.sales import Period
from ccmon.model.snapshot import FloorSnapshot
from ccmon.simulator import history
from ccmon.snapshot import assemble
from ccmon.snapshot.periodic import periodic_figures

ZONE = "Europe/Amsterdam"
UNTIL = datetime(2026, 11, 21, 20, tzinfo=ZoneInfo(ZONE))
SCOPES = ("centre", "client", "team", "campaign", "agent")
PROMISES = "promises"
REVENUE = "ranges of revenue"
"""Whether the day's revenue ended in the range that is to hold it with 90 %."""
RANGE_HOLDS = HIGH - LOW
TOLERANCE = 0.10
"""A decile may be off by so much beyond its sampling error (of two standard deviations)."""
CASES_NEEDED = 30
"""Smaller deciles say too little."""
BRIER_RATIO = 0.75
FOUND = 0.6
"""Least precision and recall of the promises that are listed as at risk."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing said, and whether it came."""

    seed: int
    day: str
    at: str
    scope: str
    name: str
    said: float
    came: bool
    sold: int = 0
    quota: int = 0
    expected: float = 0.0
    ended: int = 0
    rests_on: str = ""


@dataclass(frozen=True, slots=True)
class Decile:
    """Cases of which about the same was said."""

    cases: int
    said: float
    """Mean of what was said."""
    came: float
    """Share that came."""
    error: float
    """Standard deviation of that share, if what was said is true: cases of one day have that day's luck in common."""

    @property
    def off(self) -> float:
        """How far it is off beyond two standard deviations."""
        return max(0.0, abs(self.came - self.said) - 2 * self.error)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said, held against what came."""

    cases: int
    brier: float
    constant_brier: float
    """Of always saying the share that came."""
    deciles: tuple[Decile, ...]
    precision: float | None
    """Of those said to be likely (`AT_RISK_FROM`), the share that came."""
    recall: float | None
    """Of those that came, the share that was said to be likely."""

    @property
    def ratio(self) -> float | None:
        """Brier score over the constant's."""
        return self.brier / self.constant_brier if self.constant_brier else None

    @property
    def worst(self) -> float:
        """How far the worst decile of enough cases is off beyond its sampling error."""
        return max((decile.off for decile in self.deciles if decile.cases >= CASES_NEEDED), default=0.0)


def sampling_error(cases: Sequence[Case]) -> float:
    """Standard deviation of the share that came: of single cases, or of whole days of a floor where that is more.

    On a good day more comes than was said at 10:00, at 13:00 and at 16:00: those are not three cases. What a day's
    cases are off together, beyond what all are off, is squared as one (the variance of clusters).
    """
    alone = sum(case.said * (1 - case.said) for case in cases)
    all_off = sum(case.came - case.said for case in cases) / len(cases)
    days: defaultdict[tuple[int, str], float] = defaultdict(float)
    for case in cases:
        days[case.seed, case.day] += case.came - case.said - all_off
    return sqrt(max(alone, sum(off**2 for off in days.values()))) / len(cases)


def judge(cases: Sequence[Case]) -> Judged:
    """Reliability by decile, the Brier score beside a constant's, precision and recall."""
    share = sum(case.came for case in cases) / len(cases)
    groups: defaultdict[int, list[Case]] = defaultdict(list)
    for case in cases:
        groups[min(9, int(case.said * 10))].append(case)
    deciles = []
    for _, group in sorted(groups.items()):
        said = sum(case.said for case in group) / len(group)
        deciles.append(Decile(len(group), said, sum(case.came for case in group) / len(group), sampling_error(group)))
    listed = [case for case in cases if case.said >= AT_RISK_FROM]
    came = sum(case.came for case in cases)
    right = sum(case.came for case in listed)
    return Judged(
        len(cases),
        sum((case.said - case.came) ** 2 for case in cases) / len(cases),
        share * (1 - share),
        tuple(deciles),
        right / len(listed) if listed else None,
        right / came if came else None,
    )


def build(folder: Path, seed: int, days: int, agents: int) -> Path:
    """The floor of a seed, made where it is not there yet."""
    path = folder / f"seed-{seed}.db"
    if not path.exists():
        unfinished = folder / f"seed-{seed}-unfinished.db"
        unfinished.unlink(missing_ok=True)
        creation.create(unfinished, time_zone=ZONE)
        history.seed(unfinished, days=days, agents=agents, seed=seed, until=round(UNTIL.timestamp() * 1000))
        unfinished.rename(path)
    database_file.upgrade(path)
    return path


def open_days(path: Path, count: int) -> list[BusinessDay]:
    """The last business days with sales calls."""
    connection = database_file.open_reader(path)
    try:
        rows = connection.execute(
            "SELECT date, starts_at, ends_at FROM business_days WHERE starts_at IN "
            "(SELECT day_at FROM agent_days WHERE sales_calls > 0) ORDER BY starts_at DESC LIMIT ?",
            (count,),
        ).fetchall()
    finally:
        connection.close()
    return [BusinessDay(*row) for row in reversed(rows)]


class _OneDay(ReadingCache):
    """Keeps what finished days say for all looks at one day: corrections within the day are left out."""

    def get(self, name: Hashable, fingerprint: object, read: Callable[[], Found]) -> Found:
        return super().get(name, None, read)


def look(
    path: Path, seed: int, quota_times: Sequence[str], promise_times: Sequence[str], day: BusinessDay
) -> list[Case]:
    """What was said on a day at some times, and what came by its end."""
    cases: list[Case] = []
    connection = database_file.open_reader(path)
    try:
        connection.execute("BEGIN")
        late, known = _late(connection, day), _OneDay()
        for at in sorted({*quota_times, *promise_times}):
            local = datetime.combine(datetime.fromisoformat(day.date), time.fromisoformat(at), ZoneInfo(ZONE))
            floor = floor_at(connection, round(local.timestamp() * 1000), known)
            if at in quota_times:
                sold, earned = _sold(connection, day)
                cases += _quotas(seed, day, at, floor, sold)
                cases += _ranges(seed, day, at, floor, earned)
            if at in promise_times:
                cases += _promises(seed, day, at, floor, late)
    finally:
        connection.close()
    return cases


def floor_at(connection: sqlite3.Connection, at: int, known: ReadingCache) -> FloorSnapshot:
    """The snapshot of a moment that lies back, as `ccmon status --at` makes it."""
    database = Database(connection)
    rows = floor_reader.read_floor_data(database, at, is_latest=False)
    found = read_periodic_data(database, at, known, site=rows.site, day=rows.day, directory=rows.directory)
    return assemble(rows, at, periodic=periodic_figures(found))


Ended = Counter[tuple[str, int]]


def _sold(connection: sqlite3.Connection, day: BusinessDay) -> tuple[Ended, Ended]:
    """Orders that stood at the end of a day, and what they brought in cents, by scope."""
    rows = connection.execute(
        "SELECT s.amount_cents, s.agent_id, s.campaign_id, a.team_id, coalesce(m.client_id, t.client_id) "
        "FROM sales AS s JOIN agents AS a ON a.id = s.agent_id "
        "LEFT JOIN teams AS t ON t.id = a.team_id LEFT JOIN campaigns AS m ON m.id = s.campaign_id "
        "WHERE sold_at >= :starts AND sold_at < :ends AND (cancelled_at IS NULL OR cancelled_at >= :ends)",
        {"starts": day.starts_at, "ends": day.ends_at},
    )
    sold: Ended = Counter()
    earned: Ended = Counter()
    for cents, *row in rows:
        for scope, number in zip(("agent", "campaign", "team", "client", "centre"), (*row, 0), strict=True):
            if number is not None:
                sold[scope, number] += 1
                earned[scope, number] += cents
    return sold, earned


def _quotas(
    seed: int, day: BusinessDay, at: str, floor: FloorSnapshot, ended: Mapping[tuple[str, int], int]
) -> Iterator[Case]:
    """The quotas of the day, those that are met already left out."""
    for line in floor.sales:
        for quota in line.quotas:
            if quota.period is not Period.DAY or quota.chance is None or not quota.quota_sales or not quota.missing:
                continue
            sold = ended.get((line.kind, line.id or 0), 0)
            expected = quota.forecast.expected if quota.forecast is not None else 0.0
            yield Case(
                seed, day.date, at, line.kind, line.name, quota.chance, sold >= quota.quota_sales, line.sales,
                quota.quota_sales, expected, sold, quota.rests_on or "",
            )  # fmt: skip


def _ranges(
    seed: int, day: BusinessDay, at: str, floor: FloorSnapshot, earned: Mapping[tuple[str, int], int]
) -> Iterator[Case]:
    """The ranges of the day's revenue, of whoever has a quota of the day."""
    for line in floor.sales:
        for quota in line.quotas:
            found = quota.revenue_forecast
            if quota.period is Period.DAY and found is not None:
                came = found.low <= earned.get((line.kind, line.id or 0), 0) <= found.high
                yield Case(seed, day.date, at, REVENUE, line.name, RANGE_HOLDS, came)


def _promises(seed: int, day: BusinessDay, at: str, floor: FloorSnapshot, late: frozenset[int]) -> Iterator[Case]:
    """The promises still ahead: open, and due later today."""
    for item in floor.follow_ups.items:
        if floor.at < item.promised_at < day.ends_at and item.late_chance is not None:
            yield Case(seed, day.date, at, PROMISES, item.owner or "nobody", item.late_chance, item.id in late)


def _late(connection: sqlite3.Connection, day: BusinessDay) -> frozenset[int]:
    """The promises of a day that were not kept in time, as the whole database tells."""
    rows = connection.execute(
        "SELECT follow_ups.id FROM follow_ups, site WHERE promised_at >= ? AND promised_at < ? "
        "AND (done_at IS NULL OR done_at > promised_at + follow_up_grace_ms)",
        (day.starts_at, day.ends_at),
    )
    return frozenset(number for (number,) in rows)


def measure(arguments: argparse.Namespace, folder: Path) -> list[Case]:
    """All cases of all seeds."""
    cases: list[Case] = []
    with ProcessPoolExecutor(arguments.processes) as pool:
        for seed in arguments.seeds:
            path = build(folder, seed, arguments.history, arguments.agents)
            sys.stderr.write(f"seed {seed} …\n")
            looked = partial(look, path, seed, arguments.at, arguments.promises_at)
            for found in pool.map(looked, open_days(path, arguments.days)):
                cases += found
    return cases


def goals(groups: Mapping[str, Judged]) -> Iterator[tuple[str, bool]]:
    """Each goal in words, and whether it was met."""
    for name, judged in groups.items():
        text = f"{name}: worst decile {judged.worst:.2f} off beyond its sampling error (at most {TOLERANCE})"
        yield text, judged.worst <= TOLERANCE
    for name in ("quotas at 13:00",):
        ratio = groups[name].ratio if name in groups else None
        if ratio is not None:
            yield f"{name}: Brier {ratio:.2f} of a constant's (at most {BRIER_RATIO})", ratio <= BRIER_RATIO
    if PROMISES in groups:
        for word, value in (("precision", groups[PROMISES].precision), ("recall", groups[PROMISES].recall)):
            yield f"{PROMISES}: {word} {value or 0:.2f} (at least {FOUND})", (value or 0) >= FOUND


def grouped(cases: Iterable[Case]) -> dict[str, Judged]:
    """What is judged together: quotas by moment, by scope, and promises."""
    groups: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.scope in {PROMISES, REVENUE}:
            groups[case.scope].append(case)
            groups[f"{case.scope} at {case.at}"].append(case)
        else:
            groups[f"quotas at {case.at}"].append(case)
            groups[f"quotas, {case.scope}"].append(case)
            groups["quotas"].append(case)
    return {name: judge(found) for name, found in sorted(groups.items())}


def print_judged(groups: Mapping[str, Judged]) -> None:
    """A line for each decile of each group."""
    out = sys.stdout.write
    for name, judged in groups.items():
        ratio = "" if judged.ratio is None else f" ({judged.ratio:.2f} of it)"
        out(
            f"\n{name}: {judged.cases} cases, Brier {judged.brier:.3f}, a constant's {judged.constant_brier:.3f}{ratio}"
        )
        if judged.precision is not None and judged.recall is not None:
            out(f"; of what was likely came {judged.precision:.0%}, of what came was likely {judged.recall:.0%}")
        out("\n    said    came   error   cases\n")
        for each in judged.deciles:
            mark = "  off" if each.off > TOLERANCE and each.cases >= CASES_NEEDED else ""
            out(f"  {each.said:6.1%}  {each.came:6.1%}  {each.error:6.1%}  {each.cases:6}{mark}\n")


def main() -> None:
    """Measure and print; the exit status is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasts", description=__doc__)
    parser.add_argument("--seeds", nargs="+", type=int, default=[11, 12, 13], help="floors (11 12 13)")
    parser.add_argument("--days", type=int, default=28, help="open days that are looked at (28)")
    parser.add_argument("--history", type=int, default=35, help="days of each floor (35)")
    parser.add_argument("--agents", type=int, default=40, help="agents of each floor (40)")
    parser.add_argument("--at", nargs="+", default=["10:00", "13:00", "16:00"], help="when quotas are asked about")
    parser.add_argument("--promises-at", nargs="*", default=["11:00", "14:00"], help="when promises are asked about")
    parser.add_argument("--scopes", nargs="+", choices=[*SCOPES, PROMISES, REVENUE], help="only of these")
    parser.add_argument("--folder", type=Path, help="where the floors are kept, to be used again (a temporary folder)")
    parser.add_argument("--processes", type=int, default=2, help="processes that look (2)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cases", type=Path, help="also write each case to this file, a JSON object a line")
    parser.add_argument("--picture", type=Path, help="also draw the reliability into this SVG file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ccmon-forecasts-") as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        cases = measure(arguments, folder)
    if arguments.scopes:
        cases = [case for case in cases if case.scope in arguments.scopes]
    if arguments.cases:
        arguments.cases.write_text("".join(json.dumps(asdict(case)) + "\n" for case in cases))
    groups = grouped(cases)
    if arguments.picture:
        shown = {name: groups[name] for name in ("quotas", PROMISES) if name in groups}
        arguments.picture.write_text(drawn({name: each.deciles for name, each in shown.items()}))
    met = list(goals(groups))
    if arguments.json:
        found = {name: asdict(judged) for name, judged in groups.items()}
        sys.stdout.write(json.dumps({"groups": found, "goals": dict(met)}, indent=2) + "\n")
    else:
        print_judged(groups)
        sys.stdout.write("\n" + "".join(f"{'met   ' if good else 'MISSED'}  {text}\n" for text, good in met))
    sys.exit(not all(good for _, good in met))


if __name__ == "__main__":
    main()
