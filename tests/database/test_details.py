"""What the details of rows show, beside a recount of the same rows by another way, and the figures of the panels."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import detail_reader, reader
from ccmon.database.detail_reader import read_details
from ccmon.database.live_reader import TRIES
from ccmon.database.sqlite_errors import ChangedWhileReadError
from ccmon.metrics.missed_calls import MissedCause
from ccmon.model.agents import AgentState
from ccmon.model.details import (
    AgentDayRows,
    AgentSubject,
    CallStory,
    CallSubject,
    CustomerSubject,
    DetailPage,
    DetailRequest,
    DetailSubject,
    QueueSubject,
    ReadDetails,
)
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.call_path import StepKind, call_path
from ccmon.snapshot.details import expected_quarters, pause_sums, times_in_states, usual_day
from ccmon.views.detail_lines import customer_of
from tests.goldens.moments import database_of
from tests.snapshot.seeded_floor import NOW, seeded_database

AFTER_RECORDINGS = round(datetime.fromisoformat("2026-11-23T12:00:00+01:00").timestamp() * 1000)
"""Details are looked at now: after all rows."""
SEEDED, RECORDINGS = "seeded", ("asterisk_run1", "freeswitch_run1")


class Floor:
    """A database at its moment, and its rows as a recount reads them."""

    def __init__(self, name: str) -> None:
        self.path = seeded_database() if name == SEEDED else database_of(name)
        at = NOW if name == SEEDED else AFTER_RECORDINGS
        self.snapshot: FloorSnapshot = reader.snapshot(self.path, at)

    def read(self, page: DetailPage, subject: DetailSubject, *, limit: int = 10**6, client: str | None = None) -> Any:
        """The rows of a page."""
        return self.ask(page, subject, limit=limit, client=client).rows

    def ask(
        self, page: DetailPage, subject: DetailSubject, *, limit: int = 10**6, client: str | None = None
    ) -> ReadDetails:
        """A page."""
        snapshot = self.snapshot
        return read_details(self.path, DetailRequest(page, subject, snapshot.at, snapshot.day, client, limit))

    def rows(self, table: str) -> list[Mapping[str, Any]]:
        """All rows of a table."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            columns = "*, class, wait_ms, talk_ms, handled" if table == "calls" else "*"
            return connection.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()

    def of_today(self, at: int) -> bool:
        """Whether a moment is in the business day."""
        return self.snapshot.day.starts_at <= at < self.snapshot.day.ends_at


@pytest.fixture(scope="module", params=[SEEDED, *RECORDINGS])
def floor(request: pytest.FixtureRequest) -> Floor:
    return Floor(request.param)


@pytest.fixture(scope="module")
def seeded() -> Floor:
    return Floor(SEEDED)


def agents_of(floor: Floor) -> Iterator[tuple[Any, AgentSubject]]:
    for agent in floor.snapshot.agents:
        yield agent, AgentSubject(agent.id, agent.name)


def test_the_states_of_an_agents_day_add_up_to_the_times_of_the_panel(floor: Floor) -> None:
    known_until, seen = floor.snapshot.known_until, 0
    for agent, subject in agents_of(floor):
        if agent.state is AgentState.UNKNOWN:
            continue
        [day] = floor.read(DetailPage.AGENT_DAY, subject)
        assert isinstance(day, AgentDayRows)
        spent, times = times_in_states(day.stretches, known_until), agent.times(known_until)
        if not times.logged_in_ms or agent.times_before.logged_in_ms + (agent.in_state_ms(known_until) or 0) == 0:
            continue
        seen += 1
        shown = [
            spent.get(state, 0)
            for state in (AgentState.TALKING, AgentState.HOLD, AgentState.WRAP_UP, AgentState.READY, AgentState.PAUSED)
        ]
        assert shown == [times.talk_ms, times.hold_ms, times.wrap_up_ms, times.ready_ms, times.paused_ms], agent.name
        assert sum(spent.values()) - spent.get(AgentState.LOGGED_OUT, 0) == times.logged_in_ms
        pauses = pause_sums(day.stretches, known_until, lambda _reason: 10 * 60_000)
        assert sum(each.total_ms for each in pauses) == times.paused_ms
    assert seen >= 2


