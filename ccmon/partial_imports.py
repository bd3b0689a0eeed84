"""Imports large packages without the modules that these import for what ccmon never does.

Textual brings a command palette with seven kinds of widgets, asyncio encryption, msgspec schemas, decimals and what
identifiers are made of, pathlib addresses: a tenth of the monitor's start and 2.4 MiB, a twelfth of a look. While such
a package is imported here, what it would import in vain cannot be found or is an empty module. Afterwards the names are
free again: whoever imports one of them gets the real module.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

ABSENT = {"asyncio": ("ssl",), "msgspec": ("typing_extensions",), "pathlib": ("nt", "_winapi")}
"""By package: what it does without where there is none."""
EMPTY = {
    "textual.app": ("textual.command", "platformdirs", "rich.table"),
    "msgspec": ("uuid", "decimal", "msgspec.inspect", "msgspec._json_schema", "msgspec.toml", "msgspec.yaml"),
    "pathlib": ("urllib.parse",),
}
"""By module: those of which it imports only classes and functions that ccmon never uses."""


class _EmptyClass(type):
    """The kind of a class of which each name is an object that can do nothing."""

    def __getattr__(cls, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return object()


class _Empty(ModuleType):
    """A module of which each name is a class of its own, without anything in it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _EmptyClass(name, (), {})
        setattr(self, name, found)
        return found


def import_part(name: str) -> None:
    """Import a module without what ccmon does not need of it, if nobody has imported it yet."""
    if name in sys.modules:
        return
    try:
        with _in_place(dict.fromkeys(ABSENT.get(name, ())) | {each: _Empty(each) for each in EMPTY.get(name, ())}):
            __import__(name)
    except Exception:  # of another version, which cannot do without
        __import__(name)


@contextmanager
def _in_place(modules: dict[str, ModuleType | None]) -> Iterator[None]:
    """Have modules stand in the place of those that nobody has imported yet."""
    new = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(new)  # type: ignore[arg-type] # None: it cannot be found
    try:
        yield
    finally:
        for name in new:
            del sys.modules[name]
