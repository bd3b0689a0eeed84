"""Which kind of table a file holds, and which of its columns is which, by the heads and the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccmon.database.export_columns import TOTALS, totals
from ccmon.database.table_specs import KINDS, TableSpec
from ccmon.errors import CcmonError, UsageError
from ccmon.sources.table import heads
from ccmon.sources.table.draft_columns import ColumnDraft, DatedCells
from ccmon.sources.table.file_content import as_typed
from ccmon.sources.table.heads import HeadMatch
from ccmon.sources.table.mapping_fields import CALLS, fields_of
from ccmon.sources.table.sample_column import SampleColumn
from ccmon.sources.table.sample_file import MOST, Sample

_CLEARLY = 1.0
"""By so much one kind must fit better than every other to be taken for it."""
_LEAST = 1.5
"""A kind that fits less is not taken for it."""
_OF_CALLS = frozenset({"queue", "answered_at", "wait", "talk", "direction", "caller", "called", "call_id"})
"""Columns of which a table of calls has at least one by its usual head: a roster has starts and lengths, too."""
_TELLING = _OF_CALLS | {"ended_at", "duration"}
"""Columns of which it has at least `_TELL_CALLS`."""
_TELL_CALLS = 2
_OTHER_COLUMN = 0.2
"""What a column that is none of a kind takes away from its fit; all of them together take at most `_OTHER_COLUMNS`."""
_OTHER_COLUMNS = 1.4
_QUEUE_LOG = ({"callid"}, {"event", "verb"})
"""Of each of these a table of Asterisk's queue log has one."""
_ONE_OF = {
    "sales": {"amount", "amount_cents"},
    "quotas": {"sales", "revenue", "conversion"},
    "customers": {"reference", "phone"},
}
"""Columns of which a table of a kind must have one, as its rows must."""
_NEVER_GUESSED = frozenset({"amount_cents"})


def infer_kind(file: Path, sample: Sample) -> str:
    """The kind of table that a file holds, by the heads of its columns.

    Raises:
        UsageError: they do not tell, or fit several kinds alike: a person has to name it.
        CcmonError: it is no table that can be imported so.
    """
    _require_table_of_rows(file, sample.names)
    scores = {kind: _score(kind, sample.columns) for kind in (CALLS, *KINDS)}
    named = heads.kinds_named(file.stem)
    fitting = {kind: score + (kind in named) * _CLEARLY for kind, score in scores.items() if score >= _LEAST}
    best = sorted(fitting, key=fitting.__getitem__, reverse=True)
    if not best:
        raise UsageError(
            f"The heads of {file} do not tell what kind of table it is; name the kind ({', '.join((CALLS, *KINDS))}): "
            f"ccmon import table KIND {as_typed(file)} --guess"
        )
    alike = [kind for kind in best if fitting[best[0]] - fitting[kind] < _CLEARLY]
    if len(alike) > 1:
        raise UsageError(
            f"The heads of {file} fit {', '.join(alike[:-1])} and {alike[-1]} alike; name the kind, such as: "
            f"ccmon import table {alike[0]} {as_typed(file)} --guess"
        )
    return best[0]


def _require_table_of_rows(file: Path, names: Sequence[str]) -> None:
    """Refuse what has commands of its own, or none.

    Raises:
        CcmonError: it is a queue log, or holds totals.
    """
    squeezed = set(map(heads.squeezed, names))
    if not any(map(squeezed.isdisjoint, _QUEUE_LOG)):
        raise CcmonError(
            f"{file} is a table of Asterisk's queue log, which needs no mapping: "
            f"ccmon import queue-log {as_typed(file)}"
        )
    if any({column.name for column in totals(by).columns} <= set(names) for by in TOTALS):
        raise CcmonError(
            f"{file} holds totals, which are never imported: ccmon counts them from calls, states of agents and sales. "
            "Import those."
        )


def _score(kind: str, columns: Sequence[SampleColumn]) -> float:
    """How well heads fit a kind; 0 if a column is missing without which it cannot be."""
    if kind == CALLS:
        return _score_of_calls(columns)
    spec = KINDS[kind]
    assignment = assign(spec, columns)
    can_be_made = {"scale", "scope", "period", *(key for keys in spec.keys for key in keys if key == "reference")}
    needed = {column.name for column in spec.columns if column.required} - can_be_made
    if not needed <= assignment.fitting or _ONE_OF.get(kind, assignment.fitting).isdisjoint(assignment.fitting):
        return 0.0
    of_states = "state" in assignment.chosen and are_states(assignment.chosen["state"][0])
    if kind == "agent-states" and not of_states:
        return 0.0
    fit = sum(
        (0.5 if heads.is_shared(kind, name) else 1.0) * _weight(found)
        for name, (_, found) in assignment.chosen.items()
        if name in assignment.fitting
    )
    unknown = [column for column in columns if column.name not in assignment.used]
    beside = [column for column in unknown if heads.match("dates", "day", column.name)]
    is_own = assignment.only_own and not unknown
    return fit + (is_own + of_states) * 2.0 - _taken_away(len(unknown) - len(beside))


