"""From which day on a queue's changed target counts: a day keeps those of its first call (table ``queue_days``)."""

from __future__ import annotations

from collections.abc import Collection

from ccmon.configuration import value_texts
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import written
from ccmon.configuration.site_columns import TARGETS, own_columns
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS
from ccmon.errors import UsageError
from ccmon.formatting import plural
from ccmon.model.business_day import BusinessDay

_COLUMNS = own_columns(KINDS["queues"])


class TargetStart:
    """From which day on the targets of queues count, as they are when this is made."""

    def __init__(self, values: DatabaseValues, from_day: str | None) -> None:
        """``from_day``: the first day for which they are meant (ISO); None: the first that has no call yet."""
        self._today = values.today.date
        self._from_day = from_day
        self._rows = {row.key[0]: row.fields for row in values.rows_of("queues")}
        self._of_today = values.targets_of_today()
        self._tomorrow = values.tomorrow()

    def first_day(self, queue: str, column: str) -> str:
        """The first day that is counted with the target that a queue has in a column (ISO)."""
        if self._from_day is not None:
            return self._from_day
        return self._today if self.kept_today(queue, column) is None else self._tomorrow

    def kept_today(self, queue: str, column: str) -> float | None:
        """The other value with which today, which has had calls, is counted; None: there is none."""
        fields, field = self._rows[queue], _COLUMNS[column].field
        of_today = self._of_today.get(fields["id"])
        kept: float | None = None if of_today is None else getattr(of_today, field)
        return None if kept == fields[field] else kept


class TargetDaysWriter:
    """Keeps and corrects what days are counted with, while a queue's targets change in the caller's transaction."""

    def __init__(self, values: DatabaseValues, from_day: str | None) -> None:
        """``from_day`` is as for `TargetStart`.

        Raises:
            UsageError: it is after tomorrow.
        """
        self._database = values.database
        self._today = values.today
        self._values = values
        self._from_day = from_day
        self._begins_later = from_day is not None and from_day > self._today.date
        if from_day is not None and from_day > values.tomorrow():
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
        if self._from_day is None:
            self._note_today(queue_id, name, changed)
        elif not self._begins_later:
            self._correct(queue_id, name, changed)

    def _correct(self, queue_id: int, name: str, changed: Collection[str]) -> None:
        first = self._database.row("business_day_of_date", BusinessDay, {"date": self._from_day})
        if first is None:
            raise UsageError(f"--from {self._from_day} is no business day of this database.")
        days = {"queue_id": queue_id, "first_at": first.starts_at, "last_at": self._today.starts_at}
        which = {column: column in changed for column in TARGETS}
        corrected = self._database.connection.execute(sql("correct_targets_of_days"), {**days, **which}).rowcount
        if corrected:
            which_days = "today" if first.date == self._today.date else plural(corrected, "{n} day", "{n} days")
            self.notes.append(f"{written(('queues', name))}: {which_days} counted anew.")
        ahead = self._database.values(
            "days_ahead_with_targets", {"queue_id": queue_id, "day_at": self._today.starts_at}
        )
        if ahead:
            self.notes.append(f"{written(('queues', name))}: targets set in advance are kept: {', '.join(ahead)}.")

    def _note_today(self, queue_id: int, name: str, changed: Collection[str]) -> None:
        start = TargetStart(self._values, None)
        for column in (each for each in TARGETS if each in changed):
            kept = start.kept_today(name, column)
            before = {"queue_id": queue_id, "day_at": self._today.starts_at, "column": column}
            has_past = bool(self._database.value("has_earlier_targets", before))
            if kept is not None:
                earlier = ", or --from and an earlier day for days before it" if has_past else ""
                target = ("queues", name, column)
                today = value_texts.shown(target, self._values.text(_COLUMNS[column], kept))
                self.notes.append(
                    f"{written(target)} counts from tomorrow on; today has had calls, and keeps {today}: add --from "
                    f"today to count today anew{earlier}."
                )
            elif has_past:
                self.notes.append(
                    f"{written(('queues', name, column))} counts from today on; earlier days keep what they were "
                    "counted with: add --from and the first of them to count them anew."
                )
