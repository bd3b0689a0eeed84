"""Calls: their direction and how a visit to a queue ends."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


DIRECTIONS = tuple(Direction)


class Outcome(StrEnum):
    """How a visit to a queue ended (metrics.md 2). A visit that has not ended has no outcome."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    NO_AGENTS = "no_agents"
    INCOMPATIBLE = "incompatible"
    EXIT_KEY = "exit_key"
    WITHDRAWN = "withdrawn"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
