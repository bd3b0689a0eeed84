"""The triggers that keep the totals, and those that note what a bulk load touches.

The triggers of the totals are not generated when used: they are committed as the file of a migration, because the
meaning of a migration must never change. A migration that generated its text would give a half-migrated database the
triggers of a later definition, with columns that do not exist yet. A test compares the triggers left by all migrations
with `triggers`, so that a definition cannot change without a migration. This writes the text of one:

    python -m ccmon.database.total_sql.triggers >> ccmon/database/schema/NNNN_what_it_adds.sql
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ccmon.database.total_sql import answers, change_log_triggers
from ccmon.database.total_sql.definitions import BASE_TABLES, TOTALS, BaseTable, Part, Term, Total
from ccmon.database.total_sql.sql_fragments import (
    aggregate,
    expanded,
    fill,
    indented,
    listed,
    places,
    rows_of,
    templates,
)

_BASE_TABLES = {counted.name: counted for counted in BASE_TABLES}
_DEPENDENCIES = {
    "queue_days": "count_targets",
    "queues": "count_sales_calls",
    "site": "count_revenue",
    "calls": "count_converted",
}
"""Other tables on which totals depend, and the view: inserting into it recounts what depends on them."""
_NO_ROW = -(1 << 63)


def triggers() -> str:
    """Views, notes and triggers that keep the totals right whoever writes, replacing those that exist."""
    made = [_counting_triggers(counted) for counted in BASE_TABLES]
    for total in TOTALS.values():
        made += [_count(total, part) for part in total.parts]
    [part] = TOTALS["queue_quarters"].parts
    made.append(fill("targets", where=_in_trigger(part.where, part.base_table)))
    made += [_recount_trigger(table, view) for table, view in _DEPENDENCIES.items()]
    made.append(fill("follow_calls_of_sales"))
    return "\n\n".join(made) + "\n"


def _keys_of(counted: BaseTable) -> list[str]:
    return templates()[f"keys_of_{counted.name}"].splitlines()


def _key_exists(counted: BaseTable) -> str:
    return "\n    OR ".join(fill("key_exists", table=counted.table, key=key) for key in _keys_of(counted))


def _replaced_rows(counted: BaseTable) -> str:
    return " OR ".join(f"({key})" if " AND " in key else key for key in _keys_of(counted))


def _counting_triggers(counted: BaseTable) -> str:
    day = () if counted.ends else ("day_at",)
    columns = ("id", *counted.columns)

    def values(row: str, id_of: str = "new") -> str:
        of_day = fill("day_of", moment=f"{row}.{counted.begins}") if day else ""
        return of_day + listed([f"{id_of}.id", *(f"{row}.{name}" for name in counted.columns)], 8)

    return fill(
        "counting_triggers",
        row=counted.name,
        table=counted.table,
        counted=listed([*day, *columns]),
        nulls=listed(["NULL"] * (1 + len(day) + len(columns))),
        fields=",\n    ".join(f"{name} {'INTEGER PRIMARY KEY' if name == 'id' else 'ANY'}" for name in columns),
        note_replaced=_note_replaced(counted.table),
        key_exists=_key_exists(counted),
        replaced_rows=_replaced_rows(counted),
        columns=listed(columns, 8),
        gone_values=values("gone"),
        new_values=values("new"),
        old_values=values("old"),
        deleted_values=values("old", "old"),
        written=listed(("id", *(counted.written or counted.columns))),
        when_counted=f"\nWHEN new.{counted.ends} IS NOT NULL" if counted.ends else "",
    )


def _note_replaced(table: str) -> str:
    followed = f"\n\n{fill('follow_replaced_calls')}" if table == "calls" else ""
    return change_log_triggers.note_replaced(table) + answers.note_replaced(table) + followed


def _in_trigger(text: str, counted: str) -> str:
    """An expression over the row inserted into the table's view."""
    named = re.sub(rf"\b{counted}\.", "new.", expanded(text))
    return named if _BASE_TABLES[counted].ends else named.replace("day.starts_at", "new.day_at")


def _count(total: Total, part: Part) -> str:
    """The trigger that counts a row in or out."""
    counted = _BASE_TABLES[part.base_table]
    keys = [_in_trigger(expression, part.base_table) for expression in part.keys.values()]
    changes = [" + ".join(_change(term, part, counted) for term in terms) for terms in part.columns.values()]
    values = ",\n        ".join([*keys, *changes])
    counts = f"new.{counted.ends} > new.{counted.begins}" if counted.ends else "new.day_at IS NOT NULL"
    cleaned = ""
    if len(total.columns) == 1:
        same = " AND ".join(f"{name} = {key}" for name, key in zip(total.keys, keys, strict=True))
        cleaned = "\n    " + fill("cleaned", table=total.table, same=same, column=total.columns[0])
    return fill(
        "count",
        row=part.base_table,
        table=total.table,
        counts=f"{counts} AND {_in_trigger(part.where, part.base_table)}",
        names=listed([*part.keys, *part.columns], 8),
        values=fill("values_of_days" if counted.ends else "values", values=values),
        keys=", ".join(total.keys),
        added=",\n        ".join(f"{name} = {name} + excluded.{name}" for name in part.columns),
        cleaned=cleaned,
    )


