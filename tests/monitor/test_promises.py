"""Promising calls from the screen: to one customer or to all of a list, in the database, and taken back."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from ccmon.database.database_file import open_writer
from ccmon.database.detail_reader import DetailReader
from ccmon.metrics.follow_ups import FollowUpLoad
from ccmon.metrics.lost_callers import CallerState
from ccmon.model.agents import AgentState
from ccmon.model.contact_reasons import ConcernedCustomer
from ccmon.model.details import AgentMissedCall, CallSubject, CustomerSubject, ListedAnswer
from ccmon.monitor import follow_up_command, follow_up_dialogs
from ccmon.monitor.app import Monitor
from ccmon.monitor.follow_up_command import ActResult, FollowUpCommand
from ccmon.monitor.screens.details import DetailsModal
from ccmon.monitor.screens.modal import Picker
from ccmon.views.detail_lines import DetailLine
from ccmon.views.detail_promisees import promisees_in
from ccmon.views.glyphs import UNICODE
from ccmon.views.keys import KEYS, KeyChoice, mapped_keys
from ccmon.views.modal_content import PickerOption
from ccmon.views.promise_owners import OwnerFit, about_owner, proposed_owners, shared_out, time_left
from ccmon.views.promisees import Promisee, is_still_to_be_called, promisees_of
from ccmon.views.view_context import ViewContext
from ccmon.views.waiting_callers import CallerInQueue
from tests.busy_floor import busy_floor
from tests.commands import ccmon
from tests.databases import new_database
from tests.floors import known
from tests.monitor.monitor_app import screen_text, until
from tests.monitor.test_follow_up_dialogs import in_this_process, live, looking, ms, said

__all__ = ["in_this_process"]
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 14, 32, tzinfo=ZONE)
MINUTE = 60_000
HOURS = 60 * MINUTE


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Two agents at work, three callers who gave up: a customer, a number and a withheld one."""
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", name="Utrecht")
    connection, now = open_writer(path), ms(NOW)
    with connection:
        connection.execute("INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, 0, ?, 1e-15)", (now,))
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'Service')")
        connection.executemany(
            "INSERT INTO agents (id, login, name) VALUES (?, ?, ?)", [(1, "PJSIP/1", "Eva"), (2, "-rf", "Bram")]
        )
        connection.executemany(
            "INSERT INTO agent_states (agent_id, state, started_at) VALUES (?, 'ready', ?)",
            [(1, now - 9 * MINUTE), (2, now - 9 * MINUTE)],
        )
        connection.executemany(
            "INSERT INTO shifts (agent_id, starts_at, ends_at) VALUES (?, ?, ?)",
            [(1, now - 60 * MINUTE, now + 90 * MINUTE), (2, now - 60 * MINUTE, now + 190 * MINUTE)],
        )
        connection.execute("INSERT INTO customers (id, name, phone) VALUES (5, 'Ann', '+31201')")
        connection.executemany(
            "INSERT INTO calls (source, call_id, queue_id, customer_id, caller, entered_at, ended_at, outcome)"
            " VALUES ('pbx', ?, 1, ?, ?, ?, ?, 'abandoned')",
            [
                ("1", 5, "+31201", now - 30 * MINUTE, now - 29 * MINUTE),
                ("2", None, "+31 20 2", now - 20 * MINUTE, now - 18 * MINUTE),
                ("3", None, "anonymous", now - 10 * MINUTE, now - 9 * MINUTE),
            ],
        )
    connection.close()
    return path


