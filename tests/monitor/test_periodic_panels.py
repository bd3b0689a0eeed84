"""The four goals of a call centre on the screen: each can be read, gone into, and explained with `?`."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from ccmon.formatting import UNKNOWN, percent
from ccmon.metrics.follow_ups import FollowUpLoad, LateCause, LateReason, RecordOf
from ccmon.metrics.quotas import Verdict
from ccmon.model.agents import AgentFigures
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.sales import Period, SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import Progress
from ccmon.monitor.app import Monitor
from ccmon.snapshot.narrow import Filters, narrow
from ccmon.views.alarms import does_now, follow_up_load_sentence
from ccmon.views.all_panels import panels
from ccmon.views.follow_up_tabs import AGENT_FOLLOW_UP_COLUMNS
from ccmon.views.layout import SECONDARY
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.sales import SalesPanel
from ccmon.views.sales_lines import STYLES, SalesLine, pace_style, verdict_span
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.floors import floor, known
from tests.monitor.monitor_app import SIZES, screen_text, tick, watching

GOALS = {
    "revenue": ("3", ["conversion", "conv. vs quota", "chance", "required/h", "forecast"], "too few calls"),
    "service": ("6", ["satisfied", "low scores", "FCR"], "Noordlicht service"),
    "retention": ("7", ["loyal", "won back today", "repeat", "one-time"], "churned"),
    "resources": ("9", ["contribution", "revenue", "wages", "cost per new customer", "cost per kept customer"], "est."),
}


async def help_text(app: Monitor, press: object) -> str:
    """All of the help, page by page."""
    pages = []
    await press("question_mark")  # type: ignore[operator]
    while True:
        pages.append("\n".join(screen_text(app)))
        await press("pagedown")  # type: ignore[operator]
        if "\n".join(screen_text(app)) == pages[-1]:
            return "\n".join(pages)


@pytest.mark.parametrize("goal", GOALS)
async def test_each_goal_can_be_read_and_explained(goal: str) -> None:
    key, words, row = GOALS[goal]
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press(key)
        text = "\n".join(await tick(pilot))
        assert all(word in text for word in (*words, row)), text
        explained = await help_text(app, pilot.press)
        for word in words:
            assert f"│ {word} " in explained


@pytest.mark.parametrize("size", SIZES)
async def test_the_further_panels_are_in_sight_at_every_size(size: tuple[int, int]) -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=size) as pilot:
        lines = await tick(pilot)
        if size == (200, 60):
            text = "\n".join(lines)
            assert all(f"╭─ {number} " in text for number in SECONDARY)
        else:
            assert " 6 Satisf" in lines[-2]
            assert " 80 %" in lines[-2]
            assert " 7 " in lines[-2]
            assert "loyal" in lines[-2].casefold()
            assert " 8 Probl" in lines[-2]
            assert " 9 Value 26,206" in lines[-2]


@pytest.mark.parametrize("size", SIZES)
async def test_six_to_nine_open_them_and_go_back(size: tuple[int, int]) -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=size) as pilot:
        before = await tick(pilot)
        for number, name in zip(SECONDARY, ("Satisfaction", "Customers", "Problems", "Value"), strict=True):
            for back in (str(number), "escape"):
                await pilot.press(str(number))
                lines = await tick(pilot)
                assert any(line.startswith(f"╭─ {number} {name}") and len(line) == size[0] for line in lines)
                await pilot.press(back)
                # The keys below are those of the panel that was opened last, where it stays in sight.
                assert (await tick(pilot))[:-1] == before[:-1]


async def test_what_rises_is_found_at_once_and_enter_lists_the_customers() -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("8")
        lines = await tick(pilot)
        assert lines[6:12] == [
            "│ ▀█              top           Router restarts after update 96, usual 28      │",
            "│  █  △           calls                                               451      │",
            "│ ▀▀▀ rising      with a reason                                      91 %      │",
            "│   calls│vs usual│reason                         customers│share (Pareto)     │",
            "│     212    1.0 x Invoice question                     189 ━━━━━━━━           │",
            "│ △    96    3.4 x Router restarts after update          86 ────────━━━━       │",
        ]
        await pilot.press("j", "j", "enter", "pagedown")
        text = "\n".join(screen_text(app))
        assert "Concerned 3" in text
        assert "+31 6 44400003" in text
        assert "talked with" in text


async def test_a_months_sales_are_read_in_full_and_the_verdict_says_what_it_is_about() -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("3", "v", "v")
        lines = await tick(pilot)
        titles = next(line for line in lines if "team, agent" in line)
        row = next(line for line in lines if line.startswith("│ Noordlicht Energie"))
        assert "  conv.│conv. quota│" in titles
        assert "forecast" in titles
        assert "1,848/4,810" in row
        assert "4,397 (4,195-4,605)" in row


def test_the_quota_of_the_conversion_stands_with_the_sign_of_the_verdict_where_there_is_one() -> None:
    whole = busy_floor(36)
    quota = next(each for each in whole.sales if each.quota_conversion is not None)
    panel = panels()[2]

    def drawn(sales: tuple[SalesFigures, ...]) -> str:
        context = ViewContext.of(replace(whole, sales=sales))
        return "\n".join(line.text for line in PanelDrawing(panel, PanelState()).draw(
            context, 120, 40, active=True, stale=False))  # fmt: skip

    assert quota.conversion is not None
    for asked, sign in ((0.9, "↓"), (0.001, "↑"), (quota.conversion, "≈")):
        text = drawn((replace(quota, quota_conversion=asked, kind="team"),))
        assert text.count("conv. quota") == 1
        assert f"{sign} {percent(asked, 1)}" in text
        assert text.count("too few calls") <= 1, "said once, in the head"
    without = tuple(replace(each, quota_conversion=None) for each in whole.sales)
    assert "conv. quota" not in drawn(without)


@pytest.mark.parametrize(("keys", "last"), [("7", "may be old."), ("9vv", "earned.")])
async def test_remarks_that_have_no_room_are_said_to_go_on_and_details_show_them(keys: str, last: str) -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press(*keys)
        shown = "\n".join(await tick(pilot))
        assert last not in shown
        assert "more lines: see the details of a row" in shown
        await pilot.press("enter", "end")
        assert last in "\n".join(screen_text(app))


async def test_sheets_count_what_they_list() -> None:
    whole = busy_floor(36)
    app, _ = watching(whole)
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await pilot.press("slash")
        assert f" of {len(whole.agents)}  type" in "\n".join(screen_text(app))
        await pilot.press("end")
        assert f"-{len(whole.agents)} of {len(whole.agents)}  type" in "\n".join(screen_text(app))
        await pilot.press("escape", "a")
        found = "\n".join(screen_text(app))
        act = sum(alarm.severity > 1 for alarm in whole.alarms)
        assert f"Act now: {act} " in found
        assert f"Watch: {len(whole.alarms) - act} " in found


async def test_one_key_turns_the_profit_centre_into_a_cost_centre() -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("9")
        profit = "\n".join(await tick(pilot))
        assert re.search(r"contribution +est\. ", profit)
        assert " est. " in profit
        assert "Assumed: No margin is set: the whole revenue is counted as earned." in profit
        await pilot.press("v")
        cost = "\n".join(await tick(pilot))
        assert "3.27 cost per call" in cost
        assert "contribution  " not in cost
        await pilot.press("v")
        elsewhere = "\n".join(await tick(pilot))
        assert "Search advertising" in elsewhere
        assert "centre cheaper" in elsewhere
        assert "11.0 % of 14,200 sales calls won a new customer" in elsewhere
        await pilot.press("V", "V")
        assert "\n".join(await tick(pilot)) == profit


async def test_quotas_of_day_week_and_month_and_an_agents_part() -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("3")
        for period in ("day", "week", "month"):
            lines = await tick(pilot)
            assert app.floor_screen.drawing.panel.tab == period
            assert any("Bloem C" in line and "%" in line for line in lines)
            await pilot.press("v")
        await pilot.press("G", "enter")
        assert "the agent's part of" in " ".join(" ".join(screen_text(app)).split())


def test_four_calls_are_no_reason_for_red() -> None:
    whole = busy_floor(24)
    agent = next(line for line in whole.sales if line.kind == "agent")
    poor = replace(agent, sales_calls=4, converted=0, sales=0, quota_conversion=0.25, quotas=())
    line = SalesLine(poor, None, Period.DAY)
    assert line.measured_by.verdict is Verdict.UNSURE
    assert STYLES[line.measured_by.verdict] is TextStyle.QUIET
    assert pace_style(line) is not TextStyle.BAD
    many = line._replace(sales=replace(poor, sales_calls=200, converted=10))
    assert many.measured_by.verdict is Verdict.BEHIND
    assert STYLES[many.measured_by.verdict] is TextStyle.BAD


@pytest.mark.parametrize(("sold", "said"), [(200, "100 %"), (199, "100 %"), (198, "99 %"), (201, "101 %")])
def test_no_arrow_down_stands_at_a_shown_100_percent(sold: int, said: str) -> None:
    context = ViewContext.of(busy_floor(24))
    line = replace(context.snapshot.sales[0], sales=sold, expected_by_now=200.0)
    pace = next(column for column in SalesPanel.columns if column.key == "pace")
    shown = pace.cell(SalesLine(line, None, Period.DAY), context, 8)
    assert isinstance(shown, Span)
    assert shown.text == f"{context.glyphs.behind if sold < 199 else context.glyphs.ahead} {said}"
    assert (pace_style(SalesLine(line, None, Period.DAY)) is TextStyle.GOOD) == (sold >= 199)


@pytest.mark.parametrize(("converted", "said"), [(10, "below"), (45, "above"), (30, "too few calls")])
def test_the_verdict_names_the_conversion_that_it_judges(converted: int, said: str) -> None:
    """Beside a met quota of sales "surely behind" would be read as of the sales."""
    context = ViewContext.of(busy_floor(24))
    line = replace(context.snapshot.sales[0], sales_calls=100, converted=converted, sales=500, quota_conversion=0.3)
    assert verdict_span(SalesLine(line, None, Period.DAY), context, 0).text.endswith(said)


def test_a_promise_at_risk_is_a_sentence() -> None:
    owner = replace(known(busy_floor(36).follow_ups.owners)[0], name="Eva", agent_id=1, overdue=0, late_chances=None)
    minute = 60_000
    eva = replace(owner, load=FollowUpLoad(6, 48 * minute, 35 * minute, (4, 5)))
    assert follow_up_load_sentence(eva) == "Eva: 6 promises, 48 min of work, 35 min left in the shift; 2 cannot be kept"
    assert follow_up_load_sentence(replace(eva, overdue=1)).endswith("1 overdue, 1 cannot be kept")
    assert follow_up_load_sentence(replace(eva, load=FollowUpLoad(1, minute, 5 * minute, ()))).endswith(
        "all can be kept"
    )
    busy = replace(eva, load=FollowUpLoad(1, 2 * minute, 240 * minute, (4,)))
    assert follow_up_load_sentence(busy, "on Lunch") == "Eva: 1 promise, 2 min of work, now on Lunch; 1 cannot be kept"
    likely = replace(eva, late_chances=(0.9, 0.5, 0.49, 1.0, 1.0))
    assert follow_up_load_sentence(likely).endswith("35 min left in the shift; 2 cannot be kept, 4 at risk")
    assert likely.at_risk == 4
    assert likely.late_expected == pytest.approx(3.89)
    assert (eva.at_risk, eva.late_expected) == (None, None), "not read yet is not 0"
    assert "no shift is known" in follow_up_load_sentence(replace(eva, load=None, shift_ends_at=None))


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (LateReason(LateCause.RECORD, 14, 22), "14 of 22 such promises were late in 28 days"),
        (
            LateReason(LateCause.RECORD, 9, 12, of=RecordOf.TEAM),
            "9 of 12 such promises of the team were late in 28 days",
        ),
        (LateReason(LateCause.RECORD), "no record of such promises"),
        (LateReason(LateCause.LOGGED_OUT), "not logged in"),
        (LateReason(LateCause.AWAY), "not at work when they are due"),
        (LateReason(LateCause.PASSED), "the promised moment has passed"),
    ],
)
def test_what_is_at_risk_with_time_enough_says_why(reason: LateReason, why: str) -> None:
    """ "Needs 7 min, has 3 h 49: 2 at risk" said nothing that a reader could follow."""
    whole = busy_floor(36)
    [first, *_] = known(whole.follow_ups.owners)
    eva = replace(first,
        name="Eva", overdue=0, due_today=6, open_count=6, late_chances=(0.9, 0.5, 0.1), late_reason=reason,
        load=FollowUpLoad(6, 265_000, 229 * 60_000, ()),
    )  # fmt: skip
    assert follow_up_load_sentence(eva) == f"Eva: 6 promises; 2 at risk ({why})"
    short = replace(eva, load=FollowUpLoad(6, 265_000, 60_000, (4,)))
    assert follow_up_load_sentence(short) == "; ".join(
        ("Eva: 6 promises, 4 min of work, 1 min left in the shift", f"1 cannot be kept, 2 at risk ({why})")
    )
    none = replace(short, late_chances=(0.95, 0.1))
    assert follow_up_load_sentence(none).endswith("; 1 cannot be kept"), "those at risk are those that cannot be kept"


def test_without_a_shift_an_owner_owns_what_the_sentence_says_is_owed() -> None:
    context = ViewContext.of(busy_floor(36))
    eva = replace(
        known(context.snapshot.follow_ups.owners)[0],
        name="Eva",
        agent_id=1,
        load=None,
        open_count=5,
        due_today=1,
        overdue=4,
        late_chances=(0.9,),
        late_reason=None,
    )
    owes = next(column for column in AGENT_FOLLOW_UP_COLUMNS if column.key == "open")
    shown = owes.cell(eva, context, 4)
    assert isinstance(shown, Span)
    assert shown.text == "5"
    assert follow_up_load_sentence(eva) == "Eva: 5 promises; 4 overdue, 1 at risk"


async def test_the_panel_says_what_becomes_of_an_owners_promises() -> None:
    whole = busy_floor(36)
    owners = [
        replace(owner, overdue=0, late_chances=(0.9,), late_reason=LateReason(LateCause.RECORD, 14, 22))
        for owner in known(whole.follow_ups.owners)[:2]
    ]
    owners[1] = replace(owners[1], load=FollowUpLoad(3, 265_000, 240_000, (4, 5)))
    said = [follow_up_load_sentence(owner, does_now(agent_of(whole, owner))) for owner in owners]
    assert "4 min of work, 4 min left in the shift" in "".join(said)
    app, _ = watching(replace(whole, follow_ups=replace(whole.follow_ups, owners=tuple(owners))))
    async with app.run_test(size=(120, 60)) as pilot:
        await tick(pilot)
        await pilot.press("5")
        text = "\n".join(await tick(pilot))
        assert all(sentence in text for sentence in said)


def agent_of(floor: FloorSnapshot, owner: AgentFollowUps) -> AgentFigures | None:
    return next((agent for agent in floor.agents if agent.id == owner.agent_id), None)


async def test_promises_at_risk_stand_under_the_follow_ups() -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("5")
        text = "\n".join(await tick(pilot))
        assert "; 1 cannot be kept." in text
        assert " of work, now " in text
        for word in ("time left", "promise missed, no contact", "window ends"):
            await pilot.press("v")
            assert word in "\n".join(await tick(pilot))


async def test_very_low_scores_are_named_while_a_call_back_can_mend_it() -> None:
    app, _ = watching(busy_floor(36))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("6", "v")
        text = "\n".join(await tick(pilot))
        assert "Sanne Kok" in text
        assert "Third call about the same thing!" in text
        await pilot.press("j", "enter")
        assert "Low score: Sanne Kok" in "\n".join(screen_text(app))


async def test_before_periodic_figures_are_read_nothing_is_called_empty() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        for number in SECONDARY:
            await pilot.press(str(number))
            assert "These figures are being read." in "\n".join(await tick(pilot))


async def test_the_palette_finds_every_view() -> None:
    app, _ = watching(busy_floor(24))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        for words, number, tab in (
            ("customers, months", 7, "months"),
            ("value, alternatives", 9, "alternatives"),
        ):
            await pilot.press("ctrl+p", *words, "enter")
            await tick(pilot)
            assert (app.floor_screen.drawing.panel.number, app.floor_screen.drawing.panel.tab) == (number, tab)


def test_what_is_not_known_of_a_client_is_absent_with_its_reason() -> None:
    whole = busy_floor(24)
    context = ViewContext.of(whole, filters=Filters(client="Bloem & Blad"))
    for panel in panels():
        known = panel.number not in {7, 8, 9}
        assert ("Not known for one client." in panel.remark(context)) != known
        if not known:
            assert panel.summary(context).figure.value == UNKNOWN
            assert panel.summary(context).facts == ()
            assert not panel.rows(context)
            assert panel.why_empty(context) == "Not known for one client."


def test_customers_of_a_team_or_a_queue_are_those_of_its_agents() -> None:
    whole = busy_floor(60)
    first = whole.agents[0]
    own_queue = first.queues[0]
    other = next(
        agent for agent in whole.agents if agent.team != first.team and own_queue not in {agent.queue, *agent.queues}
    )
    owners, sellers = (first.id, other.id, None), (first.id, first.id, other.id, other.id, None)
    stuck = [replace(each, agent_id=who) for each, who in zip(known(whole.unresolved_customers), owners, strict=True)]
    bought = [replace(each, agent_id=who) for each, who in zip(known(whole.second_purchases), sellers, strict=True)]
    whole = replace(whole, unresolved_customers=tuple(stuck), second_purchases=tuple(bought))
    for filters in (Filters(team=first.team), Filters(queue=own_queue), Filters(queue=own_queue, team=first.team)):
        facts = {fact.label: fact.value for fact in panels()[4].summary(ViewContext.of(whole, filters=filters)).facts}
        assert (facts["second purchase"], facts["unresolved"]) == ("2", "1"), filters
    narrowed = narrow(replace(whole, unresolved_customers=None, second_purchases=None), Filters(team=first.team))
    assert (narrowed.unresolved_customers, narrowed.second_purchases) == (None, None), "not read yet is not none"


def test_nothing_is_0_percent_or_100_percent_of_nothing() -> None:
    whole = replace(busy_floor(24), satisfaction=(), low_scores=(), unresolved_customers=(), second_purchases=())
    context = ViewContext.of(whole)
    empty = [tab for panel in panels() for tab in panel.tabs if not tab.rows(context)]
    assert [tab.tab for tab in empty] == ["unresolved", "second purchase", "scores", "low scores"]
    assert all(tab.why_empty(context) for tab in empty)
    satisfaction = empty[2].summary(context)
    assert satisfaction.figure.value == UNKNOWN
    assert not [fact for fact in satisfaction.facts if "%" in fact.value]


PAST = "Past weeks: 43 % done; until then what rests on past days is unknown."


@pytest.mark.parametrize("size", [(66, 14), (80, 24), (100, 30), (120, 40), (200, 60)])
@pytest.mark.parametrize("number", ["3", "4", ""])
async def test_why_figures_of_the_past_are_unknown_can_be_read_in_the_head(size: tuple[int, int], number: str) -> None:
    """The sentence was cut behind its first words; a head with little room says it in few."""
    whole = replace(floor(24), progress=(Progress("past weeks", 43, 100),), incomplete=PAST)
    app, _ = watching(whole)
    async with app.run_test(size=size) as pilot:
        await tick(pilot)
        if number:
            await pilot.press(number)
        summaries = [line for line in await tick(pilot) if " 3 Conversion " in line and "─" in line]
        summaries += [line for line in screen_text(app) if " 4 Handling " in line and "─" in line]
        assert len(summaries) == (1 if number or size < (100, 30) else 2) or not number
        for head in summaries:
            assert PAST in head or f"{UNKNOWN} 43 % read" in head, head


async def test_while_figures_are_being_read_there_are_at_least_so_many_alarms() -> None:
    """The count grew by itself for as long as the past came in."""
    whole = busy_floor(24)
    act = sum(alarm.severity > 1 for alarm in whole.alarms)
    watch = len(whole.alarms) - act
    assert act
    assert watch
    app, reader = watching(whole)
    async with app.run_test(size=(120, 40)) as pilot:
        assert f"{act} act now" in (await tick(pilot))[0]
        assert f"{watch} to watch" in screen_text(app)[0]
        reader.floor = replace(whole, progress=(Progress("past weeks", 43, 100),), incomplete=PAST)
        assert f"{act}+ act now" in (await tick(pilot))[0]
        assert f"{watch}+ to watch" in screen_text(app)[0]
        await pilot.press("a")
        assert "There may be more. Past weeks: 43 % done" in "\n".join(screen_text(app))
        await pilot.press("escape")
        reader.floor = replace(whole, alarms=(), progress=(), incomplete="These figures are being read.")
        lines = await tick(pilot)
        assert "no alarm yet" in lines[0]
        assert "These figures are being read." in lines[1]
        assert "Nothing needs attention." not in "\n".join(lines)
        reader.floor = replace(whole, alarms=())
        lines = await tick(pilot)
        assert lines[0].endswith("no alarm")
        assert "Nothing needs attention." in lines[1]
