"""The triggers that note in the table ``changes`` what a write has touched, so that a reader reads only that.

A row of ``changes`` names what was written and whom it concerns: as it is now, and as it was before if that is a
different agent, queue, campaign or moment. Noting too much costs readers time; noting too little would leave them old
figures. Rows that a bulk load writes without triggers are noted as ``everything`` (`ccmon.database.totals`). A row of
the change log costs its writer about 2 µs, so nothing is done twice: rows that INSERT OR REPLACE deletes are noted
where the totals' triggers note them, and columns that the writer's own updates leave alone are compared in a trigger
that these do not fire.

The triggers are committed as the file of a migration, for the reasons of `ccmon.database.total_sql.triggers`, and a
test compares the two. This writes their text:

    python -m ccmon.database.total_sql.change_log_triggers >> ccmon/database/schema/NNNN_what_it_adds.sql
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ccmon.database.total_sql.sql_fragments import fill

LOGGED_AT_LEAST = 4096
"""At least this many rows of the change log are left; it is never empty, so that its numbers ascend."""

_COLUMNS = ("subject", "subject_id", "agent_id", "queue_id", "campaign_id", "at")


class NotedTable(NamedTuple):
    """A table with noted writes: expressions over one of its rows, called ``{row}``."""

    table: str
    subject: str
    subject_id: str = "{row}.id"
    agent_id: str = "NULL"
    queue_id: str = "NULL"
    campaign_id: str = "NULL"
    at: str = "NULL"
    at_of_update: str = ""
    """Of an update that moves no key, over ``old`` and ``new``; empty: that of the new row."""
    key: tuple[str, ...] = ("id",)
    """Columns that, with those of the expressions, determine whom a row concerns, and that hardly change."""
    shown: tuple[str, ...] = ()
    """An update is noted if one of these columns has changed; empty: each update is noted."""
    taken_keys: tuple[str, ...] = ()
    """Conditions on other rows that an insertion or update may delete without firing delete triggers."""


_DIRECTORY = {
    "clients": "id name",
    "teams": "id name client_id pause_limit_ms wrap_up_limit_ms talk_limit_ms missed_calls_limit",
    "agents": "id login name team_id active",
    "queues": "id name client_id purpose service_level_threshold_ms service_level_target short_abandon_ms"
    " handling_target_ms longest_wait_limit_ms wrap_up_limit_ms talk_limit_ms",
    "campaigns": "id name client_id purpose",
    "quotas": "scope scope_id period starts_on sales revenue_cents conversion",
    "pause_reasons": "reason limit_ms",
    "contact_reasons": "id name product is_problem",
    "alarm_limits": "longest_wait_ms nobody_on_phones_ms short_of_agents_ms calm_ms service_level_visits pause_ms"
    " wrap_up_ms talk_ms missed_calls follow_up_owners low_scores owners_at_risk data_age_ms import_age_ms"
    " quiet_source_ms",
    "opening_hours": "weekday hours",
    "holidays": "day name hours",
}
_BY_ID = ("id = new.id",)

_COUNTED = (
    NotedTable(
        "calls",
        "iif({row}.direction = 'inbound', 'call', 'outbound_call')",
        agent_id="{row}.agent_id",
        queue_id="{row}.queue_id",
        campaign_id="{row}.campaign_id",
        at="{row}.entered_at",
        key=("id", "direction", "queue_id", "campaign_id", "entered_at"),
    ),
    NotedTable(
        "agent_states",
        "'state'",
        agent_id="{row}.agent_id",
        at="{row}.started_at",
        key=("id", "agent_id", "started_at"),
    ),
    NotedTable(
        "missed_calls",
        "'missed_call'",
        agent_id="{row}.agent_id",
        at="{row}.missed_at",
        key=("id", "agent_id", "missed_at"),
    ),
    NotedTable(
        "sales",
        "'sale'",
        agent_id="{row}.agent_id",
        campaign_id="{row}.campaign_id",
        at="{row}.sold_at",
        key=("id", "agent_id", "campaign_id", "sold_at"),
    ),
)
"""Tables for which the totals' triggers find the rows that an insertion replaces."""
_MEMBER_COLUMNS = ("id", "agent_id", "queue_id")
_OPEN_MEMBERSHIP = "queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL"
_LATEST = "9223372036854775807"
_MEMBERSHIP_CHANGES_AT = (
    "iif(old.started_at = new.started_at,"
    f" min(ifnull(old.ended_at, {_LATEST}), ifnull(new.ended_at, {_LATEST})), min(old.started_at, new.started_at))"
)
"""Since when it is another: since it begins, or since it ends if only that has changed."""
_OTHERS = (
    NotedTable(
        "queue_members",
        "'member'",
        agent_id="{row}.agent_id",
        queue_id="{row}.queue_id",
        at="{row}.started_at",
        at_of_update=_MEMBERSHIP_CHANGES_AT,
        key=_MEMBER_COLUMNS,
        taken_keys=(*_BY_ID, _OPEN_MEMBERSHIP),
    ),
    NotedTable(
        "queue_pauses",
        "'member'",
        agent_id="{row}.agent_id",
        queue_id="{row}.queue_id",
        at="{row}.started_at",
        at_of_update=_MEMBERSHIP_CHANGES_AT,
        key=_MEMBER_COLUMNS,
        taken_keys=(*_BY_ID, _OPEN_MEMBERSHIP),
    ),
    NotedTable("follow_ups", "'follow_up'", agent_id="{row}.agent_id", at="{row}.due_at"),
    NotedTable(
        "customers", "'customer'", shown=("id", "name", "phone"), taken_keys=(*_BY_ID, "reference = new.reference")
    ),
    NotedTable("queue_days", "'targets'", "NULL", queue_id="{row}.queue_id", at="{row}.day_at", key=("queue_id",)),
    NotedTable(
        "call_reasons",
        "'call_reason'",
        "{row}.call_id",
        at="(SELECT entered_at FROM calls WHERE id = {row}.call_id)",
        key=("call_id", "reason_id"),
    ),
    NotedTable("alarm_acts", "'alarm_act'", at="{row}.acted_at", key=("id", "acted_at")),
    NotedTable("shifts", "'shift'", at="{row}.starts_at", key=("id", "starts_at")),
    NotedTable("counted_answers", "'answer'", "{row}.survey_id", at="{row}.since_at", key=("survey_id", "since_at")),
    NotedTable(
        "counted_invitations",
        "'invitation'",
        "{row}.invitation_id",
        at="{row}.since_at",
        key=("invitation_id", "since_at"),
    ),
    *(
        NotedTable(table, "'directory'", "NULL", key=(), shown=tuple(names.split()))
        for table, names in _DIRECTORY.items()
    ),
)


