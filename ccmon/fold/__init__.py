"""The one fold under every source: call events in, calls and intervals out. Pure: no I/O, no clock."""

from __future__ import annotations

from ccmon.fold.floor import Floor
from ccmon.fold.records import (
    Changes,
    MembershipInterval,
    MissedCall,
    PauseInterval,
    StateInterval,
    Visit,
)

__all__ = ["Changes", "Floor", "MembershipInterval", "MissedCall", "PauseInterval", "StateInterval", "Visit"]
