"""Changes of the site's own settings, which may change what a day is."""

from __future__ import annotations

from ccmon.configuration.row_writer import Parsed, SettingRowWriter
from ccmon.configuration.site_columns import SITE
from ccmon.database import doctor
from ccmon.errors import UsageError
from ccmon.formatting import plural


class SiteWriter:
    """Writes the one row of the table ``site`` in the caller's transaction."""

    def __init__(self, rows: SettingRowWriter) -> None:
        self._rows = rows

    def write(self, parsed: Parsed) -> None:
        """Write values by column.

        Raises:
            UsageError: the time zone is to be taken away.
        """
        (before,) = self._rows.select("site", {"id": 1})
        differing = self._rows.differing(parsed, before)
        changed = {column.name: value for column, value in differing.items()}
        if "time_zone" in changed:
            _require_time_zone(changed["time_zone"])
        fields = {column.field: value for column, value in differing.items()}
        self._rows.note(("site",), parsed, before, {**before, **fields})
        if "currency" in changed:
            self._note_currency(before["currency"], changed["currency"])
        if not fields:
            return
        connection = self._rows.connection
        connection.execute(SITE.change(("id",), tuple(fields), ""), {"id": 1, **fields})
        if changed.keys() & {"time_zone", "day_starts"}:
            doctor.repair_in_transaction(connection)
            if self._has_days():
                self._rows.notes.append("Days begin at another time now, those of the past too: they are counted anew.")

    def _note_currency(self, before: str | None, after: str | None) -> None:
        """Say what becomes of past sales: no amount is converted."""
        sales = self._rows.values.database.pairs("count_sales_by_currency")
        shown = f"in {after}" if after else "without a currency"
        if unnamed := sales.get(None):
            one = unnamed == 1
            self._rows.notes.append(
                f"{plural(unnamed, '{n} sale', '{n} sales')} {'keeps its amount' if one else 'keep their amounts'}; "
                f"{'it is' if one else 'they are'} shown {shown} from now on."
            )
        if before is not None and (left_out := sales.get(before)):
            one = left_out == 1
            self._rows.notes.append(
                f"{plural(left_out, '{n} sale', '{n} sales')} {'says' if one else 'say'} {before}, "
                f"and {'is' if one else 'are'} no part of the revenue any more."
            )
        if after is not None and (counted := sales.get(after)):
            self._rows.notes.append(
                f"{plural(counted, '{n} sale', '{n} sales')} in {after} now count{'s' * (counted == 1)} as revenue."
            )

    def _has_days(self) -> bool:
        return bool(self._rows.values.database.values("some_counted_row"))


def _require_time_zone(zone: str | None) -> None:
    if zone is None:
        raise UsageError("a site needs a time zone: site.time_zone cannot be taken away.")
