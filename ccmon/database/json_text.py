"""JSON to and from SQLite with msgspec, which is loaded anyway: json would add 0.1 MiB to each monitor."""

from __future__ import annotations

from typing import Any

from msgspec import json


def dumps(value: object) -> str:
    """A value as JSON."""
    return json.encode(value).decode()


def loads(text: str) -> Any:
    """The value of a JSON text."""
    return json.decode(text)
