"""The rows of the database behind a figure: calls, states, orders and answers, one by one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


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
