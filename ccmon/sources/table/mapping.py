"""What the columns of a table mean: read from a TOML file and checked before a row is touched.

A mapping names the file's form, and for each field of a kind of table a rule, or a list of rules; the first that yields
something counts. A rule is a table; a text alone is short for ``{ column = text }``, and ``false`` means nothing at
all. Rules for:

* texts, numbers and words: ``column``, or ``columns`` with ``join``; then ``pattern`` (a regular expression; its first
  group counts), ``nothing`` (cells that mean none), ``words`` (cells and what they mean) and ``otherwise`` (what every
  other cell means). Or ``value``.
* moments: ``column`` with ``format`` (strptime's letters, ``epoch`` or ``epoch_ms``; else ISO 8601 or epoch seconds);
  or ``date`` and ``time``, two columns; or ``after`` or ``before``, another moment, with a length of time.
* lengths of time: ``column`` or ``value``, with ``unit`` (s, ms, min, h) for plain numbers; h:mm:ss is understood as
  well.
* the key of a row: ``row`` (the file's name and the row's number) or ``made_of``, columns by which it is known again.

``[[except]]`` names columns and cells (``when``) for which other rules count, or ``skip = true``. ``[only]`` names
columns and cells that a row must have to be taken in at all. What fields there are, and of which sort each is, is said
by `ccmon.sources.table.mapping_fields`. ``[[also]]`` has rules for a further row that each row of the file makes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ccmon.errors import CcmonError
from ccmon.formatting import plain
from ccmon.sources.table.mapping_checks import Rule, check_form, check_known, read_rules, with_scale
from ccmon.sources.table.mapping_fields import CALLS, Fields, FieldSort, fields_of, kinds
from ccmon.sources.table.row_reader import SEPARATORS, translate_errors
from ccmon.spelling import nearest

UNSURE = "# UNSURE: "
"""How a comment begins that says what a person should check."""


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
    """What these rows are known by; of tables other than calls, "" if nothing is said."""
    rules: dict[str, tuple[Rule, ...]]
    kind: str = CALLS
    """The kind of table: calls, or a name of `ccmon.database.table_specs.KINDS`."""
    exceptions: tuple[SpecialRows, ...] = ()
    also: tuple[dict[str, tuple[Rule, ...]], ...] = ()
    """Rules of further rows that each row of the file makes, such as answers to other questions, beside the others."""
    only: MappingABC[str, tuple[str, ...]] = field(default_factory=dict)
    """Cells that a row must have; others are left out."""
    table: str | None = None
    """Of an SQLite file the table, of a workbook the sheet that is meant."""
    encoding: str | None = None
    separator: str | None = None
    header: bool = True
    head_line: int | None = None
    """The line that names the columns, counted from 1; None: it is found."""
    totals: tuple[str, ...] = ()
    """Cells with which a line of totals begins."""
    decimal: str | None = None
    """The decimal sign of numbers; None: they are understood as far as they have only one meaning."""
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

    @property
    def doubts(self) -> list[str]:
        """What a report of its import says of the comments marked UNSURE."""
        doubts = [f"{self.name} {plain(doubt)}" for doubt in self.unsure]
        return [*doubts, "Look at what is UNSURE, correct the mapping, and delete the marks."] if doubts else []

    def zone(self, site: str) -> ZoneInfo:
        """The zone of the file's clock times: the mapping's, else the site's.

        Raises:
            CcmonError: there is no such zone.
        """
        name = self.time_zone or site
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise CcmonError(
                f"{self.name} names the time zone {name!r}, which there is not; write one such as Europe/Amsterdam."
            ) from None


def read(path: Path, kind: str | None = None) -> Mapping:
    """Read a mapping of a kind of table; None: that which it names, else calls.

    Raises:
        CcmonError: the file cannot be read, is no TOML, says something that means nothing, or is of another kind.
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
    return replace(parse(document, str(path), kind), unsure=tuple(_doubts(text)))


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


def parse(document: MappingABC[str, Any], name: str, kind: str | None = None) -> Mapping:
    """A mapping of a kind from a TOML document; None: the kind that it names, else calls.

    Raises:
        CcmonError: it says something that means nothing, or is of another kind.
    """
    check_known(
        sorted(document),
        ("source", "kind", "file", "call", "columns", "except", "only", "also"),
        f"the mapping of {name}",
    )
    kind = _kind(document, name, kind)
    form = document.get("file", {})
    source = document.get("source", "" if kind != CALLS else None)
    if not isinstance(source, str) or not source.isprintable() or (kind == CALLS and not source.strip()):
        raise CcmonError(f'The mapping {name} lacks source = "…": what these {kind} are to be known by.')
    table, where = _columns_table(document, name, kind)
    if not isinstance(form, dict):
        raise CcmonError(f"[file] of the mapping {name} must be a table.")
    check_form(form, kind, name)
    fields = fields_of(kind)
    rules = with_scale(read_rules(table, fields, name, where))
    special = document.get("except", ())
    if not isinstance(special, list | tuple):
        raise CcmonError(f"except of the mapping {name} must be tables: [[except]].")
    exceptions = tuple(_exception(each, fields, name) for each in special)
    also = _also(document, fields, name, kind)
    _check_moments(rules, exceptions, also, name, kind)
    separator = form.get("separator")
    only = document.get("only", {})
    if not isinstance(only, dict):
        raise CcmonError(f"[only] of the mapping {name} must be a table such as dcontext = 'outbound'.")
    return Mapping(
        name=name,
        source=source,
        rules=rules,
        kind=kind,
        exceptions=exceptions,
        also=also,
        only=_cells(only),
        table=form.get("table"),
        encoding=form.get("encoding"),
        separator=SEPARATORS.get(separator, separator) if separator is not None else None,
        header=bool(form.get("header", True)),
        head_line=form.get("head_line"),
        totals=tuple(map(str, form.get("totals", ()))),
        decimal=form.get("decimal"),
        nothing=frozenset(map(str, form.get("nothing", ()))),
        time_zone=form.get("time_zone"),
        date=form.get("date"),
        time=form.get("time"),
        tolerance=str(form.get("tolerance", "1:00")),
        columns=frozenset(_columns(rules)).union(
            map(str, only),
            *map(_columns, also),
            *(set(_columns(exception.rules)) | set(exception.when) for exception in exceptions),
        ),
    )


