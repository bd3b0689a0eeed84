"""How the cells of a file are written, as its mapping says."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ccmon.number_texts import CellError
from ccmon.sources.table.written_moments import FormatTally


class AmbiguousError(CellError):
    """A cell has several meanings; which one is meant can be said once for the whole file, by a mapping."""


@dataclass(frozen=True, slots=True)
class CellForm:
    """How the cells of a file are written, as its mapping says; None where it says nothing."""

    decimal: str | None = None
    """The decimal sign, a point or a comma."""
    moment: str | None = None
    """The format of a rule's dates or moments."""
    date: str | None = None
    """The format of the file's dates."""
    time: str | None = None
    """The format of the file's times of day."""
    time_zone: ZoneInfo | None = None
    """The zone of clock times; None: the site's."""
    per_cent: bool = False
    """Whether a plain number is a percentage."""
    tally: FormatTally = field(default_factory=FormatTally)


AS_KNOWN = CellForm()
"""How cells are written of which no mapping says more: as far as they have only one meaning."""
