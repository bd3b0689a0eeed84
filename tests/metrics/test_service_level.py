"""Service level against ICMI's worked example, and the live form against a list of single visits."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics import service_level as figures


def level_of(counts: dict[str, int]) -> float | None:
    lost = figures.lost(**{key: counts[key] for key in ("abandoned", "released", "short_abandoned")})
    return figures.service_level(
        answered_in_threshold=counts["answered_in_threshold"],
        answered=counts["answered"],
        lost=lost,
        waiting_past_threshold=counts.get("waiting_past_threshold", 0),
    )


ICMI = {"answered_in_threshold": 860, "answered": 1000, "abandoned": 60, "released": 0, "short_abandoned": 10}


def test_worked_example_of_icmi() -> None:
    level = level_of(ICMI)
    assert level is not None
    assert round(level * 100, 1) == 81.9


def test_what_the_system_ended_counts_against() -> None:
    assert level_of({**ICMI, "released": 40}) == pytest.approx(860 / 1090)


def test_an_empty_queue_has_no_service_level() -> None:
    for short in (0, 3):
        assert level_of({**dict.fromkeys(ICMI, 0), "abandoned": short, "short_abandoned": short}) is None


class Caller(NamedTuple):
    """One visit as a supervisor would see it at the moment of looking."""

    kind: str
    wait_s: int


KINDS = ("answered", "abandoned", "released", "diverted", "waiting")
callers = st.lists(st.builds(Caller, st.sampled_from(KINDS), st.integers(0, 120)), max_size=60)
thresholds = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)


def by_events(visits: list[Caller], threshold: int, short: int) -> float | None:
    """The live form by its definition: each visit alone says whether its service level event has come, and which."""
    met = events = 0
    for kind, wait in visits:
        in_time = kind == "answered" and wait <= threshold
        met += in_time
        reached = wait > threshold and kind != "diverted"
        events += (
            in_time
            or reached
            or (kind == "abandoned" and short < wait <= threshold)
            or (kind == "released" and wait <= threshold)
        )
    return met / events if events else None


def counted(visits: list[Caller], threshold: int, short: int) -> dict[str, int]:
    of = {kind: [wait for found, wait in visits if found == kind] for kind in KINDS}
    return {
        "answered_in_threshold": sum(wait <= threshold for wait in of["answered"]),
        "answered": len(of["answered"]),
        "abandoned": len(of["abandoned"]),
        "released": len(of["released"]),
        "short_abandoned": sum(wait <= short for wait in of["abandoned"]),
        "waiting_past_threshold": sum(wait > threshold for wait in of["waiting"]),
    }


@given(callers, thresholds)
def test_live_form_is_the_service_level_event_rule(visits: list[Caller], limits: list[int]) -> None:
    short, threshold = limits
    assert level_of(counted(visits, threshold, short)) == by_events(visits, threshold, short)


@given(callers, thresholds)
def test_live_form_equals_the_default_when_nobody_waits(visits: list[Caller], limits: list[int]) -> None:
    short, threshold = limits
    counts = counted([visit for visit in visits if visit.kind != "waiting"], threshold, short)
    live = level_of(counts)
    counts.pop("waiting_past_threshold")
    level = level_of(counts)
    assert live == level
    assert level is None or 0 <= level <= 1


@given(callers, thresholds)
def test_shares_of_finished_visits_are_shares(visits: list[Caller], limits: list[int]) -> None:
    short, threshold = limits
    counts = counted(visits, threshold, short)
    finished = sum(visit.kind != "waiting" for visit in visits)
    abandoned, released, few = counts["abandoned"], counts["released"], counts["short_abandoned"]
    rate = figures.abandonment_rate(abandoned=abandoned, short_abandoned=few, finished=finished)
    assert (rate is None) == (finished == few)
    if rate is not None:
        lost = figures.lost(abandoned=abandoned, released=released, short_abandoned=few)
        assert 0 <= rate <= lost / (finished - few) <= 1


@pytest.mark.parametrize(
    ("target", "answered", "judged", "more"),
    [(0.8, 339, 447, 93), (0.8, 80, 100, 0), (0.8, 79, 100, 5), (0.9, 8, 10, 10), (1.0, 9, 10, None), (1.0, 9, 9, 0),
     (None, 9, 10, None), (0.8, 0, 0, None)],
)  # fmt: skip
def test_calls_to_answer_within_the_threshold_for_the_target(
    target: float | None, answered: int, judged: int, more: int | None
) -> None:
    """The first number of further calls, counted up, with which the service level is no longer below its target."""
    assert figures.in_threshold_to_reach(target, answered_in_threshold=answered, judged=judged) == more
    if more is not None and target is not None:
        reached = [(answered + each) / (judged + each) >= target - 1e-12 for each in range(more + 1)]
        assert reached == [False] * more + [True]
