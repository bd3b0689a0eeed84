"""What is cached from drawing to drawing: it looks as if everything were drawn from nothing, and costs what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from ccmon.model.agents import AgentState
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.snapshot.windows import Window
from ccmon.views.all_panels import panels
from ccmon.views.cached_value import CLOCKS, CachedValue
from ccmon.views.chrome import alarm_line, kpi_strip_lines, secondary_line, trouble_shown
from ccmon.views.glyphs import ASCII, UNICODE
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.styled_text import StyledLine
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.examples import examples
from tests.floors import MINUTE
from tests.lazy_copies import LazyCopies

SIZES = ((62, 9), (62, 17), (84, 12), (120, 34), (200, 40))
FILTERS = (
    NO_FILTER, Filters(queue="bloem sales"), Filters(team="nobody"), Filters(client="Bloem & Blad"),
    Filters(client="Bloem & Blad", queue="Bloem service"),
)  # fmt: skip
PARTS_NOT_KNOWN_YET = ("satisfaction", "low_scores", "retention", "unresolved_customers", "problems", "value")


@cache
def start() -> FloorSnapshot:
    return busy_floor(30)


def with_alarms(floor: FloorSnapshot) -> FloorSnapshot:
    return replace(floor, alarms=find_alarms(floor))


def with_one(rows: Sequence[Any], place: int, **changes: object) -> tuple[Any, ...]:
    place %= len(rows)
    return (*rows[:place], replace(rows[place], **changes), *rows[place + 1 :])


def without_one(rows: Sequence[Any], place: int) -> tuple[Any, ...]:
    return (*rows[:place], *rows[place + 1 :])


def later(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    at = floor.at + (1000, 1300, 40_000, 20 * MINUTE)[number % 4]
    return replace(floor, at=at, data_at=at - 400)


def data_ended(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    return replace(floor, data_ends_at=floor.at - number * 100 if number % 2 else None)


def agent_changed(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    state = list(AgentState)[number % len(AgentState)]
    return replace(floor, agents=with_one(floor.agents, number, state=state, since=floor.at, missed=number % 9))


def agent_without_alarm_changed(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    return with_alarms(agent_changed(floor, number))


def alarm_gone(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    place = number % (len(floor.alarms) + 1)
    return replace(floor, alarms=(*floor.alarms[:place], *floor.alarms[place + 1 :]))


def owner_changed(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    owners = {item.owner_id for item in floor.follow_ups.items}
    place = next((place for place, agent in enumerate(floor.agents) if agent.id in owners), 0)
    state = list(AgentState)[number % len(AgentState)]
    return replace(floor, agents=with_one(floor.agents, place, state=state))


def agent_gone(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    place = number % len(floor.agents)
    return floor if len(floor.agents) < 20 else replace(floor, agents=without_one(floor.agents, place))


def queue_changed(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    since = floor.at - number * 1000 if number % 3 else None
    queues = with_one(floor.queues, number, waiting=number % 3, longest_wait_since=since, offered=100 + number)
    return with_alarms(replace(floor, queues=queues, total=replace(floor.total, waiting=number)))


def call_answered(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    return replace(floor, waiting=floor.waiting[: number % 3])


def sold(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    return replace(floor, sales=with_one(floor.sales, number, sales=number, sales_calls=number + 5))


def agents_without_quota(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    """Every agent's quota gone, or that of some."""
    no_quota = {"quotas": (), "quota_sales": None, "expected_by_now": None}
    sales = [
        replace(line, **no_quota) if line.kind == "agent" and (number % 2 or (line.id or 0) % 3) else line
        for line in floor.sales
    ]
    return replace(floor, sales=tuple(sales))


