"""The SQL of ccmon: `queries/` holds one file per topic, in sections that begin with ``-- name: X``.

The comment under a name says what one row is. What several queries have in common is a fragment: it begins with
``-- fragment: X`` at the head of a file, and is inserted as ``{X}`` in queries of any file and in earlier fragments.

All files are read when the first query is asked for, which takes 1 ms.
Statements about totals are generated (`ccmon.database.total_sql`) when the first of them is asked for: 1.3 ms.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "queries"
_QUERY, _FRAGMENT = "\n-- name: ", "\n-- fragment: "
_PARAMETER = r":([a-z_]+)"


def topics() -> Mapping[str, Mapping[str, str]]:
    """The text of each query by topic and name."""
    return {
        topic: {name: sql(name) for name, _, _ in (section.partition("\n") for section in sections)}
        for topic, (_, *sections) in _files().items()
    }


def _files() -> Mapping[str, list[str]]:
    """By topic, the head of its file and the sections of its queries."""
    names = sorted(name for name in os.listdir(FOLDER) if name.endswith(".sql"))  # noqa: PTH208 (a fifth of the time)
    return {name[:-4]: _text(name).split(_QUERY) for name in names}


def _text(name: str) -> str:
    with open(f"{FOLDER}/{name}", "rb", buffering=0) as file:  # noqa: PTH123 (half the time of read_text)
        return file.read().decode()


@functools.cache
def _fragments_and_sections() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The texts of all fragments and of all queries, by their names: all that is kept of the files."""
    files = _files().values()
    fragments = dict(_named(text) for head, *_ in files for text in head.split(_FRAGMENT)[1:])
    return fragments, {name: text for _, *all_ in files for name, _, text in (each.partition("\n") for each in all_)}


def _named(section: str) -> tuple[str, str]:
    name, _, text = section.partition("\n")
    return name, text.strip()


@functools.cache
def sql(name: str) -> str:
    """The text of a query by its name: from a file, or generated from the definitions of the totals."""
    fragments, sections = _fragments_and_sections()
    text = sections.get(name)
    if text is None:
        return _generated(name)
    for fragment, filling in fragments.items() if "{" in text else ():
        text = text.replace(f"{{{fragment}}}", filling)
    return text.strip()


def _generated(name: str) -> str:
    from ccmon.database.total_sql.queries import generators  # noqa: PLC0415 (a live poll needs none of them)

    return generators()[name]()


@functools.cache
def numbered(name: str) -> tuple[str, tuple[str, ...]]:
    """The text of a query with numbered instead of named parameters, and their names in that order.

    Binding a sequence takes a third of the time of binding by name.
    """
    import re  # noqa: PLC0415 (a single reading needs none)

    text = sql.__wrapped__(name)  # it would be kept twice
    names = tuple(dict.fromkeys(re.findall(_PARAMETER, text)))
    return re.sub(_PARAMETER, lambda found: f"?{names.index(found[1]) + 1}", text), names


@functools.cache
def statements(name: str) -> tuple[str, ...]:
    """The statements of a query with several."""
    return tuple(split(sql(name)))


def split(script: str) -> Iterator[str]:
    """Each statement of a script. ``executescript`` would commit the transaction in which these are to run."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
