"""Tries a mapping on rows of its file, to say beforehand what an import with it would refuse."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon.database.table_specs import KINDS
from ccmon.errors import CcmonError
from ccmon.formatting import plain
from ccmon.number_texts import CellError
from ccmon.real_time import real_now
from ccmon.sources.table.cells import CellContext
from ccmon.sources.table.import_report import RowFaults, rejection_reason
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.row_parser import RowParser
from ccmon.sources.table.row_reader import Row
from ccmon.sources.table.site_row_parser import SiteRowParser

SHOWN = 5
"""The most reasons that are told."""


def refusals(text: str, rows: Sequence[Row]) -> Iterator[str]:
    """What a mapping refuses of the first rows of its file, the most frequent reason first, each on one line.

    Args:
        text: the mapping as TOML.
        rows: all rows of the file so far, its header included.
    """
    try:
        mapping = parse(tomllib.loads(text), "this mapping")
        parser = RowParser(mapping, rows[0].cells, ZoneInfo("UTC"), real_now())
    except CcmonError as error:
        yield plain(str(error))
        return
    body = rows[1:] if mapping.header else rows
    faults = RowFaults()
    for place, fault in sorted(parser.parse(body).errors.items()):
        faults.add(body[place].line, rejection_reason(fault))
    yield from _said(faults)


def kind_refusals(text: str, rows: Sequence[Row], file: Path, currency: str | None) -> Iterator[str]:
    """As `refusals`, for a kind of table other than calls; whether there is what a row names is not looked up.

    Args:
        text: the mapping as TOML.
        rows: all rows of the file so far, its header included.
        file: the file, by which rows may be called.
        currency: of the amounts.
    """
    faults = RowFaults()
    try:
        mapping = parse(tomllib.loads(text), "this mapping")
        context = CellContext(ZoneInfo("UTC"), currency=currency, now=real_now())
        parser = SiteRowParser(KINDS[mapping.kind], rows[0].cells, file, context, mapping)
        for row in chain(() if mapping.header else rows[:1], rows[1:]):
            try:
                if row.error is not None:
                    raise CellError(row.error)
                for each in (parser, *parser.further):
                    each.parse(row.cells)
            except CellError as error:
                faults.add(row.line, rejection_reason(error))
    except CcmonError as error:
        yield plain(str(error))
        return
    yield from _said(faults)


def _said(faults: RowFaults) -> Iterator[str]:
    for each in faults.most_common()[:SHOWN]:
        yield f"refused: {plain(str(each))}"
