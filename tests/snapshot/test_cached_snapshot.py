"""A snapshot cached from poll to poll is what is assembled of the same rows from nothing, at every moment."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from ccmon.metrics.opening_hours import OpenSpan
from ccmon.model.agents import AgentState
from ccmon.model.alarms import Rule
from ccmon.model.opening_hours import OpeningCalendar
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import Progress, Source
from ccmon.snapshot import assemble, assemble_cached
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import OpenCallRow, PromiseRow, StateRow
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.periodic import PeriodicFigures, periodic_figures
from ccmon.snapshot.periodic_data import PeriodicData
from tests.examples import examples
from tests.snapshot.seeded_floor import NOW, seeded_rows

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
OPEN_AT_MOST = HOUR // 2
GRACE, FOLLOW_UPS = 15 * MINUTE, 18


class Floor(NamedTuple):
    """The rows of a moment."""

    data: FloorData
    periodic: PeriodicFigures

    def __repr__(self) -> str:
        """Short: of a megabyte Hypothesis warns instead of telling what failed."""
        return "Floor(…)"


@pytest.fixture(scope="module")
def floor() -> Floor:
    data, found = seeded_rows()
    assert data.directory.agents.keys() == set(range(1, 13))
    assert data.directory.queues.keys() == set(range(1, 7))
    assert len(data.follow_ups) == FOLLOW_UPS
    assert data.site.follow_up_grace_ms == GRACE
    return Floor(data, periodic_figures(found))


def ago(longest_ms: int, ahead_ms: int = 2 * SECOND) -> st.SearchStrategy[int]:
    """Moments before the seeded one, or a little after it: a switch's clock may be ahead."""
    return st.integers(-ahead_ms, longest_ms).map(lambda length: NOW - length)


def due_soon(*lengths_ms: int) -> st.SearchStrategy[int]:
    """Moments after which one of these lengths of time is over within the next minute."""
    return st.builds(
        lambda length, ahead: NOW - length + ahead, st.sampled_from(lengths_ms), st.integers(-SECOND, MINUTE)
    )


NOW_OF_DAY = 14 * HOUR + 32 * MINUTE + 7_250
"""The time of the seeded moment, a Monday."""
SPANS = (
    st.lists(st.integers(-SECOND, MINUTE) | st.integers(-NOW_OF_DAY, 9 * HOUR), max_size=4, unique=True)
    .map(lambda lengths: sorted(NOW_OF_DAY + length for length in lengths))
    .map(lambda times: tuple(map(OpenSpan, times[::2], times[1::2])))
)
HOURS = st.none() | st.builds(
    OpeningCalendar,
    weekdays=st.dictionaries(st.sampled_from([6, 0, 1]), SPANS),
    holidays=st.dictionaries(st.dates(date(2026, 11, 22), date(2026, 11, 24)), SPANS, max_size=1),
)
"""Opening hours around the seeded moment, many of which begin or end within the next minute; None: not set."""
AGENTS, QUEUES = st.integers(1, 12), st.integers(1, 6)
PROMISED = due_soon(0, GRACE) | ago(5 * HOUR, 5 * HOUR)


class Drawn(NamedTuple):
    """Rows in place of the floor's own; of follow-ups their places in its list, and two new moments."""

    states: list[StateRow] | None
    calls: list[OpenCallRow]
    follow_ups: list[tuple[int, int, int]]
    promises: list[PromiseRow]
    sources: list[Source]
    newest_at: int | None
    has_quarters: bool
    has_queue_sums: bool
    progress: list[Progress]
    hours: OpeningCalendar | None

    def on(self, data: FloorData) -> FloorData:
        """Return the floor with these rows, one an agent and a follow-up."""
        follow_ups = {place: moments for place, *moments in self.follow_ups}
        directory = data.directory if self.hours is None else replace(data.directory, calendar=self.hours)
        return replace(
            data,
            directory=directory,
            site=replace(data.site, max_open_ms=OPEN_AT_MOST),
            states=data.states if self.states is None else list({row.agent_id: row for row in self.states}.values()),
            calls=[replace(row, id=place) for place, row in enumerate(self.calls)],
            quarters=data.quarters if self.has_quarters else {},
            queue_totals=data.queue_totals if self.has_queue_sums else {},
            follow_ups=[
                replace(data.follow_ups[place], due_at=due_at, promised_at=promised_at)
                for place, (due_at, promised_at) in follow_ups.items()
            ],
            promises=self.promises,
            sources=self.sources,
            newest_at=self.newest_at,
            progress=self.progress,
        )


