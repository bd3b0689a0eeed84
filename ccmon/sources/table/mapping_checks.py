"""Checks what a mapping says, before a row is touched: the keys of a file's form and the rules of fields."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterable
from collections.abc import Mapping as MappingABC
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from msgspec import Meta, ValidationError, convert

from ccmon.errors import CcmonError
from ccmon.number_texts import CellError, length
from ccmon.sources.table.mapping_fields import CALLS, Fields, FieldSort
from ccmon.sources.table.row_reader import SEPARATORS, check_encoding
from ccmon.spelling import nearest
from ccmon.time_units import HOUR_MS, MINUTE_MS

FILE_KEYS = {
    "table", "encoding", "separator", "header", "head_line", "totals", "nothing", "time_zone", "date", "time",
    "decimal", "tolerance",
}  # fmt: skip
_CALL_FILE_KEYS = FILE_KEYS - {"decimal"}
_OTHER_FILE_KEYS = FILE_KEYS - {"tolerance"}
_TEXT_KEYS = frozenset({"column", "columns", "join", "pattern", "nothing", "words", "otherwise", "value"})
_MOMENT_KEYS = frozenset({"column", "format", "date", "time", "after", "before", "value", "unit", "nothing"})
RULE_KEYS = {
    FieldSort.TEXT: _TEXT_KEYS,
    FieldSort.KEY: _TEXT_KEYS | {"row", "made_of"},
    FieldSort.SCORE: _TEXT_KEYS | {"best", "worst"},
    FieldSort.NUMBER: _TEXT_KEYS | {"decimal"},
    FieldSort.SHARE: _TEXT_KEYS | {"unit"},
    FieldSort.MOMENT: _MOMENT_KEYS,
    FieldSort.DURATION: frozenset({"column", "value", "unit", "nothing"}),
    FieldSort.DAY: _TEXT_KEYS | {"format"},
    FieldSort.PLANNED_MOMENT: _TEXT_KEYS | _MOMENT_KEYS,
    FieldSort.LENGTH: _TEXT_KEYS | {"unit"},
}
_MAKERS = frozenset({"column", "columns", "value", "row", "made_of", "date"})
"""Keys of a rule of which one says where a value comes from."""
_FORMAT_LETTERS = frozenset("aAwdbBmyYHIpMSfzZjUWcxXGuV%")
"""Letters allowed after a % in the format of a moment."""
_UNITS = {"s": 1_000, "ms": 1, "min": MINUTE_MS, "h": HOUR_MS}
_PER_CENT = "%"
Rule = MappingABC[str, Any]
_Cell = str | int | float | bool
_Cells = Annotated[list[_Cell], Meta(min_length=1)]
_FILE_SORTS = (
    ("table encoding separator time_zone", str, "a text"),
    ("decimal", Literal[".", ","], "',' or '.', the decimal sign of numbers"),
    ("header", bool, "true or false"),
    ("head_line", Annotated[int, Meta(ge=1)], "the number of a line"),
    ("totals", _Cells, "a list of cells such as ['Total']"),
    ("nothing", list[_Cell], "a list of cells such as ['-']"),
)
"""Keys, the type of their values, and a description of these."""
_RULE_SORTS = (
    ("column date time", str | int, "a column's name"),
    ("join pattern after before unit", str, "a text"),
    ("value otherwise", _Cell, "a text or a number"),
    ("columns", _Cells, "a list of columns' names"),
    ("nothing", _Cells, "a list of cells"),
    ("decimal", Literal[".", ","], "',' or '.', the decimal sign"),
    ("made_of", _Cells, "a list of columns' names"),
    ("best worst", Annotated[int, Meta(ge=0)], "a whole number of at least 0"),
)


def unit_ms(rule: Rule) -> int:
    """Milliseconds of one of a rule's plain numbers."""
    return _UNITS[rule.get("unit", "s")]


def check_known(said: Iterable[str], known: Collection[str], where: str) -> None:
    """Check that all words are known."""
    unknown = next((word for word in said if word not in known), None)
    if unknown is not None:
        near = nearest(unknown, known)
        end = f"; did you mean {near}?" if near else "."
        raise CcmonError(f"{unknown!r} in {where} means nothing; there can be: {', '.join(sorted(known))}{end}")


def _check_sorts(table: MappingABC[str, Any], sorts: Iterable[tuple[str, Any, str]], where: str) -> None:
    """Check that the values of a table have the right types."""
    for keys, sort, what in sorts:
        for key in keys.split():
            try:
                if key in table:
                    convert(table[key], sort)
            except ValidationError:
                raise CcmonError(f"{key} {where} must be {what}.") from None


