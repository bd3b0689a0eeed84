"""What stands in the tables of a report, in which order and with which marks, and what it says of itself."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.database import database_file
from ccmon.database.report_reader import read_report
from ccmon.formatting import plural
from ccmon.metrics.follow_ups import OnTimeCount
from ccmon.model.calls import Direction
from ccmon.model.opening_hours import OpeningFigures, OpenStretch
from ccmon.model.queues import Quarter
from ccmon.model.sales import Period
from ccmon.model.stretches import ReasonName, StretchKind
from ccmon.report.asked import asked_stretch
from ccmon.report.content import Report, report_of
from ccmon.report.curve import CurvePoint, longest_silence
from ccmon.report.figures import Better, Figure, Mark, Unit, written
from ccmon.report.goals import goals
from ccmon.report.insight import Insight, Tone
from ccmon.report.insights import insights
from ccmon.report.parts import Narrowed
from ccmon.report.people import agents, teams
from ccmon.report.promises import late_promises, owners, owners_not_at_work
from ccmon.report.queues import queues
from ccmon.report.reasons import reasons
from ccmon.report.tables import Table
from ccmon.report.words import CLOSED, NOTHING, empty_text, level_text
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.time_units import HOUR_MS, QUARTER_MS
from tests.databases import rows
from tests.report.reports import FRIDAY, PRESENT, at, database, document, figures, report
from tests.report.test_insights import counted, covering, friday, handled_within, late_call, quota_of
from tests.snapshot.seeded_floor import NOW, still_floor


def column(table: Table, key: str) -> list[Any]:
    place = [each.key for each in table.columns].index(key)
    return [row.cells[place].value for row in table.rows if not row.is_total]


def marks(table: Table, key: str) -> list[Mark]:
    place = [each.key for each in table.columns].index(key)
    return [row.cells[place].mark for row in table.rows if not row.is_total]


def figure(narrowed: Narrowed, key: str) -> Figure:
    (found,) = [each for goal in goals(narrowed) for each in goal.figures if each.key == key]
    return found


def test_queues_stand_by_how_far_they_are_below_their_target() -> None:
    table = queues(friday())
    levels = [level - target for level, target in zip(*(column(table, key) for key in LEVELS), strict=True)]
    assert levels == sorted(levels)
    assert len(set(levels)) > 2
    for level, mark in zip(levels, marks(table, "service_level_live"), strict=True):
        assert mark is (Mark.MISSED if level < -0.005 else Mark.REACHED)


LEVELS = "service_level_live", "service_level_target"


@pytest.mark.parametrize(
    ("share", "mark"),
    [(1.0, Mark.REACHED), (1.01, Mark.NONE), (1.1, Mark.NONE), (1.11, Mark.MISSED), (0.5, Mark.REACHED)],
)
def test_a_handling_time_is_marked_as_on_the_screen(share: float, mark: Mark) -> None:
    day = friday()
    queue = replace(handled_within(day.covered.floor.queues[0], share), offered=20)
    assert marks(queues(covering(day, queues=(queue,))), "aht_ms") == [mark]


@pytest.mark.parametrize("text", [FRIDAY, None])
def test_agents_stand_by_team_and_by_how_far_they_have_come(text: str | None) -> None:
    narrowed = report("day", text).narrowed
    table = agents(narrowed)
    order = [
        (str(team).casefold(), -(attained or 0.0))
        for team, attained in zip(column(table, "team"), column(table, "attainment"), strict=True)
    ]
    assert order == sorted(order)
    assert len({attained for _, attained in order}) > 3
    paces = {
        line.name: quota.attainment if narrowed.stretch.is_over else quota.pace
        for line in narrowed.floor.sales
        if line.kind == "agent" and (quota := next((q for q in line.quotas if q.period is Period.DAY), None))
    }
    found = dict(zip(column(table, "name"), marks(table, "attainment"), strict=True))
    assert {Mark.REACHED, Mark.MISSED} <= set(found.values())
    for name, mark in found.items():
        pace = paces.get(name)
        if mark is not Mark.NONE:
            assert pace is not None
            assert mark is (Mark.REACHED if pace >= 0.995 else Mark.MISSED), name


def test_a_quota_is_missed_only_once_nothing_more_can_come() -> None:
    for narrowed, mark in ((report("day").narrowed, Mark.NONE), (friday(), Mark.MISSED)):
        asks = quota_of(narrowed, quota_sales=10**6, quota_revenue_cents=10**12)
        assert figure(asks, "sales").mark is mark
        assert figure(asks, "revenue_cents").mark is mark
        assert figure(quota_of(narrowed, quota_sales=1), "sales").mark is Mark.REACHED
    running = quota_of(report("day").narrowed, quota_sales=10**6)
    assert figure(running, "attainment").target is None
    assert figure(running, "pace").mark is Mark.MISSED
    assert figure(quota_of(friday(), quota_sales=10**6), "attainment").mark is Mark.MISSED


@pytest.mark.parametrize(
    ("text", "ends_on", "mark"),
    [(FRIDAY, FRIDAY, Mark.MISSED), (FRIDAY, "2026-11-30", Mark.NONE), (None, "2026-11-23", Mark.NONE)],
)
def test_a_month_is_missed_only_at_its_end(text: str | None, ends_on: str, mark: Mark) -> None:
    asks = {"quota_sales": 10**6, "quota_revenue_cents": 10**12, "ends_on": ends_on}
    month = quota_of(report("day", text).narrowed, Period.MONTH, **asks)
    assert [figure(month, key).mark for key in ("month_sales", "month_revenue_cents")] == [mark, mark]


@pytest.mark.parametrize(
    ("more", "quota", "rest"),
    [
        (2, 5, ("Others, or no agent", 2, 5)),
        (0, 5, ("Others, or no agent", 0, 5)),
        (2, 0, ("Others, or no agent", 2, None)),
        (2, -5, ("Others, or no agent", 2, None)),
        (-3, 0, ("Less: sold for others", -3, None)),
        (0, 0, None),
    ],
)
def test_what_the_rows_lack_of_all_orders_has_a_row(
    more: int, quota: int, rest: tuple[str, int, int | None] | None
) -> None:
    """Of orders that are so many more than those of the teams, and of a quota so much greater than theirs."""
    day = friday()
    teams_of = [line for line in day.covered.floor.sales if line.kind == "team"]
    asked = sum(own.quota_sales or 0 for line in day.floor.sales if line.kind == "team" and (own := day.quota_of(line)))
    total = replace(day.covered.floor.sales[0], sales=sum(line.sales for line in teams_of) + more)
    changed = quota_of(covering(day, sales=(total, *teams_of)), quota_sales=asked + quota)
    table = teams(changed)
    keys = [column.key for column in table.columns]
    found = [
        tuple(row.cells[keys.index(key)].value for key in ("name", "sales", "quota_sales"))
        for row in table.rows
        if row.is_rest
    ]
    assert found == ([] if rest is None else [rest])


def test_agents_of_no_team_are_in_the_rest_of_the_teams() -> None:
    day = friday()
    someone = next(agent for agent in day.covered.floor.agents if agent.inbound)
    others = [agent for agent in day.covered.floor.agents if agent is not someone]
    table = teams(covering(day, agents=(replace(someone, team=None), *others)))
    keys = [column.key for column in table.columns]
    (rest,), (total,) = ([row for row in table.rows if getattr(row, kind)] for kind in ("is_rest", "is_total"))
    assert [rest.cells[keys.index(key)].value for key in ("agents", "inbound")] == [1, someone.inbound]
    every: list[Any] = [row.cells[keys.index("inbound")].value or 0 for row in table.rows if not row.is_total]
    assert sum(every) == total.cells[keys.index("inbound")].value == sum(agent.inbound for agent in day.at_work)


def test_a_quota_of_nothing_is_no_target() -> None:
    asks = quota_of(friday(), quota_sales=0, quota_revenue_cents=0)
    assert [figure(asks, key).target for key in ("sales", "revenue_cents")] == [None, None]


def compared_with(calls: int, *, now: int = 100) -> Report:
    """Friday's report with so many calls, and so many a week before."""
    day = friday()
    covered, then = (
        replace(day.covered.floor, total=counted(day.covered.floor.total, offered=number, answered=number), agents=())
        for number in (now, calls)
    )
    read = figures("day", FRIDAY)
    assert read.week_before is not None
    earlier = replace(read.week_before, floor=then)
    return report_of(
        replace(read, covered=replace(read.covered, floor=covered), before=None, week_before=earlier), NO_FILTER, NOW
    )