DRAWN = st.builds(
    Drawn,
    states=st.none()
    | st.lists(
        st.builds(
            StateRow,
            agent_id=AGENTS,
            state=st.sampled_from([state.value for state in AgentState]),
            reason=st.sampled_from([None, "lunch", "break"]),
            started_at=st.none() | ago(20 * HOUR) | due_soon(0, 3 * MINUTE, 20 * MINUTE),
            queue_id=st.none() | QUEUES,
            entered_at=st.none() | ago(40 * MINUTE) | due_soon(OPEN_AT_MOST),
        ),
        max_size=5,
    ),
    calls=st.lists(
        st.builds(
            OpenCallRow,
            id=st.just(0),
            queue_id=QUEUES,
            entered_at=ago(20 * HOUR) | due_soon(0, 20 * SECOND, 60 * SECOND, 90 * SECOND, OPEN_AT_MOST),
            answered_at=st.none() | ago(MINUTE),
            caller=st.none(),
            customer=st.none(),
            customer_id=st.none(),
        ),
        max_size=3,
    ),
    follow_ups=st.lists(st.tuples(st.integers(0, FOLLOW_UPS - 1), PROMISED, PROMISED), max_size=2),
    promises=st.lists(
        st.builds(PromiseRow, promised_at=PROMISED, done_at=st.none() | ago(HOUR, MINUTE), agent_id=AGENTS), max_size=2
    ),
    sources=st.lists(
        st.builds(
            Source,
            name=st.just("pbx"),
            kind=st.just("queue-log"),
            following=st.integers(0, 1),
            last_record_at=st.none() | ago(HOUR + MINUTE),
            checked_at=st.none() | ago(40 * SECOND),
            records=st.just(7),
            rejected=st.just(0),
            heartbeat=st.integers(0, 1),
            process_namespace=st.none() | st.just(1),
        ),
        max_size=2,
    ),
    newest_at=st.none() | ago(20 * SECOND) | ago(40 * MINUTE),
    has_quarters=st.sampled_from([False, False, True]),
    has_queue_sums=st.booleans(),
    progress=st.sampled_from([[], [], [], [Progress("filling in", 1, 3)]]),
    hours=HOURS,
)
"""Other states, open calls, promises, sources and opening hours, of which much falls due within a minute."""


def differences(cached: FloorSnapshot, fresh: FloorSnapshot) -> dict[str, tuple[object, object]]:
    """The fields that are not the same."""
    ours, theirs = asdict(cached), asdict(fresh)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}


STEPS = st.lists(
    st.sampled_from(["until", "before until"]) | st.integers(0, 3 * SECOND) | st.integers(0, 5 * MINUTE), max_size=6
)


@settings(max_examples=examples(10, 6_000))
@given(drawn=DRAWN, steps=STEPS, has_periodic=st.booleans(), begins=st.integers(0, MINUTE // 2))
def test_a_cached_snapshot_is_that_of_its_moment(
    floor: Floor, drawn: Drawn, steps: list[int | str], has_periodic: bool, begins: int
) -> None:
    rows = drawn.on(floor.data)
    periodic = floor.periodic if has_periodic else None
    at, cache = NOW + begins, InputCache()
    cached = assemble_cached(rows, at, periodic=periodic, cache=cache)
    for step in steps:
        at = at + step if isinstance(step, int) else min(cached.until - (step != "until"), at + 10 * MINUTE)
        shown = cached.snapshot_at(rows, at, periodic)
        if shown is None:
            cached = assemble_cached(rows, at, periodic=periodic, cache=cache)
            shown = cached.snapshot
        assert not differences(shown, assemble(rows, at, periodic=periodic))


READINGS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "funnel": st.integers(0, 40),
            "more_calls": st.integers(1, 40),
            "investments": st.integers(0, 2),
            "margin": st.sampled_from([None, 0.25]),
            "sales": st.integers(0, 9),
            "planned": st.integers(0, 3),
            "planned_work": st.integers(0, 3),
            "histories": st.integers(0, 3),
            "repeats": st.integers(0, 2),
            "low_scores": st.integers(0, 1),
            "reasons": st.integers(0, 3),
            "hourly_costs": st.integers(0, 3),
            "finished": st.none(),
            "currency": st.sampled_from(["USD"]),
            "passed": st.integers(0, 2 * MINUTE),
        },
    ),
    min_size=1,
    max_size=6,
)
"""Of some fields, how many rows at their beginning a reading has not read; of how many groups it has read more calls;
and the time since the last one."""