def triggers() -> str:
    """The triggers that note changes, without `note_replaced`."""
    return "\n\n".join(text for noted in (*_COUNTED, *_OTHERS) for text in _triggers_of(noted)) + "\n"


def note_replaced(table: str) -> str:
    """The trigger that notes rows which an insertion may replace."""
    [noted] = [noted for noted in _COUNTED if noted.table == table]
    return _trigger(noted, "replaced", f"AFTER INSERT ON replaced_{table}", f"VALUES ({_values(noted, 'new')})")


def note_sales_of_call() -> str:
    """The statement that notes the sales of a call, which may convert it now or no longer do."""
    [noted] = [noted for noted in _COUNTED if noted.table == "sales"]
    row = fill("gone", values=_values(noted, "gone"), table="sales", keys="call_id = new.call_id")
    return fill("note_change", columns=", ".join(_COLUMNS), row=row)


def _triggers_of(noted: NotedTable) -> Iterator[str]:
    table, new, old = noted.table, _values(noted, "new"), _values(noted, "old")
    trim = ""
    if noted.subject_id != "NULL":
        trim = fill("trim_changes", row_id=noted.subject_id.format(row="new"), kept=str(LOGGED_AT_LEAST))
    yield _trigger(noted, "inserted", f"AFTER INSERT ON {table}", f"VALUES ({new})", also=trim)
    when = f"\nWHEN {_any_changed(noted.shown)}" if noted.shown else ""
    updated = new.replace(noted.at.format(row="new"), noted.at_of_update) if noted.at_of_update else new
    was = []
    if "agent_id" not in noted.key and noted.agent_id != "NULL":
        was = [f"SELECT {old}\n    WHERE old.agent_id <> coalesce(new.agent_id, 0)"]
    yield _trigger(noted, "updated", f"AFTER UPDATE ON {table}{when}", f"VALUES ({updated})", *was)
    if len(noted.key) > 1:
        head = f"AFTER UPDATE OF {', '.join(noted.key)} ON {table}\nWHEN {_any_changed(noted.key)}"
        yield _trigger(noted, "moved", head, f"VALUES ({old})")
    yield _trigger(noted, "deleted", f"AFTER DELETE ON {table}", f"VALUES ({old})")
    if noted.taken_keys:
        keys = " OR ".join(noted.taken_keys)
        exists = " OR ".join(fill("key_exists", table=table, key=key) for key in noted.taken_keys)
        gone = _values(noted, "gone")
        taken = fill("gone", values=gone, table=table, keys=keys)
        yield _trigger(noted, "inserting", f"BEFORE INSERT ON {table}\nWHEN {exists}", taken)
        columns = list(dict.fromkeys(re.findall(r"new\.(\w+)", keys)))
        head = f"BEFORE UPDATE OF {', '.join(columns)} ON {table}\nWHEN {_any_changed(columns)}"
        taken = fill("gone", values=gone, table=table, keys=f"id <> old.id AND ({keys})")
        yield _trigger(noted, "updating", head, taken)


def _values(noted: NotedTable, row: str) -> str:
    return ", ".join(getattr(noted, name).format(row=row) for name in _COLUMNS)


def _any_changed(columns: Iterable[str]) -> str:
    """A case-sensitive comparison, even if the column ignores case."""
    return "\n    OR ".join(f"old.{column} COLLATE BINARY IS NOT new.{column}" for column in columns)


def _trigger(noted: NotedTable, name: str, head: str, *rows: str, also: str = "") -> str:
    body = [fill("note_change", columns=", ".join(_COLUMNS), row=row) for row in rows]
    return fill(
        "changes_trigger",
        table=noted.table,
        name=name,
        head=head,
        body="\n    ".join([*body, *([also] if also else [])]),
    )


if __name__ == "__main__":
    print(triggers(), end="")  # noqa: T201