@pytest.mark.parametrize(("calls", "now", "is_told"), [(25, 100, True), (24, 100, False), (100, 0, False)])
def test_with_too_few_calls_no_difference_is_said(calls: int, now: int, *, is_told: bool) -> None:
    found = compared_with(calls, now=now)
    (earlier,) = found.about.earlier
    differences = [earlier.change(each) for goal in found.goals for each in goal.figures]
    assert any(each is not None for each in differences) is is_told
    assert figure(found.narrowed, "offered").week_before == calls
    remark = f"Fri 13 Nov had too few calls to compare with: {calls}."
    assert (remark in found.remarks) is (now > 0 and not is_told)
    assert (found.narrowed.compared is None) is not is_told


@pytest.mark.parametrize(("calls", "named"), [(25, "enough calls to compare"), (24, "calls")])
def test_why_a_day_is_compared_with_an_earlier_one_is_told(calls: int, named: str) -> None:
    """Monday's report with so many calls for a hundred of it on the Friday before."""
    read = figures("day")
    assert read.before is not None
    covered, then = (
        replace(each.floor, total=counted(each.floor.total, offered=number, answered=number), agents=())
        for each, number in ((read.covered, 100), (read.before, calls))
    )
    found = report_of(
        replace(read, covered=replace(read.covered, floor=covered), before=replace(read.before, floor=then)),
        NO_FILTER,
        NOW,
    )
    assert f"The last day before it with {named} was Friday." in found.remarks


