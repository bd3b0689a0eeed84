"""Which kind of table a file holds, and which of its columns is which, by the heads and the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccmon.database.table_specs import KINDS, TableSpec
from ccmon.errors import CcmonError
from ccmon.sources.table import heads
from ccmon.sources.table.draft_columns import ColumnDraft
from ccmon.sources.table.file_content import as_typed
from ccmon.sources.table.heads import HeadMatch
from ccmon.sources.table.mapping_fields import CALLS, fields_of
from ccmon.sources.table.sample_column import SampleColumn
from ccmon.sources.table.sample_file import MOST, Sample

_CLEARLY = 1.0
"""By so much one kind must fit better than every other to be taken for it."""
_LEAST = 1.5
"""A kind that fits less is not taken for it."""
_TELLING = frozenset(
    {"queue", "answered_at", "ended_at", "wait", "talk", "duration", "direction", "caller", "called", "call_id"}
)
"""Columns of which a table of calls has at least `_TELL_CALLS`."""
_TELL_CALLS = 2
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
        CcmonError: they do not tell, or fit two kinds alike.
    """
    scores = {kind: _score(kind, sample.columns) for kind in (CALLS, *KINDS)}
    named = heads.kinds_named(file.stem)
    fitting = {kind: score + (kind in named) * _CLEARLY for kind, score in scores.items() if score >= _LEAST}
    best = sorted(fitting, key=fitting.__getitem__, reverse=True)
    if not best:
        raise CcmonError(
            f"The heads of {file} do not tell what kind of table it is; name the kind, such as: "
            f"ccmon import table sales {as_typed(file)} --guess"
        )
    if len(best) > 1 and fitting[best[0]] - fitting[best[1]] < _CLEARLY:
        raise CcmonError(
            f"The heads of {file} fit {best[0]} and {best[1]} alike; name the kind, such as: "
            f"ccmon import table {best[0]} {as_typed(file)} --guess"
        )
    return best[0]


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
    fit = sum(
        (0.5 if heads.is_shared(kind, name) else 1.0) * (0.5 if found.level == heads.PARTLY else 1.0)
        for name, (_, found) in assignment.chosen.items()
        if name in assignment.fitting
    )
    is_own = assignment.only_own and len(assignment.used) == len(columns)
    unknown = [column for column in columns if column.name not in assignment.used]
    beside = [column for column in unknown if heads.match("dates", "day", column.name)]
    return fit + is_own * 2.0 - 0.2 * (len(unknown) - len(beside))


def _score_of_calls(columns: Sequence[SampleColumn]) -> float:
    found = {
        name: level
        for name in heads.columns_of(CALLS)
        for column in columns
        if (level := heads.match(CALLS, name, column.name)) is not None and level.level > heads.PARTLY
    }
    if not {"entered_at", "date"} & set(found):
        return 0.0
    telling = {
        "queue",
        "answered_at",
        "ended_at",
        "wait",
        "talk",
        "duration",
        "direction",
        "caller",
        "called",
        "call_id",
    }
    if len(telling & set(found)) < 2:
        return 0.0
    return float(len(found))


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
