"""Filling a gap in what is known: the floor as it was at its start, and its end joined to what is known of later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccmon.fold import Floor

if TYPE_CHECKING:
    from ccmon.store.writer import Writer


def floor_at(writer: Writer, at: int | None) -> Floor:
    """The floor as it was at a moment, from the rows; None: empty."""
    raise NotImplementedError


def close(writer: Writer, until: int) -> None:
    """Join the end of what was just folded to the rows from ``until`` on."""
    raise NotImplementedError
