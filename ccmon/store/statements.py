"""The loader of the SQL files in ``store/queries``: one statement a file, its header says what one row is."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def sql(name: str) -> str:
    """Text of ``store/queries/<name>.sql``."""
    return (resources.files("ccmon.store") / "queries" / f"{name}.sql").read_text(encoding="utf-8")
