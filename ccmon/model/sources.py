"""What feeds the database, and long work that is under way."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from ccmon.time_units import HOUR_MS

QUIET_MS: Final = HOUR_MS
"""How long a source without a heartbeat may report nothing before it counts as quiet: the switch may be down."""


class Source(Struct, frozen=True):
    """Where calls come from and when it last gave a sign of life, as a snapshot holds it.

    A row of ``sources_and_heartbeats``.
    """

    name: str
    kind: str
    following: int
    """1 while a `follow` process or a simulated floor keeps this source up to date, else 0."""
    last_record_at: int | None
    checked_at: int | None
    """The last moment at which the writer knew that it had everything."""
    records: int
    rejected: int
    heartbeat: int = 1
    """1 where it shows while nothing happens that the switch is alive; 0: a queue log cannot."""


class Progress(Struct, frozen=True):
    """Long work that goes on behind the screen, such as filling in past weeks."""

    task: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """How much of it is done, in whole percent: 100 only when it is over."""
        return 100 * self.done // max(1, self.total)

    def __str__(self) -> str:
        return f"{self.task} {self.percent} %"
