"""Imports large packages without those of their dependencies that ccmon never uses.

Textual brings a command palette with seven kinds of widgets and random numbers, asyncio encryption, inspect Python's
parser, msgspec schemas, decimals and identifiers, pathlib addresses, typing regular expressions. Leaving them out
makes starts shorter and saves memory. While such a package is imported here, the modules that it does not need are
absent or replaced by something small. Afterwards whoever imports one of them gets the real module, and a call or
attribute of an empty one, if it is used after all, goes to the real one. What such a package has taken out of an
empty one meanwhile is no class: `isinstance` with typing.Pattern is False, and msgspec writes no decimals. Nothing
that ccmon uses asks for that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PATTERNS = ("re",) if sys.version_info < (3, 12) else ()
"""What pathlib works without, except in later Pythons: there it makes a pattern as it is imported."""
ABSENT = {
    "asyncio": ("ssl",),
    "msgspec": ("typing_extensions",),
    "pathlib": ("nt", "_winapi"),
}
"""By package: modules that it works without if they are absent."""
EMPTY = {
    "asyncio": ("asyncio.sslproto", "locale"),
    "inspect": ("ast", "tokenize"),
    "msgspec": ("re", "uuid", "decimal", "msgspec.inspect", "msgspec._json_schema", "msgspec.toml", "msgspec.yaml"),
    "pathlib": ("urllib.parse", "warnings", *_PATTERNS),
    "typing": ("re", "warnings"),
    "textual.app": (
        "ast",
        "decimal",
        "difflib",
        "mimetypes",
        "pickle",
        "platformdirs",
        "rich.panel",
        "rich.table",
        "rich.tree",
        "textual.canvas",
        "textual.command",
        "textual.css._help_text",
        "uuid",
    ),
}
"""By module: modules from which it imports only classes and functions that ccmon never uses."""
SAME = {
    "textual.app": {"typing_extensions": "typing"},
    "textual.drivers.linux_driver": {"typing_extensions": "typing"},
}
"""By module: modules to be replaced by others, already imported, with the same contents."""


ZONES = "/usr/share/zoneinfo"


class _Empty(ModuleType):
    """A module in which every name is an empty class of its own; afterwards a name is the real module's."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if _is_substituted(self.__name__):
            return _EmptyClass(name, (), {"__module__": self.__name__})
        return getattr(_real(self.__name__), name)


class _ZonePaths(ModuleType):
    """For sysconfig, which is slow to say where time zones are: where they are on most machines."""

    def get_config_var(self, name: str) -> Any:
        """A setting of this Python."""
        if not _is_substituted(self.__name__):
            return _real(self.__name__).get_config_var(name)
        if name != "TZPATH" or not os.path.isdir(ZONES):  # noqa: PTH112 (no pathlib at each start)
            raise LookupError(name)
        return ZONES


class _RandomBits(ModuleType):
    """For Rich, which numbers links from a random number on: as good a one, without generators for simulations."""

    def getrandbits(self, bits: int) -> int:
        """A random whole number of so many bits."""
        return int.from_bytes(os.urandom((bits + 7) // 8)) >> -bits % 8


class _EmptyClass(type):
    """A class imported from an empty module: its attributes are objects without abilities; later the real one's."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or cls._is_derived():
            raise AttributeError(name)
        return object() if _is_substituted(cls.__module__) else getattr(cls._real(), name)

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        if cls._is_derived() or _is_substituted(cls.__module__):
            return super().__call__(*arguments, **named)
        return cls._real()(*arguments, **named)

    def _is_derived(cls) -> bool:
        return cls.__bases__ != (object,)

    def _real(cls) -> Any:
        return getattr(_real(cls.__module__), cls.__name__)


def _real(name: str) -> ModuleType:
    """The module that has been substituted."""
    __import__(name)
    return sys.modules[name]


STAND_INS: dict[str, dict[str, type[ModuleType]]] = {
    "zoneinfo": {"sysconfig": _ZonePaths},
    "textual.app": {"random": _RandomBits},
}
"""By module: modules of which it needs so little that another can do it."""


def _is_substituted(name: str) -> bool:
    """Whether the real module has been substituted."""
    return isinstance(sys.modules.get(name), _Empty | _ZonePaths)


def import_parts(*names: str) -> None:
    """Import modules that are not imported yet, without the dependencies that ccmon does not need."""
    for name in names:
        if name not in sys.modules:
            _import_part(name)


def import_datetime() -> None:
    """Import datetime as later Pythons do: that of 3.11 defines all its classes before it takes those written in C."""
    if sys.version_info < (3, 12) and "datetime" not in sys.modules:
        sys.modules["datetime"] = _real("_datetime")


def _import_part(name: str) -> None:
    try:
        with (
            _substituted(
                dict.fromkeys(ABSENT.get(name, ()))
                | {each: _Empty(each) for each in EMPTY.get(name, ())}
                | {each: sys.modules[other] for each, other in SAME.get(name, {}).items()}
                | {each: stand_in(each) for each, stand_in in STAND_INS.get(name, {}).items()}
            ),
            _no_forward_reference_made() if name == "msgspec" else nullcontext(),
        ):
            __import__(name)  # unlike import_module an event that audit hooks see
    except Exception:  # another version, which needs them
        __import__(name)


@contextmanager
def _no_forward_reference_made() -> Iterator[None]:
    """While msgspec is imported, which makes one to see whether it has a parameter that all have since Python 3.11.

    For the first of them Python sets up all classes of its syntax trees. No other thread may use typing meanwhile:
    it would get the replacement.
    """
    import typing  # noqa: PLC0415 (it is imported in part)

    real = typing.ForwardRef
    typing.ForwardRef = lambda *_, **__: None  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        typing.ForwardRef = real  # type: ignore[misc]


@contextmanager
def _substituted(modules: dict[str, ModuleType | None]) -> Iterator[None]:
    """Substitute these modules for those of the same name that are not imported yet."""
    new = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(new)  # type: ignore[arg-type] # None: it cannot be found
    try:
        yield
    finally:
        for name in new:
            del sys.modules[name]
