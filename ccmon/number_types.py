"""Units of the records: types that say what a number may be, for readers and for the schema of the JSON.

A type checker sees a plain number or text. Names say the rest: moments end in ``_at`` or are called ``since``, lengths
of time end in ``_ms``, money ends in ``_cents``.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Count = Annotated[int, Meta(ge=0)]
"""How many: never negative."""
Ratio = Annotated[float, Meta(ge=0, le=1)]
"""A share from 0 to 1."""
Quantity = Annotated[float, Meta(ge=0)]
"""A mean, a rate or a multiple that is never negative."""
Date = Annotated[str, Meta(extra_json_schema={"format": "date"})]
"""An ISO date in the site's time zone."""


def one_of(*words: str) -> Meta:
    """An annotation: the text is one of these words."""
    return Meta(extra_json_schema={"enum": list(words)})
