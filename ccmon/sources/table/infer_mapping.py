"""A mapping to start from: looks at the first rows of a table of calls and infers what its columns may mean.

It never decides silently: doubts are written beside the line as a comment, for a person to look at.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ccmon.errors import CcmonError
from ccmon.model.calls import Direction
from ccmon.sources.table import heads
from ccmon.sources.table.direction_words import direction_of
from ccmon.sources.table.mapping import UNSURE
from ccmon.sources.table.mapping_fields import CALLS
from ccmon.sources.table.mapping_trial import refusals
from ccmon.sources.table.sample_column import CLOCK, ENOUGH, NUMBER, SampleColumn, is_zero
from ccmon.sources.table.sample_file import MOST, Sample, quoted, read_sample, source_name, unsure

_FEW_WORDS = 12
_RARELY = 0.01
"""Share of rows for which a rule may yield nothing without a comment about it."""

_NAMES = {
    "call_id": r"call.?id|unique.?id|^id$|session.?id|interaction",
    "queue": r"queue(?!.*(time|wait|start|exit|enter))|skill|split|department|^type$|service.?line",
    "agent": r"agent(?!.*(time|start|end))|operator|server|employee|^user|representative|\bcsr\b",
    "campaign": r"campaign",
    "customer": r"customer|account|client.?(id|no)",
    "caller": r"^caller(?!.*day)|phone|\bani\b|\bcli\b|^from$|^src$|calling|number$",
    "direction": r"direction|direcci.n|richting|richtung|^sens$|^sentido$|in.?out",
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
_ISO = "%Y-%m-%d"
_AT_MIDNIGHT = 0.01
_LENGTH_NAMES = {
    "answered_at": r"wait|speed.?of.?answer|\basa\b|queue.?time|ring|q.?time",
    "ended_at": r"talk|service.?(time|length)|ser.?time|duration|billsec|handl|conversation|length",
}
_LOST = r"abandon|lost|missed|verlaten|gemist|verpasst|entgangen|perdu|manqu|perdida"
_YES = {"y", "yes", "true", "1", "ja", "j", "oui", "si", "sí"}
_NO = {"n", "no", "false", "0", "nee", "nein", "non"}
_OUTCOMES = {
    "answered": r"^(y|yes|true|1|ja|j|oui|s[ií]|agent|answer(ed)?|served|connected|complet.*|handled|ok"
    r"|beantwoord|aangenomen|opgenomen|angenommen|beantwortet|r[ée]pondue?|d[ée]croch[ée]e?|contestada|atendida)$",
    "abandoned": r"^(n|no|false|0|nee|nein|non|h[au]ng.?up|hang|abandon.*|lost|missed|no.?answer|cancel.*"
    r"|opgehangen|verlaten|gemist|niet beantwoord|aufgelegt|verpasst|entgangen|nicht angenommen|perdue?|manqu[ée]e?"
    r"|raccroch[ée]e?|perdida|colgada|no contestada|no atendida)$",
    "timeout": r"time.?out|overflow",
    "exit_key": r"voice.?mail|call.?back|exit",
}
_NOT_NAMED = {
    "call_id": "call_id = { row = true }   # UNSURE: no column names the call; the row's number does",
    "queue": 'queue = { value = "Calls" }   # UNSURE: no column names the queue',
    "outcome": "# UNSURE: a call is taken as answered where answered_at is known: outcome = { … }",
}
"""Lines for fields that no column names."""


def infer_mapping(file: Path, encoding: str | None = None, table: str | None = None) -> str:
    """A mapping as TOML, with what it is unsure about in comments.

    The encoding applies if it cannot be inferred, the table if an SQLite file has several.

    Raises:
        CcmonError: the file cannot be read, is no table, or no column could be the moment at which a call came in.
    """
    for enough in (ENOUGH, MOST):
        sample = read_sample(file, encoding, table, enough)
        text = _MappingDraft(file, sample).text()
        if text is not None:
            return text + "".join(f"{UNSURE}{said}\n" for said in refusals(text, sample.rows))
    raise CcmonError(
        f"No column of {file} looks like the moment at which a call came in; it has: "
        f"{', '.join(filter(None, sample.names))}."
    )


class _MappingDraft:
    """The mapping as it grows, line by line."""

    def __init__(self, file: Path, sample: Sample) -> None:
        self._file = file
        self._columns = sample.columns
        self._rows = sample.body_rows
        self._used: set[str] = set()
        self._nothing: set[str] = set()
        self._given_by: dict[str, tuple[list[SampleColumn], str | None]] = {}
        """The columns that give a moment, and the moment from which a length of time counts."""
        self._rules: dict[str, list[str]] = {}
        self._file_lines = sample.file_lines
        self._call_lines: list[str] = []
        self._special_lines: list[str] = []

    def text(self) -> str | None:
        """The whole mapping; None: no column looks like the moment at which a call came in."""
        self._moments()
        if "entered_at" not in self._rules:
            return None
        self._lengths()
        self._texts()
        unused = ", ".join(quoted(column.name) for column in self._free(self._columns))
        lines = [
            f"# What the columns of {json.dumps(self._file.name)} may mean. Look at each line marked UNSURE, then:",
            "# ccmon import table calls FILE --mapping THIS --dry-run",
            f"source = {quoted(source_name(self._file))}",
            "",
            "[file]",
            *self._file_lines,
            '# time_zone = "Europe/Amsterdam"   # of the clock times, where it is not the site\'s',
            "",
            "[call]",
            *self._call_lines,
            *([f"# Not used: {unused}"] if unused else []),
            *self._special_lines,
            "",
        ]
        return "\n".join(lines)

    def _moments(self) -> None:
        """The rules of the three moments: by clock time if a column has it, else by a length of time."""
        date = next((column for column in self._columns if column.date_formats and not column.is_moment), None)
        whole = [column for column in self._columns if column.is_moment or column.moment_formats]
        clocks = [column for column in self._columns if date and column.is_clock and not self._is_length(column)]
        form, *others = date.date_formats if date is not None else [_ISO]
        if form != _ISO:
            doubts = [f"or {' or '.join(others)}"] if others else []
            self._file_lines.append(f"date = {quoted(form)}{unsure(doubts)}")
        # Now and then one call comes at midnight itself.
        zero = [column for column in clocks if sum(map(is_zero, column.cells)) > _AT_MIDNIGHT * len(column.cells)]
        if zero:
            self._nothing = {cell for column in zero for cell in column.cells if is_zero(cell)}
            cells = json.dumps(sorted(self._nothing))
            self._file_lines.append(f"nothing = {cells}{unsure(['taken as: it did not happen'])}")
        for moment in _MOMENT_NAMES:
            rule = self._by_clock(moment, whole, None) or self._by_clock(moment, clocks, date)
            if rule is not None:
                self._call_lines.insert(0, f"{moment} = {rule}")

    def _by_clock(self, moment: str, candidates: list[SampleColumn], date: SampleColumn | None) -> str | None:
        """The rule of a moment by one of some columns; columns with only a time are combined with one of dates."""
        fitting = self._free(candidates, _MOMENT_NAMES[moment])
        if moment == "entered_at" and not fitting:
            fitting = self._free(candidates)[:1]
        if not fitting:
            return None
        if moment == "ended_at":
            fitting.reverse()
        chosen = self._use(fitting[0])
        each = [chosen, *self._instead(moment, chosen, fitting[1:], candidates)]
        if date is not None:
            self._use(date)
        rules = [_clock_rule(column, date) for column in each]
        self._given_by[moment], self._rules[moment] = (each, None), rules
        return _alternatives(rules) + unsure(self._doubts(moment, each, fitting, date))

    def _instead(
        self, moment: str, chosen: SampleColumn, fitting: list[SampleColumn], candidates: list[SampleColumn]
    ) -> Iterator[SampleColumn]:
        """Columns that give the moment in rows for which the chosen one has none, if there are many."""
        if moment == "answered_at":  # it is empty for unanswered calls
            return
        others = [column for column in candidates if column not in fitting] if moment == "entered_at" else []
        silent = [row for row in self._rows if not self._says(chosen, row)]
        for column in [*fitting, *others]:
            left = [row for row in silent if not self._says(column, row)]
            if column.name not in self._used and len(silent) - len(left) > _RARELY * len(self._rows):
                yield self._use(column)
                silent = left

    def _doubts(
        self, moment: str, each: list[SampleColumn], fitting: list[SampleColumn], date: SampleColumn | None
    ) -> Iterator[str]:
        """What a person should look at in the rule of a moment given by a clock time."""
        chosen = each[0]
        test = CLOCK.fullmatch if date is not None else chosen.moment_test
        if (wrong := chosen.unlike(test)) > (1 - ENOUGH) * len(chosen.cells):
            yield f"{wrong:,} of {len(chosen.cells):,} cells {'is' if wrong == 1 else 'are'} no such moment"
        forms = [] if date is not None or chosen.is_moment else chosen.moment_formats
        if len(forms) > 1:
            yield f"or {forms[1]}"
        if len(each) > 1:
            silent = self._share(sum(not self._says(chosen, row) for row in self._rows))
            there = " or else ".join(quoted(column.name) for column in each[1:])
            yield f"{quoted(chosen.name)} says nothing in {silent} of the rows; there, {there} counts"
        none = [row for row in self._rows if not self._known(moment, row)]
        # By its last rule a call may come in at midnight.
        if moment == "entered_at" and any(not each[-1].every[row] or date is None for row in none):
            yield f"{self._share(len(none))} of the rows do not say it and are refused"
        elif moment == "entered_at" and len(none) > _RARELY * len(self._rows):
            yield f"{self._share(len(none))} of the rows say midnight"
        if rest := [column for column in fitting if column not in each]:
            yield "or one of: " + ", ".join(quoted(column.name) for column in rest)

    def _says(self, column: SampleColumn, row: int) -> bool:
        return column.every[row] != "" and column.every[row] not in self._nothing

    def _known(self, moment: str, row: int) -> bool:
        """Whether a row has a moment, as far as its cells are filled."""
        columns, start = self._given_by.get(moment, ([], None))
        there = start is None or start == "entered_at" or self._known(start, row)
        return there and any(self._says(column, row) for column in columns)

    def _share(self, rows: int) -> str:
        """A number as share of the rows looked at; never 0 % for some, nor 100 % for less than all."""
        share = rows / len(self._rows)
        return f"{min(99, max(1, round(share * 100))) if 0 < share < 1 else round(share * 100)} %"

    def _lengths(self) -> None:
        """Rules for answer and end by a length of time, if no clock time gives them."""
        before = "entered_at"
        for moment, pattern in _LENGTH_NAMES.items():
            given = moment in self._rules
            fitting = [column for column in self._free(self._columns, pattern) if self._is_length(column)]
            if not given and fitting:
                chosen = self._use(fitting[0])
                rule = f"{{ after = {quoted(before)}, column = {quoted(chosen.name)} }}"
                self._given_by[moment], self._rules[moment] = ([chosen], before), [rule]
                self._call_lines.append(f"{moment} = {rule}")
                given = True
            before = moment if given else before
            if moment == "ended_at" and not given:
                self._call_lines.append("# UNSURE: nothing says when a call ended: ended_at = { … }")

    def _is_length(self, column: SampleColumn) -> bool:
        return (column.is_clock or column.looks(NUMBER.fullmatch)) and any(
            column.named(each) for each in _LENGTH_NAMES.values()
        )

    def _texts(self) -> None:
        for name, pattern in _NAMES.items():
            fitting = self._free(self._columns, pattern)
            if name == "caller" and self._is_outbound:
                fitting = [*self._called, *fitting]
            if not fitting:
                continue
            chosen = self._use(next((each for each in fitting if each.cells), fitting[0]))
            rule = f"{name} = {quoted(chosen.name)}"
            if not chosen.cells:
                rule += unsure(["nothing stands in it"])
            elif name == "outcome":
                rule = self._outcome(chosen)
            elif name == "direction":
                rule = _direction(chosen)
            elif name == "score":
                top = max((int(cell) for cell in chosen.cells if cell.isdigit()), default=5)
                rule += f"\nscale = {{ value = {top} }}{unsure(['top of it'])}"
            elif name == "call_id" and len(set(chosen.cells)) < len(chosen.cells):
                rule += unsure(["the same one stands on several rows, taken as visits of one call"])
            self._call_lines.append(rule)
        named = {line.split(" ")[0] for line in self._call_lines}
        if self._is_outbound:
            named.add("queue")
            if "direction" not in named:
                doubt = "no column says the direction; the file is taken for calls that agents made"
                self._call_lines.append(f'direction = {{ value = "outbound" }}{unsure([doubt])}')
        self._call_lines += (line for name, line in _NOT_NAMED.items() if name not in named)

    @property
    def _called(self) -> list[SampleColumn]:
        """Columns of the numbers that agents called."""
        found = [(heads.match(CALLS, "called", column.name), column) for column in self._columns]
        return [column for match, column in found if match is not None and match.level >= heads.EXACT]

    @property
    def _is_outbound(self) -> bool:
        """Whether all calls of the file were made by agents, as its cells, its name or its columns say."""
        directions = [column for column in self._columns if column.named(_NAMES["direction"])]
        if directions:
            meant = set(map(direction_of, filter(None, directions[0].every)))
            return meant == {Direction.OUTBOUND}
        if direction_of(self._file.stem.replace("-", " ")) is not None:
            return direction_of(self._file.stem.replace("-", " ")) is Direction.OUTBOUND
        return bool(self._called) and not any(column.named(_NAMES["queue"]) for column in self._columns)

    def _outcome(self, column: SampleColumn) -> str:
        words = Counter(column.cells)
        if len(words) > _FEW_WORDS:
            rule = f"outcome = {{ column = {quoted(column.name)}, words = {{ … }} }}"
            return f"# UNSURE: too many words to be outcomes: {rule}"
        meant = {word: _meaning(word) for word, _ in words.most_common()}
        if column.named(_LOST) and set(map(str.lower, meant)) <= _YES | _NO:
            # "Abandoned: yes" means the opposite of "Answered: yes".
            meant = {word: "abandoned" if word.lower() in _YES else "answered" for word in meant}
        self._lost(column, {word for word, meaning in meant.items() if meaning not in {None, "answered"}})
        pairs = ", ".join(f"{quoted(word)} = {quoted(meaning or 'unknown')}" for word, meaning in meant.items())
        unknown = [quoted(word) for word, meaning in meant.items() if meaning is None]
        lost = [word for word, meaning in meant.items() if meaning == "abandoned" and word.lower() in _YES | _NO]
        doubts = [f"what {', '.join(unknown)} means"] if unknown else []
        doubts += [f"whether {quoted(word)} means abandoned" for word in lost]
        return f"outcome = {{ column = {quoted(column.name)}, words = {{ {pairs} }} }}{unsure(doubts)}"

    def _lost(self, column: SampleColumn, words: set[str]) -> None:
        """Rules for lost callers without the time of their loss: without an end, their outcome would be unknown."""
        lost = [row for row in self._rows if column.every[row] in words]
        endless = [row for row in lost if not self._known("ended_at", row) and not self._known("answered_at", row)]
        if len(endless) <= _RARELY * len(lost):
            return
        silent = sorted({column.every[row] for row in endless})
        ended = ['{ after = "entered_at", value = "1:00" }']
        whole = len(endless) == sum(column.every[row] in silent for row in lost)
        if not whole:
            # An end, or how long the caller waited, is believed if given.
            ended = [*self._rules.get("ended_at", ()), *self._rules.get("answered_at", ()), *ended]
        self._special_lines += [
            "",
            f"# UNSURE: {self._share(len(endless))} of the rows are of callers who were "
            "not answered, and do not say when they gave up. A minute is",
            "# assumed, so that they are not taken for callers who hung up at once; their waits mean nothing.",
            "[[except]]",
            f"when = {{ {quoted(column.name)} = {quoted(silent)} }}",
            *(["answered_at = false"] if whole else []),
            f"ended_at = {_alternatives(ended)}",
        ]

    def _free(self, columns: Iterable[SampleColumn], pattern: str = "") -> list[SampleColumn]:
        """The columns that no rule uses, with names that match a pattern."""
        return [column for column in columns if column.name not in self._used and column.named(pattern)]

    def _use(self, column: SampleColumn) -> SampleColumn:
        self._used.add(column.name)
        return column


def _direction(column: SampleColumn) -> str:
    words = Counter(column.cells)
    if len(words) > _FEW_WORDS:
        rule = f"direction = {{ column = {quoted(column.name)}, words = {{ … }} }}"
        return f"# UNSURE: too many words to be directions, all calls are taken as inbound: {rule}"
    meant = {word: direction_of(word) for word, _ in words.most_common()}
    pairs = ", ".join(f"{quoted(word)} = {quoted(meaning or 'inbound')}" for word, meaning in meant.items())
    unknown = [quoted(word) for word, meaning in meant.items() if meaning is None]
    doubts = [f"what {', '.join(unknown)} means; taken as inbound"] if unknown else []
    return f"direction = {{ column = {quoted(column.name)}, words = {{ {pairs} }} }}{unsure(doubts)}"


def _meaning(word: str) -> str | None:
    return next((outcome for outcome, words in _OUTCOMES.items() if re.search(words, word, re.IGNORECASE)), None)


def _clock_rule(column: SampleColumn, date: SampleColumn | None) -> str:
    """The rule of a moment given by a clock time, in one column or with a column of dates."""
    if date is not None:
        return f"{{ date = {quoted(date.name)}, time = {quoted(column.name)} }}"
    if column.is_moment:
        return quoted(column.name)
    return f"{{ column = {quoted(column.name)}, format = {quoted(column.moment_formats[0])} }}"


def _alternatives(rules: Sequence[str]) -> str:
    return rules[0] if len(rules) == 1 else f"[{', '.join(rules)}]"
