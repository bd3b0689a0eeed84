"""What a client sees: nothing in it is of others, and whatever is in it is the client's in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import asdict, replace

from ccmon.model.agents import AgentState, Membership
from ccmon.model.follow_ups import FollowUpFigures
from ccmon.model.sales import SalesFigures
from ccmon.model.scopes import NamedScope
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json_writer import as_text
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.narrow import Filters, narrow
from ccmon.snapshot.queues import summed
from ccmon.snapshot.staffing import StaffingCount
from ccmon.views.all_panels import panels
from ccmon.views.chrome import alarm_line, kpi_strip_lines, secondary_line, status_line
from ccmon.views.glyphs import UNICODE
from ccmon.views.keys import KEYS
from ccmon.views.modal_content import agent_choices, detail_lines, filter_choices, help_lines
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.view_context import ViewContext
from tests.alarm_lines import list_lines, with_sentences
from tests.busy_floor import busy_floor
from tests.floors import CLIENTS, known
from tests.monitor.monitor_app import screen_text, tick, watching
from tests.status_json import snapshot_object

OURS, OTHERS = CLIENTS
OTHER_NAME = "Quux"
"""Begins every name, text and number plate of the other client: it stands nowhere else."""
SIZES = [(80, 24), (120, 40), (200, 60)]


def changed(value: Any, name: str = "") -> Any:
    """The same record with every text, count and amount in it another."""
    moment_or_id = name.endswith(("_at", "since")) or "id" in name.split("_")
    if isinstance(value, str) and not isinstance(value, Enum):
        kept = name in {"purpose", "time_zone"} or re.match(r"\d{4}-\d\d", value)
        return value if kept else f"{OTHER_NAME} {value}"
    if isinstance(value, int) and not isinstance(value, bool) and not moment_or_id:
        return 3 * value + 7_919
    if isinstance(value, tuple):
        return tuple(changed(part, name) for part in value)
    if isinstance(value, Struct):
        stays = {"kind": value.kind} if isinstance(value, NamedScope) else {}
        return replace(value, **{field: changed(part, field) for field, part in asdict(value).items()} | stays)
    return value


def of_others(rows: Sequence[Any] | None) -> tuple[Any, ...]:
    """The rows, those of the other client and those of the whole centre changed."""
    return tuple(row if row.client == OURS else changed(row) for row in known(rows))


def lending_an_agent(floor: FloorSnapshot) -> FloorSnapshot:
    """The floor with one of our agents on a long call of the other client's."""
    lent = next(queue for queue in floor.queues if queue.client == OTHERS)
    first, *rest = floor.agents
    assert first.client == OURS
    first = replace(
        first, state=AgentState.TALKING, since=floor.at - 3_600_000, queue=lent.name, queues=(*first.queues, lent.name)
    )
    member = Membership(lent.id or 0, lent.name, first.id, first.login, reason=None, paused_since=None)
    lending = replace(floor, agents=(first, *rest), memberships=(*floor.memberships, member))
    return replace(lending, alarms=find_alarms(lending))


def two_floors() -> tuple[FloorSnapshot, FloorSnapshot]:
    """A floor of two clients, and the same with everything changed that is not of the first."""
    one = lending_an_agent(busy_floor(60))
    queues = of_others(one.queues)
    ours = {queue.name for queue in one.queues if queue.client == OURS}
    follow_ups = FollowUpFigures(
        due_today=4_711,
        overdue=4_712,
        done_today=4_713,
        on_time=one.follow_ups.on_time + 5,
        on_time_of=one.follow_ups.on_time_of + 9,
        items=of_others(one.follow_ups.items),
        owners=of_others(one.follow_ups.owners),
    )
    other = replace(
        one,
        queues=queues,
        total=summed(queues, "All queues", StaffingCount(5_501, 7_703)),
        waiting=tuple(call if call.queue in ours else changed(call) for call in one.waiting),
        agents=of_others(one.agents),
        memberships=tuple(each if each.queue in ours else changed(each) for each in one.memberships),
        sales=of_others(one.sales),
        handling=of_others(one.handling),
        follow_ups=follow_ups,
        satisfaction=of_others(one.satisfaction),
        low_scores=of_others(one.low_scores),
        unresolved_customers=of_others(one.unresolved_customers),
        second_purchases=of_others(one.second_purchases),
        retention=changed(one.retention),
        problems=changed(one.problems),
        resources=changed(one.resources),
        value=changed(one.value),
    )
    return one, replace(other, alarms=find_alarms(other))


