"""Records of counts that are added field by field."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add, sub
from typing import Self, TypeVar

from msgspec import Struct
from msgspec.structs import astuple


class Counts(Struct, frozen=True):
    """Counts and sums about one thing, added field by field: the parts of ratios, never ratios themselves."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*[*map(add, astuple(self), astuple(other))])

    def __sub__(self, other: Self) -> Self:
        return type(self)(*[*map(sub, astuple(self), astuple(other))])


SomeCounts = TypeVar("SomeCounts", bound=Counts)


def total(parts: Sequence[SomeCounts]) -> SomeCounts:
    """The sum of one or more records of a kind; for many of them quicker than adding one after the other."""
    if len(parts) == 1:
        return parts[0]
    return type(parts[0])(*[*map(sum, zip(*[*map(astuple, parts)], strict=True))])
