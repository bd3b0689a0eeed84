"""Parts of a snapshot that need not be made again while the rows under them are equal to those of before."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")


class InputCache:
    """Values by name, each with the inputs that it was made of.

    Inputs are compared with ``==`` and must not change. That costs nothing where they are the same objects, as rows are
    that have not changed; records with ``eq=False`` are equal to themselves alone.
    """

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[tuple[object, ...], Any]] = {}

    def get(
        self,
        name: Hashable,
        inputs: tuple[object, ...],
        make: Callable[Arguments, Value],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Value:
        """The value made of these inputs, made now, with these arguments, unless those of before are equal."""
        entry = self._entries.get(name)
        if entry is not None and entry[0] == inputs:
            value: Value = entry[1]
            return value
        value = make(*arguments, **named)
        self._entries[name] = (inputs, value)
        return value

    def reuse_if_equal(self, name: Hashable, value: Value) -> Value:
        """The value cached under this name where it is equal, so that what is made of it need not be made again."""
        entry = self._entries.get(name)
        if entry is not None and entry[1] == value:
            value = entry[1]
        else:
            self._entries[name] = ((), value)
        return value
