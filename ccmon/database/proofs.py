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
from ccmon.model.proofs import PageBehind, RowBehind

ALL_ROWS = -1
"""The limit of a page that holds all rows."""


class RowsRequest(Struct, frozen=True):
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


def read_behind(path: Path, asked: RowsRequest, *, limit: int = ALL_ROWS, offset: int = 0) -> PageBehind:
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


def page_behind(database: Database, asked: RowsRequest, *, limit: int = ALL_ROWS, offset: int = 0) -> PageBehind:
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
