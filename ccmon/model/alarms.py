"""What needs a person."""

from __future__ import annotations

from msgspec import Struct


class Alarm(Struct, frozen=True):
    """Something a person should look at, worst first in a snapshot."""

    rule: str
    """Stable name of the rule, such as ``longest_wait``."""
    severity: int
    """2 act now, 1 watch."""
    subject: str
    """The queue, agent or customer it is about."""
    since: int | None
    value: float | None
    limit: float | None
    text: str
    """One sentence for a person."""
