"""A mapping to start from: looks at the first rows of a table of calls and says what its columns may mean.

It never decides in silence: what it is unsure about stands beside the line as a comment, for a person to look at.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from ccmon.errors import CcmonError
from ccmon.sources.table import lines

SAMPLE = 2_000
_ENOUGH = 0.97
"""Share of the filled cells that must look alike: real tables have dirt."""
_FEW_WORDS = 12

_DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y%m%d",
    "%y%m%d",
)
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[AaPp]\.?[Mm]\.?)?")
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")

_NAMES = {
    "call_id": r"call.?id|unique.?id|^id$|session.?id|interaction",
    "queue": r"queue(?!.*(time|wait|start|exit|enter))|skill|split|department|^type$|service.?line",
    "agent": r"agent(?!.*(time|start|end))|operator|server|employee|^user|representative|\bcsr\b",
    "campaign": r"campaign",
    "customer": r"customer|account|client.?(id|no)",
    "caller": r"^caller(?!.*day)|phone|\bani\b|\bcli\b|^from$|^src$|calling|number$",
    "direction": r"direction|in.?out",
    "outcome": r"outcome|status|disposition|answered \(|^answered$|result|abandon",
    "reason": r"topic|reason|category|subject",
    "score": r"satisf|csat|rating|score",
    "hold": r"^hold|on.?hold",
}
_MOMENT_NAMES = {
    "ended_at": r"end|exit|hang|finish|complet|stop|disconnect",
    "answered_at": r"answer|connect|pick|ser.?start|bridge",
    "entered_at": r"enter|start|arriv|offer|queue|begin|calldate|created|date|time|moment",
}
_AT_MIDNIGHT = 0.01
_LENGTH_NAMES = {
    "answered_at": r"wait|speed.?of.?answer|\basa\b|queue.?time|ring|q.?time",
    "ended_at": r"talk|service.?(time|length)|ser.?time|duration|billsec|handl|conversation|length",
}
_OUTCOMES = {
    "answered": r"^(y|yes|true|1|agent|answer(ed)?|served|connected|complet.*|handled|ok)$",
    "abandoned": r"^(n|no|false|0|h[au]ng.?up|hang|abandon.*|lost|missed|no.?answer|cancel.*)$",
    "timeout": r"time.?out|overflow",
    "exit_key": r"voice.?mail|call.?back|exit",
}


@dataclass(frozen=True, slots=True)
class _Column:
    """One column, as far as its first cells tell."""

    name: str
    cells: tuple[str, ...]
    """The filled ones."""
    rows: int

    def looks(self, test: Callable[[str], object]) -> bool:
        """Whether nearly all filled cells pass a test."""
        return bool(self.cells) and sum(bool(test(cell)) for cell in self.cells) >= _ENOUGH * len(self.cells)

    @property
    def date_formats(self) -> list[str]:
        """Ways of writing dates in which all of the cells could be meant."""
        return [form for form in _DATES if self.looks(partial(_is, form))]

    @property
    def moment_formats(self) -> list[str]:
        """Ways of writing a date and a time in one cell."""
        both = [f"{day}{gap}{time}" for day in _DATES for time in _TIMES for gap in (" ", "T")]
        return [form for form in both if self.looks(partial(_is, form))]

    @property
    def is_moment(self) -> bool:
        """ISO 8601 with a time, or seconds since 1970."""
        return self.looks(lambda cell: _is_iso_moment(cell) or re.fullmatch(r"1\d{9}(\.\d+)?", cell))

    @property
    def is_clock(self) -> bool:
        """Times of day, or lengths of time written with colons."""
        return self.looks(_CLOCK.fullmatch)

    @property
    def is_number(self) -> bool:
        """Numbers."""
        return self.looks(_NUMBER.fullmatch)

    def named(self, pattern: str) -> bool:
        """Whether the header says so."""
        return re.search(pattern, self.name.replace("_", " "), re.IGNORECASE) is not None


def guess_mapping(file: Path, encoding: str | None = None) -> str:
    """A mapping as TOML, with what it is unsure about in comments.

    Raises:
        CcmonError: the file cannot be read, or no column could be the moment at which a call came in.
    """
    form = lines.find_form(file, encoding)
    with lines.open_rows(file, form) as reader:
        rows = [[cell.strip() for cell in row.cells] for row in islice(reader, SAMPLE)]
    if not rows:
        raise CcmonError(f"{file} has no rows.")
    header = _has_header(rows)
    names = rows[0] if header else [str(number + 1) for number in range(len(rows[0]))]
    body = rows[1:] if header else rows
    columns = [
        _Column(name, tuple(row[place] for row in body if place < len(row) and row[place]), len(body))
        for place, name in enumerate(names)
    ]
    return _Guess(file, form, columns, header=header).text()


class _Guess:
    """The mapping as it grows, line by line."""

    def __init__(self, file: Path, form: lines.Form, columns: list[_Column], *, header: bool) -> None:
        self._file = file
        self._form = form
        self._columns = columns
        self._header = header
        self._used: set[str] = set()
        self._file_lines: list[str] = []
        self._call_lines: list[str] = []

    def text(self) -> str:
        """The whole mapping."""
        self._form_lines()
        self._moments()
        self._texts()
        unused = [column.name for column in self._columns if column.name not in self._used]
        source = re.sub(r"[^a-z0-9]+", "-", self._file.stem.lower()).strip("-") or "table"
        return "\n".join(
            [
                f"# What the columns of {json.dumps(self._file.name)} may mean. Look at each line marked UNSURE, then:",
                "# ccmon import table calls FILE --mapping THIS --dry-run",
                f"source = {_quoted(source)}",
                "",
                "[file]",
                *self._file_lines,
                '# time_zone = "Europe/Amsterdam"   # of the clock times, where it is not the site\'s',
                "",
                "[call]",
                *self._call_lines,
                *(
                    [f"# Not used: {', '.join(json.dumps(name, ensure_ascii=False) for name in unused)}"]
                    if unused
                    else []
                ),
                "",
            ]
        )

    def _form_lines(self) -> None:
        self._file_lines.append(f"encoding = {_quoted(self._form.encoding)}")
        self._file_lines.append(f"separator = {_quoted(self._form.separator)}")
        if not self._header:
            self._file_lines.append(
                "header = false   # UNSURE: the first line looks like data; columns are called 1, 2, 3"
            )

    def _moments(self) -> None:
        """The rules of the three moments: by the clock where a column has it, else by a length of time."""
        dates = [column for column in self._columns if column.date_formats and not column.is_moment]
        whole = [column for column in self._columns if column.is_moment or column.moment_formats]
        clocks = (
            [column for column in self._columns if column.is_clock and not self._is_length(column)] if dates else []
        )
        if dates:
            self._date_form(dates[0])
        # Now and then one call comes at midnight itself.
        zero = [column for column in clocks if sum(map(_is_zero, column.cells)) > _AT_MIDNIGHT * len(column.cells)]
        if zero:
            cells = sorted({cell for column in zero for cell in column.cells if _is_zero(cell)})
            self._file_lines.append(f"nothing = {json.dumps(cells)}   # UNSURE: taken as: it did not happen")
        for moment, pattern in _MOMENT_NAMES.items():
            rule = self._by_clock(moment, pattern, whole, clocks, dates)
            if rule is not None:
                self._call_lines.insert(0, f"{moment} = {rule}")
        if not any(line.startswith("entered_at") for line in self._call_lines):
            raise CcmonError(f"No column of {self._file} looks like the moment at which a call came in.")
        self._lengths()

    def _by_clock(
        self, moment: str, pattern: str, whole: list[_Column], clocks: list[_Column], dates: list[_Column]
    ) -> str | None:
        for candidates in (whole, clocks):
            fitting = [column for column in candidates if column.name not in self._used and column.named(pattern)]
            if moment == "entered_at" and not fitting:
                fitting = [column for column in candidates if column.name not in self._used][:1]
            if not fitting:
                continue
            chosen = self._use(fitting[-1] if moment == "ended_at" else fitting[0])
            rest = "   # UNSURE: or one of: " + ", ".join(json.dumps(c.name) for c in fitting if c is not chosen)
            unsure = rest if len(fitting) > 1 else ""
            if candidates is clocks:
                self._use(dates[0])
                return f"{{ date = {_quoted(dates[0].name)}, time = {_quoted(chosen.name)} }}{unsure}"
            forms = chosen.moment_formats
            if chosen.is_moment:
                return f"{_quoted(chosen.name)}{unsure}"
            both = f"   # UNSURE: or {forms[1]}" if len(forms) > 1 else ""
            return f"{{ column = {_quoted(chosen.name)}, format = {_quoted(forms[0])} }}{both or unsure}"
        return None

    def _lengths(self) -> None:
        """Where no clock tells an answer or an end, a length of time may."""
        before = "entered_at"
        for moment, pattern in _LENGTH_NAMES.items():
            told = any(line.startswith(f"{moment} ") for line in self._call_lines)
            fitting = [column for column in self._columns if self._is_length(column) and column.named(pattern)]
            fitting = [column for column in fitting if column.name not in self._used]
            if not told and fitting:
                chosen = self._use(fitting[0])
                self._call_lines.append(f"{moment} = {{ after = {_quoted(before)}, column = {_quoted(chosen.name)} }}")
                told = True
            before = moment if told else before
            if moment == "ended_at" and not told:
                self._call_lines.append("# UNSURE: nothing says when a call ended: ended_at = { … }")

    def _is_length(self, column: _Column) -> bool:
        return (column.is_number or column.is_clock) and any(column.named(each) for each in _LENGTH_NAMES.values())

    def _date_form(self, column: _Column) -> None:
        forms = column.date_formats
        if forms[0] != "%Y-%m-%d":
            unsure = f"   # UNSURE: or {' or '.join(forms[1:])}" if len(forms) > 1 else ""
            self._file_lines.append(f"date = {_quoted(forms[0])}{unsure}")

    def _texts(self) -> None:
        for name, pattern in _NAMES.items():
            fitting = [column for column in self._columns if column.name not in self._used and column.named(pattern)]
            if not fitting:
                continue
            chosen = self._use(fitting[0])
            if name == "outcome":
                self._call_lines.append(self._outcome(chosen))
            elif name == "score":
                top = max((int(cell) for cell in chosen.cells if cell.isdigit()), default=5)
                self._call_lines += [
                    f"score = {_quoted(chosen.name)}",
                    f"scale = {{ value = {top} }}   # UNSURE: top of it",
                ]
            else:
                distinct = len(set(chosen.cells))
                double = name == "call_id" and distinct < len(chosen.cells)
                unsure = (
                    "   # UNSURE: the same one stands on several rows, taken as visits of one call" if double else ""
                )
                self._call_lines.append(f"{name} = {_quoted(chosen.name)}{unsure}")
        said = {line.split(" ")[0] for line in self._call_lines}
        if "call_id" not in said:
            self._call_lines.append(
                "call_id = { row = true }   # UNSURE: no column names the call; the row's number does"
            )
        if "queue" not in said:
            self._call_lines.append('queue = { value = "Calls" }   # UNSURE: no column names the queue')
        if "outcome" not in said:
            self._call_lines.append("# UNSURE: a call is taken as answered where answered_at is known: outcome = { … }")

    def _outcome(self, column: _Column) -> str:
        words = Counter(column.cells)
        if len(words) > _FEW_WORDS:
            rule = f"outcome = {{ column = {_quoted(column.name)}, words = {{ … }} }}"
            return f"# UNSURE: too many words to be outcomes: {rule}"
        meant = {word: _meaning(word) for word, _ in words.most_common()}
        unsure = [word for word, meaning in meant.items() if meaning is None]
        pairs = ", ".join(f"{_quoted(word)} = {_quoted(meaning or 'unknown')}" for word, meaning in meant.items())
        asked = f"   # UNSURE: what {', '.join(map(json.dumps, unsure))} means" if unsure else ""
        return f"outcome = {{ column = {_quoted(column.name)}, words = {{ {pairs} }} }}{asked}"

    def _use(self, column: _Column) -> _Column:
        self._used.add(column.name)
        return column


def _meaning(word: str) -> str | None:
    return next((outcome for outcome, words in _OUTCOMES.items() if re.search(words, word, re.IGNORECASE)), None)


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """A first line of names: none of its cells looks like a number, a date or a time, and no two are the same."""
    first = [cell for cell in rows[0] if cell]
    data = any(_NUMBER.fullmatch(cell) or _CLOCK.fullmatch(cell) or _is_date(cell) for cell in first)
    return bool(first) and not data and len(set(first)) == len(first) == len(rows[0])


def _is_date(cell: str) -> bool:
    return any(_is(form, cell) for form in _DATES) or _is_iso_moment(cell)


def _is(form: str, cell: str) -> bool:
    try:
        parsed = datetime.strptime(cell, form)
    except ValueError:
        return False
    return 1970 <= parsed.year <= date.max.year and parsed.year < 2100


def _is_iso_moment(cell: str) -> bool:
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return ":" in cell


def _is_zero(cell: str) -> bool:
    return re.fullmatch(r"0{1,2}:00(:00)?", cell) is not None


def _quoted(text: str | Iterable[str]) -> str:
    return json.dumps(text, ensure_ascii=False)
