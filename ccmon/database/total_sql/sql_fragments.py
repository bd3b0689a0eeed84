"""Pieces of SQL used in several kinds of statements."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ccmon.database.total_sql.definitions import EXPRESSIONS, GENERATED, Term

_SECTION = "-- name: "
_WORD = re.compile(r"\b(call|state|missed_call|sale)\.(\w+)")


@functools.cache
def templates() -> dict[str, str]:
    """The templates by name."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("*.sql")))
    lines = (line for line in text.splitlines() if not line.startswith("--") or line.startswith(_SECTION))
    sections = (section.partition("\n") for section in "\n".join(lines).split(_SECTION)[1:])
    return {name: body.strip("\n") for name, _, body in sections}


def fill(name: str, /, **values: str) -> str:
    """A template with its values filled in."""
    return templates()[name].format(**values)


def indented(text: str) -> str:
    """Text indented by four blanks, except for its first line, which is so already."""
    return text.replace("\n", "\n    ")


def listed(items: Iterable[str], indent: int = 4) -> str:
    """Items separated by commas, as many per line as fit."""
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) > 112 - indent:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{item},"
    return f"\n{' ' * indent}".join(lines).removesuffix(",")


def expanded(text: str) -> str:
    """An expression in which the named expressions are expanded."""
    return _WORD.sub(
        lambda found: f"({expanded(EXPRESSIONS[found[0]])})" if found[0] in EXPRESSIONS else found[0],
        " ".join(text.split()).replace("( ", "("),
    )


def aggregate(terms: Iterable[Term]) -> str:
    """A column as aggregated over many rows."""
    return " + ".join(map(_aggregate_of, terms))


def _aggregate_of(term: Term) -> str:
    only = f" FILTER (WHERE {expanded(term.condition)})" if term.condition else ""
    match term.kind:
        case "count":
            return f"count(*){only}"
        case "distinct":
            return f"count(DISTINCT {term.value}){only}"
        case _:
            return f"coalesce(sum({expanded(term.value)}){only}, 0)"


def places(keys: Sequence[str], *, last_first: bool = False) -> str:
    """The keys by their places among the columns, for GROUP BY.

    ``last_first``: SQLite sorts in a quarter less time if the first key alone distinguishes most rows.
    """
    found = list(map(str, range(1, len(keys) + 1)))
    return ", ".join(found[::-1] if last_first else found)


def rows_of(base_table: str, first: str, last: str) -> str:
    """The rows of a base table in the business days between two moments, with their days."""
    return fill(f"rows_of_{base_table}", first=first, last=last)


def known_rows(counted: str, further: str = "") -> str:
    """The rows of a base table as they were known at a moment; of calls, with further columns that never change."""
    known = fill(f"known_{counted}", further=further)
    if counted == "call":
        for name, expression in GENERATED.items():
            known = fill("generated", expression=indented(expression), name=name, rows=indented(known))
    return known
