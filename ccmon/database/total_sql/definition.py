"""The definitions of the totals, parsed from ``definitions.sql``, which says how they are written."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["count", "sum", "distinct"]

_FOLDER = Path(__file__).parent
_ITEM = re.compile(r"^\s*(?P<expression>.+?) AS (?P<name>\w+),?$", re.MULTILINE)
_SELECT = re.compile(r"SELECT\n(?P<items>.*)\nFROM (?P<counted_table>\w+)(?:\nWHERE (?P<where>.*))?", re.DOTALL)
_TERM = re.compile(
    r"count\(DISTINCT (?P<distinct>\w+\.\w+)\)"
    r"|(?:count\(\*\)|sum\((?P<sum>.+?)\))(?: FILTER \(WHERE (?P<condition>.+)\))?"
)
_AGGREGATE = re.compile(r"\b(count|sum|total|avg)\(")
_BETWEEN_TERMS = re.compile(r" \+ (?=count\(|sum\()")


class Term(NamedTuple):
    """One aggregate of a column."""

    kind: Kind
    value: str
    """The expression that is summed, or the column whose distinct values are counted; empty for a count of rows."""
    condition: str
    """Which rows are counted; empty for all."""


class Part(NamedTuple):
    """What one counted table adds to a total."""

    table: str
    counted_table: str
    """Its name, which stands for a row of it in expressions."""
    keys: Mapping[str, str]
    """By the name of the column, its expression over a row of the table."""
    columns: Mapping[str, tuple[Term, ...]]
    """By the name of the column, the aggregates that are added up."""
    where: str


class Total(NamedTuple):
    """A table of totals."""

    table: str
    keys: tuple[str, ...]
    """Columns that name a row."""
    columns: tuple[str, ...]
    """Columns that count."""
    parts: tuple[Part, ...]

    @property
    def columns_of_day(self) -> tuple[str, ...]:
        """All columns but the day: those of the rows of one day."""
        return (*(name for name in self.keys if name != "day_at"), *self.columns)


class CountedTable(NamedTuple):
    """A table whose rows are counted."""

    name: str
    table: str
    columns: tuple[str, ...]
    """Those that totals read of a row, apart from its id."""
    begins: str
    """The column of the moment that a row counts from."""
    ends: str = ""
    """The column of the moment that it counts until, in each day that it touches; empty: it counts in one day."""
    written: tuple[str, ...] = ()
    """What ``columns`` depend on, where some of them are generated."""


class Definitions(NamedTuple):
    """All that ``definitions.sql`` defines."""

    generated: Mapping[str, str]
    """Columns of the table ``calls`` that it generates, and their expressions over its other columns."""
    expressions: Mapping[str, str]
    """By ``row.name``, an expression over a row of the table."""
    totals: Mapping[str, Total]


@functools.cache
def definitions() -> Definitions:
    """Parse ``definitions.sql``."""
    generated: dict[str, str] = {}
    expressions: dict[str, str] = {}
    parts: dict[str, list[Part]] = {}
    for kind, name, text in sections("definitions.sql"):
        match kind:
            case "column":
                generated[name.removeprefix("call.")] = text
            case "expression":
                expressions[name] = text
            case _:
                parts.setdefault(name, []).append(parse_part(name, text))
    return Definitions(generated, expressions, {table: _total(table, found) for table, found in parts.items()})


def sections(file: str) -> Iterator[tuple[str, str, str]]:
    """Kind, name and text of each section of a file of this package: a line ``-- kind: name`` begins it."""
    text = (_FOLDER / file).read_text(encoding="utf-8")
    found = re.split(r"^-- (\w+): ([\w.]+)\n", text, flags=re.MULTILINE)
    for kind, name, body in zip(found[1::3], found[2::3], found[3::3], strict=True):
        yield kind, name, "\n".join(line for line in body.splitlines() if not line.startswith("--")).strip("\n")


def parse_part(table: str, text: str) -> Part:
    """What one counted table adds to a total, by an aggregate query.

    Raises:
        ValueError: the query is not written as the head of ``definitions.sql`` says.
    """
    select = _SELECT.fullmatch(text)
    if select is None:
        raise ValueError(f"{table}: no definition: {text}")
    keys: dict[str, str] = {}
    columns: dict[str, tuple[Term, ...]] = {}
    for item in _ITEM.finditer(select["items"]):
        terms = [_TERM.fullmatch(term) for term in _BETWEEN_TERMS.split(item["expression"])]
        if None in terms:
            if _AGGREGATE.search(item["expression"]):
                raise ValueError(f"{table}: no aggregate that can be counted in and out: {item['expression']}")
            keys[item["name"]] = item["expression"]
        else:
            columns[item["name"]] = tuple(_term(term) for term in terms if term is not None)
    if len(keys) + len(columns) != len(select["items"].splitlines()):
        raise ValueError(f"{table}: a column takes one line that ends with AS and its name")
    return Part(table, select["counted_table"], keys, columns, select["where"] or "true")


def _term(found: re.Match[str]) -> Term:
    kind: Kind = "sum" if found["sum"] else "distinct" if found["distinct"] else "count"
    return Term(kind, found["sum"] or found["distinct"] or "", found["condition"] or "")


def _total(table: str, parts: list[Part]) -> Total:
    columns = tuple(name for part in parts for name in part.columns)
    return Total(table, tuple(parts[0].keys), columns, tuple(parts))


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNTED_TABLES = (
    CountedTable(
        "call",
        "calls",
        columns=_names(
            "direction queue_id campaign_id agent_id entered_at class wait_ms handled talk_ms hold_ms wrap_up_ms"
            " right_party cut_off"
        ),
        begins="entered_at",
        written=_names(
            "direction queue_id campaign_id agent_id entered_at answered_at ended_at wrapped_up_at wrapping_up hold_ms"
            " outcome right_party"
        ),
    ),
    CountedTable(
        "state",
        "agent_states",
        columns=_names("agent_id state started_at ended_at"),
        begins="started_at",
        ends="ended_at",
    ),
    CountedTable(
        "missed_call",
        "missed_calls",
        columns=_names("agent_id missed_at ring_ms"),
        begins="missed_at",
    ),
    CountedTable(
        "sale",
        "sales",
        columns=_names("call_id agent_id campaign_id sold_at amount_cents currency cancelled_at"),
        begins="sold_at",
    ),
)
