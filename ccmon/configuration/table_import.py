"""Importing a table of records by a person: what it changes of the configuration is noted."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from ccmon.configuration.history import recorded
from ccmon.configuration.site_columns import SECTIONS
from ccmon.sources.table import site_table_import
from ccmon.sources.table.import_report import ImportReport


def import_table(path: Path, kind: str, file: Path, *, act: str | None = None, **options: Any) -> ImportReport:
    """`site_table_import.import_table`, whose options are passed on, with its changes noted as those of an act.

    Any table may change the site: the first sale decides its currency.
    """
    sections = [section for section in SECTIONS if section in {"site", kind.replace("-", "_")}]
    within = partial(recorded, act=f"import table {kind}" if act is None else act, sections=sections)
    return site_table_import.import_table(path, kind, file, recorded=within, **options)