def _weight(found: HeadMatch) -> float:
    return 0.5 if found.level == heads.PARTLY else 1.0


def _taken_away(unknown: int) -> float:
    return min(_OTHER_COLUMN * unknown, _OTHER_COLUMNS)


def are_states(column: SampleColumn) -> bool:
    """Whether most cells of a column say what an agent does."""
    known = sum(heads.meaning("state", cell) is not None for cell in column.cells)
    return 2 * known >= len(column.cells)


def _score_of_calls(columns: Sequence[SampleColumn]) -> float:
    """As `_score`: a table of calls says when each came in, and something that only calls have."""
    names = dict.fromkeys([*heads.columns_of(CALLS), *fields_of(CALLS).sorts])
    candidates = [
        (found, -number, name, column)
        for number, name in enumerate(names)
        for column in columns
        if (found := heads.match(CALLS, name, column.name)) is not None
        and (name not in {"entered_at", "date"} or _is_dated(column))
        and (name != "outcome" or not column.cells or not are_states(column))
    ]
    candidates.sort(key=lambda each: each[:2], reverse=True)
    chosen: dict[str, HeadMatch] = {}
    used: set[str] = set()
    for found, _, name, column in candidates:
        if name not in chosen and column.name not in used:
            used.add(column.name)
            chosen[name] = found
    exact = {name for name, found in chosen.items() if found.level >= heads.EXACT}
    if {"entered_at", "date"}.isdisjoint(chosen) or _OF_CALLS.isdisjoint(exact):
        return 0.0
    if len(_TELLING & chosen.keys()) < _TELL_CALLS:
        return 0.0
    unknown = len(columns) - len(used)
    is_own = not unknown and all(found.level == heads.OWN_NAME for found in chosen.values())
    return sum(map(_weight, chosen.values())) + is_own * 2.0 - _taken_away(unknown)


def _is_dated(column: SampleColumn) -> bool:
    """Whether cells may be days or moments; no cells may."""
    return not column.cells or DatedCells(column).is_dated or bool(column.date_formats or column.moment_formats)


@dataclass(slots=True)
class Assignment:
    """Which columns of a file are which columns of a kind."""

    chosen: dict[str, tuple[SampleColumn, HeadMatch]] = field(default_factory=dict)
    """By the kind's column, that of the file and how well its head fits."""
    fitting: set[str] = field(default_factory=set)
    """The kind's columns whose cells look as they should."""
    languages: dict[str, int] = field(default_factory=dict)
    """How many heads are in each language."""

    @property
    def used(self) -> set[str]:
        """The file's columns that are one of the kind."""
        return {column.name for column, _ in self.chosen.values()}

    @property
    def only_own(self) -> bool:
        """Whether all heads are those of ccmon itself."""
        return bool(self.chosen) and all(found.level == heads.OWN_NAME for _, found in self.chosen.values())


def assign(spec: TableSpec, columns: Sequence[SampleColumn]) -> Assignment:
    """Find each column of a kind among those of a file, the best fitting first."""
    sorts = fields_of(spec.name).sorts
    candidates = []
    for place, column in enumerate(columns):
        for number, each in enumerate(spec.columns):
            found = heads.match(spec.name, each.name, column.name)
            if found is None or (each.name in _NEVER_GUESSED and found.level < heads.OWN_NAME):
                continue
            is_named = found.level >= heads.EXACT
            # A column that is called what it is may have bad cells.
            likely = replace(column, enough=MOST) if is_named else column
            fits = ColumnDraft(each, sorts[each.name], likely).fits
            if fits or is_named:
                candidates.append(((fits, found.level, found.rank, -number, -place), likely, each, found))
    candidates.sort(key=lambda each: each[0], reverse=True)
    assignment = Assignment()
    used: set[str] = set()
    for fits_found, column, each, found in candidates:
        if column.name not in used and each.name not in assignment.chosen:
            used.add(column.name)
            assignment.chosen[each.name] = column, found
            if fits_found[0]:
                assignment.fitting.add(each.name)
            for language in found.languages:
                assignment.languages[language] = assignment.languages.get(language, 0) + 1
    return assignment