def read(rows: PeriodicData, left_out: dict[str, Any]) -> PeriodicData:
    """What a reading of fewer rows has read; the other fields are the same objects."""
    fields: dict[str, Any] = {}
    for name, number in left_out.items():
        if name == "finished":
            fields[name] = None
        elif name == "currency":
            fields["site"] = replace(rows.site, currency=number)
        elif name == "margin":
            fields["margin"] = number
        elif name == "more_calls":
            changed = list(rows.funnel.items())[:number]
            fields["funnel"] = {
                **fields.get("funnel", rows.funnel),
                **{
                    group: replace(row, visits=row.visits + 1, handling_ms=row.handling_ms + 9)
                    for group, row in changed
                },
            }
        elif name != "passed":
            found = getattr(rows, name)
            of = dict if isinstance(found, dict) else list
            fields[name] = of(list(found.items() if of is dict else found)[number:])
    return replace(rows, **fields)


@settings(max_examples=examples(20, 6_000))
@given(readings=READINGS, drawn=st.none() | DRAWN)
def test_figures_cached_from_one_reading_to_the_next_are_those_of_the_last(
    floor: Floor, readings: list[dict[str, Any]], drawn: Drawn | None
) -> None:
    data, at = floor.data, NOW
    caches = InputCache(), InputCache()
    for number, left_out in enumerate(readings):
        at += left_out.get("passed", 0)
        if drawn is not None and number % 2:
            data = floor.data if data is not floor.data else drawn.on(floor.data)
        rows = read(floor.periodic.rows, left_out)
        cached, fresh = periodic_figures(rows, caches[0]), periodic_figures(rows)
        for scope in [
            ("centre", 0),
            *((kind, i) for kind in ("client", "team", "campaign", "agent") for i in range(13)),
        ]:
            assert cached.details.get(scope) == fresh.details.get(scope)
        shown = assemble_cached(data, at, periodic=cached, cache=caches[1]).snapshot
        assert not differences(shown, assemble(data, at, periodic=fresh))


def test_a_cached_snapshot_ends_at_each_moment_at_which_something_falls_due(floor: Floor) -> None:
    def since(place: int, limit_ms: int) -> int:
        return NOW - limit_ms + 3_700 * (place + 1)

    limits = {
        "paused": 20 * MINUTE, "unavailable": MINUTE, "wrap_up": 3 * MINUTE, "ringing": 20 * SECOND,
        "talking": 20 * MINUTE, "hold": 3 * MINUTE, "dialling": 0, "ready": -2 * SECOND, "logged_out": HOUR,
    }  # fmt: skip
    rows = replace(
        floor.data,
        site=replace(floor.data.site, max_open_ms=OPEN_AT_MOST),
        states=[
            StateRow(agent_id=place + 1, state=state, reason="lunch", started_at=since(place, limit_ms))
            for place, (state, limit_ms) in enumerate(limits.items())
        ],
        calls=[
            OpenCallRow(
                id=place,
                queue_id=place + 1,
                entered_at=since(place, limit_ms),
                answered_at=None,
                caller=None,
                customer=None,
                customer_id=None,
            )
            for place, limit_ms in enumerate((20 * SECOND, 60 * SECOND, 90 * SECOND, OPEN_AT_MOST))
        ],
        follow_ups=[replace(floor.data.follow_ups[0], due_at=since(4, 0), promised_at=since(5, 0))],
        promises=[PromiseRow(promised_at=since(6, GRACE), done_at=None, agent_id=1)],
        sources=[],
        newest_at=NOW + 40 * SECOND,
    )
    at, cache, ended = NOW, InputCache(), 0
    cached = assemble_cached(rows, at, periodic=floor.periodic, cache=cache)
    while at < NOW + MINUTE:
        at = cached.until - 1
        shown = cached.snapshot_at(rows, at, floor.periodic)
        assert shown is not None
        assert not differences(shown, assemble(rows, at, periodic=floor.periodic))
        at = cached.until
        assert cached.snapshot_at(rows, at, floor.periodic) is None
        cached = assemble_cached(rows, at, periodic=floor.periodic, cache=cache)
        assert not differences(cached.snapshot, assemble(rows, at, periodic=floor.periodic))
        ended += 1
    assert ended > 12


