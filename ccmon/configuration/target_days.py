"""From which day on a queue's changed target counts: a day keeps those of its first call (table ``queue_days``)."""

from __future__ import annotations

from collections.abc import Collection

from ccmon.configuration.database_values import DatabaseValues, DayTargets
from ccmon.configuration.names import written
from ccmon.configuration.site_columns import TARGETS, own_columns
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS
from ccmon.errors import UsageError
from ccmon.formatting import plural
from ccmon.model.business_day import BusinessDay

_COLUMNS = own_columns(KINDS["queues"])


class TargetDays:
    """What days are counted with, while the targets of a queue are changed in the caller's transaction."""

    def __init__(self, values: DatabaseValues, from_day: str | None) -> None:
        """From which day the new target is to count (ISO); None: from the first day that has no call yet.

        Raises:
            UsageError: it is after tomorrow.
        """
        self._database = values.database
        self._today = values.today
        self._values = values
        self._from_day = from_day
        tomorrow = self._database.row("business_day", BusinessDay, {"at": self._today.ends_at})
        self._begins_later = from_day is not None and from_day > self._today.date
        if from_day is not None and tomorrow is not None and from_day > tomorrow.date:
            raise UsageError(
                "a target can begin to count today, tomorrow or on an earlier day: give the command on that day."
            )
        self.notes: list[str] = []

    def prepare(self, queue_id: int) -> None:
        """Before the change: if today is not meant, it keeps the present targets also where it has no call yet."""
        if self._begins_later:
            where = {"queue_id": queue_id, "day_at": self._today.starts_at}
            self._database.connection.execute(sql("keep_targets_of_day"), where)

    def settle(self, queue_id: int, name: str, changed: Collection[str]) -> None:
        """After the change: count the days for which the new targets are meant, and note what a person should know."""
        if self._from_day is not None and not self._begins_later:
            self._correct(queue_id, name, changed)
        elif not self._begins_later:
            self._note_today(queue_id, name, changed)

    def _correct(self, queue_id: int, name: str, changed: Collection[str]) -> None:
        first = self._database.row("business_day_of_date", BusinessDay, {"date": self._from_day})
        if first is None:
            raise UsageError(f"--from {self._from_day} is no business day of this database.")
        days = {"queue_id": queue_id, "first_at": first.starts_at, "last_at": self._today.starts_at}
        which = {column: column in changed for column in TARGETS}
        corrected = self._database.connection.execute(sql("correct_targets_of_days"), {**days, **which}).rowcount
        if corrected:
            which_days = "today" if first.date == self._today.date else plural(corrected, "day")
            self.notes.append(f"{written(('queues', name))}: {which_days} counted anew.")
        ahead = self._database.values(
            "days_ahead_with_targets", {"queue_id": queue_id, "day_at": self._today.starts_at}
        )
        if ahead:
            self.notes.append(f"{written(('queues', name))}: {', '.join(ahead)} keep targets given ahead.")

    def _note_today(self, queue_id: int, name: str, changed: Collection[str]) -> None:
        of_day = self._database.rows("targets_of_day", DayTargets, {"day_at": self._today.starts_at})
        today = next((each for each in of_day if each.queue_id == queue_id), None)
        if today is None:
            return
        (row,) = (row for row in self._values.rows_of("queues") if row.fields["id"] == queue_id)
        for column in (each for each in TARGETS if each in changed):
            counted = getattr(today, _COLUMNS[column].field)
            if counted != row.fields[_COLUMNS[column].field]:
                text = self._values.text(_COLUMNS[column], counted)
                self.notes.append(
                    f"{written(('queues', name, column))} counts from tomorrow on; today has had calls, and keeps "
                    f"{text}: add --from today to count today anew."
                )