def _check_moments(
    rules: MappingABC[str, tuple[Rule, ...]],
    exceptions: Iterable[SpecialRows],
    also: Iterable[MappingABC[str, tuple[Rule, ...]]],
    name: str,
    kind: str,
) -> None:
    """Check that each moment has what it hangs on, and each call its first."""
    further = [*also, *(exception.rules for exception in exceptions if not exception.skip)]
    for each in (rules, *({**rules, **more} for more in further)):
        if kind == CALLS and not each.get("entered_at"):
            raise CcmonError(f"The mapping {name} has no rule for entered_at: when the call came in.")
        moment_order(each, name, kind)


def _kind(document: MappingABC[str, Any], name: str, kind: str | None) -> str:
    """The kind of table that a mapping is for."""
    said = document.get("kind")
    if said is not None:
        if said not in kinds():
            near = nearest(str(said), kinds())
            hint = f"did you mean {near}?" if near else f"the kinds are: {', '.join(kinds())}."
            raise CcmonError(f"kind = {said!r} in the mapping {name} is not a kind of table; {hint}")
        if kind not in {None, said}:
            raise CcmonError(f"The mapping {name} is for {said}, and the table is said to be of {kind}: name one kind.")
        return str(said)
    if kind not in {None, CALLS} and "call" in document:
        raise CcmonError(f"The mapping {name} has [call], so it is for calls, and not for {kind}.")
    return kind or CALLS


def _columns_table(document: MappingABC[str, Any], name: str, kind: str) -> tuple[MappingABC[str, Any], str]:
    """The table with the rules of a mapping, and what it is called."""
    if "call" in document and "columns" in document:
        raise CcmonError(f"The mapping {name} has both [call] and [columns]; keep one of them.")
    if kind == CALLS:
        key = "columns" if "columns" in document else "call"
        table = document.get(key)
        if not isinstance(table, dict) or "entered_at" not in table:
            raise CcmonError(f"The mapping {name} lacks [{key}] with entered_at: when the call came in.")
        return table, f"[{key}]"
    if "call" in document:
        raise CcmonError(f"[call] in the mapping {name} is for calls; for {kind} it is [columns].")
    table = document.get("columns")
    if not isinstance(table, dict) or not table:
        raise CcmonError(f"The mapping {name} lacks [columns]: which column is which of {kind}.")
    return table, "[columns]"


def _exception(said: Any, fields: Fields, name: str) -> SpecialRows:
    when = said.get("when") if isinstance(said, dict) else None
    if not isinstance(when, dict) or not when:
        raise CcmonError(f"Each [[except]] of the mapping {name} needs when = {{ column = 'cell' }}.")
    skip = said.get("skip", False)
    if not isinstance(skip, bool):
        raise CcmonError(f"skip in [[except]] of the mapping {name} must be true or false.")
    return SpecialRows(
        when=_cells(when),
        rules=with_scale(read_rules(said, fields, name, "[[except]]", frozenset({"when", "skip"}))),
        skip=skip,
    )


def _also(
    document: MappingABC[str, Any], fields: Fields, name: str, kind: str
) -> tuple[dict[str, tuple[Rule, ...]], ...]:
    each = document.get("also", [])
    if not isinstance(each, list) or not all(isinstance(said, dict) for said in each):
        raise CcmonError(f"also of the mapping {name} must be tables: [[also]].")
    if each and kind == CALLS:
        raise CcmonError(f"[[also]] of the mapping {name} means nothing for calls: a row is one call.")
    return tuple(with_scale(read_rules(said, fields, name, "[[also]]")) for said in each)


def _cells(said: MappingABC[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        str(column): tuple(map(str, cells)) if isinstance(cells, list) else (str(cells),)
        for column, cells in said.items()
    }


def moment_order(rules: MappingABC[str, tuple[Rule, ...]], name: str, kind: str = CALLS) -> list[str]:
    """The moments that have rules in a mapping, each after those it depends on.

    Raises:
        CcmonError: they depend on each other in a circle, or on one that has no rule.
    """
    order: list[str] = []
    sorts = {FieldSort.MOMENT, FieldSort.PLANNED_MOMENT}
    waiting = [moment for moment, sort in fields_of(kind).sorts.items() if sort in sorts and rules.get(moment)]
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
    return named.union(*(map(str, rule.get(key, ())) for rule in each for key in ("columns", "made_of")))
