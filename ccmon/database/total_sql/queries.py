"""The recount of the totals from the rows, and the totals as of an earlier moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence

from ccmon.database.total_sql import answers, proofs, triggers
from ccmon.database.total_sql.definitions import (
    BASE_TABLES,
    COUNTED_ANSWERS,
    COUNTED_INVITATIONS,
    DERIVED_TABLES,
    TOTALS,
    DerivedTable,
    Part,
    Total,
)
from ccmon.database.total_sql.sql_fragments import (
    aggregate,
    expanded,
    fill,
    indented,
    known_rows,
    listed,
    places,
    rows_of,
)

_HANDLING_S = expanded("call.handling_s")
_LATER_START = "max(state.started_at, day.starts_at)"
"""When a state begins to count in a day."""


@functools.cache
def recount(table: str) -> str:
    """What a table of totals should hold for the business days in [:first_at, :last_at), in the order of its keys."""
    total = TOTALS[table]
    grouped = places(total.keys, last_first=len(total.parts) > 1)  # else the result is in the right order at once
    parts = [
        fill("recount_part", columns=columns, rows=rows, places=grouped)
        for part in total.parts
        for columns, rows in _recounted(part, total)
    ]
    return f"{_united(total, parts)}\nORDER BY {places(total.keys)}"


def _recounted(part: Part, total: Total) -> Iterator[tuple[str, str]]:
    """The columns that one base table gives, and its rows."""
    first, last = ":first_at", ":last_at"
    columns, where = _selected(part, total), f"\n    AND {expanded(part.where)}"
    if part.base_table == "state":
        begun = columns.replace("state.agent_id", "agent.id").replace(_LATER_START, "state.started_at")
        yield begun, fill("begun_states", first=first, last=last) + where
        yield columns, fill("continued_states", first=first, last=last) + where
        return
    rows = rows_of(part.base_table, first, last) + where
    if _HANDLING_S in columns:
        columns = columns.replace(_HANDLING_S, "call.handling_s").replace("day.starts_at", "call.day_at")
        rows = fill("handled_calls", handling_s=_HANDLING_S, rows=indented(rows))
    yield columns, rows


def differences(total: Total | DerivedTable, recounted: str) -> str:
    """Each row of a table of totals: its keys, and for each count the kept and the right value, 0 without a row."""
    return fill(
        "differences",
        table=total.table,
        names=listed([*total.keys, *total.columns]),
        recounted=indented(recounted),
        keys=", ".join(total.keys),
        counts=listed(f"sum(kept * {name}), sum((1 - kept) * {name})" for name in total.columns),
    )


@functools.cache
def as_of() -> str:
    """All totals of the business day [:day_starts_at, :day_ends_at) as they were at :at.

    One row per table: its name, and a JSON array of its rows, each an array of the columns in the order of their
    definition, without the day. One statement, so that the rows of a table are read once for all totals.
    """
    return _as_of_text().replace("day.starts_at", ":day_starts_at").replace("day.ends_at", ":day_ends_at")


@functools.cache
def as_of_since() -> str:
    """The same of a part of a business day, which begins at :target_day_at: each visit by the targets of that day."""
    text = _as_of_text().replace("day_at = day.starts_at", "day_at = :target_day_at")
    return text.replace("day.starts_at", ":day_starts_at").replace("day.ends_at", ":day_ends_at")


def _as_of_text() -> str:
    totals = [total for total in TOTALS.values() if total.read_at_polls]
    base_tables = dict.fromkeys(part.base_table for total in totals for part in total.parts)
    return fill(
        "as_of",
        known=",\n".join(fill("known", row=counted, rows=indented(known_rows(counted))) for counted in base_tables),
        totals="\nUNION ALL\n".join(map(_as_of_total, totals)),
    )


def _as_of_total(total: Total) -> str:
    parts = [
        fill(
            "as_of_part",
            columns=_selected(part, total),
            row=part.base_table,
            where=expanded(part.where),
            places=places(total.keys),
        )
        for part in total.parts
    ]
    return fill(
        "as_of_total",
        table=total.table,
        columns=listed(total.columns_without_day),
        parts=indented(_united(total, parts)),
    )


def missing_queue_days() -> str:
    """Queues and business days that have visits but no targets."""
    return _missing(rows_of("call", "0", str(1 << 62)))


def insert_missing_queue_days() -> str:
    """Give each queue and business day with visits in [:first_at, :last_at) the queue's present targets."""
    return fill("insert_missing_queue_days", missing=_missing(rows_of("call", ":first_at", ":last_at")))


def insert_new_queue_days() -> str:
    """As `insert_missing_queue_days`, for the visits of new_calls."""
    return _of_new_calls(fill("insert_missing_queue_days", missing=_missing(fill("new_calls"))))


def _missing(rows: str) -> str:
    [part] = TOTALS["queue_quarters"].parts
    return fill("missing_queue_days", rows=rows, where=expanded(part.where))


def keep_new_calls() -> str:
    """Copy calls newer than :newest_call in the business days of [:first_at, :last_at) into a table."""
    [columns] = (counted.columns for counted in BASE_TABLES if counted.name == "call")
    return fill("keep_new_calls", columns=listed(columns))