def promises(database: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(database) as connection:
        found = connection.execute(
            "SELECT u.name, u.phone, a.login, f.due_at, f.note FROM follow_ups AS f"
            " JOIN customers AS u ON u.id = f.customer_id LEFT JOIN agents AS a ON a.id = f.agent_id ORDER BY f.id"
        ).fetchall()
    connection.close()
    return found


QUARTER_TO = ms(NOW.replace(minute=45))


async def test_a_lost_caller_is_promised_a_call_and_it_is_taken_back(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(120, 40)) as pilot:
        await looking(app, pilot)
        await pilot.press("1", "v")
        await until(pilot, lambda: len(app.floor_screen.drawing.rows) == 3, ticking=True)
        assert [row.state for row in app.floor_screen.drawing.rows] == [
            CallerState.TO_CALL_BACK, CallerState.TO_CALL_BACK, CallerState.WITHHELD
        ]  # fmt: skip
        await pilot.press("n")
        assert "Choose a customer first" in await said(app, pilot, "Choose")
        await pilot.press("down", "down", "n", "enter")
        assert "Promise a call to Ann, today 14:45: who makes it?" in "\n".join(screen_text(app))
        assert "Bram  " in (line := next(line for line in screen_text(app) if " left" in line)), "who stays longest"
        assert "3 h 10 left, ready, no team" in line, "whole, as the name leaves room"
        await pilot.press("enter", "enter")
        text = await said(app, pilot, "Promised")
        assert "Promised: a call to Ann, today 14:45; owner: Bram. U: undo" in text
        note = "Gave up in Service at 14:03, waited 1 min"
        assert promises(database) == [("Ann", "+31201", "-rf", QUARTER_TO, note)]
        await pilot.press("n")
        assert "Promised already. Another call to Ann: when?" in "\n".join(screen_text(app))
        await pilot.press(*"15:30", "enter", "enter", *"mind her", "enter")
        assert "has been promised a call before" in await said(app, pilot, "before")
        assert [row[3:] for row in promises(database)][1] == (ms(NOW.replace(hour=15, minute=30)), "mind her")
        await pilot.press("U")
        assert "Taken back: the call to Ann." in await said(app, pilot, "Taken")
        assert [row[4] for row in promises(database)] == [note]


async def test_all_are_promised_a_call_but_those_who_were_and_all_is_taken_back(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(120, 40)) as pilot:
        await looking(app, pilot)
        await pilot.press("1", "v")
        await until(pilot, lambda: len(app.floor_screen.drawing.rows) == 3, ticking=True)
        await pilot.press("N")
        await until(pilot, lambda: app.screen is not app.floor_screen)
        assert "Promise a call to 2 customers of 3 (1 not to be called): when?" in "\n".join(screen_text(app))
        await pilot.press("enter")
        assert "shared out among 2" in "\n".join(screen_text(app))
        await pilot.press("enter")
        assert "Promised: calls to 2 customers, today 14:45. U: undo" in await said(app, pilot, "Promised:")
        assert {(row[1], row[2]) for row in promises(database)} == {("+31202", "-rf"), ("+31201", "PJSIP/1")}
        await pilot.press("N")
        assert "Each of them has been promised a call." in await said(app, pilot, "Each")
        await pilot.press("U")
        assert "Taken back: 2 promises." in await said(app, pilot, "Taken")
        assert promises(database) == []


async def test_what_is_done_is_said_and_waiting_only_when_it_takes_long(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, told = live(database), list[str]()
    go_on = asyncio.Event()
    run = follow_up_command.run_command

    async def slow(path: Path, command: FollowUpCommand) -> ActResult:
        await go_on.wait()
        return await run(path, command)

    async with app.run_test(size=(120, 40)) as pilot:
        await looking(app, pilot)
        await pilot.press("1", "v")
        await until(pilot, lambda: len(app.floor_screen.drawing.rows) == 3, ticking=True)
        shown = app.show_message

        def show(text: str, *look: Any) -> None:
            told.append(text)
            shown(text, *look)

        monkeypatch.setattr(app, "show_message", show)
        await pilot.press("N", "enter", "enter")
        await said(app, pilot, "Promised:")
        await pilot.press("U")
        await said(app, pilot, "Taken back:")
        assert told[:2] == ["Promising 1 of 2.", "Promising 2 of 2."]
        assert told[3:5] == ["Taking back 1 of 2.", "Taking back 2 of 2."]
        assert not [text for text in told if "locked" in text]
        monkeypatch.setattr(follow_up_dialogs, "LONG_S", 0.0)
        monkeypatch.setattr(follow_up_command, "run_command", slow)
        await pilot.press("N", "enter", "enter")
        assert "Promising 1 of 2: this takes long; it waits if the database is locked." in await said(
            app, pilot, "locked"
        )
        go_on.set()
        await said(app, pilot, "Promised:")


async def test_what_could_not_be_taken_back_can_be_tried_again(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = live(database)
    run, failing = follow_up_command.run_command, True

    async def locked_for_the_second(path: Path, command: FollowUpCommand) -> ActResult:
        if failing and command.words[0] == "undo" and command.success_text.endswith("+31 20 2."):
            return ActResult("The database is locked.", done=False)
        return await run(path, command)

    monkeypatch.setattr(follow_up_command, "run_command", locked_for_the_second)
    async with app.run_test(size=(120, 40)) as pilot:
        await looking(app, pilot)
        await pilot.press("1", "v")
        await until(pilot, lambda: len(app.floor_screen.drawing.rows) == 3, ticking=True)
        await pilot.press("N", "enter", "enter")
        await said(app, pilot, "Promised:")
        await pilot.press("U")
        text = await said(app, pilot, "locked")
        assert "of 2 were done before." in text
        failing = False
        await pilot.press("escape", "U")
        await said(app, pilot, "Taken back")
        assert promises(database) == []


async def test_escape_promises_nothing_and_a_reader_has_no_such_key(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await looking(app, pilot)
        await pilot.press("1", "v")
        await until(pilot, lambda: len(app.floor_screen.drawing.rows) == 3, ticking=True)
        for keys in (["n", "escape"], ["n", "enter", "escape"], ["n", "enter", "enter", "escape"], ["N", "escape"]):
            await pilot.press("home", *keys)
            await until(pilot, lambda: app.screen is app.floor_screen)
        assert "n promise" in screen_text(app)[-1]
        await pilot.press("end", "n")
        assert "Nobody knows whom to call" in await said(app, pilot, "Nobody")
    assert promises(database) == []
    reader = live(database, read_only=True)
    async with reader.run_test(size=(80, 24)) as pilot:
        await looking(reader, pilot)
        await pilot.press("1", "v", "home", "n")
        assert "only reads" in await said(reader, pilot, "reads")
        assert not {"add", "add_all"} & {key.id for key in reader.keys}
        await pilot.press("escape", "down")
        assert "promise" not in screen_text(reader)[-1]
    assert {key.keys for key in KEYS if key.id in {"add", "add_all"}} == {("n",), ("N",)}


async def test_sentences_name_the_keys_as_mapped(database: Path) -> None:
    chosen = {"panel.queue": "F5", "view": "F6", "add": "F7", "undo": "F8"}
    app = live(database, keys=mapped_keys({action: KeyChoice(key, "") for action, key in chosen.items()}))
    async with app.run_test(size=(120, 40)) as pilot:
        await looking(app, pilot)
        await pilot.press("f7")
        assert "lost (F5, F6), unresolved (5, F6), low scores (6, F6), or a problem (8)." in await said(
            app, pilot, "Choose"
        )
        await pilot.press("escape", "f5", "f6")
        await until(pilot, lambda: len(app.floor_screen.drawing.rows) == 3, ticking=True)
        await pilot.press("home")
        assert "F7 promise" in screen_text(app)[-1]
        await pilot.press("f7", "enter", "enter", "enter")
        assert "F8: undo" in await said(app, pilot, "Promised")


def test_a_customer_is_named_by_the_number_of_the_row(database: Path) -> None:
    run = ccmon("follow-up", "add", "--db", str(database), "--", "#5", "15:00")
    assert run.returncode == 0
    assert promises(database)[0][:2] == ("Ann", "+31201")
    assert "This customer has been promised a call before: 1  due" in ccmon(
        "follow-up", "add", "--db", str(database), "--", "+31 20 1", "16:00"
    ).stderr  # fmt: skip
    unknown = ccmon("follow-up", "add", "--db", str(database), "--name", "X", "--", "#6", "15:00")
    assert (unknown.returncode, len(promises(database))) == (1, 2)


def test_each_list_of_customers_says_whom_and_what_about() -> None:
    floor = busy_floor(24)
    context = ViewContext.of(floor)
    rows = (
        known(floor.lost_callers).items[0],
        known(floor.low_scores)[0],
        known(floor.unresolved_customers)[0],
        known(floor.second_purchases)[0],
    )
    for row in rows:
        [found] = promisees_of(row, context)
        assert (found.argument, found.name) == (f"#{row.customer_id}", row.customer)
        assert found.note
    reason = next(reason for reason in known(floor.problems).reasons if len(reason.concerned) > 1)
    assert [each.argument for each in promisees_of(reason, context)] == [
        f"#{customer.customer_id}" for customer in reason.concerned
    ]
    states = {caller.state: caller for caller in known(floor.lost_callers).items}
    assert promisees_of(states[CallerState.WITHHELD], context) == []
    assert promisees_of(states[CallerState.PROMISED], context)[0].is_promised
    assert [state for state, caller in states.items() if is_still_to_be_called(caller)] == [CallerState.TO_CALL_BACK]
    number = replace(rows[0], customer_id=None, customer=None)
    assert promisees_of(number, context)[0][:2] == (number.phone, number.phone)
    assert promisees_of(floor.queues[0], context) == []


def test_who_makes_a_call() -> None:
    whole = busy_floor(24)
    first, second, third, fourth = (
        replace(agent, state=AgentState.READY, name=name)
        for agent, name in zip(whole.agents[:4], ("A", "B", "C", "D"), strict=True)
    )
    away = replace(fourth, state=AgentState.LOGGED_OUT)
    at = whole.at
    ends = {first.id: at + HOURS, second.id: at + 3 * HOURS, third.id: at + 2 * HOURS}
    floor = replace(whole, agents=(away, third, second, first), shift_ends=ends)
    context = ViewContext.of(floor)

    def names(due_at: int, owed: dict[int | None, int]) -> str:
        return "".join(agent.name for agent in proposed_owners(context, due_at, owed))

    assert names(at + HOURS // 2, {}) == "BCAD", "most time left first, those away last"
    assert names(at + HOURS // 2, {second.id: 2, third.id: 1}) == "BCAD", "how many they owe comes after it"
    assert names(at + HOURS, {}) == "BCAD", "A's shift is over when it is due"
    assert names(at + HOURS, {second.id: 9, third.id: 9}) == "BCAD"
    assert (time_left(context, first), time_left(context, away)) == ("1 h 00 left", "")
    nothing = ViewContext.of(replace(floor, follow_ups=replace(floor.follow_ups, items=(), owners=())))
    five = [Promisee(f"#{number}", "Ann", "", is_promised=False) for number in range(5)]
    assert [owner and owner.name for owner in shared_out(nothing, at + HOURS // 2, five)] == ["B", "C", "A", "B", "C"]
    assert [owner and owner.name for owner in shared_out(nothing, at + HOURS, five[:3])] == ["B", "C", "B"]
    empty = ViewContext.of(replace(floor, agents=(away,)))
    assert shared_out(empty, at + HOURS, five[:2]) == [None, None]


def test_those_who_suit_the_customer_best_are_offered_first_and_why_is_said() -> None:
    """However much time somebody of another team has left."""
    whole = busy_floor(24)
    agents = tuple(
        replace(agent, state=AgentState.READY, name=name, team=team, client=client, queues=queues)
        for agent, name, team, client, queues in zip(
            whole.agents[:5],
            ("Own", "Own too", "Serves", "Client", "Other"),
            ("Care", "Care", "Sales", "Orders", "Else"),
            ("North", "North", "South", "North", "South"),
            (("service",), ("service",), ("service",), (), ()),
            strict=True,
        )
    )
    ends = {agent.id: whole.at + (place + 1) * HOURS for place, agent in enumerate(agents)}
    follow_ups = replace(whole.follow_ups, items=(), owners=())
    context = ViewContext.of(replace(whole, agents=agents, shift_ends=ends, follow_ups=follow_ups))
    caller = replace(known(whole.lost_callers).items[0], queue="service", client="North", customer_id=5)
    [lost] = promisees_of(caller, context)
    [score] = promisees_of(replace(known(whole.low_scores)[0], queue=None, agent="Client", client="North"), context)

    def offered(promisee: Promisee) -> list[str]:
        return [agent.name for agent in proposed_owners(context, whole.at + MINUTE, {}, [promisee])]

    assert offered(lost) == ["Own too", "Own", "Serves", "Client", "Other"], "of equal ones, most time left"
    assert offered(score)[0] == "Client"
    fit = OwnerFit(lost, agents)
    assert [fit.why(agent) for agent in agents] == [
        "team of service", "team of service", "serves service", "works for North", "",
    ]  # fmt: skip
    assert about_owner(agents[0], 2, "1 h 00 left", fit.why(agents[0])) == (
        "team of service, 1 h 00 left, 2 promises, ready"
    )
    assert OwnerFit(score, agents).why(agents[3]) == "team of Client"
    assert [owner and owner.name for owner in shared_out(context, whole.at + MINUTE, [lost] * 3)] == [
        "Own too", "Own", "Own too",
    ]  # fmt: skip


def test_work_that_is_owed_leaves_less_time() -> None:
    whole = busy_floor(24)
    first, second = (replace(agent, state=AgentState.READY, team=None) for agent in whole.agents[:2])
    ends = {first.id: whole.at + 2 * HOURS, second.id: whole.at + 3 * HOURS}
    owner = replace(
        known(whole.follow_ups.owners)[0], agent_id=second.id, load=FollowUpLoad(9, 2 * HOURS, 3 * HOURS, ())
    )
    follow_ups = replace(whole.follow_ups, items=(), owners=(owner,))
    context = ViewContext.of(replace(whole, agents=(second, first), shift_ends=ends, follow_ups=follow_ups))
    assert [agent.id for agent in proposed_owners(context, whole.at + MINUTE, {})] == [first.id, second.id]


def test_what_speaks_for_an_owner_is_whole_where_the_name_leaves_room(database: Path) -> None:
    remark = "team of Aurora Service, 5 h 45 left, 1 promise, talking"
    picker = Picker(live(database).colours, UNICODE, "Who makes it?", [PickerOption("=1", "Chloé Lefèvre", remark)])
    assert picker.lines(76)[2].text.strip().startswith("Chloé Lefèvre ")
    assert picker.lines(76)[2].text.endswith(f" {remark}")


async def in_details(app: Monitor, pilot: Pilot[None], *keys: str, shown: str) -> None:
    """Open the details of the first queue and press keys until a text is there."""
    app.make_detail_reader = lambda: DetailReader(app.database)
    await looking(app, pilot)
    await pilot.press("1", "down", "enter")
    await until(pilot, lambda: isinstance(app.screen, DetailsModal))
    for key in keys:
        await pilot.press(key)
    await until(pilot, lambda: shown in "\n".join(screen_text(app)), ticking=True)


async def test_in_the_details_of_a_queue_a_call_is_promised_to_the_line_with_the_cursor(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(120, 40)) as pilot:
        await in_details(app, pilot, "v", "v", "v", shown="+31 20 2")
        assert "n promise" in "\n".join(screen_text(app))
        assert "N all 2" in "\n".join(screen_text(app))
        await pilot.press("n")
        await until(pilot, lambda: "Promise a call to " in "\n".join(screen_text(app)))
        await pilot.press("enter", "enter", "enter")
        await said(app, pilot, "Promised")
        [promise] = promises(database)
        assert str(promise[4]).startswith("Gave up in Service")


async def test_in_the_details_of_a_queue_calls_are_promised_to_all_of_the_view(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(120, 40)) as pilot:
        await in_details(app, pilot, "v", "v", "v", shown="+31 20 2")
        await pilot.press("N")
        await until(pilot, lambda: "Promise a call to 2 customers: when?" in "\n".join(screen_text(app)))
        await pilot.press("enter", "enter")
        await said(app, pilot, "Promised: calls to 2 customers")
        assert {row[1] for row in promises(database)} == {"+31201", "+31202"}


async def test_in_the_details_of_a_customer_and_a_call_it_is_promised_to_whom_they_are_about(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(120, 40)) as pilot:
        await in_details(app, pilot, "v", "v", "v", shown="+31 20 2")
        await pilot.press("end", "enter")  # of the customer who gave up
        await until(pilot, lambda: "orders" in "\n".join(screen_text(app)) and "Ann" in "\n".join(screen_text(app)))
        await until(pilot, lambda: "n promise" in "\n".join(screen_text(app)), ticking=True)
        await pilot.press("n")
        await until(pilot, lambda: "Promise a call to Ann" in "\n".join(screen_text(app)))
        await pilot.press("escape")
    again = live(database)
    async with again.run_test(size=(120, 40)) as pilot:
        await in_details(again, pilot, shown="Client")
        assert "n promise" not in "\n".join(screen_text(again)), "a queue is nobody to call"
        await pilot.press("n", "N")
        assert isinstance(again.screen, DetailsModal)


async def test_a_click_on_the_key_does_what_it_does_and_a_reader_has_none(database: Path) -> None:
    app = live(database)
    async with app.run_test(size=(120, 40)) as pilot:
        await in_details(app, pilot, "v", "v", "v", shown="n promise")
        lines = screen_text(app)
        y = next(y for y, line in enumerate(lines) if "n promise" in line)
        await pilot.click(offset=(lines[y].index("n promise") + 1, y))
        await until(pilot, lambda: "Promise a call to " in "\n".join(screen_text(app)))
        await pilot.press("escape")
    reader = live(database, read_only=True)
    async with reader.run_test(size=(120, 40)) as pilot:
        await in_details(reader, pilot, "v", "v", "v", shown="+31 20 2")
        assert "promise" not in screen_text(reader)[-3]
        await pilot.press("n", "N")
        assert isinstance(reader.screen, DetailsModal)


def test_each_list_of_the_details_says_whom_to_call_and_what_about() -> None:
    context = ViewContext.of(busy_floor(24))
    at = context.rows_at - 10 * MINUTE
    caller = CallerInQueue(
        visit_id=1, queue_id=1, queue="Service", place=1, entered_at=at, customer="Ann", phone="+31201", ringing=None
    )
    lists: list[tuple[object, str, str]] = [
        (caller, "+31201", "Waited"),
        (AgentMissedCall(1, "Service", "Ann", "+31201", at, 9_000, None, None, None), "+31201", "Rang at"),
        (ListedAnswer(1, 5, "Ann", "Service", "Eva", at, "satisfaction", 1, 5, "Slow"), "#5", "Answered 1 of 5: Slow"),
        (ConcernedCustomer(3, 5, "Ann", "+31201", 1, at, "Eva"), "#5", "Called at"),
        (known(context.snapshot.lost_callers).items[0], "", "Gave up in"),
    ]
    for row, argument, note in lists:
        [found] = promisees_in([], DetailLine((), row=row), None, None, context, to_all=False)
        assert found.argument.startswith(argument)
        assert found.note.startswith(note)
    ann = CustomerSubject(5, "+31201", "Ann")
    withheld = replace(caller, customer=None, phone=None)
    lines = [DetailLine((), opens=ann), DetailLine((), row=lists[0][0]), DetailLine((), row=withheld)]
    of_call = promisees_in(lines[:1], None, CallSubject(1, "call"), None, context, to_all=False)
    assert [each.name for each in of_call] == ["Ann"]
    assert [each.argument for each in promisees_in(lines, lines[2], ann, None, context, to_all=True)] == [
        "#5",
        "+31201",
    ]
    reason = next(each for each in known(context.snapshot.problems).reasons if len(each.concerned) > 1)
    of_reason = DetailLine((), row=reason.concerned[1])
    [second] = promisees_in([of_reason], of_reason, None, reason, context, to_all=False)
    assert second == promisees_of(reason, context)[1], "it says about what they called"
    again = replace(known(context.snapshot.lost_callers).items[0], state=CallerState.CALLED_AGAIN)
    assert promisees_in([DetailLine((), row=again)], None, None, None, context, to_all=True) == []
    assert promisees_in([], DetailLine((), row=withheld), None, None, context, to_all=False) == []
