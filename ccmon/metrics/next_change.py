"""Changes caused only by time: a figure computed for a moment also says until when it stays the same."""

from __future__ import annotations

from ccmon.time_units import NEVER


class NextChange:
    """Tells which moments have been reached at a given one, and collects the next: until then every answer is the same.

    A rule asks `reached` instead of comparing moments itself, so that the rule and the moment at which its answer
    changes are one expression.
    """

    def __init__(self, at: int) -> None:
        self.at = at
        self.next_at = NEVER
        """The earliest moment asked about that has not been reached."""

    def reached(self, moment: int) -> bool:
        """Whether a moment has come; if not, something changes when it does."""
        self.note(moment)
        return moment <= self.at

    def note(self, moment: int) -> None:
        """Note that something changes at a moment, if that is still to come."""
        if self.at < moment < self.next_at:
            self.next_at = moment

    def note_steady_change(self) -> None:
        """Note that something changes every millisecond."""
        self.next_at = self.at + 1
