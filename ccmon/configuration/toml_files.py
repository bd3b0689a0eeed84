"""The configuration as a TOML file: written as a whole, and read with the line of each value."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from ccmon import settings
from ccmon.configuration import file_settings
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, quoted, without_aliases, written
from ccmon.configuration.setting import RequestedChange
from ccmon.configuration.site_columns import SECTIONS, SINGLE_ROWS, main_column, own_columns, setting_name
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.errors import CcmonError, UsageError, os_error

STANDARD_INPUT = "the standard input"
_NUMBERS = (CellType.SHARE, CellType.COST, CellType.COUNT)
_HEAD = """\
# The configuration of a ccmon site, by ccmon config export. ccmon config apply brings a database and this machine's
# settings into line with it; what it does not name stays as it is.
"""


def export(values: DatabaseValues, database: Path) -> str:
    """Everything that files of this machine and the database at a path set, as TOML; files may name another one."""
    found = file_settings.from_files()
    if "database" in found:
        found["database"] = database.absolute()
    of_files = [f"{name} = {_toml(value)}\n" for name, value in found.items()]
    return "".join([_HEAD, *of_files, export_database(values)])


def export_database(values: DatabaseValues) -> str:
    """Everything that the database sets, as TOML; empty: nothing."""
    parts = []
    for section in SECTIONS:
        columns = own_columns(SECTIONS[section])
        last: Name = ()
        for row in values.rows_of(section, in_order=True):
            named = {setting_name(section, row.key, column): column for column in columns.values()}
            texts = {name: values.text(column, row.values[column.name]) for name, column in named.items()}
            given = {name: text for name, text in texts.items() if text is not None}
            if not given and main_column(SECTIONS[section]) is not None:
                continue  # a weekday without opening hours
            table = next((name[:-1] for name in given), (section, *row.key))
            if table != last:
                parts.append(f"\n[{written(table)}]\n")
            parts += [f"{written(name[-1:])} = {_toml_text(named[name], text)}\n" for name, text in given.items()]
            last = table
    return "".join(parts)


def _toml_text(column: ColumnSpec, text: str) -> str:
    """A value of the database, written as TOML."""
    if column.type is CellType.FLAG:
        return "true" if text == "yes" else "false"
    return text if column.type in _NUMBERS else quoted(text)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else quoted(str(value))


def read(file: Path, text: str) -> list[RequestedChange]:
    """The changes that the text of a file asks for, each with its line.

    Args:
        file: where the text is from; a relative path in it starts there.
        text: TOML.

    Raises:
        UsageError: it is no TOML, says something twice, or sets nothing.
    """
    said_by = STANDARD_INPUT if str(file) == "-" else str(file)
    try:
        document = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_no_toml(said_by, str(error))) from None
    lines = _lines(text)
    found: list[RequestedChange] = []
    places: dict[Name, str] = {}
    for name, value in _leaves(document, ()):
        line = next((lines[name[:size]] for size in range(len(name), 0, -1) if name[:size] in lines), None)
        place = f"{said_by}: " if line is None else f"{said_by}:{line}: "
        same = _without_aliases(name)
        if same in places:
            raise UsageError(f"{place}{written(name)} stands twice, first as {places[same]}; leave one of them.")
        places[same] = written(name) if line is None else f"{written(name)} in line {line}"
        section = without_aliases(name)[0]
        if value == {} and section not in settings.file_setting_names():
            if len(name) > 1 or section not in SECTIONS:
                found.append(RequestedChange(name, None, place, is_row=True))
            continue
        said = _text(value)
        if said is None:
            raise UsageError(f"{place}{written(name)} is a list or something else that no setting can be.")
        if name == ("database",) and said:
            said = str(file.parent.absolute() / Path(said).expanduser()) if "://" not in said else said
        found.append(RequestedChange(name, said or None, place))
    if not found:
        raise UsageError(f"{said_by} sets nothing, and nothing was changed; ccmon config export shows what it may say.")
    return found


def _without_aliases(name: Name) -> Name:
    """The name as it is written here; capitals and hyphens matter in the names of rows alone."""
    section, *parts = without_aliases(name)
    spec = SECTIONS.get(section)
    ends_in_row = len(parts) == 1 and spec is not None and spec not in SINGLE_ROWS and main_column(spec) is None
    if parts and not ends_in_row:
        parts[-1] = parts[-1].lower().replace("-", "_")
    return (section, *parts)


def _no_toml(file: str, error: str) -> str:
    """The sentence about a text that is no TOML, from what the parser says."""
    said, _, where = error.removesuffix(")").partition(" (at ")
    if said.startswith(("Cannot overwrite", "Cannot declare")) and (line := re.match(r"line (\d+)", where)):
        return f"{file}:{line[1]}: this name stands twice; leave one of them."
    hint = 'a text stands in straight quotes, such as "Sales"' if said == "Invalid value" else "correct it"
    return f"{file} is not valid TOML: {error}; {hint}."


def read_file(file: Path) -> str:
    """The text of a file; ``-`` is standard input.

    Raises:
        CcmonError: it cannot be read.
    """
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = _decoded(data)
    except OSError as error:
        raise CcmonError(os_error(f"{file} cannot be read", error)) from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # UTF-16 of plain letters is UTF-8 with zeros in it
        raise CcmonError(f"{STANDARD_INPUT if str(file) == '-' else file} is not UTF-8; save it as UTF-8.")
    return text


def holds(file: Path, text: str) -> bool:
    """Whether a file holds a text already, whatever ends its lines.

    Raises:
        CcmonError: it cannot be read.
    """
    try:
        return _decoded(file.read_bytes()) == text
    except UnicodeDecodeError:
        return False
    except OSError as error:
        raise CcmonError(os_error(f"{file} cannot be read", error)) from None


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _leaves(table: Mapping[str, Any], name: Name) -> Iterator[tuple[Name, Any]]:
    """Each value of a table and of those in it, and each empty table, with its name."""
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*name, key))
        else:
            yield (*name, key), value


def _text(value: Any) -> str | None:
    """A value as a person would type it; None: it can be none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str | int) else None


def _lines(text: str) -> dict[Name, int]:
    """The line of each table and value, by its name. Lines that mean nothing by themselves are left out."""
    found: dict[Name, int] = {}
    table: Name = ()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            name = _only_name(tomllib.loads(line))
        except tomllib.TOMLDecodeError:
            continue
        if line.lstrip().startswith("["):
            table = name
            found.setdefault(name, number)
        else:
            found.setdefault((*table, *name), number)
    return found


def _only_name(document: Any) -> Name:
    """The name of the only value in a document of one line."""
    name: list[str] = []
    while isinstance(document, dict) and len(document) == 1:
        [(key, document)] = document.items()
        name.append(key)
    return tuple(name)