@pytest.mark.parametrize(
    ("calls", "now", "said"),
    [
        (24, 100, "100 calls were offered, 24 on Friday a week before; 100 were answered."),
        (25, 100, "100 calls were offered, 300 % more than on Friday a week before (25); 100 were answered."),
        (19, 20, "20 calls were offered, 19 on Friday a week before; 20 were answered."),
        (20, 1, "1 call was offered, 95 % fewer than on Friday a week before (20); 1 was answered."),
        (20, 19, "19 calls were offered, 5 % fewer than on Friday a week before (20); 19 were answered."),
    ],
)
def test_few_calls_are_told_as_two_numbers(monkeypatch: pytest.MonkeyPatch, calls: int, now: int, said: str) -> None:
    monkeypatch.setattr("ccmon.report.insights.RULES", ())
    assert [each.sentence for each in insights(compared_with(calls, now=now).narrowed)] == [said]


def test_reasons_have_no_usual_number_without_a_comparison() -> None:
    week = report("week", "2026-11-22").narrowed
    compared, alone = reasons(week), reasons(replace(week, before=None))
    assert compared is not None
    assert alone is not None
    assert compared.order == "Rising ones first, then the most frequent. Usual: by the week before."
    assert alone.order == "The most frequent first."


def test_promises_that_are_late_and_open_are_those_whose_grace_is_over() -> None:
    narrowed = report("day").narrowed
    with closing(database_file.open_reader(database())) as connection:
        ((number,),) = connection.execute(
            "SELECT count(*) FROM follow_ups, (SELECT follow_up_grace_ms AS grace FROM site) WHERE done_at IS NULL "
            "AND outcome IS NULL AND created_at <= :now AND due_at + grace < :now",
            {"now": NOW},
        )
    assert number == figure(narrowed, "overdue").value == sum(column(owners(narrowed), "overdue"))
    shown = column(late_promises(narrowed), "overdue_ms")
    assert len(shown) == min(number, 15) > 0
    assert min(shown) > 15 * 60_000
    assert shown == sorted(shown, reverse=True)
    assert len(narrowed.floor.follow_ups.items) > number


def test_a_promise_that_is_not_late_yet_is_not_listed_as_late() -> None:
    """Where all late ones are shown: the teams' lists are short."""
    open_ones = 0
    for team in {agent.team for agent in figures("day").floor.agents if agent.team}:
        narrowed = report("day", None, Filters(team=team)).narrowed
        assert len(late_promises(narrowed).rows) == narrowed.floor.follow_ups.overdue
        open_ones += len(narrowed.floor.follow_ups.items) - len(late_promises(narrowed).rows)
    assert open_ones > 0


@pytest.mark.parametrize(
    ("kind", "text", "as_of", "until"),
    [
        ("day", FRIDAY, "at the end of the day", "the end of Fri 20 Nov"),
        ("day", None, "at 14:32", "14:32"),
        ("week", "2026-11-22", "at the end of the week", "the end of Sun 22 Nov"),
        ("month", "2026-10-30", "at the end of the month", "the end of Sat 31 Oct"),
        ("since", "09:07", "at 14:32", "14:32"),
    ],
)
def test_as_of_which_moment_calls_are_late_and_open_is_told(
    kind: str, text: str | None, as_of: str, until: str
) -> None:
    found = report(kind, text)
    assert figure(found.narrowed, "overdue").label == f"Overdue {as_of}"
    assert found.late_promises.title == f"Overdue promises {as_of}"
    assert found.late_promises.order.endswith(f" Overdue by: from when it was due until {until}.")
    assert found.owners.order == f"Most late ones first. Overdue: {as_of}."


