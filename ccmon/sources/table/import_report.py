"""The results for the rows of a file, and why some are rejected: thousands with the same reason need one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ccmon.database.row_checks import RejectedRowError
from ccmon.database.source_records import is_of_a_record, unexpected_error_reason
from ccmon.formatting import plural
from ccmon.number_texts import CellError
from ccmon.sources.table.row_preview import RowPreview

REASONS_COUNTED = 1_000
"""How many reasons are counted separately; if a file has more, the rest count as one."""
SUBJECTS_SHOWN = 4
"""How many of the cells with the same fault are named."""
STRETCHES_SHOWN = 12
"""How many stretches of lines with the same fault are named."""
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
    rows: int = 0
    alike: bool = True
    """False: in other rows the text has other cells or numbers."""
    _stretches: list[tuple[int, int]] = field(default_factory=list)
    """First and last lines of the first stretches of rows."""
    _subjects: dict[str, None] = field(default_factory=dict)
    """The different cells that are at fault, such as names that nobody has, in order; at most `REASONS_COUNTED`."""

    def add(self, line: int, text: str) -> None:
        """Count a row with this fault."""
        self.rows += 1
        self.alike = self.alike and self.text == text
        if self._stretches and line == self._stretches[-1][1] + 1:
            self._stretches[-1] = self._stretches[-1][0], line
        elif len(self._stretches) < STRETCHES_SHOWN:
            self._stretches.append((line, line))
        subject = _QUOTED.search(text)
        if subject and subject[0][0] in "'\"" and len(self._subjects) < REASONS_COUNTED:
            self._subjects[subject[0]] = None

    def __str__(self) -> str:
        """All rows with it: how many, on which lines, and which cells are at fault."""
        if self.rows == 1:
            return f"line {self.line}: {self.text}"
        shown = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in self._stretches)
        rest = self.rows - sum(last - first + 1 for first, last in self._stretches)
        where = f"{plural(self.rows, '{n} row', '{n} rows')}, lines {shown}{f' and {rest:,} more' if rest else ''}"
        others = list(self._subjects)[1:]
        if not others:
            return f"{where}{'' if self.alike else '; the first'}: {self.text}"
        named, more = others[:SUBJECTS_SHOWN], len(others) - SUBJECTS_SHOWN
        over = "over " if len(self._subjects) == REASONS_COUNTED else ""
        return f"{where}: {self.text}; also {', '.join(named)}{f' and {over}{more:,} more' if more > 0 else ''}"


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
            known = self._found[pattern] = RowFault(line, text)
        known.add(line, text)

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
    unanswered: int = 0
    """Answers that nobody has given: left out, too."""
    unknown: dict[str, int] = field(default_factory=dict)
    """By kind, how many names rows have that nobody has."""
    unknown_names: dict[str, list[str]] = field(default_factory=dict)
    """The first of these names."""
    added_names: dict[str, int] = field(default_factory=dict)
    """By kind, how many rows were added for such names."""
    rejected: list[RejectedRow] = field(default_factory=list)
    rejected_count: int = 0
    """How many were rejected; ``rejected`` names the first of them."""
    reasons: RowFaults = field(default_factory=RowFaults)
    impossible: RowFaults = field(default_factory=RowFaults)
    """Impossible values in rows that were written; they count as not given."""
    differences: list[str] = field(default_factory=list)
    """What has changed of settings that were there, each as one line."""
    preview: RowPreview | None = None
    """Of a dry run, the first rows as they would be stored."""
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
