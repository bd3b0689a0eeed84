"""A recorded day, read live up to a moment and looked back at from its end: the two must agree.

What depends on the future cannot, and is left out: agents whom the log names later for the first time, the sources'
health and so the age of the data (a source's counters hold no history), and what somebody edited meanwhile (names,
targets, quotas). A wrap-up that is told afterwards by a pause is known only from the pause on.
"""

from __future__ import annotations

import lzma
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.database import database_file, floor_reader, reader
from ccmon.database.driver import Database
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot import assemble
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database
from tests.examples import examples

RECORDING = Path(__file__).parents[1] / "data" / "asterisk_run1" / "queue_log.xz"
ZONE = "Europe/Amsterdam"


@cache
def lines() -> list[str]:
    return lzma.open(RECORDING, "rt", encoding="utf-8").read().splitlines(keepends=True)


@cache
def moments() -> list[int]:
    """The moment of each line, in milliseconds."""
    return [int(line.split("|", 1)[0]) * 1000 for line in lines()]


Import = Callable[[int], Path]


@pytest.fixture(scope="module")
def up_to(tmp_path_factory: pytest.TempPathFactory) -> Import:
    """A database of the records up to a moment."""
    folder = tmp_path_factory.mktemp("recording")
    fresh = new_database(folder / "fresh.db", time_zone=ZONE)

    @cache
    def imported(at: int) -> Path:
        path, log = folder / f"{at}.db", folder / f"{at}.log"
        shutil.copy(fresh, path)
        log.write_text("".join(line for line, moment in zip(lines(), moments(), strict=True) if moment <= at))
        import_logs(path, [str(log)], source="pbx")
        return path

    return imported


@pytest.fixture(scope="module")
def whole(up_to: Import) -> Path:
    return up_to(moments()[-1])


def comparable(snapshot: FloorSnapshot, known: set[str]) -> FloorSnapshot:
    agents = tuple(agent for agent in snapshot.agents if agent.login in known)
    return replace(snapshot, agents=agents, sources=(), data_at=None, alarms=())


@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.02, 1))
def test_live_at_a_moment_is_what_the_whole_day_says_of_it(up_to: Import, whole: Path, share: float) -> None:
    at = moments()[int(share * (len(moments()) - 1))]
    live = reader.snapshot(up_to(at), at)
    known = {agent.login for agent in live.agents}
    assert comparable(reader.snapshot(whole, at), known) == comparable(live, known)


def test_between_two_records_the_clocks_run(up_to: Import, whole: Path) -> None:
    at = moments()[700]
    later = min(moment for moment in moments() if moment > at) - 1
    live = reader.snapshot(up_to(at), later)
    known = {agent.login for agent in live.agents}
    assert comparable(reader.snapshot(whole, later), known) == comparable(live, known)


def test_totals_and_rows_agree_at_the_end(whole: Path) -> None:
    connection = database_file.open_reader(whole)
    try:
        end = moments()[-1]
        by_totals, by_rows = (
            assemble(floor_reader.read_floor_data(Database(connection), end, is_latest=live), end)
            for live in (True, False)
        )
    finally:
        connection.close()
    assert by_totals == by_rows
    assert by_totals.total.offered > 250


class Recount:
    """A queue's figures straight from the log: no visits, no folding, each record alone."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.waits: list[int] = []
        self.talks: list[int] = []


@cache
def recount() -> dict[str, Recount]:
    queues: defaultdict[str, Recount] = defaultdict(Recount)
    entered: dict[tuple[str, str], int] = {}
    for line in lines():
        moment, call_id, queue, agent, event, *data = line.rstrip("\n").split("|")
        name, at = queue.casefold(), int(moment)
        shift = 1 if agent == "Ann" else 0
        event = data[0] if shift else event
        data = data[1:] if shift else data
        found = queues[name]
        found.events[event] += 1
        if event == "ENTERQUEUE":
            entered[call_id, name] = at
        elif event == "CONNECT":
            found.waits.append(at - entered[call_id, name])
        elif event.startswith("COMPLETE"):
            found.talks.append(int(data[1]))
    return dict(queues)


@pytest.mark.parametrize("name", ["sales", "support", "retention"])
def test_figures_equal_a_recount_of_the_log(whole: Path, name: str) -> None:
    snapshot = reader.snapshot(whole, moments()[-1])
    [queue] = [queue for queue in snapshot.queues if queue.name.casefold() == name]
    truth = recount()[name]
    events = truth.events
    assert queue.offered == events["ENTERQUEUE"]
    assert queue.answered == events["CONNECT"]
    assert queue.timed_out == events["EXITWITHTIMEOUT"]
    assert queue.no_agents == events["EXITEMPTY"]
    assert queue.diverted == events["EXITWITHKEY"] + events["WITHDRAW"]
    assert queue.abandoned + queue.open + queue.unknown == (
        queue.offered - queue.answered - queue.timed_out - queue.no_agents - queue.diverted
    )
    assert queue.abandoned == events["ABANDON"]
    assert queue.asa_ms == pytest.approx(1000 * sum(truth.waits) / len(truth.waits))
    assert queue.answered_in_threshold == sum(wait <= 20 for wait in truth.waits)
    ended = [event for event in events if event.startswith("COMPLETE") or event.endswith("TRANSFER")]
    assert queue.handled == sum(events[event] for event in ended)


def test_the_total_is_the_sum_of_the_queues(whole: Path) -> None:
    for at in moments()[100::200]:
        snapshot = reader.snapshot(whole, at)
        total, queues = snapshot.total, snapshot.queues
        assert total.offered == sum(queue.offered for queue in queues)
        assert total.handled == sum(queue.handled for queue in queues)
        assert all(_adds_up(queue) for queue in (*queues, total))
        assert total.agents_on_phones <= sum(queue.agents_on_phones for queue in queues)


def _adds_up(queue: QueueFigures) -> bool:
    return queue.offered == queue.finished + queue.unknown + queue.open


def test_where_the_log_breaks_off_the_floor_does_not_run_on(up_to: Import) -> None:
    """Hours after its last record, all that is known is how old it is: no call goes on and on."""
    last = moments()[600]
    path = up_to(last)
    now = last + 6 * 3_600_000
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO sales (sold_at, amount_cents) VALUES (?, 100)", (now - 60_000,))
    connection.close()
    before, after = reader.snapshot(path, last), reader.snapshot(path, now)
    assert any(agent.state == "talking" for agent in before.agents)
    assert not any(agent.state in {"talking", "ringing"} for agent in after.agents)
    assert after.total.open == 0
    assert after.data_age_ms == 6 * 3_600_000
    assert {alarm.rule for alarm in after.alarms} <= {"data_age", "service_level", "missed_calls", "pause"}
    for alarm in after.alarms:
        if alarm.rule == "pause":
            assert alarm.since is not None
            assert alarm.value == (last - alarm.since) / 1000