def seller_gone(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    agents = [place for place, line in enumerate(floor.sales) if line.kind == "agent"]
    place = agents[number % len(agents)] if len(agents) > 15 else len(floor.sales)
    return replace(floor, sales=without_one(floor.sales, place))


def handled(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    return replace(floor, handling=with_one(floor.handling, number, handled=number + 1, wrap_up_ms=number * 9_000))


def follow_up_done(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    items = floor.follow_ups.items[1:] if len(floor.follow_ups.items) > 2 else start().follow_ups.items
    return replace(floor, follow_ups=replace(floor.follow_ups, items=items, done_today=number))


def part_not_known(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    part = PARTS_NOT_KNOWN_YET[number % len(PARTS_NOT_KNOWN_YET)]
    if getattr(floor, part) is None:
        return replace(floor, incomplete=None, **{part: getattr(start(), part)})
    return replace(floor, incomplete="Still reading.", **{part: None})


CHANGES: tuple[Callable[[FloorSnapshot, int], FloorSnapshot], ...] = (
    later, data_ended, agent_changed, agent_without_alarm_changed, alarm_gone, owner_changed,
    agent_gone, queue_changed, call_answered, sold,
    handled, follow_up_done, part_not_known, agents_without_quota, seller_gone,
)  # fmt: skip
KEYS = (
    "nothing",
    "size",
    "sort",
    "reverse",
    "move",
    "scroll",
    "tab",
    "active",
    "stale",
    "filter",
    "glyphs",
    "silent",
    "window",
    "columns",
)


class Floor:
    """A floor that is looked at: its snapshot, and what the supervisor has set."""

    def __init__(self) -> None:
        self.snapshot = start()
        self.panels = panels()
        self.drawings = [PanelDrawing(panel, PanelState()) for panel in self.panels]
        self.size = SIZES[-1]
        self.filters, self.glyphs = NO_FILTER, UNICODE
        self.active, self.stale, self.is_current = 1, False, True
        self.window = Window.TODAY
        self.context: ViewContext | None = None
        self.alarm: CachedValue[StyledLine] = CachedValue()
        self.lazy_sales = LazyCopies()

    def press(self, key: str, number: int) -> None:
        drawing = self.drawings[number % len(self.drawings)]
        state = drawing.state
        columns = [None, *(column.key for column in drawing.panel.columns if column.sort is not None)]
        if key == "size":
            self.size = SIZES[number % len(SIZES)]
        elif key == "sort":
            state.sort_key, state.top = columns[number % len(columns)], 0
        elif key == "reverse":
            state.descending = not state.descending
        elif key == "move" and drawing.rows:
            state.cursor = drawing.panel.identity(drawing.rows[number % len(drawing.rows)])
        elif key == "scroll":
            state.cursor, state.top = None, number % 30
        elif key == "tab":
            drawing.show_tab_after(1)
        elif key == "active":
            self.active = number % 9 + 1
        elif key == "stale":
            self.stale = not self.stale
        elif key == "filter":
            self.filters = FILTERS[number % len(FILTERS)]
        elif key == "glyphs":
            self.glyphs = ASCII if self.glyphs is UNICODE else UNICODE
        elif key in {"window", "columns"}:
            self.choose(key, number)
        elif key == "silent":
            self.is_current = not self.is_current

    def choose(self, key: str, number: int) -> None:
        """Take another part of the day, or other columns."""
        if key == "window":
            self.window = list(Window)[number % len(Window)]
            return
        drawing = self.drawings[number % len(self.drawings)]
        found = drawing.columns()
        if found:
            drawing.change_column(found[number % len(found)][0].key)

    def check(self, milliseconds: int) -> None:
        """Draw everything with what is cached and from nothing, and compare."""
        now = self.snapshot.at + milliseconds
        lazy = self.lazy_sales.of(self.snapshot)
        self.context = ViewContext.of(
            lazy, now, self.glyphs, self.filters, is_current=self.is_current, last=self.context, window=self.window
        )
        fresh = ViewContext.of(
            self.snapshot, now, self.glyphs, self.filters, is_current=self.is_current, window=self.window
        )
        anew = panels()
        if milliseconds % 2:  # as on a screen without room for all panels, where the heads are asked for first
            self.chrome(self.panels, self.context)
        for drawing, panel in zip(self.drawings, anew, strict=True):
            again = PanelDrawing(panel, PanelState())
            again.show_tab(drawing.tabs.index(drawing.panel))
            again.state = copy(drawing.state)
            active = panel.number == self.active
            lines = drawing.draw(self.context, *self.size, active=active, stale=self.stale)
            # Columns keep their widths for a minute: so that they do not jump, not to save time.
            again._fitting, again._held = copy(drawing._fitting), copy(drawing._held)
            assert lines == again.draw(fresh, *self.size, active=active, stale=self.stale)
            assert list(again.rows) == list(drawing.rows)
            assert again.state == drawing.state
        assert self.chrome(self.panels, self.context) == self.chrome(anew, fresh)
        trouble = trouble_shown(fresh)
        shown = self.alarm.get(
            self.context,
            (trouble, self.size),
            lambda context: alarm_line(context, self.size[0], context.glyphs, trouble),
        )
        assert shown == alarm_line(fresh, self.size[0], self.glyphs, trouble)

    def chrome(self, of: tuple[FloorPanel[Any], ...], context: ViewContext) -> list[StyledLine]:
        width = self.size[0]
        strip = kpi_strip_lines(context, of[:5], self.active, width, self.glyphs, stale=self.stale)
        return [*strip, secondary_line(context, of[5:], self.active, width, self.glyphs, stale=self.stale)]


steps = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 99)), max_size=2),
        st.sampled_from(KEYS),
        st.integers(0, 99),
        st.sampled_from([0, 30, 999, 2_500]),
    ),
    min_size=2,
    max_size=8,
)


