"""What the columns of a table of calls mean: read from a TOML file and checked before a row is touched.

A mapping names the file's form, and for each field of a call a rule, or a list of rules; the first that yields
something counts. A rule is a table; a text alone is short for ``{ column = text }``, and ``false`` means nothing at
all. Rules for:

* texts: ``column``, or ``columns`` with ``join``; then ``pattern`` (a regular expression; its first group counts),
  ``nothing`` (cells that mean none), ``words`` (cells and what they mean) and ``otherwise`` (what every other cell
  means). Or ``value``.
* moments: ``column`` with ``format`` (strptime's letters, ``epoch`` or ``epoch_ms``; else ISO 8601 or epoch seconds);
  or ``date`` and ``time``, two columns; or ``after`` or ``before``, another moment, with a length of time.
* lengths of time: ``column`` or ``value``, with ``unit`` (s, ms, min) for plain numbers; h:mm:ss is understood as well.

``[[except]]`` names columns and cells (``when``) for which other rules count, or ``skip = true``. ``[only]`` names
columns and cells that a row must have to be a call at all.
"""

from __future__ import annotations

import re
import tomllib
import warnings
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, ValidationError, convert

from ccmon.errors import CcmonError
from ccmon.model.calls import Direction, Outcome
from ccmon.number_texts import CellError, length
from ccmon.sources.table.row_reader import SEPARATORS, check_encoding, translate_errors
from ccmon.time_units import MINUTE_MS

TEXTS = (
    "call_id", "visit", "direction", "queue", "campaign", "agent", "customer", "caller", "caller_name", "outcome",
    "ended_by", "disposition", "right_party", "reason", "score", "scale",
)  # fmt: skip
"""Fields that are texts."""
MOMENTS = ("began_at", "entered_at", "answered_at", "ended_at", "wrapped_up_at")
"""Fields that are moments, in the order in which they happen.

``began_at`` is not stored: it gives the day of the others.
"""
DURATIONS = ("hold",)

CLOSED = {
    "outcome": frozenset(Outcome),
    "direction": frozenset(Direction),
    "ended_by": frozenset({"caller", "agent", "transfer", "system"}),
}
"""Fields that can only have these words."""

_FILE_KEYS = {"table", "encoding", "separator", "header", "nothing", "time_zone", "date", "time", "tolerance"}
_RULE_KEYS = {
    "text": {"column", "columns", "join", "pattern", "nothing", "words", "otherwise", "value", "row"},
    "moment": {"column", "format", "date", "time", "after", "before", "value", "unit", "nothing"},
    "duration": {"column", "value", "unit", "nothing"},
}
_FORMAT_LETTERS = frozenset("aAwdbBmyYHIpMSfzZjUWcxXGuV%")
"""Letters allowed after a % in the format of a moment."""
UNSURE = "# UNSURE: "
"""How a comment begins that says what a person should check."""
_UNITS = {"s": 1_000, "ms": 1, "min": MINUTE_MS}

Rule = MappingABC[str, Any]


_Cell = str | int | float | bool
_Cells = Annotated[list[_Cell], Meta(min_length=1)]
_FILE_SORTS = (
    ("table encoding separator time_zone", str, "a text"),
    ("header", bool, "true or false"),
    ("nothing", list[_Cell], "a list of cells such as ['-']"),
)
"""Keys, the type of their values, and a description of these."""
_RULE_SORTS = (
    ("column date time", str | int, "a column's name"),
    ("join pattern after before unit", str, "a text"),
    ("value otherwise", _Cell, "a text or a number"),
    ("columns", _Cells, "a list of columns' names"),
    ("nothing", _Cells, "a list of cells"),
)


