"""What alarms mark in the rows of queues and agents, updated from tick to tick: only alarms that differ are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from ccmon.model.agents import AgentFigures
from ccmon.model.alarms import AgentAlarm, Alarm, Marked, QueueAlarm, Rule, Severity
from ccmon.model.queues import QueueFigures
from ccmon.snapshot.incremental import EditedValues

Subject = tuple[type, int | None]
"""A queue or an agent by its kind and id."""
Mark = tuple[Marked | None, Severity]
"""The figure of a row that an alarm is about, and how bad it is."""
READ_ONE_BY_ONE = 64
"""When more alarms than this differ, all are read."""


class Marks(dict[Subject, Sequence[Mark]]):
    """What alarms mark for each queue and each agent, the worst first."""

    severities: EditedValues[Severity] = EditedValues({}, ())
    """By agent id, the severity of the worst alarm about the agent; agents without one are left out."""


def subject_of(alarm: Alarm) -> Subject | None:
    """The queue or agent that an alarm is about, if it is about one."""
    if isinstance(alarm, AgentAlarm):
        return AgentFigures, alarm.agent.id
    return (QueueFigures, alarm.queue.id) if isinstance(alarm, QueueAlarm) else None


class AlarmIndex:
    """What the alarms mark, and how many of them must be acted on; only those that differ are read again."""

    def __init__(self) -> None:
        self.marks = Marks()
        """The same object while nothing else is marked."""
        self.acting = 0
        """Alarms that somebody must act on."""
        self.silent: Alarm | None = None
        """The alarm about the age of the data, if there is one."""
        self._alarms: Sequence[Alarm] = ()
        self._places: dict[int, int] = {}
        """The place of each alarm in their order, by its identity."""
        self._about: defaultdict[Subject, list[Alarm]] = defaultdict(list)
        self._with_several: set[Subject] = set()
        """Subjects with several alarms, whose order may change."""

    def update(self, alarms: Sequence[Alarm]) -> AlarmIndex:
        """Take the alarms of another moment, in their order."""
        if alarms is not self._alarms:
            places = dict(zip(map(id, alarms), range(len(alarms)), strict=True))
            gone = [self._alarms[self._places[each]] for each in self._places.keys() - places.keys()]
            come = [alarms[places[each]] for each in places.keys() - self._places.keys()]
            if len(gone) + len(come) > READ_ONE_BY_ONE:
                gone, come = list(self._alarms), list(alarms)
            self._places = places
            self._take(gone, come)
            self._alarms = alarms
        return self

    def _take(self, gone: Collection[Alarm], come: Collection[Alarm]) -> None:
        subjects = set(self._with_several)
        for alarms, sign in ((gone, -1), (come, 1)):
            for alarm in alarms:
                self.acting += sign * (alarm.severity is Severity.ACT)
                if alarm.rule is Rule.DATA_AGE:
                    self.silent = alarm if sign > 0 else None
                subject = subject_of(alarm)
                if subject is not None:
                    subjects.add(subject)
                    about = self._about[subject]
                    if sign > 0:
                        about.append(alarm)
                    else:
                        del about[next(place for place, each in enumerate(about) if each is alarm)]
        changes = {subject: self._marks_of(subject) for subject in subjects}
        changes = {subject: now for subject, now in changes.items() if self.marks.get(subject, ()) != now}
        if changes:
            marks = Marks(self.marks)
            _replace(marks, changes)
            of_agents = {
                row_id: (now[0][1] if now else None) for (kind, row_id), now in changes.items() if kind is AgentFigures
            }
            marks.severities = self.marks.severities.with_changes(of_agents)
            self.marks = marks

    def _marks_of(self, subject: Subject) -> Sequence[Mark]:
        about = self._about[subject]
        if len(about) > 1:
            about.sort(key=lambda alarm: self._places[id(alarm)])
            self._with_several.add(subject)
        else:
            self._with_several.discard(subject)
        if not about:
            del self._about[subject]
        return tuple((alarm.rule.marked, alarm.severity) for alarm in about)


def _replace(marks: Marks, changes: Mapping[Subject, Sequence[Mark]]) -> None:
    for subject, now in changes.items():
        if now:
            marks[subject] = now
        else:
            marks.pop(subject, None)
