"""The scope of figures: the centre or a part of it."""

from __future__ import annotations

from msgspec import Struct


class NamedScope(Struct, frozen=True, kw_only=True):
    """The centre, or one of its clients, teams, campaigns, queues or agents, with the names shown to readers."""

    kind: str
    """Which of these it is, such as `team`."""
    id: int | None
    """Its id; None for the centre."""
    name: str
    """Its name."""
    client: str | None
    """The client company that it works for."""
