"""The rows of a day that is over, made at once, are those that its events would have given through the writer."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import totals
from ccmon.database.database_file import open_reader
from ccmon.database.sql_files import numbered
from ccmon.simulator import history, row_record
from ccmon.time_units import NEVER
from tests.databases import new_database

ZONE = "Europe/Amsterdam"

_OF_CALL = "LEFT JOIN calls AS c ON c.id = t.call_id"
QUERIES = {
    "calls": """SELECT call_id, visit, direction, queue_id, campaign_id, caller, caller_name, agent_id, entered_at,
        answered_at, ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at, disposition, right_party,
        customer_id, source FROM calls""",
    "states": f"""SELECT t.agent_id, t.state, t.reason, c.call_id, c.visit, t.started_at, t.ended_at, t.source
        FROM agent_states AS t {_OF_CALL}""",
    "members": "SELECT queue_id, agent_id, static, started_at, ended_at, source FROM queue_members",
    "pauses": "SELECT queue_id, agent_id, reason, started_at, ended_at, source FROM queue_pauses",
    "missed": f"""SELECT c.call_id, c.visit, t.queue_id, t.agent_id, t.missed_at, t.ring_ms
        FROM missed_calls AS t {_OF_CALL}""",
    "sales": f"SELECT c.call_id, t.agent_id, t.sold_at, t.amount_cents, t.cancelled_at FROM sales AS t {_OF_CALL}",
    "reasons": "SELECT c.call_id, t.reason_id FROM call_reasons AS t JOIN calls AS c ON c.id = t.call_id",
    "surveys": f"SELECT c.call_id, t.agent_id, t.question, t.score, t.answered_at FROM surveys AS t {_OF_CALL}",
    "invitations": f"SELECT c.call_id, t.agent_id, t.sent_at, t.delivered FROM survey_invitations AS t {_OF_CALL}",
    "follow-ups": f"""SELECT t.id, c.call_id, t.agent_id, t.customer_id, t.due_at, t.done_at, t.outcome
        FROM follow_ups AS t {_OF_CALL}""",
    "source": "SELECT records, last_record_at, carried FROM sources",
}


@pytest.mark.parametrize(
    ("agents", "days", "until"),
    [
        (8, 3, "2026-11-24T16:20"),  # from Saturday to a Tuesday afternoon
        (25, 2, "2026-11-24T23:59"),  # the last evening is over, too
        (40, 1, "2026-11-24T07:00"),  # nothing has happened yet on the last day
        (60, 1, "2026-11-27T23:59"),
    ],
)
def test_rows_made_at_once_are_those_of_the_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agents: int, days: int, until: str
) -> None:
    moment = round(datetime.fromisoformat(until).replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)
    at_once, by_events = tmp_path / "at_once.db", tmp_path / "by_events.db"
    for path in (at_once, by_events):
        new_database(path, time_zone=ZONE)
        history.seed(path, days=days, agents=agents, seed=agents, until=moment)
        monkeypatch.setattr(history, "GONE_HOME_MS", NEVER)
    with closing(open_reader(at_once)) as connection, closing(open_reader(by_events)) as other:
        for name, query in QUERIES.items():
            assert Counter(connection.execute(query)) == Counter(other.execute(query)), name
        assert connection.execute("SELECT count(*) FROM missed_calls").fetchone() > (0,)
        assert totals.check(connection) == []


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("insert_call", row_record.CALL),
        ("insert_state", row_record.STATE),
        ("insert_pause", row_record.PAUSE),
        ("insert_missed_call", row_record.MISSED),
    ],
)
def test_a_row_has_the_values_of_its_query_in_their_order(query: str, values: tuple[str, ...]) -> None:
    """The number of a state or pause, and the source of all, are those of no row but of the statement."""
    common = {"source"} if query == "insert_call" else {"source", "row_id"}
    _, parameters = numbered(query)
    assert tuple(name for name in parameters if name not in common) == values