def test_open_calls_of_before_are_told_apart_from_late_ones_of_the_day() -> None:
    day = friday()
    known = day.covered.floor.follow_ups
    assert known.owners is not None
    first, second, third = (replace(each, kept=OnTimeCount(3, 3), overdue=1) for each in known.owners[:3])
    items = tuple(
        late_call(day, promised=when, due=when, owner_id=owner.agent_id)
        for owner, when in ((first, "2026-11-19T17:00"), (second, f"{FRIDAY}T00:00"))
    )
    follow_ups = replace(known, owners=(first, second, third), items=items)
    floor = replace(day.floor, follow_ups=follow_ups)
    table = owners(replace(covering(day, follow_ups=follow_ups), floor=floor))
    assert dict(zip(column(table, "name"), column(table, "overdue_before"), strict=True)) == {
        first.name: 1,
        second.name: 0,
        third.name: 0,
    }
    none_before = replace(floor, follow_ups=replace(follow_ups, items=items[1:]))
    columns = owners(replace(covering(day, follow_ups=follow_ups), floor=none_before)).columns
    assert "overdue_before" not in {each.key for each in columns}


def test_who_owed_promised_calls_and_was_not_at_work_is_told() -> None:
    read = figures("day", FRIDAY)
    before, agents_then = owners_not_at_work(friday()), read.covered.floor.agents
    present = {agent.id for agent in friday().at_work}
    owner = next(
        each for each in read.covered.floor.follow_ups.owners or () if each.agent_id in present and each.kept.decided
    )
    others = tuple(agent for agent in agents_then if agent.id != owner.agent_id)
    found = report_of(
        replace(read, covered=replace(read.covered, floor=replace(read.covered.floor, agents=others))), NO_FILTER, NOW
    )
    absent = sorted([owner.name, *(each.name for each in before)])
    assert f"Owners of promises who were not at work: {', '.join(absent)}." in found.remarks
    said = dict(zip(column(found.owners, "name"), column(found.owners, "at_work"), strict=True))
    assert {name for name, text in said.items() if text == "no"} == set(absent)
    assert set(said.values()) == {"yes", "no"}
    assert "at_work" not in {each.key for each in owners(covering(friday(), agents=())).columns}, "nobody's is known"


def test_owners_with_most_late_promises_come_first() -> None:
    late = column(owners(report("week", "2026-11-22").narrowed), "late")
    assert late == sorted(late, reverse=True)
    assert late[0] > late[-1]


@pytest.mark.parametrize(("with_reason", "said"), [(69, True), (70, False), (0, False), (100, False)])
def test_few_noted_reasons_are_told(with_reason: int, *, said: bool) -> None:
    read = figures("week", "2026-11-22")
    counts = {1: with_reason, None: 100 - with_reason}
    covered = replace(read.covered, reasons=counts)
    names = {1: ReasonName("No tone", None, is_problem=True)}
    found = report_of(replace(read, covered=covered, reason_names=names), NO_FILTER, NOW)
    told = f"A reason was noted for {with_reason} % of the calls alone: the picture may be skewed."
    assert (told in found.remarks) is said
    assert (reasons(found.narrowed) is None) is (with_reason == 0)


@pytest.mark.parametrize(
    ("in_time", "mark"), [(796, Mark.REACHED), (794, Mark.MISSED), (800, Mark.REACHED), (None, Mark.NONE)]
)
def test_a_point_of_the_curve_is_judged_as_shown(in_time: int | None, mark: Mark) -> None:
    """As the service level of the queues: 79.6 % are shown as 80 %."""
    quarter = Quarter(0, 1000, 1000, in_time, 0) if in_time is not None else Quarter(0, 0, 0, 0, 0)
    curve, point = report("day", FRIDAY).curve, CurvePoint("09:00", quarter)
    assert curve.target == 0.8
    assert curve.mark(point) is mark
    assert level_text(curve, point).endswith("✗") is (mark is Mark.MISSED)


