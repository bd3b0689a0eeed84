"""Importing a table of records by a person: what it changes of the configuration is noted, and told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ccmon.configuration.history import recorded
from ccmon.configuration.names import parse
from ccmon.configuration.opening_hours_writer import overlap
from ccmon.configuration.setting import SettingChange
from ccmon.configuration.site_columns import SECTIONS
from ccmon.errors import CcmonError
from ccmon.sources.table import site_table_import
from ccmon.sources.table.import_report import ImportReport


def import_table(path: Path, kind: str, file: Path, *, act: str | None = None, **options: Any) -> ImportReport:
    """`site_table_import.import_table`, whose options are passed on, with its changes noted as those of an act.

    Any table may change the site: the first sale decides its currency.

    Raises:
        CcmonError: as there; or it is a week whose days overlap, and nothing of it is written.
    """
    section = kind.replace("-", "_")
    added = {kind.replace("-", "_") for kind in options.get("adds", ())}
    sections = [each for each in SECTIONS if each in {"site", section, *added}]
    changes: list[SettingChange] = []

    @contextmanager
    def within(connection: sqlite3.Connection) -> Iterator[None]:
        with recorded(connection, f"import table {kind}" if act is None else act, sections) as recording:
            yield
        of_kind = [each for each in recording.changes if parse(each.name)[0] == section]
        if section == "opening_hours":
            _check_week(connection, of_kind, file)
        changes.extend(of_kind)

    report = site_table_import.import_table(path, kind, file, recorded=within, **options)
    report.differences += [str(each) for each in changes if each.kind == "value" and not each.is_new]
    return report


def _check_week(connection: sqlite3.Connection, changes: Sequence[SettingChange], file: Path) -> None:
    """Refuse hours of a weekday that go on into those of the next, as ``ccmon config set`` does.

    Raises:
        CcmonError: an import has brought in such hours.
    """
    wrong = overlap(connection, [parse(each.name)[1] for each in changes])
    if wrong is not None:
        raise CcmonError(f"{file}: {wrong[2]} Nothing was changed.")
