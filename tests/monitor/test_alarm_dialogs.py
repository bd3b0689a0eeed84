"""The list of alarms, the log of the day and the rescue line on the screen; acts run the command in a process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from unittest.mock import patch

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from ccmon.model.alarms import QueueAlarm, Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.monitor import alarm_dialogs
from ccmon.monitor.app import Monitor
from ccmon.monitor.follow_up_command import ActResult
from ccmon.monitor.screens.list_modal import ListModal
from ccmon.monitor.screens.modal import Picker
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.narrow import Filters
from ccmon.views.alarm_list import identity_of
from ccmon.views.keys import KeyChoice, mapped_keys
from tests.busy_floor import busy_floor
from tests.monitor.monitor_app import SIZES, screen_text, tick, until, watching

LOG = {
    "at": "2026-11-23T14:32:07+01:00",
    "date": "2026-11-23",
    "alarms": [
        {
            "rule": "longest_wait", "severity": "act", "subject": "Bloem service", "since": "2026-11-23T09:01:00+01:00",
            "opened_at": "2026-11-23T09:01:00+01:00", "eased_at": "2026-11-23T09:05:00+01:00",
            "cleared_at": "2026-11-23T09:15:00+01:00", "limit": 60.0,
            "text": "Bloem service: longest wait over 1:00 min.",
            "acts": [
                {"act": "have", "who": "eva", "acted_at": "2026-11-23T09:02:00+01:00", "until": None},
                {"act": "quiet", "who": "bob", "acted_at": "2026-11-23T09:03:00+01:00",
                 "until": "2026-11-23T10:00:00+01:00"},
            ],
        },
        {
            "rule": "pause", "severity": "watch", "subject": "Nobody Any More", "since": "2026-11-23T13:00:00+01:00",
            "opened_at": "2026-11-23T13:20:00+01:00", "eased_at": None, "cleared_at": None, "limit": 1200.0,
            "text": "Nobody Any More: paused for longer than 20 min.", "acts": [],
        },
    ],
}  # fmt: skip


class Commands:
    """Stands for the processes: notes what was run, and answers."""

    def __init__(self, *, done: bool = True, sentence: str = "", output: str = "") -> None:
        self.run: list[list[str]] = []
        self.answer = ActResult(sentence, done=done, output=output)

    async def __call__(self, words: Sequence[str], success_text: str, nothing_done: str) -> ActResult:
        self.run.append(list(words[list(words).index("alarms") :]))
        return self.answer._replace(sentence=success_text) if self.answer.done else self.answer


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    found = Commands()
    monkeypatch.setattr(alarm_dialogs, "run_words", found)
    return found


def text_of(app: Monitor) -> str:
    return "\n".join(screen_text(app))


async def shown(pilot: Pilot[None], key: str) -> ListModal:
    """Press a key that shows a list."""
    app = pilot.app
    assert isinstance(app, Monitor)
    await tick(pilot)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, ListModal) and app.screen.chosen is not None)
    assert isinstance(app.screen, ListModal)
    return app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_the_worst_stands_on_top_and_act_apart_from_watch(size: tuple[int, int]) -> None:
    whole = busy_floor()
    app, _ = watching(whole)
    async with app.run_test(size=size) as pilot:
        modal = await shown(pilot, "a")
        assert modal.chosen == identity_of(whole.alarms[0])
        lines = [line for line in screen_text(app) if "│" in line]
        first = next(place for place, line in enumerate(lines) if "Act now: " in line)
        assert whole.alarms[0].subject[:8] in lines[first + 1]
        assert any("Enter opens" in line for line in screen_text(app))


async def test_the_chosen_alarm_stays_chosen_while_others_come_and_is_replaced_once_it_has_cleared() -> None:
    whole = busy_floor()
    app, reader = watching(replace(whole, alarms=whole.alarms[1:]))
    async with app.run_test(size=(120, 40)) as pilot:
        modal = await shown(pilot, "a")
        await pilot.press("down")
        assert modal.chosen == identity_of(whole.alarms[2])
        reader.floor = whole
        await tick(pilot)
        assert modal.chosen == identity_of(whole.alarms[2])
        reader.floor = replace(whole, alarms=(*whole.alarms[:2], *whole.alarms[3:]))
        await tick(pilot)
        assert modal.chosen == identity_of(whole.alarms[3])
        reader.floor = replace(whole, alarms=whole.alarms[:1])
        await tick(pilot)
        assert modal.chosen == identity_of(whole.alarms[0])


@pytest.mark.parametrize("rule", [Rule.LOW_SCORE, Rule.PAUSE, Rule.TALK, Rule.RISING_PROBLEM, Rule.OVERDUE_FOLLOW_UPS])
async def test_enter_leads_to_the_row(rule: Rule) -> None:
    whole = busy_floor(36)
    alarm = next((each for each in whole.alarms if each.rule is rule), None)
    if alarm is None:
        agent = next(each for each in whole.agents if each.since is not None)
        alarm = next(
            part for each in whole.alarms for part in (each, *each.parts) if part.rule in {Rule.PAUSE, Rule.TALK}
        )
        assert agent
    whole = replace(whole, alarms=(alarm,))
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, "a")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        await tick(pilot)
        drawing = app.floor_screen.drawing
        place = drawing.cursor_index()
        assert place is not None
        row = drawing.rows[place]
        record = {Rule.LOW_SCORE: "score", Rule.RISING_PROBLEM: "reason"}.get(alarm.rule, "agent")
        if alarm.rule is Rule.OVERDUE_FOLLOW_UPS:
            assert row.due_at == min(item.due_at for item in whole.follow_ups.items)
        else:
            assert row is getattr(alarm, record)


def waiting_floor() -> tuple[FloorSnapshot, QueueAlarm]:
    """A floor whose worst alarm is about callers who wait."""
    whole = busy_floor(36)
    alarm = next(each for each in whole.alarms if isinstance(each, QueueAlarm) and each.queue.waiting)
    return replace(whole, alarms=(alarm, *(each for each in whole.alarms if each is not alarm))), alarm


@pytest.mark.parametrize("keys", [("a", "enter"), ("A",)])
async def test_enter_on_callers_who_wait_shows_who_could_take_them_and_leads_to_an_agent(keys: tuple[str, ...]) -> None:
    whole, alarm = waiting_floor()
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: "Who could take the callers" in text_of(app))
        modal = app.screen
        assert isinstance(modal, ListModal)
        assert f"{alarm.queue.name}: {alarm.queue.waiting} waiting (" in text_of(app)
        if keys[0] == "a":  # Escape leads back to the list, where the same alarm is chosen
            await pilot.press("escape")
            await until(pilot, lambda: "Act now: " in text_of(app))
            assert isinstance(app.screen, ListModal)
            assert app.screen.chosen == identity_of(alarm)
            await pilot.press("enter")
            await until(pilot, lambda: "Who could take the callers" in text_of(app))
        agent = int(modal.chosen or "")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        drawing = app.floor_screen.drawing
        assert drawing.panel.number == 2
        assert drawing.rows[drawing.cursor_index() or 0].id == agent


async def test_the_key_for_the_worst_opens_the_queue_whose_caller_waits_longest() -> None:
    whole = busy_floor(36)
    whole = replace(whole, alarms=find_alarms(whole))
    worst = min(
        (queue for queue in whole.queues if queue.longest_wait_since is not None),
        key=lambda queue: queue.longest_wait_since or 0,
    )
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        assert worst.name in app.floor_screen.alarm.lines[0].text
        await pilot.press("A")
        await until(pilot, lambda: "Who could take the callers" in text_of(app))
        assert f"Who could take the callers of {worst.name}" in text_of(app)


async def test_the_first_line_of_the_rescue_leads_to_the_queue() -> None:
    whole, alarm = waiting_floor()
    app, _ = watching(whole)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "A")
        await pilot.press("home", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        drawing = app.floor_screen.drawing
        assert drawing.rows[drawing.cursor_index() or 0].id == alarm.queue.id


async def test_an_agent_that_a_filter_hides_is_told() -> None:
    whole, alarm = waiting_floor()
    teams = {agent.team for agent in whole.agents if alarm.queue.name in agent.queues}
    assert len(teams) > 1
    app, _ = watching(whole, filters=Filters(team=min(filter(None, teams))))
    async with app.run_test(size=(120, 40)) as pilot:
        modal = await shown(pilot, "A")
        shown_ids = {str(agent.id) for agent in app._last_context.snapshot.agents}  # type: ignore[union-attr]
        rows = [row.identity for row in modal._made if row.identity.isdecimal()]
        hidden = [each for each in rows if each not in shown_ids]
        assert hidden
        modal.dismiss(hidden[0])
        await until(pilot, lambda: "leaves that agent out: x shows everything" in text_of(app))


async def test_i_have_it(commands: Commands) -> None:
    whole = busy_floor()
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        modal = await shown(pilot, "a")
        await pilot.press("p")
        await until(pilot, lambda: bool(commands.run) and modal.said is not None and "You have it" in modal.said.text)
        worst = whole.alarms[0]
        assert commands.run == [
            ["alarms", "have", "--db", "/srv/ccmon/calls.db", "--", worst.rule.value, worst.subject]
        ]
        assert f"You have it: {worst.subject}." in text_of(app)
        await pilot.press("down")
        assert "You have it" not in text_of(app)


async def test_the_next_alarm_is_chosen_once_the_one_taken_on_has_gone_down(commands: Commands) -> None:
    whole = busy_floor()
    first, second, *others = whole.alarms
    app, reader = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        modal = await shown(pilot, "a")
        await pilot.press("p")
        await until(pilot, lambda: bool(commands.run))
        await tick(pilot)
        assert modal.chosen == identity_of(first), "it has not moved"
        reader.floor = replace(whole, alarms=(second, *others, replace(first, taken_by="sam")))
        await tick(pilot)
        assert modal.chosen == identity_of(second)
        reader.floor = replace(whole, alarms=(*others, second, replace(first, taken_by="sam")))
        await tick(pilot)
        assert modal.chosen == identity_of(second), "nothing was done to it: it stays chosen"


@pytest.mark.parametrize(
    ("downs", "words", "until_text"),
    [
        (0, "--for=15 min", "14:47"),
        (1, "--for=30 min", "15:02"),
        (2, "--for=60 min", "15:32"),
        (3, "--until=shift", ""),
    ],
)
async def test_quiet_for_a_while(commands: Commands, downs: int, words: str, until_text: str) -> None:
    app, _ = watching(busy_floor())
    async with app.run_test(size=(80, 24)) as pilot:
        modal = await shown(pilot, "a")
        await pilot.press("z")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await pilot.press(*["down"] * downs, "enter")
        await until(pilot, lambda: modal.said is not None and "Quiet until" in modal.said.text)
        assert words in commands.run[0]
        assert modal.said is not None
        assert f"Quiet until {until_text}" in modal.said.text


async def test_not_quiet_at_all(commands: Commands) -> None:
    app, _ = watching(busy_floor())
    async with app.run_test(size=(80, 24)) as pilot:
        modal = await shown(pilot, "a")
        await pilot.press("z")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is modal)
        assert commands.run == []


async def test_a_refusal_of_the_command_is_told(commands: Commands) -> None:
    commands.answer = ActResult("No alarm longest_wait about Sales stands.", done=False)
    app, _ = watching(busy_floor())
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "a")
        await pilot.press("P")
        await until(pilot, lambda: "No alarm longest_wait about Sales stands." in text_of(app))
        assert commands.run[0][1] == "release"


@pytest.mark.parametrize("key", ["p", "z", "P"])
async def test_who_may_only_look_is_told_so(commands: Commands, key: str) -> None:
    app, _ = watching(busy_floor(), read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press(key)
        assert "This monitor only reads" in text_of(app) or "You may only look here" in text_of(app)
        await pilot.press("escape")
        await shown(pilot, "a")
        assert "have it" not in text_of(app)
        await pilot.press(key)
        await until(pilot, lambda: "only" in text_of(app).partition("Alarms")[2])
        assert commands.run == []


async def test_from_the_floor_a_key_acts_on_the_alarm_about_the_chosen_row(commands: Commands) -> None:
    whole = busy_floor(36)
    queue = next(each.queue for each in whole.alarms if isinstance(each, QueueAlarm))
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        app.floor_screen.choose(1, str(queue.id))
        assert "p have it" in screen_text(app)[-1]
        await pilot.press("p")
        await until(pilot, lambda: bool(commands.run))
        assert commands.run[0][-1] == queue.name
        await until(pilot, lambda: "You have it" in screen_text(app)[-1])
        await pilot.press("escape", "escape")
        assert "p have it" not in screen_text(app)[-1]
        await pilot.press("p")  # no row is chosen: which one?
        await until(pilot, lambda: isinstance(app.screen, ListModal))
        assert len(commands.run) == 1


async def test_the_log_of_the_day(commands: Commands) -> None:
    commands.answer = ActResult("", done=True, output=json.dumps(LOG))
    app, _ = watching(busy_floor())
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, "a")
        await pilot.press("l")
        await until(pilot, lambda: "2 today, 1 to act on" in text_of(app))
        assert commands.run == [["alarms", "--log", "--json", "--db", "/srv/ccmon/calls.db"]]
        lines = screen_text(app)
        latest = next(line for line in lines if "13:20  now" in line)
        assert "72 min" not in latest
        assert "Nobody Any More: paused for longer than 20 min" in latest
        assert "stands" in latest
        earlier = next(line for line in lines if "09:01  09:15      14 min" in line)
        assert "cleared, bob" in earlier
        await pilot.press("down")
        assert "Opened 09:01, nothing wrong since 09:05, cleared 09:15." in text_of(app)
        assert "09:02 eva took it on." in text_of(app)
        assert "09:03 bob wanted quiet until 10:00." in text_of(app)
        await pilot.press("escape")  # leads back to the list
        await until(pilot, lambda: "Act now: " in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.floor_screen)


async def test_from_the_log_to_a_row_and_to_the_list(commands: Commands) -> None:
    commands.answer = ActResult("", done=True, output=json.dumps(LOG))
    whole = replace(busy_floor(), alarms=())
    app, _ = watching(whole)
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("l")
        await until(pilot, lambda: "2 today" in text_of(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen is app.floor_screen)
        drawing = app.floor_screen.drawing
        assert drawing.rows[drawing.cursor_index() or 0].name == "Bloem service"
        await pilot.press("l")
        await until(pilot, lambda: "2 today" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "That alarm has cleared." in text_of(app))
        await pilot.press("l")
        await until(pilot, lambda: "2 today" in text_of(app))
        await pilot.press("a")
        await until(pilot, lambda: "Nothing needs attention." in text_of(app).partition("Alarms ")[2])


@pytest.mark.parametrize("output", ["", "[]", '{"at": "x", "alarms": []}', "{"])
async def test_a_log_that_cannot_be_read_is_told(commands: Commands, output: str) -> None:
    commands.answer = ActResult("", done=True, output=output)
    app, _ = watching(busy_floor())
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("l")
        await until(pilot, lambda: "The log of the day could not be read" in text_of(app))


async def test_a_narrowed_log_names_nobody_else(commands: Commands) -> None:
    commands.answer = ActResult("", done=True, output=json.dumps(LOG))
    app, _ = watching(busy_floor(), filters=Filters(client="Noordlicht Energie"))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("l")
        await until(pilot, lambda: "No alarm has stood today." in text_of(app))
        assert "Bloem" not in text_of(app)
        assert "Nobody Any More" not in text_of(app)


async def test_mapped_keys_work_in_the_list_and_stand_on_its_edge(commands: Commands) -> None:
    keys = mapped_keys({"alarm_have": KeyChoice("F3", ""), "alarms": KeyChoice("F4", "")})
    app, _ = watching(busy_floor(), keys=keys)
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, "f4")
        assert "F3 have it" in text_of(app)
        await pilot.press("p")
        assert commands.run == []
        await pilot.press("f3")
        await until(pilot, lambda: bool(commands.run))
        await pilot.press("f4")
        await until(pilot, lambda: app.screen is app.floor_screen)


async def test_the_mouse_chooses_opens_and_takes_the_keys_of_the_edge(commands: Commands) -> None:
    whole = busy_floor(36)
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        modal = await shown(pilot, "a")

        async def click(text: str) -> None:
            lines = screen_text(app)
            y = next(y for y in range(len(lines) - 1, -1, -1) if text in lines[y])
            await pilot.click(offset=(lines[y].index(text) + 1, y))
            await pilot.pause()

        low = next(each for each in whole.alarms if each.rule is Rule.LOW_SCORE)
        await click(f"{low.subject}  ")
        assert modal.chosen == identity_of(low)
        await click("p have it")
        await until(pilot, lambda: bool(commands.run))
        assert commands.run[0][-1] == low.subject
        await click("Watch: ")
        assert modal.chosen == identity_of(low)
        await click(f"{low.subject}  ")
        await until(pilot, lambda: app.screen is app.floor_screen)
        assert app.floor_screen.active == 6


async def test_a_click_on_the_worst_alarm_shows_who_could_help() -> None:
    whole, alarm = waiting_floor()
    app, _ = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        line = (await tick(pilot))[1]
        assert "  A: who could help  a: " in line
        await pilot.click(offset=(line.index("who could help"), 1))
        await until(pilot, lambda: f"Who could take the callers of {alarm.queue.name}" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.floor_screen)
        await pilot.click(offset=(5, 1))
        await until(pilot, lambda: f"Who could take the callers of {alarm.queue.name}" in text_of(app))


async def test_an_alarm_about_the_data_has_no_row() -> None:
    old = replace(busy_floor(), data_at=busy_floor().at - 3_600_000)
    app, _ = watching(replace(old, alarms=find_alarms(old)[:1]))
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, "a")
        await pilot.press("enter")
        await until(pilot, lambda: "about the data itself, which no row shows." in screen_text(app)[-1])


async def test_nothing_to_go_to() -> None:
    app, _ = watching(replace(busy_floor(), alarms=()))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "Nothing needs attention." in screen_text(app)[-1])
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ListModal))
        with patch.object(app.screen, "dismiss") as dismiss:
            await pilot.press("enter", "down", "p")
            dismiss.assert_not_called()
