"""What figures are of: the centre or a part of it."""

from __future__ import annotations

from msgspec import Struct


class NamedScope(Struct, frozen=True, kw_only=True):
    """The centre, or one of its clients, teams, campaigns, queues or agents, with the names that a reader sees."""

    scope: str
    """Which kind of these."""
    id: int | None
    """None for the centre."""
    name: str
    """Which one."""
    client: str | None
    """The client company it works for."""