def everything_drawn(floor: FloorSnapshot, width: int, height: int) -> list[str]:
    """Every panel and tab, dialog, alarm, top and bottom line that the client sees, without a terminal."""
    filters = Filters(client=OURS)
    context = ViewContext.of(floor, filters=filters)
    found = [status_line(context, width, UNICODE, OURS, 400), alarm_line(context, width, UNICODE, None)]
    found += [*list_lines(context, width), *help_lines(panels(), KEYS, UNICODE, width)]
    every = panels()
    found += kpi_strip_lines(context, every[:5], 1, width, UNICODE, stale=False)
    found.append(secondary_line(context, every[5:], None, width, UNICODE, stale=False))
    for panel in every:
        for tab in panel.tabs:
            drawing = PanelDrawing(tab, PanelState())
            found += drawing.draw(context, width, height, active=True, stale=False)
            for row in tab.rows(context):
                found += detail_lines(tab.details(row, context), UNICODE, width)
    texts = [line.text for line in found]
    texts += [repr(choice) for choice in filter_choices(floor, filters, None)]
    texts += [repr(choice) for choice in agent_choices(context.snapshot)]
    return [*texts, *(f"{agent.name} {agent.queue} {agent.queues}" for agent in context.floor_to_choose_from.agents)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_whatever_others_do_a_clients_view_stays_the_same(width: int, height: int) -> None:
    one, other = two_floors()
    assert one.alarms != other.alarms
    parts = [part for alarm in one.alarms for part in (alarm, *alarm.parts)]
    assert any("Bloem" in alarm.text for alarm in with_sentences(one, parts) if alarm.rule == "talk")
    drawn = everything_drawn(other, width, height)
    assert len(drawn) > 300
    assert [line for line in drawn if OTHER_NAME in line or OTHERS in line or "Bloem" in line] == []
    assert drawn == everything_drawn(one, width, height)


def test_the_json_of_a_client_is_the_same_too() -> None:
    first, second = (as_text(narrow(floor, Filters(client=OURS))) for floor in two_floors())
    assert first == second


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_of_a_client_names_nobody_else(size: tuple[int, int]) -> None:
    _, other = two_floors()
    app, _ = watching(other, filters=Filters(client=OURS))
    async with app.run_test(size=size) as pilot:
        seen = await tick(pilot)
        for keys in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "v", "v", "a", "escape", "f", "escape", "slash"):
            await pilot.press(keys)
            await pilot.pause()
            seen += screen_text(app)
    assert any(OURS.split(maxsplit=1)[0] in line for line in seen)
    assert [line for line in seen if OTHER_NAME in line or "Bloem" in line] == []


async def test_a_promise_is_handed_to_the_clients_own_agents() -> None:
    _, other = two_floors()
    app, _ = watching(other, filters=Filters(client=OURS))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("5", "down", "h")
        await pilot.pause()
        seen = "\n".join(screen_text(app))
    assert "Hand to whom?" in seen
    assert OTHER_NAME not in seen


def test_the_sums_of_a_client_are_those_of_its_rows() -> None:
    whole = busy_floor(60)
    part = narrow(whole, Filters(client=OURS))
    queues = [queue for queue in whole.queues if queue.client == OURS]
    for field in ("offered", "answered", "abandoned", "lost", "waiting", "handled", "talk_ms", "answered_in_threshold"):
        assert getattr(part.total, field) == sum(getattr(queue, field) for queue in queues)
    assert len(part.waiting) == part.total.waiting
    items = [item for item in whole.follow_ups.items if item.client == OURS]
    assert part.follow_ups.overdue == sum(item.grace_ends_at < whole.at for item in items)
    assert part.follow_ups.due_today == len([item for item in items if item.due_at >= whole.day.starts_at])
    answers = [line for line in known(whole.satisfaction) if line.client == OURS and line.kind == "queue"]
    centre = known(part.satisfaction)[0]
    assert (centre.kind, centre.answers) == ("centre", sum(line.answers for line in answers))
    assert centre.satisfied == sum(line.satisfied for line in answers)
    assert centre.scales[0].score_sum == sum(scale.score_sum for line in answers for scale in line.scales)
    assert centre.first_contact.resolved == sum(line.first_contact.resolved for line in answers)
    inbound = next(line for line in part.handling if line.kind == "centre")
    assert inbound.handled == sum(queue.handled for queue in queues)
    sold: SalesFigures = part.sales[0]
    assert sold.sales == sum(agent.sales for agent in whole.agents if agent.client == OURS)


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        (Filters(client=OURS), OURS),
        (Filters(team="Noordlicht A", client=OURS), "Noordlicht A"),
        (Filters(queue="Noordlicht sales"), "Noordlicht sales"),
    ],
)
def test_the_whole_of_a_part_bears_its_name(filters: Filters, name: str) -> None:
    part = narrow(busy_floor(), filters)
    for lines in (part.handling, part.satisfaction or (), part.sales):
        assert {line.name for line in lines if line.kind == "centre"} <= {name}
    assert any(line.kind == "centre" for line in part.handling)


