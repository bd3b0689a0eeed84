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
    """When it began; None where no moment is known."""
    value: float | None
    """What was measured: seconds, a share or a count."""
    limit: float | None
    """What it is measured against, in the same unit."""
    text: str
    """One sentence for a person."""
