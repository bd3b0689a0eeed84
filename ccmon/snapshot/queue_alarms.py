"""Alarms about queues: what is wrong follows from waits that are over, from those that go on, and from who was there.

Each of the three rules makes stretches of the waits of a queue: from the moment at which a caller has waited too long
until that caller's wait ends. Of its alarms at a moment only the worst is a line; the others are parts of it, and so
are alarms about agents who serve the queue (`ccmon.snapshot.alarms`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.alarm_stretches import Standing, Stretch, Stretches, alarm_at, common, united, with_stretch, without
from ccmon.metrics.next_change import NextChange
from ccmon.metrics.wait_times import longer_from
from ccmon.model.alarm_history import NO_HISTORY, Acts, AlarmHistory, LongWait, QueueHistory
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.alarms import QueueAlarm, Rule, Severity
from ccmon.model.opening_hours import OpeningFigures, OpenStretch
from ccmon.model.queues import QueueFigures
from ccmon.snapshot.alarm_acts import with_acts
from ccmon.snapshot.alarm_order import ORDER
from ccmon.snapshot.incremental import IncrementalValues
from ccmon.time_units import NEVER

ALWAYS: Stretches = ((0, NEVER),)


class QueueRules(Struct, frozen=True):
    """What the rules about a queue are judged by."""

    longest_wait_ms: int
    threshold_ms: int
    nobody_on_phones_ms: int
    short_of_agents_ms: int
    calm_ms: int

    @classmethod
    def of(cls, name: str, threshold_ms: int, limits: AlarmLimits) -> QueueRules:
        """Those of a queue with a name and a service level threshold."""
        return cls(
            int(limits.of_queue(name, threshold_ms)),
            threshold_ms,
            limits.nobody_on_phones_ms,
            limits.short_of_agents_ms,
            limits.calm_ms,
        )

    @property
    def shortest_wait_ms(self) -> int:
        """No wait that is no longer than this is of any consequence."""
        return min(self.longest_wait_ms, self.threshold_ms, self.nobody_on_phones_ms)

    def limit_ms(self, rule: Rule) -> int:
        """How long a caller may wait."""
        if rule is Rule.NOBODY_ON_PHONES:
            return self.nobody_on_phones_ms
        return self.longest_wait_ms if rule is Rule.LONGEST_WAIT else self.threshold_ms

    def for_ms(self, rule: Rule) -> int:
        """How long what is wrong must last."""
        return self.short_of_agents_ms if rule is Rule.SHORT_OF_AGENTS else 0


class WaitStretches(Struct, frozen=True):
    """What the waits of a queue come to, by rule; more waits can be added."""

    nobody: Stretches = ()
    """Somebody had waited for long enough while nobody was on the phones and the site was open."""
    long: Stretches = ()
    """Somebody had waited for longer than the limit; while the site is closed, not where nobody is on the phones."""
    missed: Stretches = ()
    """Somebody had waited past the service level threshold."""

    def with_wait(
        self, entered_at: int, left_at: int, rules: QueueRules, unstaffed: Stretches, opened: Stretches
    ) -> WaitStretches:
        """The same with one more wait.

        Args:
            entered_at: when the caller entered.
            left_at: when the wait ended; `NEVER`: it goes on.
            rules: of the queue.
            unstaffed: when nobody was on the phones.
            opened: when the site is open.
        """
        nobody, long, missed = self.nobody, self.long, self.missed
        for stretch in common((longer_from(entered_at, rules.nobody_on_phones_ms), left_at), unstaffed):
            for part in common(stretch, opened):
                nobody = with_stretch(nobody, part)
        for part in _told((longer_from(entered_at, rules.longest_wait_ms), left_at), unstaffed, opened):
            long = with_stretch(long, part)
        missed = with_stretch(missed, (longer_from(entered_at, rules.threshold_ms), left_at))
        return WaitStretches(nobody, long, missed)

    def of(self, rule: Rule) -> Stretches:
        """The stretches of a rule."""
        if rule is Rule.NOBODY_ON_PHONES:
            return self.nobody
        return self.long if rule is Rule.LONGEST_WAIT else self.missed


RULES = (Rule.NOBODY_ON_PHONES, Rule.LONGEST_WAIT, Rule.SHORT_OF_AGENTS)
NO_STRETCHES = WaitStretches()


def _told(stretch: Stretch, unstaffed: Stretches, opened: Stretches) -> Iterator[Stretch]:
    """The parts of a stretch but for those in which the site is closed and nobody is on the phones."""
    if opened is ALWAYS or not unstaffed:
        if stretch[0] < stretch[1]:
            yield stretch
        return
    yield from common(stretch, opened)
    for closed in without(stretch, opened):
        yield from without(closed, unstaffed)


def open_stretches(today: Sequence[OpenStretch] | None) -> Stretches:
    """When a site is open in the business day; always where that is not set."""
    return ALWAYS if today is None else tuple((each.opens_at, each.closes_at) for each in today)


def stretches_of_waits(
    waits: Sequence[LongWait],
    rules: QueueRules,
    unstaffed: Stretches,
    opened: Stretches,
    to: WaitStretches = NO_STRETCHES,
) -> WaitStretches:
    """What waits that are over come to, added to what earlier ones do."""
    if to is NO_STRETCHES and (opened is ALWAYS or not unstaffed):  # the same for many at once
        long, missed = (
            united((longer_from(wait.entered_at, limit_ms), wait.left_at) for wait in waits)
            for limit_ms in (rules.longest_wait_ms, rules.threshold_ms)
        )
        nobody_ms = rules.nobody_on_phones_ms
        alone = (
            common((longer_from(wait.entered_at, nobody_ms), wait.left_at), unstaffed) for wait in waits if unstaffed
        )
        return WaitStretches(united(chain.from_iterable(alone)), long, missed)
    for wait in waits:
        to = to.with_wait(wait.entered_at, wait.left_at, rules, unstaffed, opened)
    return to


class _QueueInput(Struct, frozen=True):
    """What the alarms of a queue are made of."""

    queue: QueueFigures
    history: QueueHistory
    paused: int
    opened: Stretches
    acts: object


class QueueAlarms:
    """Alarms about queues, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._of_queues = IncrementalValues[QueueAlarm]()
        self._stretches: dict[int, tuple[QueueHistory, QueueRules, Stretches, WaitStretches]] = {}
        self._rules: dict[tuple[str, int], QueueRules] = {}
        """By name and threshold of a queue."""

    def update(
        self,
        queues: Sequence[QueueFigures],
        when: NextChange,
        paused: Mapping[int, int],
        *,
        limits: AlarmLimits,
        opening: OpeningFigures | None,
        history: AlarmHistory,
    ) -> Mapping[int, QueueAlarm]:
        """The alarm of each queue that has one.

        Args:
            queues: all.
            when: the moment up to which it is known what goes on; collects when an alarm changes.
            paused: how many members are paused in each queue.
            limits: the same at each update.
            opening: when the site is open; None: not known.
            history: what was before.
        """
        made_of: dict[int, _QueueInput] = {}
        opened = open_stretches(None if opening is None else opening.today)
        for queue in queues:
            number = queue.id or 0
            of_queue = history.queues.get(number, NO_HISTORY)
            acts = tuple(history.acts.get((rule, queue.name)) for rule in RULES) if history.acts else None
            made_of[number] = _QueueInput(queue, of_queue, paused.get(number, 0), opened, acts)
        self._of_queues.update_made_of(made_of, when, partial(self._make, made_of, limits, history.acts))
        return self._of_queues.by_key

    def _make(
        self, made_of: Mapping[int, _QueueInput], limits: AlarmLimits, acts: Acts, queue_id: int, when: NextChange
    ) -> QueueAlarm | None:
        if queue_id not in made_of:
            return None
        inputs = made_of[queue_id]
        queue = inputs.queue
        threshold_ms = queue.service_level_threshold_ms
        if threshold_ms is None:
            return None
        rules = self._rules.get((queue.name, threshold_ms))
        if rules is None:
            rules = self._rules[queue.name, threshold_ms] = QueueRules.of(queue.name, threshold_ms, limits)
        stretches = self._of_waits(queue_id, inputs, rules)
        if queue.longest_wait_since is not None:
            unstaffed = _unstaffed_now(inputs)
            stretches = stretches.with_wait(queue.longest_wait_since, NEVER, rules, unstaffed, inputs.opened)
        found = [
            with_acts(_queue_alarm(rule, standing, inputs, rules, when.at), acts, when, standing.again_at)
            for rule in RULES
            if (standing := alarm_at(stretches.of(rule), when, for_ms=rules.for_ms(rule), calm_ms=rules.calm_ms))
        ]
        if not found:
            return None
        worst, *others = sorted(found, key=_severity_and_rule)
        return replace(worst, parts=tuple(others)) if others else worst

    def _of_waits(self, queue_id: int, inputs: _QueueInput, rules: QueueRules) -> WaitStretches:
        """What the waits that are over come to; those that are new are added to what was known."""
        history = inputs.history
        before = self._stretches.get(queue_id)
        waits, to = history.waits, NO_STRETCHES
        if before is not None and before[1:3] == (rules, inputs.opened):
            known = before[0]
            if known is history:
                return before[3]
            number = len(known.waits)
            if number and waits[:number] == known.waits and _is_longer(known, history.unstaffed):
                waits, to = waits[number:], before[3]
        found = stretches_of_waits(waits, rules, history.unstaffed, inputs.opened, to)
        self._stretches[queue_id] = history, rules, inputs.opened, found
        return found


