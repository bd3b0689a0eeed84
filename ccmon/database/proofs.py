"""Reads the rows behind a figure, when somebody asks for them: a page at a time, never by a poll."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.json_text import dumps
from ccmon.database.moments import read_site_and_day
from ccmon.database.query_context import WINDOW_DAYS, read_day_context
from ccmon.database.sql_files import sql

ALL_ROWS = -1
"""The limit of a page that holds all rows."""


class RowBehind(Struct, frozen=True, gc=False):
    """A call, a state, an order or an answer that a figure counts. A row of ``proof_of_…``."""

    at: int
    """When it began."""
    who: str | None
    """The customer's name or number."""
    queue: str | None
    """Its queue or campaign."""
    agent: str | None
    what: str
    """How it ended, or what it is."""
    wait_ms: int | None
    """How long the caller waited, or the telephone rang."""
    spent_ms: int | None
    """The handling time, or how long the state lasted within the day."""
    counts: int | None
    """1: for the figure, 0: against it, None: neither."""
    in_all: int
    """How many rows there are on all pages; of them, so many count for the figure, and against it."""
    in_favour: int
    against: int


class PageBehind(Struct, frozen=True):
    """Some of the rows behind a figure, and what they were asked with."""

    rows: Sequence[RowBehind]
    text: str
    """The SQL that lists all of them, with its parameters put in."""


class Asked(Struct, frozen=True):
    """What is asked of the rows behind a figure."""

    query: str
    ids: Sequence[int]
    """The queues, agents or teams that it is about."""
    at: int
    """The moment of the figure: what came later is left out."""
    known_until: int
    """The moment up to which waits and states run."""
    since: int | None = None
    """From when on calls are listed; None: since the business day began."""


def read_behind(path: Path, asked: Asked, *, limit: int = ALL_ROWS, offset: int = 0) -> PageBehind:
    """A page of the rows behind a figure, those that count against it first.

    Args:
        path: the database.
        asked: the figure's query, and for what it is asked.
        limit: the most rows of a page.
        offset: how many rows are on the pages before.

    Raises:
        CcmonError: the database cannot be read.
    """
    with open_for_reading(path) as connection:
        return page_behind(Database(connection), asked, limit=limit, offset=offset)


def page_behind(database: Database, asked: Asked, *, limit: int = ALL_ROWS, offset: int = 0) -> PageBehind:
    """The same of an open database."""
    site, day = read_site_and_day(database, asked.at)
    context = read_day_context(database, asked.at, site=site, day=day)
    parameters = {
        **context.parameters,
        "ids": dumps(list(asked.ids)),
        "known_until": asked.known_until,
        "since": day.starts_at if asked.since is None else asked.since,
        "max_open_ms": site.max_open_ms,
        "answers_since": context.since(WINDOW_DAYS - 1),
        "limit": limit,
        "offset": offset,
    }
    rows = database.rows(asked.query, RowBehind, parameters)
    return PageBehind(rows, with_values(sql(asked.query), {**parameters, "limit": ALL_ROWS, "offset": 0}))


def with_values(text: str, parameters: Mapping[str, object]) -> str:
    """The text of a query that can be run as it stands: numbers and texts in place of its parameters."""

    def written(found: re.Match[str]) -> str:
        value = parameters[found[1]]
        return str(value) if isinstance(value, int) else "'{}'".format(str(value).replace("'", "''"))

    return re.sub(r":([a-z_]+)", written, text)