def test_pauses_by_reason_are_those_of_the_table(seeded: Floor) -> None:
    limit_ms, until, day = 12 * 60_000, seeded.snapshot.known_until, seeded.snapshot.day
    expected: defaultdict[int, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in seeded.rows("agent_states"):
        length = min(row["ended_at"] or until, day.ends_at) - max(row["started_at"], day.starts_at)
        if row["state"] == "paused" and length > 0:
            expected[row["agent_id"]][row["reason"]].append(length)
    over = 0
    for agent, subject in agents_of(seeded):
        [found] = seeded.read(DetailPage.AGENT_DAY, subject)
        sums = pause_sums(found.stretches, until, lambda _reason: limit_ms)
        assert {each.reason: (each.times, each.total_ms, each.longest_ms, each.over) for each in sums} == {
            reason: (len(all_), sum(all_), max(all_), len([each for each in all_ if each > limit_ms]))
            for reason, all_ in expected[agent.id].items()
        }
        assert [each.total_ms for each in sums] == sorted((each.total_ms for each in sums), reverse=True)
        over += sum(each.over for each in sums)
    assert over


def test_the_calls_of_an_agent_are_those_that_the_panel_counts(floor: Floor) -> None:
    entered: defaultdict[int, list[int]] = defaultdict(list)
    for row in floor.rows("calls"):
        if row["agent_id"] is not None and floor.of_today(row["entered_at"]):
            entered[row["agent_id"]].append(row["id"])
    for agent, subject in agents_of(floor):
        calls = floor.read(DetailPage.AGENT_CALLS, subject)
        assert sorted(call.id for call in calls) == entered[agent.id]
        handled = [call for call in calls if call.handled]
        assert len(handled) == agent.handled
        assert sum(call.talk_ms or 0 for call in handled) == agent.handled_talk_ms
        assert sum(call.hold_ms or 0 for call in handled) == agent.handled_hold_ms
        assert sum(call.wrap_up_ms or 0 for call in handled) == agent.handled_wrap_up_ms
        assert len([call for call in handled if call.inbound]) == agent.inbound
        moments = [call.entered_at for call in calls]
        assert moments == sorted(moments, reverse=True)
    assert any(agent.handled for agent in floor.snapshot.agents)


def test_missed_calls_are_those_of_the_panel_and_each_has_a_cause(floor: Floor) -> None:
    causes: Counter[MissedCause] = Counter()
    calls = {row["id"]: row for row in floor.rows("calls")}
    raw = Counter(
        (row["agent_id"], row["call_id"], row["missed_at"], row["ring_ms"])
        for row in floor.rows("missed_calls")
        if floor.of_today(row["missed_at"])
    )
    found: Counter[Any] = Counter()
    for agent, subject in agents_of(floor):
        [day] = floor.read(DetailPage.AGENT_DAY, subject)
        found.update((agent.id, each.call_id, each.missed_at, each.ring_ms) for each in day.missed)
        assert len([each for each in day.missed if each.cause is not MissedCause.TOO_SHORT]) == agent.missed
        for each in day.missed:
            causes[each.cause] += 1
            call = calls.get(each.call_id or 0)
            if each.cause is MissedCause.CALLER_GAVE_UP:
                assert call is not None
                assert call["class"] == "abandoned"
            if each.cause is MissedCause.ANSWERED_BY_ANOTHER:
                assert call is not None
                assert call["answered_at"] is not None
    assert found == raw
    assert causes.total() > 0
    assert causes[MissedCause.NO_ANSWER] > 0


def test_answers_are_those_credited_to_the_agent(seeded: Floor) -> None:
    answers = 0
    for agent, subject in agents_of(seeded):
        rows = seeded.read(DetailPage.AGENT_ANSWERS, subject)
        satisfaction = [row for row in rows if row.question == "satisfaction"]
        assert len(satisfaction) == agent.surveys
        assert len([row for row in satisfaction if row.score >= row.scale - 1]) == agent.satisfied
        answers += len(satisfaction)
    assert answers > 20


def test_past_days_are_those_of_the_calls(seeded: Floor) -> None:
    """Counted from calls, states and sales by local date, not from the totals."""
    zone = ZoneInfo(seeded.snapshot.time_zone)

    def day_of(at: int) -> str:
        return datetime.fromtimestamp(at / 1000, zone).date().isoformat()

    today = seeded.snapshot.day.date
    handled: Counter[tuple[int, str]] = Counter()
    worked: Counter[tuple[int, str]] = Counter()
    for row in seeded.rows("calls"):
        if row["handled"] and row["agent_id"] is not None:
            key = row["agent_id"], day_of(row["entered_at"])
            handled[key] += 1
            worked[key] += row["talk_ms"] + (row["hold_ms"] or 0) + max(0, row["wrapped_up_at"] - row["ended_at"])
    sales = Counter(
        (row["agent_id"], day_of(row["sold_at"])) for row in seeded.rows("sales") if row["cancelled_at"] is None
    )
    first = (datetime.fromisoformat(today) - timedelta(days=28)).date().isoformat()
    for agent, subject in agents_of(seeded):
        days = seeded.read(DetailPage.AGENT_WEEKS, subject)
        assert all(first <= day.date < today for day in days)
        assert {day.date: day.handled for day in days if day.handled} == {
            day: number for (who, day), number in handled.items() if who == agent.id and first <= day < today
        }
        assert {day.date: day.sales for day in days if day.sales} == {
            day: number for (who, day), number in sales.items() if who == agent.id and first <= day < today
        }
        for day in days:
            if day.handled:
                assert day.aht_ms == worked[agent.id, day.date] / day.handled
        usual = usual_day(days)
        if usual is not None:
            assert usual.handled * usual.days == pytest.approx(sum(day.handled for day in days))


def test_a_queues_quarters_are_the_panels_beside_the_mean_of_the_weekday(seeded: Floor) -> None:
    zone, today = ZoneInfo(seeded.snapshot.time_zone), datetime.fromisoformat(seeded.snapshot.day.date)
    past = {(today - timedelta(weeks=week)).date().isoformat() for week in range(1, 9)}
    offered: defaultdict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in seeded.rows("calls"):
        at = datetime.fromtimestamp(row["entered_at"] // 900_000 * 900, zone)
        if row["direction"] == "inbound" and row["class"] != "blocked" and at.date().isoformat() in past:
            offered[row["queue_id"]][at.date().isoformat(), f"{at:%H:%M}"] += 1
    for queue in seeded.snapshot.queues:
        assert queue.id is not None
        rows = seeded.read(DetailPage.QUEUE_USUAL, QueueSubject(queue.id, queue.name))
        quarters = expected_quarters(queue.quarters, rows, seeded.snapshot.day)
        days = len({day for day, _ in offered[queue.id]})
        by_time: Counter[str] = Counter()
        for (_, time), number in offered[queue.id].items():
            by_time[time] += number
        shown = {f"{datetime.fromtimestamp(each.starts_at / 1000, zone):%H:%M}": each.expected for each in quarters}
        assert {time: mean for time, mean in shown.items() if mean} == {
            time: number / days for time, number in by_time.items()
        }
        assert sum(each.figures.offered for each in quarters if each.figures) == queue.offered
        assert sum(each.figures.abandoned for each in quarters if each.figures) == queue.abandoned


def test_who_waits_is_who_waits_in_the_panel(floor: Floor) -> None:
    for queue in floor.snapshot.queues:
        assert queue.id is not None
        rows = floor.read(DetailPage.QUEUE_WAITING, QueueSubject(queue.id, queue.name))
        waiting = [call for call in floor.snapshot.waiting if call.queue_id == queue.id]
        assert [row.entered_at for row in rows] == [call.entered_at for call in waiting]
        assert [row.customer for row in rows] == [call.customer for call in waiting]


def test_the_seeded_floor_has_somebody_who_waits_at_whose_call_a_telephone_rings(seeded: Floor, tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    path.write_bytes(seeded.path.read_bytes())
    queue, agent = seeded.snapshot.queues[0], seeded.snapshot.agents[0]
    assert queue.id is not None
    at = seeded.snapshot.at
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for place in (1, 2):
            connection.execute(
                "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', ?, ?, ?)",
                (str(place), queue.id, at - 1000 * (10 - place)),
            )
        [(call,)] = connection.execute("SELECT id FROM calls WHERE source = 'test' AND call_id = '2'")
        connection.execute(
            "UPDATE agent_states SET ended_at = ? WHERE agent_id = ? AND ended_at IS NULL", (at, agent.id)
        )
        connection.execute(
            "INSERT INTO agent_states (agent_id, state, call_id, started_at) VALUES (?, 'ringing', ?, ?)",
            (agent.id, call, at),
        )
        max_open = connection.execute("SELECT max_open_ms FROM site").fetchone()[0]

    def rows(moment: int) -> Any:
        request = DetailRequest(
            DetailPage.QUEUE_WAITING, QueueSubject(queue.id or 0, ""), moment, seeded.snapshot.day, None, 100
        )
        return read_details(path, request).rows

    own = [row for row in rows(at) if row.entered_at in {at - 9000, at - 8000}]
    assert [(row.entered_at, row.ringing) for row in own] == [(at - 9000, None), (at - 8000, agent.name)]
    # A call that is open for longer than the site allows waits no more (metrics.md 1.5).
    assert [row.entered_at for row in rows(at - 9000 + max_open)] == [at - 8000]
    assert at - 9000 in [row.entered_at for row in rows(at - 9000 + max_open - 1)]


def test_what_a_customer_did_is_all_there_is_of_them(seeded: Floor) -> None:
    calls, orders, promises, surveys = map(seeded.rows, ("calls", "sales", "follow_ups", "surveys"))
    caller_of = {row["id"]: row["customer_id"] for row in calls}
    commonest = [
        customer
        for rows in (calls, orders, promises, surveys)
        for customer, _ in Counter(row["customer_id"] for row in rows if row["customer_id"]).most_common(3)
    ]
    phones = {row["id"]: row["phone"] for row in seeded.rows("customers")}
    for customer in dict.fromkeys(commonest):
        subject = CustomerSubject(customer, phones[customer], "")
        numbers = [
            row["id"]
            for row in calls
            if row["customer_id"] == customer or (row["customer_id"] is None and row["caller"] == phones[customer])
        ]
        contacts = seeded.read(DetailPage.CUSTOMER_CONTACTS, subject)
        assert sorted(call.id for call in contacts) == numbers
        bought = seeded.read(DetailPage.CUSTOMER_ORDERS, subject)
        assert sorted((o.sold_at, o.amount_cents, o.cancelled_at is None) for o in bought) == sorted(
            (row["sold_at"], row["amount_cents"], row["cancelled_at"] is None)
            for row in orders
            if row["customer_id"] == customer
        )
        stand = Counter(row["call_id"] for row in orders if row["cancelled_at"] is None)
        assert all(call.orders == stand[call.id] for call in contacts)
        owed = seeded.read(DetailPage.CUSTOMER_PROMISES, subject)
        assert sorted(each.due_at for each in owed) == sorted(
            row["due_at"] for row in promises if row["customer_id"] == customer
        )
        said = seeded.read(DetailPage.CUSTOMER_ANSWERS, subject)
        assert Counter((a.answered_at, a.question, a.score) for a in said) == Counter(
            (row["answered_at"], row["question"], row["score"])
            for row in surveys
            if (row["customer_id"] or caller_of.get(row["call_id"])) == customer
        )


def test_a_number_that_nobody_knows_has_its_calls(floor: Floor) -> None:
    callers = Counter(row["caller"] for row in floor.rows("calls") if row["customer_id"] is None and row["caller"])
    for number, calls in callers.most_common(3):
        rows = floor.read(DetailPage.CUSTOMER_CONTACTS, CustomerSubject(None, number, number))
        assert len(rows) == calls
        assert {row.phone for row in rows} == {number}
        assert floor.read(DetailPage.CUSTOMER_ORDERS, CustomerSubject(None, number, number)) == []


def test_the_edges_of_a_day_are_its_start_and_not_its_end(seeded: Floor, tmp_path: Path) -> None:
    path, day, agent = tmp_path / "calls.db", seeded.snapshot.day, seeded.snapshot.agents[0]
    path.write_bytes(seeded.path.read_bytes())
    moments = [day.starts_at - 1, day.starts_at, day.ends_at - 1, day.ends_at]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for place, at in enumerate(moments):
            connection.execute(
                "INSERT INTO missed_calls (agent_id, missed_at, ring_ms) VALUES (?, ?, 7777)", (agent.id, at)
            )
            connection.execute(
                "INSERT INTO calls (source, call_id, agent_id, entered_at) VALUES ('test', ?, ?, ?)",
                (str(place), agent.id, at),
            )

    def rows(page: DetailPage) -> Any:
        return read_details(path, DetailRequest(page, AgentSubject(agent.id, ""), day.ends_at, day, None, 10**6)).rows

    [found] = rows(DetailPage.AGENT_DAY)
    assert sorted(each.missed_at for each in found.missed if each.ring_ms == 7777) == moments[1:3]
    entered = [call.entered_at for call in rows(DetailPage.AGENT_CALLS)]
    assert [at for at in entered if at in moments] == [moments[2], moments[1]]


@pytest.mark.parametrize("failures", [1, TRIES - 1, TRIES])
def test_a_page_is_read_again_where_others_wrote_meanwhile(
    seeded: Floor, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    left, read_page = [failures], detail_reader.read_page

    def failing(*arguments: Any) -> ReadDetails:
        if left[0]:
            left[0] -= 1
            raise ChangedWhileReadError("written by another program")
        return read_page(*arguments)

    monkeypatch.setattr(detail_reader, "read_page", failing)
    agent = seeded.snapshot.agents[0]
    with pytest.raises(ChangedWhileReadError) if failures == TRIES else nullcontext():
        assert seeded.read(DetailPage.AGENT_DAY, AgentSubject(agent.id, agent.name))


def test_callers_who_withhold_their_number_are_not_one_customer(seeded: Floor, tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    path.write_bytes(seeded.path.read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, caller, entered_at) VALUES ('test', '1', 'Anonymous', ?)",
            (seeded.snapshot.at,),
        )
    for subject in (CustomerSubject(None, "Anonymous", ""), CustomerSubject(1, "Anonymous", "")):
        request = DetailRequest(
            DetailPage.CUSTOMER_CONTACTS, subject, seeded.snapshot.at, seeded.snapshot.day, None, 100
        )
        assert "Anonymous" not in {row.phone for row in read_details(path, request).rows}
    assert customer_of(None, "Anonymous", None) is None
    assert customer_of(1, "Anonymous", None) == CustomerSubject(1, "Anonymous", "Anonymous")


def test_a_list_is_read_in_pages_and_says_whether_there_is_more(seeded: Floor) -> None:
    agent = max(seeded.snapshot.agents, key=lambda each: each.handled)
    subject = AgentSubject(agent.id, agent.name)
    everything = seeded.read(DetailPage.AGENT_CALLS, subject)
    for limit in (len(everything) - 1, len(everything)):
        page = seeded.ask(DetailPage.AGENT_CALLS, subject, limit=limit)
        assert page.rows == everything[:limit]
        assert page.more is (limit < len(everything))


def test_a_screen_narrowed_to_a_client_gets_its_calls_alone(seeded: Floor) -> None:
    of_queue = {queue.name: queue.client for queue in seeded.snapshot.queues}
    clients = sorted({client for client in of_queue.values() if client})
    assert len(clients) > 1
    for agent, subject in agents_of(seeded):
        calls = seeded.read(DetailPage.AGENT_CALLS, subject)
        shares = {client: seeded.read(DetailPage.AGENT_CALLS, subject, client=client) for client in clients}
        for client, share in shares.items():
            inbound = [call.id for call in calls if call.inbound and of_queue[call.queue] == client]
            assert [call.id for call in share if call.inbound] == inbound
        assert sum(map(len, shares.values())) <= len(calls)
        assert agent.id


def test_the_path_of_each_call_has_its_moments_in_order(floor: Floor) -> None:
    """Each visit, each missed call and each hold once, whichever visit of the phone call is opened."""
    calls = [row for row in floor.rows("calls") if floor.of_today(row["entered_at"])]
    by_phone_call: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in calls:
        by_phone_call[row["source"], row["call_id"]].append(row)
    missed = Counter(row["call_id"] for row in floor.rows("missed_calls"))
    holds = Counter(row["call_id"] for row in floor.rows("agent_states") if row["state"] == "hold")
    several = sorted(by_phone_call.values(), key=len, reverse=True)[:10]
    with_missed = [v for v in by_phone_call.values() if any(missed[row["id"]] for row in v)][:10]
    for visits in [*several, *with_missed]:
        ids = {row["id"] for row in visits}
        for row in visits:
            [story] = floor.read(DetailPage.CALL, CallSubject(row["id"], ""))
            assert isinstance(story, CallStory)
            assert {visit.id for visit in story.visits} == ids
            steps = call_path(story)
            kinds = Counter(step.kind for step in steps)
            assert kinds[StepKind.ENTERED] + kinds[StepKind.DIALLED] == len(visits)
            assert kinds[StepKind.CONNECTED] == len([each for each in visits if each["answered_at"] is not None])
            assert kinds[StepKind.ENDED] == len([each for each in visits if each["ended_at"] is not None])
            assert kinds[StepKind.MISSED] == sum(missed[number] for number in ids)
            assert kinds[StepKind.HELD] == sum(holds[number] for number in ids)
            assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert with_missed