def test_each_change_and_each_key_shows_as_drawn_from_nothing() -> None:
    floor = Floor()
    floor.size = SIZES[3]
    floor.check(0)
    for number, change in enumerate(CHANGES):
        floor.snapshot = change(floor.snapshot, 3 * number + 1)
        floor.check(999 * (number % 2))
    for number, key in enumerate(KEYS):
        floor.press(key, number)
        floor.check(999 * (number % 2))


@settings(max_examples=examples(3, 1_000))
@given(steps)
def test_what_is_cached_looks_like_what_is_drawn_from_nothing(taken: list[Any]) -> None:
    floor = Floor()
    floor.check(0)
    for changes, key, number, milliseconds in taken:
        for change, value in changes:
            floor.snapshot = change(floor.snapshot, value)
        floor.press(key, number)
        floor.check(milliseconds)


def test_every_moment_of_a_snapshot_is_known_as_one() -> None:
    moments = {each.name for each in fields(FloorSnapshot) if each.name == "at" or each.name.endswith("_at")}
    assert moments | {"known_until", "data_age_ms"} == CLOCKS
    properties = {name for name, value in vars(FloorSnapshot).items() if isinstance(value, property)}
    assert properties <= CLOCKS, "none of them hides what it reads"


def test_a_later_moment_alone_leaves_the_lines_without_clocks_as_they_are() -> None:
    floor = replace(start(), at=start().at + 10_000)  # follow-ups of the floor are due at whole minutes from its own
    drawings = [PanelDrawing(panel, PanelState()) for panel in panels()]
    context = ViewContext.of(floor)
    before = [drawing.draw(context, 120, 30, active=False, stale=False) for drawing in drawings]
    context = ViewContext.of(replace(floor, at=floor.at + 1000), last=context)
    after = [drawing.draw(context, 120, 30, active=False, stale=False) for drawing in drawings]
    made_again = [
        sum(one is not other for one, other in zip(old, new, strict=True))
        for old, new in zip(before, after, strict=True)
    ]
    agents, queues = len(drawings[1].rows), len(drawings[0].rows)
    assert made_again[1] <= agents, "the clocks of agents"
    assert made_again[0] <= 3 + queues + 2 + len(floor.waiting), "head, queues and callers who wait"
    assert [made_again[place] for place in range(2, 9)] == [0] * 7


