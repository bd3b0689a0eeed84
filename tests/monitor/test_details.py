"""The details of a row: their views, what their lines open, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.database import reader
from ccmon.database.detail_reader import DetailReader, read_details
from ccmon.errors import CcmonError
from ccmon.formatting import width_of
from ccmon.model.details import (
    AgentSubject,
    CallSubject,
    CustomerSubject,
    DetailPage,
    DetailRequest,
    ListedCall,
    QueueSubject,
    ReadDetails,
)
from ccmon.monitor.app import Monitor
from ccmon.monitor.screens import details
from ccmon.monitor.screens.details import DetailsModal
from ccmon.monitor.screens.modal import Modal
from ccmon.snapshot.narrow import Filters
from ccmon.views.all_panels import panels
from ccmon.views.call_lists import result_of
from ccmon.views.detail_tabs import subject_of, tabs_of, tabs_of_row
from ccmon.views.styled_text import LineState
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.monitor.monitor_app import screen_text, tick, until, watching
from tests.snapshot.seeded_floor import NOW, seeded_database


class CountingReader:
    """Reads a database, notes what was asked for, and fails when told."""

    def __init__(self, path: Path) -> None:
        self.reader = DetailReader(path)
        self.asked: list[DetailRequest] = []
        self.failure: CcmonError | None = None

    async def read(self, request: DetailRequest) -> ReadDetails:
        self.asked.append(request)
        if self.failure is not None:
            raise self.failure
        return await self.reader.read(request)


def watching_details(**options: Any) -> tuple[Monitor, CountingReader]:
    app, _ = watching(reader.snapshot(seeded_database(), NOW), **options)
    counting = CountingReader(seeded_database())
    app.make_detail_reader = lambda: counting
    return app, counting


def dialog(app: Monitor) -> DetailsModal:
    assert isinstance(app.screen, DetailsModal)
    return app.screen


async def shows(pilot: Any, text: str) -> None:
    await until(pilot, lambda: text in "\n".join(screen_text(pilot.app)))


async def test_nothing_is_read_before_a_view_is_opened_nor_by_polls() -> None:
    app, counting = watching_details()
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter")
        for _ in range(3):
            await tick(pilot)
        assert counting.asked == []
        await pilot.press("v")
        await shows(pilot, "one sign:")
        assert [request.page for request in counting.asked] == [DetailPage.AGENT_DAY]
        for _ in range(3):
            await tick(pilot)
        assert len(counting.asked) == 1, "what was just read is not read again"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Modal))
        await tick(pilot)
        assert len(counting.asked) == 1


async def test_an_open_view_is_read_again_and_keeps_what_was_chosen() -> None:
    app, counting = watching_details()
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter", "v", "v")
        await shows(pilot, "wrap-up│result")
        await pilot.press("down", "down")
        chosen = dialog(app).step.page.cursor
        dialog(app).step.page.read_s -= details.READ_AGAIN_S
        before = len(counting.asked)
        await tick(pilot)
        await until(pilot, lambda: len(counting.asked) > before and not dialog(app)._reading)
        assert dialog(app).step.page.cursor == chosen


async def test_a_line_opens_what_it_is_about_and_escape_leads_back_step_by_step() -> None:
    app, _ = watching_details()
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter", "v", "v")
        await shows(pilot, "wrap-up│result")
        agent = dialog(app).trail[0].name
        await pilot.press("down", "enter")
        await shows(pilot, "Path")
        assert isinstance(dialog(app).step.subject, CallSubject)
        customer = dialog(app)._chosen()
        assert customer is not None
        assert isinstance(customer.opens, CustomerSubject)
        await pilot.press("enter")
        await shows(pilot, "contacts")
        edge = next(line for line in screen_text(app) if "contacts" in line)
        assert f"{agent} > call " in edge
        assert f"> {customer.opens.name}" in edge
        assert len(dialog(app).trail) == 3
        await pilot.press("escape")
        assert len(dialog(app).trail) == 2
        await pilot.press("escape")
        assert dialog(app).step.tab.name == "calls"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Modal))


async def test_the_views_of_a_row_go_round_both_ways() -> None:
    app, _ = watching_details()
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter")
        names = [tab.name for tab in dialog(app).step.tabs]
        assert names == ["details", "day", "calls", "answers", "weeks"]
        seen = []
        for key in ("v", "right", "left", "V", "V", "v"):
            await pilot.press(key)
            seen.append(dialog(app).step.tab.name)
        assert seen == ["day", "calls", "day", "details", "weeks", "details"]
        assert all(name in screen_text(app)[2] for name in names)


async def test_a_database_that_cannot_be_read_is_told_in_the_view() -> None:
    app, counting = watching_details()
    counting.failure = CcmonError("The file is not there", command="look for it.")
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter", "v")
        await shows(pilot, "The file is not there")
        await pilot.press("v", "escape")
        await until(pilot, lambda: not isinstance(app.screen, Modal))


async def test_going_below_the_last_line_reads_more() -> None:
    app, counting = watching_details()
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter")
        dialog(app).step.pages[2].limit = 5
        await pilot.press("v", "v")
        await shows(pilot, "More are read below the last one.")
        lines = dialog(app)._choices()
        assert len(lines) == 5
        await pilot.press("end")
        await until(pilot, lambda: len(dialog(app)._choices()) == 10)
        assert counting.asked[-1].limit == 10


async def test_the_top_of_a_view_is_shown_first_and_the_arrows_lead_down_to_what_can_be_chosen() -> None:
    app, _ = watching_details()
    async with app.run_test(size=(80, 14)) as pilot:
        await tick(pilot)
        rows = app.floor_screen.panel_widgets[2].drawing.rows
        agent = max(rows, key=lambda each: each.missed)
        assert agent.missed
        app.floor_screen.choose(2, str(agent.id))
        await pilot.press("enter", "v")
        await shows(pilot, "one sign:")
        assert dialog(app).top == 0
        assert dialog(app).step.page.cursor is None
        for _ in range(40):
            await pilot.press("down")
            if dialog(app).step.page.cursor is not None:
                break
        first = dialog(app)._choices()[0]
        assert dialog(app).step.page.cursor == first.key
        assert "Enter opens" in "\n".join(screen_text(app))
        for _ in range(60):
            await pilot.press("up")
        assert dialog(app).top == 0
        assert "one sign:" in "\n".join(screen_text(app))


async def test_the_heads_of_a_list_stay_where_it_is_scrolled_and_cover_nothing_that_is_chosen() -> None:
    app, _ = watching_details()
    async with app.run_test(size=(80, 14)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter", "v", "v")
        await shows(pilot, "wrap-up│result")
        choices = [line.key for line in dialog(app)._choices()]
        assert len(choices) > 12
        for key in [*["down"] * (len(choices) - 1), *["up"] * len(choices)]:
            await pilot.press(key)
            assert "waited" in dialog(app).body.lines[1].text
            place = dialog(app).step.page.cursor
            if place is not None:
                [marked] = [line for line in dialog(app).body.lines if line.state is LineState.CURSOR]
                chosen = dialog(app)._chosen()
                assert chosen is not None
                assert "".join(span.text for span in chosen.spans) in marked.text


async def test_without_a_reader_there_are_the_details_alone() -> None:
    app, _ = watching(busy_floor())
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter")
        assert [tab.name for tab in dialog(app).step.tabs] == ["details"]
        await pilot.press("v")
        assert "Calls today" in "\n".join(screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Modal))


async def test_a_click_shows_a_view_and_chooses_and_opens_a_line() -> None:
    app, _ = watching_details()
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("2", "down", "enter")
        line = next(line for line in screen_text(app) if " details  day  calls " in line)
        await pilot.click(offset=(line.index("calls"), screen_text(app).index(line)))
        await shows(pilot, "wrap-up│result")
        await pilot.pause()  # the dialog has grown with the view
        lines = screen_text(app)
        heads = next(place for place, text in enumerate(lines) if "wrap-up│result" in text)
        await pilot.click(offset=(20, heads + 2))
        await pilot.pause()
        second = dialog(app)._choices()[1]
        assert dialog(app).step.page.cursor == second.key
        await pilot.click(offset=(20, heads + 2))
        await shows(pilot, "Path")
        assert dialog(app).step.subject == second.opens


async def test_a_client_is_asked_for_where_the_screen_is_narrowed_to_one() -> None:
    snapshot = reader.snapshot(seeded_database(), NOW)
    client = next(queue.client for queue in snapshot.queues if queue.client)
    app, counting = watching_details(filters=Filters(client=client))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("1", "down", "enter", "v")
        await until(pilot, lambda: bool(counting.asked))
        assert {request.client for request in counting.asked} == {client}


def test_every_view_of_every_kind_of_row_fills_each_width() -> None:
    path = seeded_database()
    context = ViewContext.of(reader.snapshot(path, NOW))
    drawn = set()
    for panel in panels():
        for tab in panel.tabs:
            for row in tab.rows(context)[:1]:
                subject = subject_of(row)
                for view in tabs_of_row(tab, row):
                    drawn.add(view.name)
                    read = ReadDetails(0, ())
                    if view.page is not None:
                        assert subject is not None
                        request = DetailRequest(view.page, subject, NOW, context.snapshot.day, None, 100)
                        read = read_details(path, request)
                    for width in (60, 72, 108):
                        for line in view.draw(read, context, width):
                            text = "".join(span.text for span in line.spans)
                            assert width_of(text) == width, (view.name, text)
    assert {"details", "day", "calls", "answers", "weeks", "waiting", "lost", "contacts", "orders", "promises"} <= drawn


def test_each_customer_on_the_screen_leads_to_the_customer() -> None:
    context = ViewContext.of(busy_floor())
    found: dict[str, Any] = {}
    for panel in panels():
        for tab in panel.tabs:
            for row in tab.rows(context):
                subject = subject_of(row)
                found.setdefault(type(row).__name__, subject)
                if tab.has_customers and not tab.rows_have_several:
                    customer, phone = getattr(row, "customer_id", None), getattr(row, "phone", None)
                    expected = None if customer is None and phone is None else (customer, phone)
                    assert (None if subject is None else (subject.id, subject.phone)) == expected  # type: ignore[union-attr]
    kinds = {name: type(subject) for name, subject in found.items() if subject is not None}
    assert kinds["LostCaller"] is CustomerSubject
    assert kinds["AgentFigures"] is AgentSubject
    assert kinds["QueueFigures"] is QueueSubject
    for name in ("LowScore", "UnresolvedCustomer", "SecondPurchase", "FollowUp"):
        assert kinds[name] is CustomerSubject, name


def test_the_customers_of_a_problem_lead_to_each_of_them() -> None:
    context = ViewContext.of(busy_floor())
    [panel] = [panel for panel in panels() if panel.section == "problems"]
    row = next(each for each in panel.rows(context) if each.concerned)
    _, customers = tabs_of_row(panel, row)
    lines = customers.draw(ReadDetails(0, ()), context, 80)
    assert [line.opens.id for line in lines if line.opens is not None] == [each.customer_id for each in row.concerned]


def call(**fields: Any) -> ListedCall:
    usual = ListedCall(
        1, 1, "Sales", None, None, None, None, None, 0, 1, 2, "answered", 1, 1, 0, 0, 1, None, None, None, 0, None, None
    )
    return replace(usual, **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "answered"),
        ({"ended_by": "transfer"}, "transferred"),
        ({"ended_by": "transfer", "disposition": "resolved"}, "resolved"),
        ({"orders": 1, "disposition": "sale"}, "sold"),
        ({"orders": 2}, "2 orders"),
        ({"kind": "abandoned", "answered_at": None}, "abandoned"),
        ({"kind": "no_agents", "answered_at": None}, "nobody to serve"),
        ({"kind": "abandoned", "inbound": 0, "disposition": "no answer"}, "no answer"),
        ({"ended_at": None}, "goes on"),
        ({"ended_at": None, "answered_at": None, "kind": "open"}, "waiting"),
        ({"ended_at": None, "answered_at": None, "kind": "open", "inbound": 0}, "dialling"),
        ({"ended_at": None, "answered_at": None, "kind": "unknown"}, "end unknown"),
    ],
)
def test_what_came_of_a_call(fields: dict[str, Any], words: str) -> None:
    assert result_of(call(**fields)) == words


def test_each_subject_has_views() -> None:
    for subject in (AgentSubject(1, ""), QueueSubject(1, ""), CustomerSubject(1, None, ""), CallSubject(1, "")):
        views = tabs_of(subject)
        assert len({view.name for view in views}) == len(views) > 0
