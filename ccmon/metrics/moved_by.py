"""Whose wish it was to move a follow-up: a module of its own, which the command line imports at each start."""

from __future__ import annotations

from enum import StrEnum


class MovedBy(StrEnum):
    """Whose wish it was to move a follow-up."""

    CUSTOMER = "customer"
    AGENT = "agent"
