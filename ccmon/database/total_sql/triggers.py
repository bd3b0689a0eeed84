"""The triggers that keep the totals, and those that note what a bulk load touches.

The triggers of the totals are not made where they are used: they are committed as the file of a migration, because what
a migration means must never change. One that asked here for its text would give a database that it finds halfway the
triggers of a later definition, with columns that are not there yet. A test holds the triggers that all migrations
together leave against `triggers`, so that a definition cannot change without a migration. This writes the text of one:

    python -m ccmon.database.total_sql.triggers >> ccmon/database/schema/NNNN_what_it_adds.sql
"""

from __future__ import annotations

import re

from ccmon.database.total_sql.definition import COUNTED_TABLES, CountedTable, Part, Term, Total, definitions
from ccmon.database.total_sql.text import aggregate, expanded, fill, indented, listed, places, rows_of, templates

_COUNTED_TABLES = {source.name: source for source in COUNTED_TABLES}
_DEPENDENCIES = {"queue_days": "count_targets", "queues": "count_sales_calls", "site": "count_revenue"}
"""Tables that totals depend on besides, and the view into which an insertion counts again what does."""


def triggers() -> str:
    """Views, notes and triggers that keep the totals right whoever writes, in place of those that are there."""
    definition = definitions()
    made = [_source(source) for source in COUNTED_TABLES]
    for total in definition.totals.values():
        made += [_count(total, part) for part in total.parts]
    [part] = definition.totals["queue_quarters"].parts
    made.append(fill("targets", where=_in_trigger(part.where, part.source)))
    made += [_again(table, view) for table, view in _DEPENDENCIES.items()]
    return "\n\n".join(made) + "\n"


def _keys_of(source: CountedTable) -> list[str]:
    return templates()[f"keys_of_{source.name}"].splitlines()


def _taken(source: CountedTable) -> str:
    return "\n    OR ".join(fill("taken", table=source.table, key=key) for key in _keys_of(source))


def _in_the_way(source: CountedTable) -> str:
    return " OR ".join(f"({key})" if " AND " in key else key for key in _keys_of(source))


def _source(source: CountedTable) -> str:
    day = () if source.ends else ("day_at",)
    columns = ("id", *source.columns)

    def values(row: str, id_of: str = "new") -> str:
        of_day = fill("day_of", moment=f"{row}.{source.begins}") if day else ""
        return of_day + listed([f"{id_of}.id", *(f"{row}.{name}" for name in source.columns)], 8)

    return fill(
        "source",
        source=source.name,
        table=source.table,
        counted=listed([*day, *columns]),
        nulls=listed(["NULL"] * (1 + len(day) + len(columns))),
        fields=",\n    ".join(f"{name} {'INTEGER PRIMARY KEY' if name == 'id' else 'ANY'}" for name in columns),
        taken=_taken(source),
        in_the_way=_in_the_way(source),
        columns=listed(columns, 8),
        gone_values=values("gone"),
        new_values=values("new"),
        old_values=values("old"),
        deleted_values=values("old", "old"),
        written=listed(("id", *(source.written or source.columns))),
        when_counted=f"\nWHEN new.{source.ends} IS NOT NULL" if source.ends else "",
    )


def _in_trigger(text: str, source: str) -> str:
    """An expression over the row that is inserted into the source's view."""
    named = re.sub(rf"\b{source}\.", "new.", expanded(text))
    return named if _COUNTED_TABLES[source].ends else named.replace("day.starts_at", "new.day_at")


