"""The parts of a proof make the figure that is shown, on any floor; no figure of a panel is without one."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.formatting import UNKNOWN
from ccmon.metrics.retention import Cohort
from ccmon.model.agents import AgentFigures
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.costs import Spending
from ccmon.model.follow_ups import AgentFollowUps, FollowUp
from ccmon.model.handling import HandlingFigures
from ccmon.model.queues import Quarter, QueueFigures
from ccmon.model.satisfaction import SatisfactionFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.floor_rows import QUEUE_COUNTS
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.snapshot.queues import total_figures
from ccmon.snapshot.windows import ENDS, Window
from ccmon.time_units import QUARTER_MS
from ccmon.views.all_panels import panels
from ccmon.views.panel import FloorPanel
from ccmon.views.proofs import OF_HEADS, OF_ROWS, Proof, figures_of_row, prove
from ccmon.views.retention import Group
from ccmon.views.sales_lines import SalesLine
from ccmon.views.value_entries import Entry
from ccmon.views.view_context import ViewContext
from tests.busy_floor import with_periodic_figures
from tests.examples import examples
from tests.floors import floor
from tests.goldens.moments import MOMENTS, floor_of
from tests.proofs import check_proof, every_figure

FILTERS = (
    NO_FILTER, Filters(queue="bloem sales"), Filters(team="nobody"), Filters(client="Bloem & Blad"),
    Filters(client="Bloem & Blad", queue="Bloem service"),
)  # fmt: skip

ROWS: dict[str, type] = {
    "QueuesPanel": QueueFigures, "AgentsPanel": AgentFigures, "HandlingPanel": HandlingFigures, "SalesPanel": SalesLine,
    "FollowUpsPanel": FollowUp, "AgentFollowUpsTab": AgentFollowUps, "SatisfactionPanel": SatisfactionFigures,
    "RetentionPanel": Group, "CohortsTab": Cohort, "ContactReasonsPanel": ReasonFigures, "ProfitPanel": Entry,
    "InvestmentComparisonTab": Spending,
}  # fmt: skip
"""By the key of a tab: the record of its rows, of those whose figures have proofs."""


def quarter(rng: Random, starts_at: int, still_waiting: int) -> Quarter:
    """A quarter of an hour with visits whose ends add up; of some kinds there are often none."""
    ends = {end: rng.choice((0, 0, 1, rng.randrange(60))) for end in ENDS}
    without_wait, cut_off = rng.randint(0, ends["answered"] // 5), rng.randint(0, ends["answered"] // 5)
    short = rng.randint(0, ends["abandoned"])
    handled = rng.randint(0, ends["answered"] - cut_off)
    return Quarter(
        starts_at,
        offered=sum(ends.values()) + still_waiting,
        answered_in_threshold=rng.randint(0, ends["answered"] - without_wait),
        lost=ends["abandoned"] - short + ends["timed_out"] + ends["no_agents"],
        answered_without_wait=without_wait,
        short_abandoned=short,
        answered_wait_ms=rng.randint(0, 40) * 1000 * (ends["answered"] - without_wait),
        abandoned_wait_ms=rng.randint(6, 90) * 1000 * (ends["abandoned"] - short),
        handled=handled,
        talk_ms=handled * rng.randrange(400_000),
        hold_ms=handled * rng.choice((0, rng.randrange(20_000))),
        wrap_up_ms=handled * rng.randrange(60_000),
        cut_off=cut_off,
        **ends,
    )


def queue_with(rng: Random, queue: QueueFigures, at: int) -> QueueFigures:
    """A queue with random visits in its latest quarters of an hour."""
    starts = [at - at % QUARTER_MS - number * QUARTER_MS for number in range(9, -1, -1)]
    quarters = tuple(quarter(rng, each, queue.open if each == starts[-1] else 0) for each in starts)
    counts = {name: sum(getattr(each, name) for each in quarters) for name in QUEUE_COUNTS}
    return replace(queue, quarters=quarters, agents_known=rng.random() < 0.9, **counts)


def with_random_visits(whole: FloorSnapshot, seed: int) -> FloorSnapshot:
    """A floor of which every queue has random visits that add up."""
    rng = Random(seed)
    queues = tuple(queue_with(rng, queue, whole.at) for queue in whole.queues)
    return replace(whole, queues=queues, total=total_figures(queues, whole.memberships, whole.agents))


def proofs(context: ViewContext) -> Iterator[Proof]:
    for figure in every_figure(panels(), context):
        yield prove(figure, context)


@settings(max_examples=examples(12), deadline=None)
@given(
    agents=st.integers(1, 40),
    seed=st.integers(0, 10_000),
    filters=st.sampled_from(FILTERS),
    window=st.sampled_from(Window),
)
def test_the_parts_of_each_proof_make_the_figure_shown(
    agents: int, seed: int, filters: Filters, window: Window
) -> None:
    whole = with_random_visits(floor(agents, seed=seed), seed)
    for snapshot in (whole, with_periodic_figures(whole)):
        for proof in proofs(ViewContext.of(snapshot, filters=filters, window=window)):
            check_proof(proof)


@pytest.mark.parametrize("name", MOMENTS)
def test_the_parts_of_each_proof_make_the_figure_shown_of_a_recording(name: str) -> None:
    shown = 0
    for window in Window:
        for proof in proofs(ViewContext.of(floor_of(name), window=window)):
            check_proof(proof)
            shown += bool(proof.sentence)
    assert shown > 100


NOT_COUNTED = {
    "sign", "place", "queue", "agent", "team", "name", "kind", "direction", "login", "state", "customer", "caller",
    "target", "verdict", "range", "revenue_forecast", "when", "at", "owner", "note", "ends", "group", "help", "month",
    "reason", "product", "estimate", "basis", "goal", "since", "limit", "work",
}  # fmt: skip
"""Columns that name something, show what somebody has set, or a range or a verdict on what stands beside them."""
FACTS_NOT_COUNTED = {"counted", "conv. vs quota", "longest pause", "revenue forecast", "next due", "top", "tested at"}


@pytest.mark.parametrize("tab", [tab for panel in panels() for tab in panel.tabs], ids=lambda tab: tab.key)
def test_every_figure_of_a_panel_has_a_proof_and_nothing_else_has(tab: FloorPanel[Any]) -> None:
    record = ROWS.get(tab.key)
    if record is None:
        pytest.skip("its figures have no proofs yet")
    keys = {each.key for each in (*tab.columns, *tab.printed_columns) if not each.drawn}
    assert keys - NOT_COUNTED == OF_ROWS[record].keys()
    assert {label for label, _ in tab.fact_meanings} - OF_HEADS[tab.name].keys() == labels_not_counted(tab)


@pytest.mark.parametrize("filters", [each for each in FILTERS if each.client])
def test_a_screen_narrowed_to_a_client_lists_calls_of_its_own_queues_alone(filters: Filters) -> None:
    """Its agents may take calls for others, whose customers nobody is to see here."""
    whole = with_periodic_figures(floor(24))
    own = {queue.id for queue in whole.queues if queue.client == filters.client}
    asked = [proof.behind for proof in proofs(ViewContext.of(whole, filters=filters)) if proof.behind is not None]
    assert asked
    assert {behind.query.rpartition("_of_")[2] for behind in asked} == {"queues"}
    assert {number for behind in asked for number in behind.ids} <= own


def labels_not_counted(tab: FloorPanel[Any]) -> set[str]:
    return FACTS_NOT_COUNTED & {label for label, _ in tab.fact_meanings}


def test_a_proof_says_how_the_service_level_comes_about() -> None:
    """The numbers are those of a queue with 417 answered, 339 of them within 20 s, 34 abandoned, 4 waiting past it."""
    whole = floor(24)
    queue = replace(
        whole.queues[0], answered=417, answered_in_threshold=339, abandoned=34, short_abandoned=8, timed_out=0,
        no_agents=0, diverted=3, unknown=0, answered_without_wait=0, open=5, waiting=5, offered=459,
        service_level_threshold_ms=20_000, threshold_passed_at=(whole.at,) * 4,
    )  # fmt: skip
    context = ViewContext.of(replace(whole, queues=(queue, *whole.queues[1:])))
    [figure] = [each for each in figures_of_row(panels()[0], queue, context) if each.key == "level"]
    proof = prove(figure, context)
    assert figure.shown == "76 %"
    assert proof.sentence == (
        "75.8 % = 339 answered within 20 s of 447 = 417 answered + 34 abandoned - 8 short + 4 waiting past 20 s"
    )
    assert dict(proof.lines)["left out"] == "8 short, 3 diverted, 1 still waiting"
    assert proof.counting is not None
    assert proof.counting.notes == ["The target of 80 % is reached if the next 93 are answered in time."]
    assert proof.lines[0] == ("", figure.meaning)
    assert dict(proof.lines)["counted over"] == "the day, 00:00 to 14:32"
    assert dict(proof.lines)["data"] == "0 s old"


def test_a_proof_of_a_mean_gives_the_time_and_the_calls() -> None:
    whole = floor(24)
    queue = replace(whole.queues[0], talk_ms=600_000, hold_ms=0, wrap_up_ms=65_000, handled=10)
    context = ViewContext.of(whole)
    [figure] = [each for each in figures_of_row(panels()[0], queue, context) if each.key == "aht"]
    assert prove(figure, context).sentence == "1:07 = 11:05 (10:00 talk + 1:05 wrap-up) over 10 handled"


def test_what_is_hidden_says_why_and_is_counted_all_the_same() -> None:
    whole = floor(24)
    agent = replace(whole.agents[0], satisfied=7, surveys=9)
    context = ViewContext.of(whole)
    [figure] = [each for each in figures_of_row(panels()[1], agent, context) if each.key == "satisfaction"]
    proof = prove(figure, context)
    assert (figure.shown, proof.sentence) == (UNKNOWN, f"{UNKNOWN}, below 10 answers, = 7 satisfied of 9 answers")
    assert proof.over == "the last 28 business days"