def _change(term: Term, part: Part, counted: BaseTable) -> str:
    """What a row adds to a column, or subtracts from it."""
    condition = _in_trigger(term.condition, part.base_table)
    match term.kind:
        case "count":
            return f"iif({condition}, new.sign, 0)" if condition else "new.sign"
        case "sum":
            value = f"new.sign * coalesce({_in_trigger(term.value, part.base_table)}, 0)"
            return f"iif({condition}, {value}, 0)" if condition else value
        case _:
            keys = [key for name, key in part.keys.items() if name != "day_at"]
            return fill(
                "first_among",
                table=counted.table,
                row=counted.name,
                value=term.value.removeprefix(f"{counted.name}."),
                moment=counted.begins,
                condition=condition or "true",
                same=" AND ".join(f"{expanded(key)} = {_in_trigger(key, part.base_table)}" for key in keys),
                where=expanded(part.where),
            )


def _recount_trigger(table: str, view: str) -> str:
    """The trigger that recounts what depends on another table."""
    statements = []
    for total in TOTALS.values():
        for part in total.parts:
            dependent = {
                name: aggregate(terms)
                for name, terms in part.columns.items()
                if re.search(rf"\bFROM {table}\b", aggregate(terms))
            }
            if dependent:
                first, last, only = templates()[f"{view}_of_{part.base_table}"].splitlines()
                statements.append(
                    _recount_statement(total, part, dependent, rows=rows_of(part.base_table, first, last), only=only)
                )
    if table == "calls":
        statements.append(change_log_triggers.note_sales_of_call())
    return fill("recount_trigger", view=view, statements="\n    ".join(statements))


def _recount_statement(total: Total, part: Part, dependent: dict[str, str], *, rows: str, only: str) -> str:
    keys = [expanded(expression) for expression in part.keys.values()]
    return fill(
        "recount_statement",
        table=total.table,
        names=", ".join([*part.keys, *dependent]),
        columns=",\n        ".join([*keys, *dependent.values()]),
        rows=indented(rows),
        where=f"{expanded(part.where)} AND {only.format(key=keys[-1])}",
        places=places(keys),
        keys=", ".join(total.keys),
        replaced=",\n        ".join(f"{name} = excluded.{name}" for name in dependent),
    )


def track_touched_hours(newest: Mapping[str, int]) -> str:
    """Note the hours of existing rows that a bulk load touches, in tables that had any.

    Args:
        newest: from `newest_rows` before the first change; for tables left out, nothing is noted.
    """
    ids = {counted: newest.get(f"newest_{counted.name}", _NO_ROW) for counted in BASE_TABLES}
    return "\n".join(_of_table("track_table", counted, last) for counted, last in ids.items() if last != _NO_ROW)


def untrack_touched_hours() -> str:
    """Remove what `track_touched_hours` has created."""
    return "\n".join(fill("untrack_table", table=counted.table) for counted in BASE_TABLES)


def touched_by_new_rows() -> str:
    """Note the hours of rows newer than those of `newest_rows`."""
    return "\n".join(_of_table("touched_by_new_rows", counted) for counted in BASE_TABLES)


def touched_by_new_sales() -> str:
    """As `touched_by_new_rows`, for the base table with rows that do not add up."""
    return fill("touched_by_new_sales")


def newest_rows() -> str:
    """The highest id of each base table; for one without rows, a number below every id."""
    none = str(_NO_ROW)
    newest = (fill("newest_row", row=counted.name, table=counted.table, none=none) for counted in BASE_TABLES)
    return f"SELECT {', '.join(newest)}"


def _of_table(template: str, counted: BaseTable, newest: int = 0) -> str:
    def hours(row: str) -> str:
        return f"{row}.{counted.begins} / 3600000, {row}.{counted.ends or counted.begins} / 3600000"

    def counts(row: str) -> str:
        return f"{row}.{counted.ends} > {row}.{counted.begins}" if counted.ends else "true"

    def dependent(row: str) -> str:
        return f"\n    {fill('touched_sales', row=row)}" if counted.name == "call" else ""

    return fill(
        template,
        row=counted.name,
        table=counted.table,
        newest=str(newest),
        new_dependent=dependent("new"),
        old_dependent=dependent("old"),
        new_hours=hours("new"),
        old_hours=hours("old"),
        new_counts=counts("new"),
        old_counts=counts("old"),
    )


if __name__ == "__main__":
    print(triggers(), end="")  # noqa: T201