def _count(total: Total, part: Part) -> str:
    """The trigger that counts a row of a source in or out."""
    source = _COUNTED_TABLES[part.source]
    keys = [_in_trigger(expression, part.source) for expression in part.keys.values()]
    counts = [" + ".join(_change(term, part, source) for term in terms) for terms in part.columns.values()]
    values = ",\n        ".join([*keys, *counts])
    counted = f"new.{source.ends} > new.{source.begins}" if source.ends else "new.day_at IS NOT NULL"
    cleaned = ""
    if len(total.columns) == 1:
        same = " AND ".join(f"{name} = {key}" for name, key in zip(total.keys, keys, strict=True))
        cleaned = "\n    " + fill("cleaned", table=total.table, same=same, column=total.columns[0])
    return fill(
        "count",
        source=part.source,
        table=total.table,
        counts=f"{counted} AND {_in_trigger(part.where, part.source)}",
        names=listed([*part.keys, *part.columns], 8),
        values=fill("values_of_days" if source.ends else "values", values=values),
        keys=", ".join(total.keys),
        added=",\n        ".join(f"{name} = {name} + excluded.{name}" for name in part.columns),
        cleaned=cleaned,
    )


def _change(term: Term, part: Part, source: CountedTable) -> str:
    """What a row adds to a column, or takes from it."""
    condition = _in_trigger(term.condition, part.source)
    match term.kind:
        case "count":
            return f"iif({condition}, new.sign, 0)" if condition else "new.sign"
        case "sum":
            value = f"new.sign * coalesce({_in_trigger(term.value, part.source)}, 0)"
            return f"iif({condition}, {value}, 0)" if condition else value
        case _:
            keys = [key for name, key in part.keys.items() if name != "day_at"]
            return fill(
                "first_among",
                table=source.table,
                source=source.name,
                value=term.value.removeprefix(f"{source.name}."),
                moment=source.begins,
                same=" AND ".join(f"{expanded(key)} = {_in_trigger(key, part.source)}" for key in keys),
                where=expanded(part.where),
            )


def _again(table: str, view: str) -> str:
    """The trigger that counts again what depends on another table."""
    first, last, only = templates()[view].splitlines()
    statements = []
    for total in definitions().totals.values():
        for part in total.parts:
            dependent = {
                name: aggregate(terms)
                for name, terms in part.columns.items()
                if re.search(rf"\bFROM {table}\b", aggregate(terms))
            }
            if dependent:
                statements.append(_again_in(total, part, dependent, rows=rows_of(part.source, first, last), only=only))
    return fill("again", view=view, statements="\n    ".join(statements))


def _again_in(total: Total, part: Part, dependent: dict[str, str], *, rows: str, only: str) -> str:
    keys = [expanded(expression) for expression in part.keys.values()]
    return fill(
        "again_in",
        table=total.table,
        names=", ".join([*part.keys, *dependent]),
        columns=",\n        ".join([*keys, *dependent.values()]),
        rows=indented(rows),
        where=f"{expanded(part.where)} AND {only}",
        places=places(keys),
        keys=", ".join(total.keys),
        replaced=",\n        ".join(f"{name} = excluded.{name}" for name in dependent),
    )


def track_touched_hours() -> str:
    """Note in a temporary table which hours a bulk load touches."""
    return "\n".join([fill("track"), *map(_track_source, COUNTED_TABLES)])


def untrack_touched_hours() -> str:
    """Take away what `track_touched_hours` has made."""
    return "\n".join([*(fill("untrack_source", table=source.table) for source in COUNTED_TABLES), fill("untrack")])


def _track_source(source: CountedTable) -> str:
    def hours(row: str) -> str:
        return f"{row}.{source.begins} / 3600000, {row}.{source.ends or source.begins} / 3600000"

    def counts(row: str) -> str:
        return f"{row}.{source.ends} > {row}.{source.begins}" if source.ends else "true"

    return fill(
        "track_source",
        table=source.table,
        taken=_taken(source),
        in_the_way=_in_the_way(source),
        hours=hours("gone"),
        new_hours=hours("new"),
        old_hours=hours("old"),
        gone_counts=counts("gone"),
        new_counts=counts("new"),
        old_counts=counts("old"),
    )


if __name__ == "__main__":
    print(triggers(), end="")  # noqa: T201
