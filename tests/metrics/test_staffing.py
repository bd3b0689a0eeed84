"""Erlang B, C and A against the published tables and exact cases of metrics.md 11.9."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.metrics import staffing
from tests.examples import examples


@pytest.mark.parametrize(
    ("agents", "load", "blocked"),
    [
        (1, 1, 0.5),
        (2, 1, 0.2),
        (5, 3, 0.110054),
        (10, 10, 0.214582),
        (45, 100 / 3, 0.009654),
        (44, 100 / 3, 0.013160),
        (17, 10, 0.012949),
        (16, 10, 0.022302),
        (1000, 1000, 0.024812),
        (200, 180, 0.010325),
    ],
)
def test_erlang_b(agents: int, load: float, blocked: float) -> None:
    assert staffing.erlang_b(agents, load) == pytest.approx(blocked, abs=1e-6)


@pytest.mark.parametrize(("agents", "load"), [(15, 8.108), (10, 4.461), (20, 12.031), (50, 37.901), (100, 84.064)])
def test_erlang_b_one_per_cent_table(agents: int, load: float) -> None:
    assert round(staffing.erlang_b(agents, load), 4) == 0.0100


def test_erlang_b_without_load() -> None:
    assert staffing.erlang_b(0, 0) == 1
    assert staffing.erlang_b(3, 0) == 0


@pytest.mark.parametrize(
    ("agents", "load", "waits"),
    [
        (1, 0.5, 0.5),
        (1, 0.8, 0.8),
        (2, 1, 0.333333),
        (3, 2, 0.444444),
        (5, 3, 0.236152),
        (5, 4, 0.554113),
        (8, 6.66667, 0.532687),
        (10, 8, 0.409180),
        (14, 10, 0.1741319336),
        (15, 10, 0.102042),
        (25, 20, 0.209103),
        (50, 48, 0.694456),
        (55, 48, 0.238701),
        (107, 100, 0.383512),
    ],
)
def test_erlang_c(agents: int, load: float, waits: float) -> None:
    assert staffing.erlang_c(agents, load) == pytest.approx(waits, abs=1e-6)


def test_erlang_c_at_its_edges() -> None:
    assert staffing.erlang_c(5, 5) == 1
    assert staffing.erlang_c(3, 0) == 0
    unstable = staffing.queue_without_abandonment(5, 6, 180, 20)
    assert (unstable.service_level, unstable.occupancy) == (0, 1)
    assert staffing.erlang_c(5, 6) == 1


def test_cran_example() -> None:
    found = staffing.queue_without_abandonment(14, 10, 180, 20)
    assert found.service_level == pytest.approx(0.8883500192, abs=1e-9)
    assert found.occupancy == pytest.approx(0.714286, abs=1e-6)


def test_pyworkforce_example() -> None:
    found = staffing.queue_without_abandonment(15, 10, 180, 19.8)
    assert round(found.service_level, 3) == 0.941
    assert round(found.occupancy, 3) == 0.667


def test_mitan_example() -> None:
    found = staffing.queue_without_abandonment(55, 48, 240, 15)
    assert found.service_level == pytest.approx(0.845883, abs=1e-6)
    assert found.occupancy == pytest.approx(0.872727, abs=1e-6)


@pytest.mark.parametrize(
    ("agents", "level", "occupancy"),
    [
        (30, 23.8, 97.2),
        (31, 45.7, 94.1),
        (32, 61.8, 91.1),
        (33, 73.5, 88.4),
        (34, 81.9, 85.8),
        (35, 87.9, 83.3),
    ],
)
def test_call_center_school_table(agents: int, level: float, occupancy: float) -> None:
    found = staffing.queue_without_abandonment(agents, 350 / 3600 * 300, 300, 30)
    assert round(found.service_level * 100, 1) == level
    assert round(found.occupancy * 100, 1) == occupancy


CLEVELAND_MAYBEN = [
    (30, 23.5),
    (31, 45.2),
    (32, 61.3),
    (33, 73.0),
    (34, 81.5),
    (35, 87.5),
    (36, 91.7),
    (37, 94.6),
    (38, 96.5),
    (39, 97.8),
]


@pytest.mark.parametrize(("agents", "level"), CLEVELAND_MAYBEN)
def test_cleveland_and_mayben_table(agents: int, level: float) -> None:
    found = staffing.queue_without_abandonment(agents, 250 / 1800 * 210, 210, 20)
    assert round(found.service_level * 100, 1) == level


def test_small_telephone_groups() -> None:
    assert 1 - staffing.queue_without_abandonment(2, 0.5, 60, 10).service_level == pytest.approx(0.07788, abs=1e-5)
    assert 1 - staffing.queue_without_abandonment(2, 30 / 3600 * 80, 80, 10).service_level == pytest.approx(
        0.14108, abs=1e-5
    )
    assert staffing.queue_without_abandonment(27, 250 / 3600 * 330, 330, 30).service_level == pytest.approx(
        0.7822, abs=5e-5
    )
    assert staffing.queue_without_abandonment(28, 250 / 3600 * 330, 330, 30).service_level == pytest.approx(
        0.8569, abs=5e-5
    )


# Agents, calls an hour, handling, patience, threshold;
# waits, abandons, wait, queue, occupancy, served, abandoned in the threshold, V4, V5.
ERLANG_A = {
    "A1": (
        (50, 2880, 60, 120, 20),
        (0.467774, 0.030912, 3.7095, 2.9676, 0.930324, 0.943019, 0.029845, 0.972030, 0.972864),
    ),
    "A2": (
        (14, 200, 180, 300, 20),
        (0.145260, 0.013984, 4.1951, 0.2331, 0.704297, 0.916792, 0.007164, 0.923407, 0.923956),
    ),
    "A3": (
        (13, 200, 180, 300, 20),
        (0.225797, 0.024963, 7.4890, 0.4161, 0.750028, 0.858178, 0.011629, 0.868275, 0.869806),
    ),
    "A4": (
        (30, 500, 210, 120, 20),
        (0.405532, 0.070170, 8.4204, 1.1695, 0.904002, 0.782643, 0.046308, 0.820645, 0.828951),
    ),
    "A5": (
        (34, 500, 210, 120, 20),
        (0.185392, 0.025228, 3.0273, 0.4205, 0.836202, 0.923245, 0.018745, 0.940882, 0.941990),
    ),
    "A6": (
        (10, 120, 300, 300, 20),
        (0.542070, 0.125110, 37.5330, 1.2511, 0.874890, 0.538043, 0.032310, 0.556007, 0.570352),
    ),
    "A7": (
        (100, 6120, 60, 60, 20),
        (0.591719, 0.049918, 2.9951, 5.0916, 0.969084, 0.948963, 0.049882, 0.998784, 0.998845),
    ),
}


def erlang_a(
    agents: int, per_hour: float, handling_s: float, patience_s: float, threshold_s: float
) -> staffing.ErlangA:
    return staffing.erlang_a(agents, per_hour / 3600, handling_s, patience_s, threshold_s)


@pytest.mark.parametrize("case", ERLANG_A)
def test_erlang_a(case: str) -> None:
    inputs, (waits, abandons, wait_s, queue, occupancy, served, early, v4, v5) = ERLANG_A[case]
    found = erlang_a(*inputs)
    assert found.waits == pytest.approx(waits, abs=1e-6)
    assert found.abandons == pytest.approx(abandons, abs=1e-6)
    assert found.wait_s == pytest.approx(wait_s, abs=1e-4)
    assert found.queue_length == pytest.approx(queue, abs=1e-4)
    assert found.occupancy == pytest.approx(occupancy, abs=1e-6)
    assert found.served_in_threshold == pytest.approx(served, abs=1e-6)
    assert found.abandons_in_threshold == pytest.approx(early, abs=1e-6)
    assert found.served_in_threshold / (1 - found.abandons_in_threshold) == pytest.approx(v4, abs=2e-6)
    assert found.served_in_threshold + found.abandons_in_threshold == pytest.approx(v5, abs=2e-6)


def test_patience_like_handling_time_makes_the_system_poisson() -> None:
    found = erlang_a(10, 120, 300, 300, 20)
    below = sum(math.exp(-10) * 10**n / math.factorial(n) for n in range(10))
    assert found.waits == pytest.approx(1 - below, abs=1e-9)


def test_endless_patience_is_erlang_c() -> None:
    found = erlang_a(14, 200, 180, 1e9, 20)
    assert found.served_in_threshold == pytest.approx(0.8883500, abs=1e-5)


def test_overload_loses_what_cannot_be_served() -> None:
    assert erlang_a(100, 200 * 3600 / 60, 60, 6000, 20).abandons == pytest.approx(0.5, abs=1e-6)


@settings(max_examples=examples(10))
@given(
    agents=st.integers(1, 60),
    per_hour=st.floats(10, 1500),
    handling_s=st.floats(30, 600),
    patience_s=st.floats(20, 1200),
)
def test_laws_of_erlang_a(agents: int, per_hour: float, handling_s: float, patience_s: float) -> None:
    found = erlang_a(agents, per_hour, handling_s, patience_s, 20)
    load = per_hour / 3600 * handling_s
    assert found.abandons == pytest.approx(found.wait_s / patience_s, rel=1e-6, abs=1e-9)
    assert found.occupancy == pytest.approx(load * (1 - found.abandons) / agents, rel=1e-6)
    more = erlang_a(agents + 1, per_hour, handling_s, patience_s, 20)
    assert more.served_in_threshold >= found.served_in_threshold - 1e-9
    assert more.abandons <= found.abandons + 1e-9


def required(patience_s: float | None, **changes: Any) -> int | None:
    inputs: dict[str, Any] = {"threshold_s": 20, "target": 0.8, "occupancy_at_most": 1.0, **changes}
    return staffing.required_agents(arrivals_per_s=250 / 1800, handling_s=210, patience_s=patience_s, **inputs)


def test_required_agents() -> None:
    assert required(None) == 34
    assert [required(patience) for patience in (60, 120, 180, 300, 600)] == [29, 31, 32, 32, 33]
    jones = staffing.required_agents(
        arrivals_per_s=250 / 3600, handling_s=330, patience_s=None, threshold_s=30, target=0.8, occupancy_at_most=1.0
    )
    assert jones == 28


def test_required_agents_keeps_people_from_wearing_out() -> None:
    assert required(None, occupancy_at_most=0.85) == 35
    found = required(60, occupancy_at_most=0.85)
    assert found is not None
    assert erlang_a(found, 500, 210, 60, 20).occupancy <= 0.85 < erlang_a(found - 1, 500, 210, 60, 20).occupancy


@settings(max_examples=examples(10))
@given(
    guess=st.integers(0, 120),
    per_hour=st.floats(10, 1500),
    handling_s=st.floats(30, 300),
    patience_s=st.none() | st.floats(20, 600),
    target=st.sampled_from([0.5, 0.8, 0.95]),
)
@example(guess=35, per_hour=500, handling_s=210, patience_s=None, target=0.8)
def test_a_guess_changes_no_result(
    guess: int, per_hour: float, handling_s: float, patience_s: float | None, target: float
) -> None:
    inputs: dict[str, Any] = {
        "arrivals_per_s": per_hour / 3600,
        "handling_s": handling_s,
        "patience_s": patience_s,
        "threshold_s": 20,
        "target": target,
        "short_abandon_s": 5,
    }
    found = staffing.required_agents(**inputs)
    assert found is not None
    for near in (guess, found - 1, found, found + 1, found + 7):
        assert staffing.required_agents(**inputs, guess=near) == found


def test_required_agents_at_its_edges() -> None:
    assert staffing.required_agents(arrivals_per_s=0, handling_s=210, patience_s=None, threshold_s=20, target=0.8) == 0
    assert required(None, target=1.0) is None


@pytest.mark.parametrize(("load", "agents"), [(5, 8), (10, 14), (20, 24), (50, 56), (100, 107), (200, 208)])
def test_eighty_in_twenty_by_load(load: float, agents: int) -> None:
    found = staffing.required_agents(
        arrivals_per_s=load / 180, handling_s=180, patience_s=None, threshold_s=20, target=0.8, occupancy_at_most=1.0
    )
    assert found == agents
