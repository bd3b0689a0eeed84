"""The step that sets opening hours."""

from __future__ import annotations

from ccmon.configuration.setting import RequestedChange
from ccmon.metrics import opening_hours, opening_week
from ccmon.metrics.opening_hours import WEEKDAYS
from ccmon.metrics.opening_week import Week
from ccmon.setup.database_steps import write_changes
from ccmon.setup.opening_hours_answers import NOT_SET
from ccmon.setup.step import Description, Step


class SetOpeningHours(Step):
    """The opening hours of each weekday: only those that differ are written."""

    def applies(self) -> bool:
        return "opening_hours" in self.context.answers

    def _before(self) -> Week:
        return self.context.in_force.opening_hours if self.context.in_force else {}

    def _after(self) -> Week:
        answer = self.context.answers["opening_hours"]
        return opening_week.read(answer) if answer else {}

    def is_done(self) -> bool:
        return self._before() == self._after()

    def describe(self) -> Description:
        before, after = (opening_week.written(week) or NOT_SET for week in (self._before(), self._after()))
        meanings = opening_week.unusual(self._after())
        if self.context.in_force is None:
            return Description(f"Set the opening hours: {after}", tuple(meanings))
        return Description("Change the opening hours", (f"{before} → {after}", *meanings))

    def do(self) -> str:
        before, after = self._before(), self._after()
        changes = [
            RequestedChange(("opening_hours", name), opening_hours.written(after[day]) if day in after else None)
            for day, name in enumerate(WEEKDAYS)
            if before.get(day) != after.get(day)
        ]
        write_changes(self.database, changes)
        return ""