def test_calls_out_of_a_client_are_those_of_its_teams() -> None:
    whole = busy_floor(60)
    teams = [line for line in whole.handling if line.kind == "team" and line.client == OURS]
    outbound = tuple(
        replace(line, direction=next(d for d in type(line.direction) if d != line.direction), handled=44)
        for line in teams[:1]
    )
    context = ViewContext.of(replace(whole, handling=(*whole.handling, *outbound)), filters=Filters(client=OURS))
    facts = {fact.label: fact.value for fact in panels()[3].summary(context).facts}
    assert facts["handled outbound"] == "44"


@pytest.mark.parametrize("kind", ["queue", "team", "client"])
def test_every_part_is_computed_for_the_filter_or_absent(kind: str) -> None:
    """Narrowed to it, no part is the whole floor's: it is another, empty, or unknown with its reason."""
    whole = busy_floor(60)
    name = {"queue": whole.queues[2].name, "team": "Bloem C", "client": OTHERS}[kind]
    part = narrow(whole, Filters(**{kind: name}))
    reasons = dict(part.absent)
    for field in ("queues", "agents", "sales", "handling", "follow_ups", "satisfaction", "low_scores",
                  "unresolved_customers",
                  "second_purchases", "retention", "problems", "resources", "value"):  # fmt: skip
        value = getattr(part, field)
        assert value != getattr(whole, field), field
        if field in reasons:
            assert value is None or value == (), field


BLOEM = "Bloem & Blad"
PARTS_OF_A_FLOOR = [
    Filters(client=BLOEM),
    Filters(team="Bloem C"),
    Filters(queue="Bloem sales"),
    Filters(queue="Bloem sales", team="Bloem C"),
    Filters(queue="Bloem sales", client=BLOEM),
    Filters(team="Bloem C", client=BLOEM),
]
OF_A_ROW = {"overdue_s", "customer"}
"""Not known of each follow-up or score, whatever is shown."""
OF_FEW = {"nps", "nps_margin"}
"""Not known below 30 answers, as the figures' paper says."""


def lost_figures(whole: Any, part: Any, path: str = "") -> set[str]:
    """Keys with a figure on the whole floor and none in the part; of lists the first row is compared."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return set().union(*(lost_figures(whole[key], part[key], f"{path}.{key}") for key in whole if key != "absent"))
    if isinstance(whole, list) and isinstance(part, list) and whole and part:
        return lost_figures(whole[0], part[0], path)
    return {path[1:]} if whole is not None and part is None else set()


@pytest.mark.parametrize("filters", PARTS_OF_A_FLOOR)
def test_a_figure_that_a_part_lacks_has_its_reason_in_json_and_on_the_screen(filters: Filters) -> None:
    whole = busy_floor(60)
    shown = snapshot_object(narrow(whole, filters))
    reasons = shown["absent"]
    assert all(reasons.values())
    for path in lost_figures(snapshot_object(whole), shown):
        if path.rpartition(".")[2] not in OF_A_ROW | OF_FEW:
            percentiles = path in {"handling.median_s", "handling.p90_s"}
            assert ("handling_percentiles" if percentiles else path.partition(".")[0]) in reasons, path
    context = ViewContext.of(whole, filters=filters)
    said = {tab.section: tab.remark(context) for panel in panels() for tab in panel.tabs}
    for part, reason in narrow(whole, filters).absent:
        assert reason in said["handling" if part == "handling_percentiles" else part], part
    for part, remark in said.items():
        assert part in dict(narrow(whole, filters).absent) or "Not known for" not in remark, part


@pytest.mark.parametrize(("filters", "known"), [(Filters(queue="Bloem sales"), True), (Filters(client=BLOEM), False)])
def test_percentiles_are_of_one_queue_alone(filters: Filters, known: bool) -> None:
    part = narrow(busy_floor(60), filters)
    whole = next(line for line in part.handling if line.kind == "centre" and line.handled)
    assert (whole.median_ms is not None) == known
    assert ("handling_percentiles" in dict(part.absent)) != known