def test_another_agent_leaves_the_rows_of_the_others_as_they_are() -> None:
    floor = start()
    drawing = PanelDrawing(panels()[1], PanelState())
    context = ViewContext.of(floor)
    before = drawing.draw(context, 120, 40, active=False, stale=False)
    changed = replace(floor, agents=with_one(floor.agents, 3, handled=999))
    after = drawing.draw(ViewContext.of(changed, last=context), 120, 40, active=False, stale=False)
    assert [old.text == new.text for old, new in zip(before, after, strict=True)] == [
        old is new for old, new in zip(before, after, strict=True)
    ]


def test_columns_keep_their_widths_for_a_minute_and_no_longer() -> None:
    floor = start()
    minute = floor.at - floor.at % MINUTE
    panel = next(panel for panel in panels() if panel.number == 2)
    drawing = PanelDrawing(panel, PanelState())

    def draw(drawing: PanelDrawing, snapshot: FloorSnapshot, at: int) -> list[StyledLine]:
        return list(drawing.draw(ViewContext.of(snapshot, at, UNICODE), 87, 40, active=True, stale=False))

    def titles(lines: list[StyledLine]) -> str:
        return next(line.text for line in lines if "agent" in line.text)

    before = titles(draw(drawing, floor, minute))
    longer = replace(floor, agents=with_one(floor.agents, 0, name="Wolfeschlegelsteinhausenbergerdorff the Elder"))
    assert titles(draw(drawing, longer, minute + MINUTE - 1)) == before
    fitted = titles(draw(drawing, longer, minute + MINUTE))
    assert fitted != before
    assert fitted == titles(draw(PanelDrawing(panel, PanelState()), longer, minute + MINUTE))
    fewer = replace(longer, agents=longer.agents[1:])
    assert titles(draw(drawing, fewer, minute + 2 * MINUTE)) == fitted, "nothing moves because a name is gone"


def test_what_asks_whether_a_moment_has_come_is_made_again_when_it_has() -> None:
    floor, asked = start(), start().at + 5000
    inner: CachedValue[bool] = CachedValue()
    outer: CachedValue[bool] = CachedValue()
    answers: list[bool] = []

    def has_come(noting: ViewContext) -> bool:
        answers.append(noting.when("rows_at").reached(asked))
        return answers[-1]

    context = ViewContext.of(floor)
    for at, answer, made in (
        (floor.at, False, 1), (asked - 1, False, 1), (asked, True, 2), (asked + 60_000, True, 2), (asked - 1, False, 3),
    ):  # fmt: skip
        context = ViewContext.of(floor, at, last=context)
        assert outer.get(context, None, lambda noting: inner.get(noting, None, has_come)) is answer
        assert len(answers) == made
        assert not outer.reads_clock


def test_a_follow_up_and_a_service_level_are_not_made_again_each_second() -> None:
    floor = start()
    minute = floor.at - floor.at % MINUTE
    queues, follow_ups = (PanelDrawing(panels()[place], PanelState()) for place in (0, 4))
    floor = replace(floor, queues=tuple(replace(each, waiting=0, longest_wait_since=None) for each in floor.queues))
    context = ViewContext.of(floor, minute + 2000)
    for drawing in (queues, follow_ups):
        drawing.take_rows(context)
    rows = queues.rows
    context = ViewContext.of(floor, minute + 3000, last=context)
    queues.take_rows(context)
    assert queues.rows is rows
    before = follow_ups.draw(context, 120, 30, active=False, stale=False)
    context = ViewContext.of(floor, minute + 4000, last=context)
    assert follow_ups.draw(context, 120, 30, active=False, stale=False) is before
