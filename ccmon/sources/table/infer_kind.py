"""A mapping to start from, for any kind of table: which column is which is inferred from heads and cells.

The usual heads in five languages are in ``heads.toml``. As for calls, doubts are written beside the line as a comment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ccmon.database.cell_types import CellType
from ccmon.database.reference_names import ADDABLE
from ccmon.database.table_specs import KINDS, ColumnSpec, TableSpec
from ccmon.errors import CcmonError
from ccmon.formatting import plural
from ccmon.sources.table import heads
from ccmon.sources.table.draft_columns import ColumnDraft
from ccmon.sources.table.file_habits import FileHabits
from ccmon.sources.table.infer_mapping import infer_mapping
from ccmon.sources.table.kind_fit import Assignment, assign, infer_kind
from ccmon.sources.table.mapping import UNSURE
from ccmon.sources.table.mapping_fields import CALLS, FieldSort, fields_of
from ccmon.sources.table.mapping_trial import kind_refusals
from ccmon.sources.table.sample_column import SampleColumn
from ccmon.sources.table.sample_file import Sample, quoted, read_sample, source_name, unsure

_CHANGES = frozenset({"cancelled_at", "done_at", "outcome", "note", "comment", "delivered", "promised_at", "active"})
"""Columns that change later: no reference is made of them."""
_NUMBERS = frozenset({"id", "nr", "no", "number", "nummer", "num", "numero", "key", "guid", "uuid"})
"""Heads of columns that number rows, whatever they are about."""
_RANGE = re.compile(r"[(\[]\s*\d+\s*[-\u2013]\s*(\d{1,3})\s*[)\]]")
"""What scores may be, in the head of their column: (1-5)."""
_TOPS = {"recommend": 10, "resolved": 1}
"""The tops of scales that a question always has."""
_FEW_STATES = 20
"""The most different words in a column of states of orders."""
_FEW_WORDS = 6
"""Words of scores that are named."""


def infer_any_mapping(file: Path, kind: str | None, encoding: str | None = None, table: str | None = None) -> str:
    """A mapping as TOML for a kind of table, with what it is unsure about in comments; None: the kind is inferred, too.

    Raises:
        CcmonError: the file cannot be read, is no table, or its columns do not tell what it is.
    """
    if kind == CALLS:
        return infer_mapping(file, encoding, table)
    sample = read_sample(file, encoding, table)
    if kind is None:
        kind = infer_kind(file, sample)
        if kind == CALLS:
            return infer_mapping(file, encoding, table)
    assignment = assign(KINDS[kind], sample.columns)
    if not assignment.chosen:
        raise CcmonError(
            f"No column of {file} looks like one of {kind}; it has: {', '.join(filter(None, sample.names))}. "
            f"A table of {kind} has: {', '.join(column.name for column in KINDS[kind].columns)}."
        )
    draft = _KindDraft(file, sample, KINDS[kind], assignment)
    text = draft.text()
    return text + "".join(f"{UNSURE}{said}\n" for said in kind_refusals(text, sample.rows, file, draft.currency))


class _KindDraft:
    """The mapping of a table as it grows, line by line."""

    def __init__(self, file: Path, sample: Sample, spec: TableSpec, assignment: Assignment) -> None:
        self._file, self._sample, self._spec = file, sample, spec
        self._assignment = assignment
        self._used = set(assignment.used)
        self._sorts = fields_of(spec.name).sorts
        drafts = [
            ColumnDraft(column, self._sorts[column.name], assignment.chosen[column.name][0])
            for column in spec.columns
            if column.name in assignment.chosen
        ]
        self._drafts = {draft.spec.name: draft for draft in drafts}
        self._habits = FileHabits.of(drafts, self._languages, sample.columns)
        self.currency = self._habits.currency
        """A currency for which the sign of most amounts stands."""
        self._makes_reference = False

    @property
    def _languages(self) -> list[str]:
        votes = self._assignment.languages
        return sorted(votes, key=votes.__getitem__, reverse=True)

    def text(self) -> str:
        """The whole mapping."""
        lines = [line for column in self._spec.columns for line in self._lines(column)]
        special = [*self._further_answers(), *self._taken_back()]
        unused = ", ".join(quoted(column.name) for column in self._sample.columns if column.name not in self._used)
        source = [f"source = {quoted(source_name(self._file))}   # references that are made up begin with it"]
        file = json.dumps(self._file.name, ensure_ascii=False)
        return "\n".join(
            [
                f"# What the columns of {file} may mean. Look at each line marked UNSURE, then:",
                *self._command(),
                f"kind = {quoted(self._spec.name)}",
                *(source if self._makes_reference else []),
                "",
                "[file]",
                *self._sample.file_lines,
                *self._habits.file_lines,
                "",
                "[columns]",
                *lines,
                *([f"# Not used: {unused}"] if unused else []),
                *special,
                "",
            ]
        )

    def _command(self) -> Iterator[str]:
        """The command that tries the mapping: with what rows name by a name alone, they would be refused without it."""
        named = {draft.spec.refers_to for draft in self._drafts.values()}
        if "scope" in named:
            named.update(word for column in self._spec.columns if column.name == "scope" for word in column.words)
        adds = ",".join(kind for kind, what in ADDABLE.items() if what in named)
        command = f"# ccmon import table {self._spec.name} FILE --mapping THIS --dry-run"
        yield f"{command} --add-missing {adds}" if adds else command
        if adds:
            yield "# Without --add-missing, rows are refused that name what is not known yet."

    def _lines(self, column: ColumnSpec) -> Iterator[str]:
        draft = self._drafts.get(column.name)
        if draft is not None:
            yield from self._of_column(draft)
        elif column.name == "reference" and self._spec.keys[0] == ("reference",):
            yield from self._made_reference()
        elif column.name == "scale" and "score" in self._drafts:
            yield from self._scale()
        elif column.required:
            yield from self._fixed(column)

    def _of_column(self, draft: ColumnDraft) -> Iterator[str]:
        name, head = draft.spec.name, quoted(draft.column.name)
        sort = self._sorts[name]
        if sort in {FieldSort.DAY, FieldSort.PLANNED_MOMENT}:
            yield self._moment(draft)
        elif sort is FieldSort.SCORE:
            yield self._score(draft)
        elif sort is FieldSort.KEY:
            repeated = len(draft.column.cells) - len(set(draft.column.cells))
            doubts = [f"{repeated} of its cells stand on several rows; only the first is taken"] if repeated else []
            yield f"{name} = {head}{unsure(doubts)}"
        else:
            found = draft.rule()
            yield f"{name} = {found.rule}{unsure([*found.doubts, *self._others(draft)])}"

    def _others(self, draft: ColumnDraft) -> list[str]:
        """Columns of the file that could be meant as well, such as a second amount."""
        name = draft.spec.name
        _, chosen = self._assignment.chosen[name]
        if chosen.level == heads.OWN_NAME:
            return []
        others = [
            column.name
            for column in self._sample.columns
            if column.name not in self._assignment.used
            and heads.match(self._spec.name, name, column.name)
            and ColumnDraft(draft.spec, draft.sort, column).fits
        ]
        return [f"or {' or '.join(map(quoted, others))}"] if others else []

    def _moment(self, draft: ColumnDraft) -> str:
        """The rule of a day or a moment."""
        name, column = draft.spec.name, draft.column
        if draft.dates.is_clock and self._sorts[name] is FieldSort.PLANNED_MOMENT:
            day = self._day_beside
            if day is None:
                return f"{name} = {quoted(column.name)}{unsure(['its cells have no date'])}"
            self._used.add(day.name)
            form, doubts = self._habits.form_of(day)
            rule = f"{{ date = {quoted(day.name)}, time = {quoted(column.name)} }}"
            doubts += [f"the dates are not written as {self._habits.date}"] if form is not None else []
            return f"{name} = {rule}{unsure(doubts)}"
        form, doubts = self._habits.form_of(column)
        doubts += self._others(draft)
        time = self._time_beside(draft)
        if time is not None and form is None:
            self._used.add(time.name)
            return f"{name} = {{ date = {quoted(column.name)}, time = {quoted(time.name)} }}{unsure(doubts)}"
        rule = quoted(column.name) if form is None else f"{{ column = {quoted(column.name)}, format = {quoted(form)} }}"
        if not draft.fits and draft.column.cells:
            doubts = [*doubts, "its cells do not look like dates"]
        return f"{name} = {rule}{unsure(doubts)}"

    @property
    def _day_beside(self) -> SampleColumn | None:
        """The column with the dates of moments whose own columns have only times of day."""
        dated = [column for column in self._sample.columns if column.name in self._habits.days]
        called = [column for column in dated if heads.match("dates", "day", column.name)]
        free = [column for column in dated if column.name not in self._assignment.used]
        return next(iter([*called, *free]), None)

    def _time_beside(self, draft: ColumnDraft) -> SampleColumn | None:
        """A column with the time of day of a moment whose own column has only the day."""
        if draft.spec.name != self._first_moment or not draft.dates.is_day:
            return None
        return next(
            (
                each
                for each in self._sample.columns
                if each.name not in self._used and each.is_clock and heads.match(CALLS, "time", each.name)
            ),
            None,
        )

    @property
    def _first_moment(self) -> str | None:
        moments = (name for name, sort in self._sorts.items() if sort is FieldSort.PLANNED_MOMENT)
        return next((name for name in moments if name in self._drafts), None)

    def _score(self, draft: ColumnDraft) -> str:
        """The rule of a score: German marks have 1 as the best."""
        column, cells = draft.column, draft.column.cells
        head = quoted(column.name)
        if "scale" in self._drafts:
            return f"score = {head}"
        numbers = [int(cell) for cell in cells if cell.isascii() and cell.isdigit()]
        is_mark = heads.squeezed(column.name) in {"note", "schulnote"} and self._languages[:1] == ["de"]
        if is_mark and numbers and min(numbers) >= 1 and max(numbers) <= 6:
            top = 6 if max(numbers) == 6 or heads.squeezed(column.name) == "schulnote" else 5
            doubt = f"taken as marks from 1, the best, to {top}; {max(numbers)} is the highest seen"
            return f"score = {{ column = {head}, best = 1, worst = {top} }}{unsure([doubt])}"
        words = {cell: heads.meaning("flag", cell) for cell in set(cells)}
        if self._question == "resolved" and not numbers and None not in words.values():
            pairs = ", ".join(f"{quoted(cell)} = {int(words[cell] == 'yes')}" for cell in sorted(words))
            return f"score = {{ column = {head}, words = {{ {pairs} }} }}"
        if cells and not numbers:
            some = ", ".join(f"{quoted(cell)} = …" for cell in sorted(words)[:_FEW_WORDS])
            return f"score = {head}{unsure([f'what numbers its words mean: words = {{ {some} }}'])}"
        return f"score = {head}"

    @property
    def _question(self) -> str:
        """The question of all answers, by the head of their scores or the name of the file."""
        texts = [self._drafts["score"].column.name, self._file.stem] if "score" in self._drafts else [self._file.stem]
        named = next(filter(None, (heads.meaning("question", text) for text in texts)), None)
        return named or "satisfaction"

    def _further_answers(self) -> Iterator[str]:
        """Rules for columns with answers to other questions."""
        if "score" not in self._drafts or "question" in self._drafts:
            return
        asked = {self._question}
        for column in self._sample.columns:
            question = heads.meaning_in("question", [column.name]) or heads.meaning("question", column.name)
            numbers = [int(cell) for cell in column.cells if cell.isascii() and cell.isdigit()]
            if (
                column.name in self._used
                or question is None
                or question in asked
                or 2 * len(numbers) <= len(column.cells)
            ):
                continue
            asked.add(question)
            self._used.add(column.name)
            yield ""
            yield "# Each row is an answer to this question as well, but for empty cells."
            yield "[[also]]"
            yield f"question = {{ value = {quoted(str(question))} }}"
            yield f"score = {quoted(column.name)}"
            yield _scale_of(column, question, numbers)

    def _taken_back(self) -> Iterator[str]:
        """What a column of states of orders says: those that were taken back are no sales."""
        if self._spec.name != "sales" or "sold_at" not in self._drafts:
            return
        for column in self._sample.columns:
            if column.name in self._used or heads.match("orders", "status", column.name) is None:
                continue
            meanings = {cell: heads.meaning("order", cell) for cell in dict.fromkeys(column.cells)}
            if len(meanings) > _FEW_STATES or 2 * sum(map(bool, meanings.values())) < len(meanings):
                continue
            yield from self._states_of_orders(column, meanings)
            return

    def _states_of_orders(self, column: SampleColumn, meanings: dict[str, str | None]) -> Iterator[str]:
        self._used.add(column.name)
        cells = {meant: [cell for cell, each in meanings.items() if each == meant] for meant in meanings.values()}
        others = [cell for cell, meant in meanings.items() if meant not in {"sold", "cancelled"}]
        doubts = [f"whether these are sales: {', '.join(map(quoted, others[:_FEW_WORDS]))}"] if others else []
        cancelled = cells.get("cancelled", [])
        yield ""
        if not cancelled:
            yield f"# {quoted(column.name)} says of no row that the order was taken back.{unsure(doubts)}"
            return
        number = sum(column.cells.count(cell) for cell in cancelled)
        share = f"{plural(number, '{n} row', '{n} rows')} of the first {len(column.every):,}"
        doubts = [f"{share} were taken back, by {quoted(column.name)}; when, no column says: with this they count "
                  "as cancelled at once, without it as sold", *doubts]  # fmt: skip
        if "cancelled_at" in self._drafts:
            doubts = [f"{share} were taken back, by {quoted(column.name)}", *doubts]
        yield f"[[except]]{unsure(doubts)}"
        yield f"when = {{ {quoted(column.name)} = {quoted(cancelled)} }}"
        if "cancelled_at" not in self._drafts:
            yield (
                self._moment(self._drafts["sold_at"]).partition("   # UNSURE")[0].replace("sold_at", "cancelled_at", 1)
            )

    def _scale(self) -> Iterator[str]:
        draft = self._drafts["score"]
        if "best =" in self._score(draft):
            return
        numbers = [int(cell) for cell in draft.column.cells if cell.isascii() and cell.isdigit()]
        if self._question != "satisfaction" and "question" not in self._drafts:
            yield f"question = {{ value = {quoted(self._question)} }}"
        yield _scale_of(draft.column, "satisfaction" if "question" in self._drafts else self._question, numbers)

    def _made_reference(self) -> Iterator[str]:
        if self._spec.name == "surveys" and "call" in self._drafts:
            return
        if self._spec.name == "customers" and "phone" in self._drafts:
            return
        numbered = next(filter(self._numbers_rows, self._sample.columns), None)
        if numbered is not None:
            self._used.add(numbered.name)
            doubt = "if it only numbers the rows of this file, not what they are about, take made_of and other columns"
            yield f"reference = {quoted(numbered.name)}{unsure([doubt])}"
            return
        made_of = [draft.column.name for name, draft in self._drafts.items() if name not in _CHANGES]
        beside = [self._time_beside(draft) for draft in self._drafts.values()]
        beside += [self._day_beside] if any(draft.dates.is_clock for draft in self._drafts.values()) else []
        made_of += [column.name for column in beside if column is not None and column.name not in made_of]
        self._makes_reference = True
        rows = [
            tuple(column.every[row] for column in self._sample.columns if column.name in made_of)
            for row in self._sample.body_rows
        ]
        doubts = [f"no column names the {self._spec.singular}; known by these, it counts anew where they are corrected"]
        if alike := len(rows) - len(set(rows)):
            doubts.append(f"{plural(alike, '{n} row', '{n} rows')} like an earlier one in all of them, numbered")
        yield f"reference = {{ made_of = {quoted(made_of)} }}{unsure(doubts)}"

    def _numbers_rows(self, column: SampleColumn) -> bool:
        """Whether a column that is none of the kind holds a number of each row."""
        is_whole = len(set(column.cells)) == len(column.every)
        return is_whole and column.name not in self._used and heads.squeezed(column.name) in _NUMBERS

    def _fixed(self, column: ColumnSpec) -> Iterator[str]:
        """A fixed value for a column that each row must have and no column of the file is."""
        names = self._sample.names
        if column.name == "scope":
            name = self._drafts.get("name")
            said = None if name is None else heads.meaning("scope", name.column.name)
            value = "centre" if name is None else said or "team"
            yield f"scope = {{ value = {quoted(value)} }}{unsure(['no column says whose quotas they are'])}"
        elif column.name == "period":
            value = heads.meaning_in("period", names) or "month"
            yield f"period = {{ value = {quoted(value)} }}{unsure(['no column says the period'])}"
        elif column.type is CellType.WORD and column.words and column.name == "goal":
            first, *others = column.words
            doubt = f"or {' or '.join(others)}; no column says it"
            yield f"{column.name} = {{ value = {quoted(first)} }}{unsure([doubt])}"
        else:
            needed = f"no column looks like {column.name}, {column.help}, which each row must have"
            yield f"{UNSURE}{needed}: {column.name} = …"


def _scale_of(column: SampleColumn, question: str, numbers: Sequence[int]) -> str:
    """The rule of the top of a scale: as the head says it, or as it is usual for the question."""
    highest = max(numbers, default=0)
    said = _RANGE.search(column.name)
    top = _TOPS.get(question) if said is None else int(said[1])
    if top is not None and highest <= top:
        return f"scale = {{ value = {top} }}"
    top = next((top for top in (5, 10, 100) if highest <= top), highest)
    seen = f"{highest} is the highest seen" if numbers else "no number is seen"
    return f"scale = {{ value = {top} }}{unsure([f'top of it; {seen}'])}"
