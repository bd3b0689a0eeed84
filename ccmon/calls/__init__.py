"""The one state machine under every source: call events in, calls and intervals out. Pure: no I/O, no clock."""

from __future__ import annotations

from ccmon.calls.changes import ChangeSet, MembershipInterval, MissedCall, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import CallStateMachine

__all__ = [
    "CallStateMachine",
    "ChangeSet",
    "MembershipInterval",
    "MissedCall",
    "PauseInterval",
    "StateInterval",
    "Visit",
]
