"""Finds rows that would count twice: what they are known by was made up, and is there already under another name."""

from __future__ import annotations

import sqlite3
from collections.abc import Set
from dataclasses import dataclass, field

from ccmon.database.sql_files import sql
from ccmon.database.table_specs import TableSpec
from ccmon.database.table_writer import WriteResult
from ccmon.errors import CcmonError
from ccmon.sources.table.rule_compiler import HASH_LETTERS

LEAST_COMPARED = 10
"""Fewer rows may be like others by chance."""
FEW_KNOWN = 0.1
"""Up to this share of known ids, the rows are not a file that has grown."""
MANY_LIKE = 0.5
"""From this share of rows like others on, they are the same."""
_MADE_UP = f"(old.reference GLOB '*{'[0-9a-f]' * HASH_LETTERS}*' OR old.reference GLOB '*:[0-9]*')"
"""The condition that a mapping has made up a row's reference."""
_MOST_COMPARED = 200
"""Rows that are compared with others: some tables have no index for it."""


class DoubledRowsError(CcmonError):
    """Most rows are in the database already, under another name."""


@dataclass(slots=True)
class DoublingCheck:
    """The first rows of a file, compared with those that were there before it."""

    connection: sqlite3.Connection
    kind: TableSpec
    names: Set[str]
    """The columns of the kind that the file gives."""
    makes_references: bool
    """Whether the references of the file's rows are made up; if not, they are compared with such rows alone."""
    _last: int = 0
    _compared: int = 0
    _like: int = 0
    _results: dict[WriteResult, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        statement = sql("last_row").format(table=self._table)
        ((self._last,),) = self.connection.execute(statement).fetchall()

    @property
    def _table(self) -> str:
        return self.kind.name.replace("-", "_")

    def take(self, result: WriteResult) -> None:
        """Count a row; a new one is compared, as the last that was inserted."""
        if result is WriteResult.REPEATED:
            return  # which says nothing of what was there before
        self._results[result] = self._results.get(result, 0) + 1
        if result is not WriteResult.ADDED or self._compared >= _MOST_COMPARED or not self._last:
            return
        given = {column.field for column in self.kind.columns if column.name in self.names and column.field}
        same = [f"old.{name} IS new.{name}" for name in sorted(given - set(self.kind.key_fields[0]))] or ["false"]
        made_up = [] if self.makes_references else [_MADE_UP]
        statement = sql("has_like_row").format(table=self._table, same=" AND ".join(same + made_up))
        ((like,),) = self.connection.execute(statement, (self._last,)).fetchall()
        self._compared += 1
        self._like += like

    @property
    def sentence(self) -> str | None:
        """Why most rows would count twice; None if they would not."""
        known = sum(number for result, number in self._results.items() if result is not WriteResult.ADDED)
        if self._compared < LEAST_COMPARED or known > FEW_KNOWN * sum(self._results.values()):
            return None
        if self._like < MANY_LIKE * self._compared:
            return None
        return (
            f"Most of these {self.kind.name} are in the database already under another reference, which was made up of "
            "their content or for a file of another name; they would count twice."
        )
