"""Records of counts that are added field by field."""

from __future__ import annotations

from operator import add, sub
from typing import Self

from msgspec import Struct
from msgspec.structs import astuple


class Counts(Struct, frozen=True):
    """Counts and sums about one thing, added field by field: the parts of ratios, never ratios themselves."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*[*map(add, astuple(self), astuple(other))])

    def __sub__(self, other: Self) -> Self:
        return type(self)(*[*map(sub, astuple(self), astuple(other))])