def _severity_and_rule(alarm: QueueAlarm) -> tuple[int, int]:
    """Who has taken an alarm, or wants quiet, does not bring forward a milder one about the same queue."""
    return -alarm.severity, ORDER[alarm.rule]


def _is_longer(before: QueueHistory, now: Stretches) -> bool:
    """Whether stretches are the same as before, perhaps with more at the end, after all waits that were over then."""
    number = len(before.unstaffed)
    more = now[number:]
    return now[:number] == before.unstaffed and (not more or more[0][0] >= before.waits[-1].left_at)


def _unstaffed_now(inputs: _QueueInput) -> Stretches:
    """When nobody was on the phones; where nothing is known of the past, whether nobody is there now."""
    queue, unstaffed = inputs.queue, inputs.history.unstaffed
    if inputs.history is NO_HISTORY and queue.agents_known and queue.agents_on_phones == 0:
        return ((queue.longest_wait_since or 0, NEVER),)
    return unstaffed


def _queue_alarm(rule: Rule, standing: Standing, inputs: _QueueInput, rules: QueueRules, at: int) -> QueueAlarm:
    eased = standing.is_eased(at)
    return QueueAlarm(
        rule=rule,
        severity=Severity.WATCH if eased else rule.severity,
        subject=inputs.queue.name,
        since=standing.since,
        value=None,
        limit=rules.limit_ms(rule) / 1000,
        eased_at=standing.eased_at if eased else None,
        queue=inputs.queue,
        agents_paused=inputs.paused,
    )
