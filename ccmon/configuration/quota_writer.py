"""Changes of quotas, each of which holds from a day on until a later one of the same."""

from __future__ import annotations

from typing import NamedTuple

from ccmon.configuration.names import Name, written
from ccmon.configuration.row_writer import Parsed, SettingRowWriter
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.database.row_checks import Fields
from ccmon.database.sql_files import sql

_SPEC = SECTIONS["quotas"]


class _Around(NamedTuple):
    """The rows of one quota around a day."""

    earlier: Fields | None
    """The last one that holds from an earlier day."""
    here: Fields | None
    """The one that holds from this day."""
    later: Fields | None


class QuotaWriter:
    """Writes rows of quotas in the caller's transaction."""

    def __init__(self, rows: SettingRowWriter) -> None:
        self._rows = rows

    def write(self, key: Name, starts_on: str, parsed: Parsed, *, is_dated: bool) -> None:
        """Write a quota that holds from a day on.

        Args:
            key: scope, name (but for the centre) and period.
            starts_on: the day (ISO).
            parsed: what it is to ask for.
            is_dated: whether its name says the day, so that nothing else is meant than that row. Else what the
                quota before it asks for besides is kept.

        Raises:
            UsageError: what it is for is not there.
        """
        scope, *named, period = key
        name = self._rows.referred(scope, named[0]) if named else None
        number = 0 if name is None else (self._rows.existing(f"{scope}s", name) or {})["id"]
        row = ("quotas", scope, *([name] if name is not None else []), period)
        key_fields = {"scope": scope, "scope_id": number, "period": period, "starts_on": starts_on}
        around = self._around(key_fields)
        before = around.here if is_dated or around.here is not None else around.earlier
        asked = {column.field: (before or {}).get(column.field) for column in own_columns(_SPEC).values()}
        after = asked | {column.field: value for column, value in self._rows.differing(parsed, before).items()}
        asks_nothing = set(after.values()) == {None}
        if after == asked and (before is not None or (asks_nothing and not is_dated)):
            self._rows.note(row, parsed, after, after)
            return
        if asks_nothing:
            self._end({**key_fields, **after}, around, is_dated=is_dated)
        else:
            new = {"scope": scope, "name": name, "period": period, "starts_on": starts_on, **after}
            self._rows.put("quotas", row, new)
        self._rows.note(row, parsed, before, after, holds_from=starts_on)
        if around.later is not None and not is_dated:
            asks_later = any(around.later[field] is not None for field in asked)
            if asks_later or not asks_nothing:
                holds = "another quota holds" if asks_later else "there is no quota"
                self._rows.notes.append(f"{written(row)}: {holds} from {around.later['starts_on']} on.")

    def _around(self, key: Fields) -> _Around:
        of_all_days = {name: value for name, value in key.items() if name != "starts_on"}
        found = {str(fields["starts_on"]): fields for fields in self._rows.select("quotas", of_all_days)}
        day = key["starts_on"]
        earlier = max((each for each in found if each < day), default="")
        later = min((each for each in found if each > day), default="")
        return _Around(found.get(earlier), found.get(day), found.get(later))

    def _end(self, row: Fields, around: _Around, *, is_dated: bool) -> None:
        """Let nothing be asked from a day on: by a row that asks for nothing, unless there is nothing to be ended."""
        connection = self._rows.connection
        if around.here is None:
            connection.execute(_SPEC.insert, _SPEC.values(row))
        elif is_dated or around.earlier is not None:
            connection.execute(_SPEC.update, row)
        else:
            connection.execute(sql("delete_quota"), {name: row[name] for name in _SPEC.key_fields[0]})
