"""JSON that SQLite reads and makes, by msgspec, which is there in any case: json would be 0.1 MiB of a monitor."""

from __future__ import annotations

from typing import Any

from msgspec import json


def dumps(value: object) -> str:
    """A value as JSON."""
    return json.encode(value).decode()


def loads(text: str) -> Any:
    """The value that JSON stands for."""
    return json.decode(text)