@settings(max_examples=examples(8, 1_500))
@given(drawn=DRAWN, heard=st.integers(0, 3 * SECOND), later=st.integers(0, 40 * SECOND))
def test_a_sign_of_life_makes_no_figure_anew(floor: Floor, drawn: Drawn, heard: int, later: int) -> None:
    rows = replace(drawn.on(floor.data), progress=[])
    cached = assemble_cached(rows, NOW, periodic=floor.periodic, cache=InputCache())
    checked = [replace(source, checked_at=NOW + heard, records=8) for source in rows.sources]
    heard_of = replace(rows, sources=checked, newest_at=NOW + heard)
    shown = cached.snapshot_at(heard_of, NOW + later, floor.periodic)
    assume(shown is not None)
    assert shown is not None
    assert not differences(shown, assemble(heard_of, NOW + later, periodic=floor.periodic))
    assert shown.agents is cached.snapshot.agents


@settings(max_examples=examples(10, 2_000))
@given(st.tuples(DRAWN, DRAWN, DRAWN))
def test_other_rows_change_what_they_are_about(floor: Floor, drawn: tuple[Drawn, ...]) -> None:
    cache, before = InputCache(), None
    for step, rows in enumerate(each._replace(hours=None).on(floor.data) for each in drawn):
        shown = assemble_cached(rows, NOW + step * SECOND, periodic=floor.periodic, cache=cache).snapshot
        assert not differences(shown, assemble(rows, NOW + step * SECOND, periodic=floor.periodic))
        again = assemble_cached(replace(rows), NOW + step * SECOND, periodic=floor.periodic, cache=cache).snapshot
        assert again.agents is shown.agents
        if before is not None:
            last = {agent.id: agent for agent in before.agents}
            assert all(agent is last[agent.id] for agent in shown.agents if agent == last.get(agent.id))
        before = shown


def test_the_lengths_of_standing_alarms_run_on(floor: Floor) -> None:
    paused = StateRow(agent_id=min(floor.data.directory.agents), state="paused", started_at=NOW - HOUR)
    rows = replace(floor.data, states=[paused], calls=[], quarters={}, sources=[], newest_at=NOW)
    cached = assemble_cached(rows, NOW, periodic=None, cache=InputCache())
    shown = cached.snapshot_at(rows, NOW + 5 * SECOND, None)
    assert shown is not None
    assert not differences(shown, assemble(rows, NOW + 5 * SECOND))
    [pause] = [alarm for each in shown.alarms for alarm in (each, *each.parts) if alarm.rule is Rule.PAUSE]
    assert pause.measured(shown.known_until) == 3605.0


def test_only_other_rows_another_moment_or_old_data_need_another_snapshot(floor: Floor) -> None:
    rows = replace(floor.data, follow_ups=[], sources=[], newest_at=NOW)
    cached = assemble_cached(rows, NOW, periodic=floor.periodic, cache=InputCache())
    assert NOW < cached.until <= NOW - NOW % MINUTE + MINUTE
    assert cached.snapshot_at(rows, cached.until - 1, floor.periodic) is not None
    assert cached.snapshot_at(replace(rows), NOW, floor.periodic) is not None
    assert cached.snapshot_at(rows, cached.until, floor.periodic) is None
    assert cached.snapshot_at(rows, NOW - 1, floor.periodic) is None
    assert cached.snapshot_at(rows, NOW, None) is None
    assert cached.snapshot_at(replace(rows, calls=list(rows.calls)), NOW, floor.periodic) is None
    assert cached.snapshot_at(replace(rows, newest_at=NOW - HOUR), NOW, floor.periodic) is None
