"""What alarms mark in the rows of queues and agents, updated from tick to tick: only alarms that differ are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import chain
from typing import NamedTuple

from ccmon.model.agents import AgentFigures
from ccmon.model.alarms import AgentAlarm, Alarm, Marked, QueueAlarm, Rule, Severity
from ccmon.model.queues import QueueFigures
from ccmon.snapshot.alarm_order import ORDER
from ccmon.snapshot.chunked_rows import objects_that_differ
from ccmon.snapshot.incremental import EditedValues

Subject = tuple[type, int | None]
"""A queue or an agent by its kind and id."""
Mark = tuple[Marked | None, Severity]
"""The figure of a row that an alarm is about, and how bad it is."""


class Marks(NamedTuple):
    """What alarms mark."""

    by_row: EditedValues[Sequence[Mark]] = EditedValues({})
    """For each queue and each agent with an alarm, the worst first."""
    severities: EditedValues[Severity] = EditedValues({})
    """By agent id, the severity of the worst alarm about the agent; agents without one are left out."""


def subject_of(alarm: Alarm) -> Subject | None:
    """The queue or agent that an alarm is about, if it is about one."""
    if isinstance(alarm, AgentAlarm):
        return AgentFigures, alarm.agent.id
    return (QueueFigures, alarm.queue.id) if isinstance(alarm, QueueAlarm) else None


def worst_severity(marks: Sequence[Mark], figure: Marked | None) -> Severity:
    """The severity of the worst of some marks, or of the worst of those of a figure."""
    for marked, severity in marks:
        if figure is None or marked is figure:
            return severity
    return Severity.NONE


class AlarmIndex:
    """What the alarms mark, and how many of them must be acted on; only those that differ are read again."""

    def __init__(self) -> None:
        self.marks = Marks()
        """The same object while nothing else is marked."""
        self.act_now_count = 0
        """Alarms that somebody must act on, and nobody sees to."""
        self.data_age_alarm: Alarm | None = None
        """The alarm about the age of the data, if there is one."""
        self._alarms: Sequence[Alarm] = ()
        self._about: defaultdict[Subject, list[Alarm]] = defaultdict(list)

    def update(self, alarms: Sequence[Alarm]) -> AlarmIndex:
        """Take the alarms of another moment."""
        if alarms is not self._alarms:
            self._take(*objects_that_differ(self._alarms, alarms))
            self._alarms = alarms
        return self

    def _take(self, gone: Collection[Alarm], come: Collection[Alarm]) -> None:
        subjects = set()
        for alarms, sign in ((gone, -1), (come, 1)):
            for alarm in alarms:
                self.act_now_count += sign * (alarm.severity is Severity.ACT and alarm.is_open)
                if alarm.rule is Rule.DATA_AGE:
                    self.data_age_alarm = alarm if sign > 0 else None
            for alarm in chain.from_iterable((each, *each.parts) for each in alarms):
                subject = subject_of(alarm)
                if subject is not None:
                    subjects.add(subject)
                    about = self._about[subject]
                    if sign > 0:
                        about.append(alarm)
                    else:
                        del about[next(place for place, each in enumerate(about) if each is alarm)]
        changes = {subject: self._marks_of(subject) for subject in subjects}
        changes = {subject: now for subject, now in changes.items() if self.marks.by_row.get(subject, ()) != now}
        if changes:
            of_agents = {
                row_id: (now[0][1] if now else None) for (kind, row_id), now in changes.items() if kind is AgentFigures
            }
            self.marks = Marks(
                self.marks.by_row.with_changes({subject: now or None for subject, now in changes.items()}),
                self.marks.severities.with_changes(of_agents),
            )

    def _marks_of(self, subject: Subject) -> Sequence[Mark]:
        about = self._about[subject]
        if not about:
            del self._about[subject]
        elif len(about) > 1:
            about.sort(key=_severity_and_rule)  # as all alarms are ordered
        return tuple((alarm.rule.marked, alarm.severity) for alarm in about)


def _severity_and_rule(alarm: Alarm) -> tuple[int, int]:
    return -alarm.severity, ORDER[alarm.rule]
