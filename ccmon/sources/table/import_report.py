"""The results for the rows of a file, and why some are rejected: thousands with the same reason need one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ccmon.database.row_checks import RejectedRowError
from ccmon.database.source_records import is_of_a_record, unexpected_error_reason
from ccmon.number_texts import CellError

REASONS_COUNTED = 1_000
"""How many reasons are counted separately; if a file has more, the rest count as one."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d[\d,]*")


class RejectedRow(NamedTuple):
    """A row that was not written."""

    line: int
    reason: str


@dataclass(slots=True)
class RowFault:
    """One reason, with the first row rejected for it."""

    line: int
    text: str
    rows: int = 1
    alike: bool = True
    """False: in other rows the text has other cells or numbers."""


@dataclass(slots=True)
class RowFaults:
    """Counts rows of a file by what is wrong with them, in bounded memory."""

    _found: dict[str, RowFault] = field(default_factory=dict)

    def add(self, line: int, text: str) -> None:
        """Count a row with this reason."""
        pattern = _QUOTED.sub("", text)
        if pattern not in self._found and len(self._found) >= REASONS_COUNTED:
            pattern = "others"
        known = self._found.get(pattern)
        if known is None:
            self._found[pattern] = RowFault(line, text)
        else:
            known.rows += 1
            known.alike = known.alike and known.text == text

    def most_common(self) -> list[RowFault]:
        """All reasons, the most frequent first."""
        return sorted(self._found.values(), key=lambda reason: -reason.rows)


@dataclass(slots=True)
class ImportReport:
    """The result of importing a file."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0
    """Rows that the mapping of a table of calls leaves out."""
    rejected: list[RejectedRow] = field(default_factory=list)
    rejected_count: int = 0
    """How many were rejected; ``rejected`` names the first of them."""
    reasons: RowFaults = field(default_factory=RowFaults)
    impossible: RowFaults = field(default_factory=RowFaults)
    """Impossible values in rows that were written; they count as not given."""
    notes: list[str] = field(default_factory=list)
    """What else a person should know: a column that is not used, a side effect."""

    @property
    def went_in(self) -> int:
        """Rows that are in the database now."""
        return self.added + self.changed + self.same

    def reject(self, line: int, reason: str, *, named: bool = True) -> None:
        """Count a row that was not written, and name it among those rejected."""
        self.rejected_count += 1
        self.reasons.add(line, reason)
        if named:
            self.rejected.append(RejectedRow(line, reason))


def rejection_reason(error: Exception) -> str:
    """Why a row that raised this error is rejected.

    Raises:
        Exception: the error itself if every row would raise it, such as one of the database file.
    """
    if isinstance(error, CellError | RejectedRowError):
        return str(error)
    if not is_of_a_record(error):
        raise error
    return unexpected_error_reason(error)
