"""Counts that are added up field by field."""

from __future__ import annotations

from collections.abc import Iterable
from operator import add, sub
from typing import Self

from msgspec import Struct
from msgspec.structs import astuple


class Counts(Struct, frozen=True):
    """Counts and sums of one thing, which are added up field by field: what ratios are made of, never ratios."""

    def plus(self, other: Self) -> Self:
        """Both together."""
        return type(self)(*map(add, astuple(self), astuple(other)))

    def minus(self, other: Self) -> Self:
        """What is left when the other's part is taken out."""
        return type(self)(*map(sub, astuple(self), astuple(other)))

    def plus_all(self, others: Iterable[Self]) -> Self:
        """All of them together."""
        return type(self)(*map(sum, zip(astuple(self), *map(astuple, others), strict=True)))