def silent(day: Narrowed, missing: int, calls: int, quarters: int = 12) -> Narrowed:
    """The same report with so many calls a quarter of an hour, but for some quarters in the middle."""
    nine = at(f"{FRIDAY}T09:00")
    starts = [nine + QUARTER_MS * place for place in range(quarters + missing) if not 4 <= place < 4 + missing]
    curve = tuple(Quarter(start, calls, calls, calls, 0) for start in starts)
    return covering(day, total=replace(day.covered.floor.total, quarters=curve))


@pytest.mark.parametrize(
    ("missing", "calls", "quarters", "told"),
    [(4, 3, 12, True), (3, 10, 12, False), (4, 2, 12, False), (6, 2, 12, True), (4, 3, 8, True), (4, 3, 7, False)],
)
def test_a_silence_is_told_where_it_is_no_chance(missing: int, calls: int, quarters: int, *, told: bool) -> None:
    found = longest_silence(silent(friday(), missing, calls, quarters))
    ten = at(f"{FRIDAY}T10:00")
    assert found == ((ten, ten + missing * QUARTER_MS) if told else None)


def test_the_silence_is_in_the_remarks() -> None:
    read = figures("day", FRIDAY)
    floor = silent(friday(), 8, 5).covered.floor
    found = report_of(replace(read, covered=replace(read.covered, floor=floor)), NO_FILTER, NOW)
    said = "No call came in between 10:00 and 12:00: nobody called, or nothing was recorded."
    assert said in found.remarks


def test_a_finished_day_is_complete_only_if_the_data_goes_on() -> None:
    read = figures("day", FRIDAY)
    assert (
        report_of(read, NO_FILTER, NOW).about.completeness == "As far as is known, the calls of this time are complete."
    )
    end = read.covered.stretch.at
    ended = replace(read.floor, data_ends_at=end - HOUR_MS)
    found = report_of(replace(read, floor=ended, newest_at=end), NO_FILTER, NOW).about
    assert found.completeness == (
        "The newest data is of Fri 20 Nov 2026 22:59:59: whether anything came after it is not known."
    )
    assert found.is_complete is False
    assert report_of(replace(read, floor=ended, newest_at=end + 1), NO_FILTER, NOW).about.is_complete is True


@pytest.mark.parametrize(("today", "is_closed"), [((), True), ((OpenStretch(1, 2),), False)])
def test_a_day_on_which_the_site_was_closed_is_not_judged(today: tuple[OpenStretch, ...], is_closed: bool) -> None:
    read = figures("day", "2026-11-22")
    floor = replace(read.floor, opening_hours=OpeningFigures(today, open_now=False, next_change_at=None))
    found = report_of(replace(read, floor=floor), NO_FILTER, NOW)
    assert found.is_empty
    assert empty_text(found) == (CLOSED if is_closed else NOTHING)
    orders, conversion = figure(found.narrowed, "sales"), figure(found.narrowed, "conversion")
    assert (conversion.target is None, orders.better is Better.NEITHER) == (is_closed, is_closed)
    friday_hours = replace(figures("day", FRIDAY).floor, opening_hours=floor.opening_hours)
    worked = report_of(replace(figures("day", FRIDAY), floor=friday_hours), NO_FILTER, NOW)
    assert worked.goals[0].figures[0].target is not None, "who works on a closed day is measured"


@pytest.mark.parametrize(("chance", "text"), [(0.004, "< 1 %"), (0.0, "< 1 %"), (0.5, "50 %"), (0.999, "> 99 %")])
def test_a_chance_is_never_certain(chance: float, text: str) -> None:
    assert written(chance, Unit.CHANCE) == text


def test_while_past_rows_come_in_new_customers_are_not_known(tmp_path: Path) -> None:
    path = still_floor(tmp_path / "calls.db")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO progress (task, done, total, noted_at) VALUES ('past', 1, 2, 9000000000000)")
    read = read_report(path, asked_stretch(StretchKind.WEEK, None, PRESENT), {})
    assert read.covered.new_customers is None
    about = report_of(read, NO_FILTER, NOW).about
    assert about.is_complete is False
    assert "Past: 50 % done" in about.completeness


def test_a_week_of_which_the_data_begins_within_the_week_before_is_not_compared() -> None:
    """The data begins on 24 October."""
    assert document("week", "2026-10-26")["compared_with"] == {}
    assert document("week", "2026-11-02")["compared_with"] != {}