def read_rules(
    table: MappingABC[str, Any], fields: Fields, name: str, where: str, beside: frozenset[str] = frozenset()
) -> dict[str, tuple[Rule, ...]]:
    """The rules of the fields; ``beside`` are the keys that may also be there."""
    check_known(sorted(table), {*fields.sorts, *beside}, f"{where} of {name}")
    return {key: _alternatives(key, said, fields, name) for key, said in table.items() if key not in beside}


def _alternatives(field_name: str, said: Any, fields: Fields, name: str) -> tuple[Rule, ...]:
    if said is False:
        return ()
    each = said if isinstance(said, list) else [said]
    return tuple(_rule(field_name, rule, fields, name) for rule in each)


def with_scale(rules: dict[str, tuple[Rule, ...]]) -> dict[str, tuple[Rule, ...]]:
    """The rules with one for the scale, if that follows from what the best and the worst score are."""
    ends = [max(rule["best"], rule["worst"]) for rule in rules.get("score", ()) if "best" in rule]
    return {**rules, "scale": ({"value": str(max(ends))},)} if ends and "scale" not in rules else rules


def check_form(form: MappingABC[str, Any], kind: str, name: str) -> None:
    """Check that the description of the file makes sense."""
    check_known(sorted(form), _CALL_FILE_KEYS if kind == CALLS else _OTHER_FILE_KEYS, f"[file] of {name}")
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


def _rule(field_name: str, said: Any, fields: Fields, name: str) -> Rule:
    rule: Any = {"column": said} if isinstance(said, (str, int)) and not isinstance(said, bool) else said
    where = f"{field_name} of the mapping {name}"
    if not isinstance(rule, dict):
        raise CcmonError(f"{where} must be a column's name or a table such as {{ column = 'Agent' }}.")
    rule = {key: str(value) if isinstance(value, date | time) else value for key, value in rule.items()}
    sort = fields.sorts[field_name]
    check_known(sorted(rule), RULE_KEYS[sort], where)
    _check_sorts(rule, _RULE_SORTS, f"of {where}")
    if rule.get("row", True) is not True:
        raise CcmonError(f"row of {where} must be true.")
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(rule.get("pattern", ""))
    except (re.error, OverflowError, RecursionError) as error:
        raise CcmonError(f"{where}: {rule['pattern']!r} is no regular expression: {error}.") from None
    if sort is FieldSort.SHARE and rule.get("unit", _PER_CENT) != _PER_CENT:
        raise CcmonError(f"unit of {where} must be %.")
    if sort is not FieldSort.SHARE and rule.get("unit", "s") not in _UNITS:
        raise CcmonError(f"unit of {where} must be s, ms, min or h.")
    if not _MAKERS & set(rule):
        raise CcmonError(f"{where} names no column and no value.")
    if ("date" in rule) != ("time" in rule):
        raise CcmonError(f"{where} needs both date and time, each the name of a column.")
    if ("best" in rule) != ("worst" in rule) or ("best" in rule and rule["best"] == rule["worst"]):
        raise CcmonError(f"{where} needs both best and worst, two different scores.")
    _check_moment(rule, sort, fields, where)
    _check_format(rule.get("format"), f"format of {where}")
    _check_words(field_name, rule, fields, where)
    return {key: str(value) if key in {"column", "date", "time", "value"} else value for key, value in rule.items()}


def _check_moment(rule: Rule, sort: FieldSort, fields: Fields, where: str) -> None:
    """Check a rule of a moment or of a length of time."""
    is_away = bool({"after", "before"} & set(rule))
    if sort is FieldSort.MOMENT and "value" in rule and not is_away:
        raise CcmonError(f"{where}: a fixed length of time needs after or before.")
    if is_away and not {"column", "value"} & set(rule):
        raise CcmonError(f"{where} needs a length of time beside after or before: a column or a value.")
    if {"after", "before"} <= set(rule):
        raise CcmonError(f"{where} lies after one moment or before one, not both.")
    if "value" in rule and (is_away or sort in {FieldSort.MOMENT, FieldSort.DURATION}):
        _check_length(rule["value"], f"value of {where}", unit_ms(rule))
    moments = [name for name, each in fields.sorts.items() if each in {FieldSort.MOMENT, FieldSort.PLANNED_MOMENT}]
    for reference in ("after", "before"):
        if reference in rule and rule[reference] not in moments:
            raise CcmonError(f"{reference} of {where} must be one of: {', '.join(moments)}.")


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


def _check_words(field_name: str, rule: MappingABC[str, Any], fields: Fields, where: str) -> None:
    """Check that the given meanings of cells are valid."""
    words = rule.get("words", {})
    if not isinstance(words, dict) or not all(isinstance(word, _Cell) for word in words.values()):
        raise CcmonError(f"words of {where} must be a table such as {{ Y = 'answered' }}.")
    closed = fields.closed.get(field_name)
    if closed:
        meanings = [*words.values(), *(rule[key] for key in ("otherwise", "value") if key in rule)]
        check_known(filter(None, map(str, meanings)), closed, where)
