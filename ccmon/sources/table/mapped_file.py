"""How a file is written, as its mapping says."""

from __future__ import annotations

from pathlib import Path

from ccmon.sources.table.mapping import Mapping
from ccmon.sources.table.row_reader import FileFormat, find_format


def file_format(mapping: Mapping, path: Path, encoding: str | None = None, table: str | None = None) -> FileFormat:
    """How a file is written: what its mapping says, else what is found out.

    The encoding and the table (or sheet) given here apply before those of the mapping.

    Raises:
        CcmonError: as `find_format`.
    """
    return find_format(
        path,
        encoding or mapping.encoding,
        mapping.separator,
        table or mapping.table,
        header=mapping.header,
        columns=mapping.columns,
        head_line=mapping.head_line,
        totals=mapping.totals,
    )
