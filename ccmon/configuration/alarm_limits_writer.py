"""Changes of the site's limits of alarms, whose row is made with the first one that differs from the usual ones."""

from __future__ import annotations

from ccmon.configuration.row_writer import Parsed, SettingRowWriter
from ccmon.configuration.site_columns import ALARMS


class AlarmLimitsWriter:
    """Writes the one row of the table ``alarm_limits`` in the caller's transaction."""

    def __init__(self, rows: SettingRowWriter) -> None:
        self._rows = rows

    def write(self, parsed: Parsed) -> None:
        """Write values by column."""
        found = self._rows.select("alarms", {"id": 1})
        before = found[0] if found else dict(ALARMS.blank)
        fields = {column.field: value for column, value in self._rows.differing(parsed, before).items()}
        self._rows.note(("alarms",), parsed, before, {**before, **fields})
        if not fields:
            return
        connection = self._rows.connection
        if found:
            connection.execute(ALARMS.change(("id",), tuple(fields), ""), {"id": 1, **fields})
        else:
            connection.execute(ALARMS.insert, ALARMS.values({**before, **fields, "id": 1}))
