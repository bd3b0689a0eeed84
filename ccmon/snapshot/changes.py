"""What has changed between two reads of the floor's rows."""

from __future__ import annotations

from msgspec import Struct

NOBODY: frozenset[int] = frozenset()


class Changes(Struct, frozen=True):
    """Whose rows are no longer what they were; the rows of all others are the same objects as before."""

    agents: frozenset[int] = NOBODY
    """``agents.id`` whose state, totals or tracking differ; 0: what nobody known has done."""
    queues: frozenset[int] = NOBODY
    """``queues.id`` whose calls, totals, targets or tracking differ."""
    campaigns: frozenset[int] = NOBODY
    members: frozenset[int] = NOBODY
    """``agents.id`` who joined or left a queue, or began or ended a pause in one."""
    follow_ups: bool = False
    sources: bool = False
    """Also the progress of long work, and how new the data is."""
    everything: bool = False
    """All was read anew, the directory included: nothing need be the same object."""


NOTHING = Changes()