def _of_new_calls(text: str) -> str:
    """A statement over rows of new_calls, which include their day."""
    return text.replace("day.starts_at", "call.day_at")


def add_new_rows() -> str:
    """Count rows newer than :newest_… in the business days of [:first_at, :last_at), calls from new_calls.

    Only for base tables with rows that add up: for sales, distinct calls are counted.
    """
    parts = [(total, part) for total in TOTALS.values() for part in total.parts if part.base_table != "sale"]
    return "\n".join(_add_part(total, part) for total, part in parts)


def _add_part(total: Total, part: Part) -> str:
    row = part.base_table
    is_call = row == "call"
    keys = [f"{expanded(expression)} AS {name}" for name, expression in part.keys.items()]
    text = fill(
        "add_new_rows",
        table=total.table,
        names=listed([*part.keys, *part.columns]),
        columns=listed([*keys, *map(aggregate, part.columns.values())]),
        rows=fill("new_calls") if is_call else _new_rows(row),
        where=expanded(part.where) if is_call else f"{row}.id > :newest_{row} AND {expanded(part.where)}",
        places=places(total.keys, last_first=True),
        keys=", ".join(total.keys),
        added=",\n    ".join(f"{name} = {name} + excluded.{name}" for name in part.columns),
    )
    return _of_new_calls(text) if is_call else text


def _new_rows(row: str) -> str:
    """Rows found by their ids, which are consecutive; there may be a great many older ones."""
    return rows_of(row, ":first_at", ":last_at").replace("agent_states AS state", "agent_states AS state NOT INDEXED")


def delete_totals() -> str:
    """Delete the totals of the business days in [:first_at, :last_at) before they are recounted."""
    return "\n".join(
        fill("delete_totals", table=total.table, moment=next(key for key in total.keys if key.endswith("_at")))
        for table, total in TOTALS.items()
        if table != "purchase_days"
    )


def recount_purchases() -> str:
    """Recount all purchase days, each with the customer's purchase day before."""
    return fill("recount_purchases", recounted=indented(recount("purchase_days")))


def correct_purchases() -> str:
    """Write only the purchase days in [:first_at, :last_at) that differ: triggers count each written row."""
    return fill("correct_purchases", recounted=indented(recount("purchase_days")))


def generators() -> Mapping[str, Callable[[], str]]:
    """The function that generates the text of each query by name; some have several statements."""
    return {
        "as_of_totals": as_of,
        "as_of_totals_since": as_of_since,
        "keep_new_calls": keep_new_calls,
        "add_new_rows": add_new_rows,
        "delete_totals": delete_totals,
        "missing_queue_days": missing_queue_days,
        "insert_missing_queue_days": insert_missing_queue_days,
        "insert_new_queue_days": insert_new_queue_days,
        "newest_rows": triggers.newest_rows,
        "touched_by_new_rows": triggers.touched_by_new_rows,
        "touched_by_new_sales": triggers.touched_by_new_sales,
        "untrack_touched_hours": triggers.untrack_touched_hours,
        "recount_purchases": recount_purchases,
        "correct_purchases": correct_purchases,
        **{f"differences_{name}": functools.partial(_differences_of, name) for name in TOTALS},
        **{f"differences_{total.name}": functools.partial(_derived, total) for total in DERIVED_TABLES},
        **{f"recount_{total.name}": functools.partial(fill, f"recount_{total.name}") for total in DERIVED_TABLES},
        **{name: functools.partial(proofs.proof, name) for name in proofs.names()},
        "survey_answers_at": answers.survey_answers_at,
        "survey_invitations_at": answers.survey_invitations_at,
        "recount_answers": answers.recount_answers,
        **{
            name: functools.partial(fill, name)
            for name in ("recount_answers_of_stretch", "recount_answers_without_call", "recount_answers_of_new_calls")
        },
        "differences_counted_answers": lambda: differences(COUNTED_ANSWERS, answers.recounted_answers()),
        "differences_counted_invitations": lambda: differences(COUNTED_INVITATIONS, answers.recounted_invitations()),
        **{f"recount_{table}": functools.partial(recount, table) for table in TOTALS},
    }


def _differences_of(table: str) -> str:
    return differences(TOTALS[table], recount(table))


def _derived(total: DerivedTable) -> str:
    return differences(total, fill(f"recount_{total.name}"))


def _united(total: Total, parts: Sequence[str]) -> str:
    """The sum of a total's parts."""
    if len(parts) == 1:
        return parts[0]
    return fill(
        "united",
        columns=listed([*total.keys, *(f"sum({name}) AS {name}" for name in total.columns)]),
        parts=indented("\nUNION ALL\n".join(parts)),
        places=places(total.keys),
    )


def _selected(part: Part, total: Total) -> str:
    """The columns of a total that one base table gives, with 0 for the others."""
    keys = [f"{expanded(expression)} AS {name}" for name, expression in part.keys.items()]
    counts = [f"{aggregate(part.columns[name]) if name in part.columns else '0'} AS {name}" for name in total.columns]
    return listed([*keys, *counts])
