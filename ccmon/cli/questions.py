"""Whether a person agrees to what a command has shown."""

from __future__ import annotations

import sys

import typer


def can_ask() -> bool:
    """Whether a person can answer."""
    return sys.stdin.isatty()


def agreed(question: str) -> bool:
    """Whether the answer is yes; no answer is none. What is neither yes nor no is asked again."""
    while True:
        try:
            word = str(typer.prompt(f"{question} [y/N]", default="", show_default=False)).strip().lower()
        except typer.Abort:
            return False
        if word in {"y", "yes"}:
            return True
        if word in {"", "n", "no"}:
            return False
        typer.echo("Type yes or no.")
