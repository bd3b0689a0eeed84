"""The SQL of ccmon: `queries/` holds one file a topic, of sections that begin with ``-- name: X``.

The comment under a name says what one row is. What several queries have in common is a fragment: it begins with
``-- fragment: X`` at the head of a file, and stands in queries of any file, and in fragments before it, as ``{X}``.

All files are read when the first query is asked for: that takes 1.6 ms.
Statements about totals are generated (`ccmon.database.total_sql`) when the first of them is asked for: 1.3 ms.
"""

from __future__ import annotations

import functools
import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "queries"
_QUERY, _FRAGMENT = "\n-- name: ", "\n-- fragment: "
_PARAMETER = re.compile(r":([a-z_]+)")


@functools.cache
def topics() -> Mapping[str, Mapping[str, str]]:
    """The text of each query by topic and name."""
    files = {file.stem: file.read_text(encoding="utf-8").split(_QUERY) for file in sorted(FOLDER.glob("*.sql"))}
    fragments = dict(_named(text) for head, *_ in files.values() for text in head.split(_FRAGMENT)[1:])

    def filled(text: str) -> str:
        for name, fragment in fragments.items() if "{" in text else ():
            text = text.replace(f"{{{name}}}", fragment)
        return text

    return {
        topic: {name: filled(text) for name, text in map(_named, queries)} for topic, (_, *queries) in files.items()
    }


def _named(section: str) -> tuple[str, str]:
    name, _, text = section.partition("\n")
    return name, text.strip()


@functools.cache
def _queries() -> Mapping[str, str]:
    return {name: text for sections in topics().values() for name, text in sections.items()}


def sql(name: str) -> str:
    """The text of the query of that name: of a file, or generated from the definitions of the totals."""
    text = _queries().get(name)
    return _generated(name) if text is None else text


@functools.cache
def _generated(name: str) -> str:
    from ccmon.database.total_sql.queries import generators  # noqa: PLC0415 (a live poll needs none of them)

    return generators()[name]()


@functools.cache
def numbered(name: str) -> tuple[str, tuple[str, ...]]:
    """The text of a query with numbers for the names of its parameters, and the names in that order.

    Binding a sequence takes a third of the time of binding by names.
    """
    text = sql(name)
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    return _PARAMETER.sub(lambda found: f"?{names.index(found[1]) + 1}", text), names


@functools.cache
def statements(name: str) -> tuple[str, ...]:
    """The statements of a query that has several."""
    return tuple(split(sql(name)))


def split(script: str) -> Iterator[str]:
    """Each statement of a script. ``executescript`` would commit the transaction that these are to run in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
