"""Tries a mapping on rows of its file, to say beforehand what an import with it would refuse."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from ccmon.errors import CcmonError
from ccmon.formatting import plain
from ccmon.real_time import real_now
from ccmon.sources.table.import_report import RowFaults, rejection_reason
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.row_parser import RowParser
from ccmon.sources.table.row_reader import Row

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
    for each in faults.most_common()[:SHOWN]:
        yield f"refused: {plain(str(each))}"