def test_handling_times_of_days_are_added_up_as_histograms() -> None:
    handling = report("week", "2026-11-22").narrowed.covered.handling(Direction.OUTBOUND)
    assert handling is not None
    with closing(database_file.open_reader(database())) as connection:
        times = [
            seconds
            for seconds, calls in connection.execute(
                "SELECT handling_s, sum(calls) FROM handling_histogram WHERE direction = 'outbound' "
                "AND day_at >= ? AND day_at < ? GROUP BY handling_s ORDER BY handling_s",
                (at("2026-11-16"), at("2026-11-23")),
            )
            for _ in range(calls)
        ]
    assert handling.handled == len(times) > 50
    assert handling.median_ms == times[(len(times) + 1) // 2 - 1] * 1000


def chosen(monkeypatch: pytest.MonkeyPatch, bad: int, good: int) -> list[str]:
    """The tones of the sentences, where the rules find so many."""
    found = [Insight(f"bad{n}", Tone.BAD, n, "x 1.") for n in range(bad)]
    found += [Insight(f"good{n}", Tone.GOOD, n, "x 1.") for n in range(good)]
    monkeypatch.setattr("ccmon.report.insights.RULES", (lambda _: iter(found),))
    return [each.rule for each in insights(friday())]


def test_what_went_well_has_some_room_beside_what_went_badly(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, 8, 3) == ["bad7", "bad6", "bad5", "bad4", "good2", "good1"]
    assert chosen(monkeypatch, 8, 1) == ["bad7", "bad6", "bad5", "bad4", "bad3", "good0"]
    assert chosen(monkeypatch, 8, 0) == ["bad7", "bad6", "bad5", "bad4", "bad3", "bad2"]
    assert chosen(monkeypatch, 1, 8) == ["bad0", "good7", "good6", "good5", "good4", "good3"]
    assert chosen(monkeypatch, 2, 1) == ["bad1", "bad0", "good0"]
    assert chosen(monkeypatch, 1, 1) == ["bad0", "good0", "volume"]


def test_a_total_has_no_row_where_there_is_one_queue() -> None:
    day = friday()
    one = counted(day.covered.floor.queues[0], answered=3, answered_in_threshold=3)
    assert [row.is_total for row in queues(covering(day, queues=(one,))).rows] == [False]


@pytest.mark.parametrize(
    ("kind", "text", "title"),
    [
        ("day", FRIDAY, "Friday 20 November 2026, the whole day"),
        ("day", None, "Monday 23 November 2026, so far, up to 14:32"),
        ("week", None, "Week 48: 23 to 29 November 2026, so far, up to 14:32"),
        ("week", "2026-11-22", "Week 47: 16 to 22 November 2026, the whole week"),
        ("week", "2026-10-26", "Week 44: 26 October to 1 November 2026, the whole week"),
        ("month", None, "November 2026, so far, up to Mon 23 Nov 14:32"),
        ("month", "2026-10-30", "October 2026, the whole month"),
        ("since", "09:07", "Since 09:07, Monday 23 November 2026, up to 14:32"),
        ("since", "friday", "Since Friday 20 November 2026 00:00, so far, up to Mon 23 Nov 14:32"),
    ],
)
def test_what_a_report_is_about(kind: str, text: str | None, title: str) -> None:
    about = report(kind, text).about
    assert f"{about.title}, {about.extent}" == title


@pytest.mark.parametrize(("kind", "text"), [("day", FRIDAY), ("week", FRIDAY), ("month", None)])
def test_cancelled_orders_are_left_out_and_told_with_their_sum(kind: str, text: str | None) -> None:
    found = report(kind, text)
    stretch = found.stretch
    [(orders, cents)] = rows(
        database(),
        "SELECT count(*), sum(amount_cents) FROM sales WHERE coalesce(currency, 'EUR') = 'EUR' "
        f"AND cancelled_at <= {stretch.at} AND sold_at BETWEEN {stretch.starts_at} AND {stretch.at}",
    )
    assert orders > 0
    assert (
        f"Left out: {plural(orders, '{n} cancelled order', '{n} cancelled orders')}, {written(cents, Unit.MONEY)} EUR."
        in found.remarks
    )


def test_how_satisfied_the_customers_of_an_agent_are_is_of_28_days_and_says_so() -> None:
    found = report("day", FRIDAY)
    titles = {column.key: column.title for column in (*found.teams.columns, *found.agents.columns)}
    assert (titles["satisfied"], titles["satisfaction"]) == ("Satisfied", "Satisfied, 28 days")
