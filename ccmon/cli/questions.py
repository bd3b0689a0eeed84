"""Whether a person agrees to what a command has shown."""

from __future__ import annotations

import sys

import typer


def can_ask() -> bool:
    """Whether a person can answer."""
    return sys.stdin.isatty()


def agreed(question: str) -> bool:
    """Whether the answer is yes; no answer is none."""
    try:
        return typer.confirm(question)
    except typer.Abort:
        return False