@dataclass(frozen=True, slots=True)
class SpecialRows:
    """Rows for which other rules apply."""

    when: dict[str, tuple[str, ...]]
    rules: dict[str, tuple[Rule, ...]]
    skip: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping as in its file, checked but not yet bound to a header."""

    name: str
    """The file it came from, for messages."""
    source: str
    rules: dict[str, tuple[Rule, ...]]
    exceptions: tuple[SpecialRows, ...] = ()
    only: MappingABC[str, tuple[str, ...]] = field(default_factory=dict)
    """Cells that a row must have; others are left out."""
    table: str | None = None
    """For an SQLite file, the table with the calls."""
    encoding: str | None = None
    separator: str | None = None
    header: bool = True
    nothing: frozenset[str] = frozenset()
    """Cells that mean, in every column of the rules, that it did not happen."""
    time_zone: str | None = None
    date: str | None = None
    time: str | None = None
    tolerance: str = "1:00"
    """By how much moments may be in the wrong order and still be taken as simultaneous."""
    columns: frozenset[str] = field(default_factory=frozenset)
    """Every column that a rule or exception names."""
    unsure: tuple[str, ...] = ()
    """What its comments marked UNSURE say."""


def unit_ms(rule: Rule) -> int:
    """Milliseconds of one of a rule's plain numbers."""
    return _UNITS[rule.get("unit", "s")]


def read(path: Path) -> Mapping:
    """Read a mapping.

    Raises:
        CcmonError: the file cannot be read, is no TOML, or says something that means nothing.
    """
    with translate_errors(path):
        content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except RecursionError:
        raise CcmonError(f"The mapping {path} is no mapping: its tables lie too deep in each other.") from None
    except UnicodeDecodeError:
        raise CcmonError(f"The mapping {path} is not UTF-8; save it as UTF-8.") from None
    except ValueError as error:  # TOMLDecodeError, and a number of thousands of digits
        raise CcmonError(f"The mapping {path} is no TOML: {error}; correct it.") from None
    return replace(parse(document, str(path)), unsure=tuple(_doubts(text)))


