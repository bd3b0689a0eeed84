"""What persons have done about alarms: taken them on, asked for quiet, taken that back."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.model.alarm_history import Acts, AlarmActKind
from ccmon.model.alarms import Alarm

AnyAlarm = TypeVar("AnyAlarm", bound=Alarm)


def with_acts(alarm: AnyAlarm, acts: Acts, when: NextChange, worse_since: int) -> AnyAlarm:
    """An alarm with who has taken it, and until when it is to be quiet.

    Args:
        alarm: as it follows from the rows.
        acts: all that is known to have been done by the moment.
        when: the moment; collects when quiet ends.
        worse_since: when the alarm opened, or became worse again after it had eased: who took it before that has seen
            less than there is.
    """
    found = acts.get((alarm.rule, alarm.subject)) if acts else None
    if found is None:
        return alarm
    taken_by, quiet_until = None, None
    for act in found:
        if act.act == AlarmActKind.HAVE:
            taken_by = act.who if act.acted_at >= worse_since else None
        elif act.act == AlarmActKind.QUIET:
            quiet_until = act.until
        else:
            taken_by = quiet_until = None
    if quiet_until is not None and when.reached(quiet_until):
        quiet_until = None
    if taken_by is None and quiet_until is None:
        return alarm
    return replace(alarm, taken_by=taken_by, quiet_until=quiet_until)
