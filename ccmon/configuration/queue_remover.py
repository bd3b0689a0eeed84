"""Removing a queue that nothing has happened in, such as one whose name was mistyped."""

from __future__ import annotations

from ccmon.configuration.names import written
from ccmon.configuration.row_writer import SettingRowWriter
from ccmon.configuration.setting import Change, SettingDifference
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.database.sql_files import statements
from ccmon.errors import UsageError
from ccmon.formatting import plural


def removes_row(change: Change) -> bool:
    """Whether a person wants a whole queue taken away."""
    return change.text is None and not change.place and len(change.name) == 2 and change.name[0] == "queues"


class QueueRemover:
    """Removes queues in the caller's transaction."""

    def __init__(self, rows: SettingRowWriter) -> None:
        self._rows = rows

    def remove(self, name: str) -> None:
        """Remove a queue, and note what it was.

        Raises:
            UsageError: there is none, or the database holds something of it.
        """
        rows = self._rows
        queue = rows.existing("queues", name)
        if queue is None:
            raise rows.missing("queues", name)
        key, number = (queue["name"],), {"id": queue["id"]}
        held = {what: count for what, count in rows.values.database.pairs("rows_of_queue", number).items() if count}
        if held:
            said = " and ".join(plural(count, what) for what, count in held.items())
            verb = "is" if list(held.values()) == [1] else "are"
            raise UsageError(f"{written(('queues', *key))} stays: {said} {verb} in it.")
        spec = SECTIONS["queues"]
        columns = own_columns(spec).values()
        usual = {column.field: column.default for column in columns}
        rows.note(
            ("queues", *key),
            {column: column.default for column in columns if queue[column.field] != column.default},
            queue,
            {**queue, **usual},
        )
        for statement in statements("delete_queue"):
            rows.connection.execute(statement, number)
        rows.differences.append(SettingDifference(written(("queues", *key)), None, None, is_removed=True))