def _doubts(text: str) -> Iterator[str]:
    """What the comments marked UNSURE say, each with its line and the field it is about."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        before, mark, said = line.partition(UNSURE)
        if not mark:
            continue
        for further in lines[number + 1 :]:  # of a comment of several lines
            if before or not further.startswith("# ") or further.startswith((UNSURE, "# Not used: ")):
                break
            said += further.removeprefix("#")
        about = before.partition("=")[0].strip()
        yield f"line {number + 1}{f', {about},' if about else ''} is UNSURE: {said.strip()}"


def parse(document: MappingABC[str, Any], name: str) -> Mapping:
    """A mapping from a TOML document.

    Raises:
        CcmonError: it says something that means nothing.
    """
    _check_known(sorted(document), ("source", "file", "call", "except", "only"), f"the mapping of {name}")
    source, form, call = document.get("source"), document.get("file", {}), document.get("call")
    if not isinstance(source, str) or not source.strip() or not source.isprintable():
        raise CcmonError(f'The mapping {name} lacks source = "…": what these calls are to be known by.')
    if not isinstance(call, dict) or "entered_at" not in call:
        raise CcmonError(f"The mapping {name} lacks [call] with entered_at: when the call came in.")
    if not isinstance(form, dict):
        raise CcmonError(f"[file] of the mapping {name} must be a table.")
    _check_known(sorted(form), _FILE_KEYS, f"[file] of {name}")
    _check_form(form, name)
    rules = _rules(call, name, "[call]")
    special = document.get("except", ())
    if not isinstance(special, list | tuple):
        raise CcmonError(f"except of the mapping {name} must be tables: [[except]].")
    exceptions = tuple(_exception(each, name) for each in special)
    _check_moments(rules, name)
    for exception in exceptions:
        if not exception.skip:
            _check_moments({**rules, **exception.rules}, name)
    separator = form.get("separator")
    only = document.get("only", {})
    if not isinstance(only, dict):
        raise CcmonError(f"[only] of the mapping {name} must be a table such as dcontext = 'outbound'.")
    return Mapping(
        name=name,
        source=source,
        rules=rules,
        exceptions=exceptions,
        only=_cells(only),
        table=form.get("table"),
        encoding=form.get("encoding"),
        separator=SEPARATORS.get(separator, separator) if separator is not None else None,
        header=bool(form.get("header", True)),
        nothing=frozenset(map(str, form.get("nothing", ()))),
        time_zone=form.get("time_zone"),
        date=form.get("date"),
        time=form.get("time"),
        tolerance=str(form.get("tolerance", "1:00")),
        columns=frozenset(_columns(rules)).union(
            map(str, only), *(set(_columns(exception.rules)) | set(exception.when) for exception in exceptions)
        ),
    )


def _check_known(said: Iterable[str], known: Collection[str], where: str) -> None:
    """Check that all words are known."""
    unknown = next((word for word in said if word not in known), None)
    if unknown is not None:
        raise CcmonError(f"{unknown!r} in {where} means nothing; there can be: {', '.join(sorted(known))}.")


def _check_sorts(table: MappingABC[str, Any], sorts: Iterable[tuple[str, Any, str]], where: str) -> None:
    """Check that the values of a table have the right types."""
    for keys, sort, what in sorts:
        for key in keys.split():
            try:
                if key in table:
                    convert(table[key], sort)
            except ValidationError:
                raise CcmonError(f"{key} {where} must be {what}.") from None


def _rules(
    table: MappingABC[str, Any], name: str, where: str, beside: frozenset[str] = frozenset()
) -> dict[str, tuple[Rule, ...]]:
    """The rules of the fields; ``beside`` are the keys that may also be there."""
    _check_known(sorted(table), {*TEXTS, *MOMENTS, *DURATIONS, *beside}, f"{where} of {name}")
    return {key: _alternatives(key, said, name) for key, said in table.items() if key not in beside}


def _alternatives(field_name: str, said: Any, name: str) -> tuple[Rule, ...]:
    if said is False:
        return ()
    each = said if isinstance(said, list) else [said]
    return tuple(_rule(field_name, rule, name) for rule in each)


def _check_form(form: MappingABC[str, Any], name: str) -> None:
    """Check that the description of the file makes sense."""
    _check_sorts(form, _FILE_SORTS, f"in [file] of the mapping {name}")
    for key in ("date", "time"):
        _check_format(form.get(key), f"{key} in [file] of the mapping {name}")
    _check_length(form.get("tolerance", 0), f"tolerance in [file] of the mapping {name}")
    if "encoding" in form:
        check_encoding(form["encoding"])
    separator = SEPARATORS.get(form.get("separator", ","), form.get("separator", ","))
    if len(separator) != 1 or separator in '"\r\n\0':
        raise CcmonError(
            f"separator in [file] of the mapping {name} must be one character, or one of: {', '.join(SEPARATORS)}."
        )


def _check_length(said: Any, where: str, unit_ms: int = 1000) -> None:
    try:
        length(str(said), unit_ms)
    except CellError as error:
        raise CcmonError(f"{where} {error}.") from None


def _rule(field_name: str, said: Any, name: str) -> Rule:
    rule = {"column": said} if isinstance(said, (str, int)) and not isinstance(said, bool) else said
    where = f"{field_name} of the mapping {name}"
    if not isinstance(rule, dict):
        raise CcmonError(f"{where} must be a column's name or a table such as {{ column = 'Agent' }}.")
    kind = "moment" if field_name in MOMENTS else "duration" if field_name in DURATIONS else "text"
    _check_known(sorted(rule), _RULE_KEYS[kind], where)
    _check_sorts(rule, _RULE_SORTS, f"of {where}")
    if rule.get("row", True) is not True:
        raise CcmonError(f"row of {where} must be true.")
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(rule.get("pattern", ""))
    except (re.error, OverflowError, RecursionError) as error:
        raise CcmonError(f"{where}: {rule['pattern']!r} is no regular expression: {error}.") from None
    if rule.get("unit", "s") not in _UNITS:
        raise CcmonError(f"unit of {where} must be s, ms or min.")
    if not {"column", "columns", "value", "row", "date"} & set(rule):
        raise CcmonError(f"{where} names no column and no value.")
    if ("date" in rule) != ("time" in rule):
        raise CcmonError(f"{where} needs both date and time, each the name of a column.")
    if kind == "moment" and "value" in rule and not {"after", "before"} & set(rule):
        raise CcmonError(f"{where}: a fixed length of time needs after or before.")
    if {"after", "before"} & set(rule) and not {"column", "value"} & set(rule):
        raise CcmonError(f"{where} needs a length of time beside after or before: a column or a value.")
    if {"after", "before"} <= set(rule):
        raise CcmonError(f"{where} lies after one moment or before one, not both.")
    if kind != "text" and "value" in rule:
        _check_length(rule["value"], f"value of {where}", unit_ms(rule))
    for reference in ("after", "before"):
        if reference in rule and rule[reference] not in MOMENTS:
            raise CcmonError(f"{reference} of {where} must be one of: {', '.join(MOMENTS)}.")
    _check_format(rule.get("format"), f"format of {where}")
    _check_words(field_name, rule, where)
    return {key: str(value) if key in {"column", "date", "time", "value"} else value for key, value in rule.items()}


def _check_format(form: Any, where: str) -> None:
    """Check a format of moments: a wrong letter would reject every row."""
    if form is None:
        return
    if not isinstance(form, str):
        raise CcmonError(f"{where} must be a text such as '%d.%m.%Y'.")
    if form in {"epoch", "epoch_ms"}:
        return
    for letter in re.findall(r"%(.?)", form, re.DOTALL):
        if letter not in _FORMAT_LETTERS:
            raise CcmonError(f"{where} is {form!r}, in which {'%' + letter!r} means nothing; see strptime's letters.")
    try:
        datetime.strptime("", form)
    except re.error:
        raise CcmonError(f"{where} is {form!r}, which names the same part twice.") from None
    except ValueError:
        pass  # An empty cell is no moment.


def _check_words(field_name: str, rule: MappingABC[str, Any], where: str) -> None:
    """Check that the given meanings of cells are valid."""
    words = rule.get("words", {})
    if not isinstance(words, dict) or not all(isinstance(word, _Cell) for word in words.values()):
        raise CcmonError(f"words of {where} must be a table such as {{ Y = 'answered' }}.")
    if field_name in CLOSED:
        meanings = [*words.values(), *(rule[key] for key in ("otherwise", "value") if key in rule)]
        _check_known(filter(None, map(str, meanings)), CLOSED[field_name], where)


def _exception(said: Any, name: str) -> SpecialRows:
    when = said.get("when") if isinstance(said, dict) else None
    if not isinstance(when, dict) or not when:
        raise CcmonError(f"Each [[except]] of the mapping {name} needs when = {{ column = 'cell' }}.")
    skip = said.get("skip", False)
    if not isinstance(skip, bool):
        raise CcmonError(f"skip in [[except]] of the mapping {name} must be true or false.")
    return SpecialRows(
        when=_cells(when),
        rules=_rules(said, name, "[[except]]", frozenset({"when", "skip"})),
        skip=skip,
    )


def _cells(said: MappingABC[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        str(column): tuple(map(str, cells)) if isinstance(cells, list) else (str(cells),)
        for column, cells in said.items()
    }


def _check_moments(rules: MappingABC[str, tuple[Rule, ...]], name: str) -> None:
    """Check that moments do not depend on each other in a circle, and that there is one at which the call came in."""
    if not rules.get("entered_at"):
        raise CcmonError(f"The mapping {name} has no rule for entered_at: when the call came in.")
    moment_order(rules, name)


def moment_order(rules: MappingABC[str, tuple[Rule, ...]], name: str) -> list[str]:
    """The moments that have rules in a mapping, each after those it depends on.

    Raises:
        CcmonError: they depend on each other in a circle, or on one that has no rule.
    """
    order: list[str] = []
    waiting = [moment for moment in MOMENTS if rules.get(moment)]
    while waiting:
        for moment in waiting:
            needs = {rule[key] for rule in rules[moment] for key in ("after", "before") if key in rule}
            without = [need for need in needs if not rules.get(need)]
            if without:
                raise CcmonError(f"In the mapping {name} {moment} hangs on {without[0]}, which has no rule.")
            if needs <= set(order):
                order.append(moment)
                waiting.remove(moment)
                break
        else:
            raise CcmonError(f"In the mapping {name} {' and '.join(waiting)} hang on each other.")
    return order


def _columns(rules: MappingABC[str, tuple[Rule, ...]]) -> set[str]:
    each = list(chain.from_iterable(rules.values()))
    named = {rule[key] for rule in each for key in ("column", "date", "time") if key in rule}
    return named.union(*(map(str, rule.get("columns", ())) for rule in each))
