"""The list of alarms: one line for each, those to act on apart from the others, and where Enter leads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from ccmon.formatting import coarse, dated, fit, width_of
from ccmon.model.agents import AgentFigures
from ccmon.model.alarms import (
    AgentAlarm,
    Alarm,
    LowScoreAlarm,
    OverdueFollowUpsAlarm,
    QueueAlarm,
    ReasonAlarm,
    Rule,
    Severity,
    SourceAlarm,
)
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.alarms import alarm_matter, alarm_remark, alarm_sentence, seen_to
from ccmon.views.chrome import no_alarms_text
from ccmon.views.columns import padded
from ccmon.views.glyphs import GlyphSet
from ccmon.views.layout import AGENTS, FOLLOW_UPS, PROBLEMS, QUEUE, SATISFACTION
from ccmon.views.list_rows import ListRow
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle, blank
from ccmon.views.view_context import ViewContext, severity_style

OF_QUEUES = frozenset({Rule.NOBODY_ON_PHONES, Rule.LONGEST_WAIT, Rule.SHORT_OF_AGENTS})
OF_AGENTS = frozenset({Rule.TALK, Rule.WRAP_UP, Rule.PAUSE, Rule.MISSED_CALLS})
"""Rules of alarms about queues, and about agents."""
AGE_CELLS = 6
"""The least width of the age of an alarm."""
WITH_SINCE = 100
"""From this width on a line has both since when an alarm stands, and for how long."""


class AlarmGroup(NamedTuple):
    """Alarms that stand together."""

    word: str
    style: TextStyle


ACT, WATCH, TAKEN, QUIET = (
    AlarmGroup("Act now", TextStyle.BAD),
    AlarmGroup("Watch", TextStyle.WATCH),
    AlarmGroup("Somebody has it", TextStyle.QUIET),
    AlarmGroup("Quiet", TextStyle.QUIET),
)


def group_of(alarm: Alarm) -> AlarmGroup:
    """Where an alarm stands in the list."""
    if alarm.quiet_until is not None:
        return QUIET
    if alarm.taken_by is not None:
        return TAKEN
    return ACT if alarm.severity is Severity.ACT else WATCH


def identity_of(alarm: Alarm) -> str:
    """What identifies an alarm from tick to tick."""
    which = f"{alarm.score.customer_id} {alarm.since}" if isinstance(alarm, LowScoreAlarm) else ""
    return f"{alarm.rule}\n{alarm.subject}\n{which}"


def with_identity(alarms: Sequence[Alarm], identity: str) -> Alarm | None:
    """The alarm with an identity; None: it stands no more."""
    return next((alarm for alarm in alarms if identity_of(alarm) == identity), None)


def alarm_rows(context: ViewContext, width: int) -> list[ListRow]:
    """The lines of the list: a heading for each group, then its alarms, the worst first."""
    glyphs, alarms = context.glyphs, context.snapshot.alarms
    if not alarms and not context.more_may_come:
        return [text_row(no_alarms_text(context), width, glyphs)]
    rows: list[ListRow] = []
    if context.more_may_come:
        rows.append(text_row(f"There may be more. {context.snapshot.incomplete}", width, glyphs))
    longest = max((width_of(fit_name(alarm.subject)) for alarm in alarms), default=0)
    subject_cells = min(longest, max(14, width // 4))
    cells = max((len(_age(alarm, context)) for alarm in alarms), default=0), subject_cells
    for group, members in groupby(alarms, key=group_of):
        found = list(members)
        rows.append(text_row(f"{group.word}: {len(found)}", width, glyphs, group.style))
        rows += [
            ListRow(partial(_line, alarm, context, width, cells), identity_of(alarm), partial(_told, alarm, context))
            for alarm in found
        ]
    return rows


def fit_name(name: str) -> str:
    """A name as it is measured: one that is very long is cut anyway."""
    return fit(name, min(40, len(name)))


def text_row(text: str, width: int, glyphs: GlyphSet, style: TextStyle = TextStyle.QUIET) -> ListRow:
    """A line that cannot be chosen."""
    return ListRow(lambda _: glyphs.line(text, width, style))


def row_line(spans: Sequence[Span], width: int, chosen: bool) -> StyledLine:
    """A line that can be chosen."""
    return StyledLine(padded(list(spans), width), LineState.CURSOR if chosen else LineState.PLAIN, starts=True)


def _age(alarm: Alarm, context: ViewContext) -> str:
    return "" if alarm.since is None else coarse(_age_ms(alarm, context))


def _line(alarm: Alarm, context: ViewContext, width: int, cells: tuple[int, int], chosen: bool) -> StyledLine:
    """The line of an alarm; `cells` are those of its age and of its subject."""
    glyphs, floor, (age_cells, subject_cells) = context.glyphs, context.snapshot, cells
    matter = alarm_matter(alarm, floor).removeprefix(f"{alarm.subject}: ")
    if not alarm.is_open:
        matter = f"{seen_to(alarm, floor)} {glyphs.dot} {matter}"
    spans = [
        context.sign(alarm.severity),
        Span(glyphs.fit(_age(alarm, context), max(AGE_CELLS, age_cells), right=True), severity_style(alarm.severity)),
        blank(2),
    ]
    if width >= WITH_SINCE:
        since = "" if alarm.since is None else dated(alarm.since, context.zone, context.now)
        # Only the time of another day is too long: its day says enough.
        spans += [Span(glyphs.fit(since[:10].rstrip(), 10), TextStyle.QUIET), blank(1)]
    spans += [Span(glyphs.fit(alarm.subject, subject_cells), TextStyle.STRONG), blank(2)]
    rest = width - sum(width_of(span.text) for span in spans)
    spans.append(Span(glyphs.fit(matter, rest), TextStyle.TEXT if alarm.is_open else TextStyle.QUIET))
    return row_line(spans, width, chosen)


def _age_ms(alarm: Alarm, context: ViewContext) -> float | None:
    """How long an alarm has stood; one about data that stays away runs on."""
    if isinstance(alarm, SourceAlarm) and alarm.value is not None:
        return alarm.value * 1000
    return context.elapsed_ms(alarm.since)


def _told(alarm: Alarm, context: ViewContext) -> list[Span]:
    floor, remark = context.snapshot, alarm_remark(alarm)
    sentence = alarm_sentence(alarm, floor)
    since = "" if alarm.since is None else f" Since {dated(alarm.since, context.zone, context.now)}."
    told = [Span(f"{sentence}{since}{f' {remark}' if remark else ''}")]
    return told + [Span(alarm_sentence(part, floor), TextStyle.QUIET) for part in alarm.parts]


def alarm_about(row: object, context: ViewContext) -> Alarm | None:
    """The worst alarm about a row of a panel; None: there is none."""
    if isinstance(row, QueueFigures | AgentFigures):
        return next(iter(context.alarms_about(row)), None)
    for alarm in context.snapshot.alarms:
        is_of_score = isinstance(alarm, LowScoreAlarm) and alarm.score is row
        if is_of_score or (isinstance(alarm, ReasonAlarm) and alarm.reason is row):
            return alarm
    return None


class Target(NamedTuple):
    """A row of a panel."""

    panel: int
    tab: str
    """The key of the tab of the panel (`FloorPanel.key`)."""
    row: Any
    """The row; None: only the panel."""


def target_of(alarm: Alarm, floor: FloorSnapshot) -> Target | None:
    """The row that an alarm is about; None: it is about none."""
    match alarm:
        case QueueAlarm():
            return Target(QUEUE, "QueuesPanel", alarm.queue)
        case AgentAlarm():
            return Target(AGENTS, "AgentsPanel", alarm.agent)
        case LowScoreAlarm():
            return Target(SATISFACTION, "LowScoresTab", alarm.score)
        case ReasonAlarm():
            return Target(PROBLEMS, "ContactReasonsPanel", alarm.reason)
        case OverdueFollowUpsAlarm():
            return Target(FOLLOW_UPS, "FollowUpsPanel", min(floor.follow_ups.items, key=lambda item: item.due_at))
    return None


def target_of_logged(rule: str, subject: str, floor: FloorSnapshot) -> Target | None:
    """The row that an alarm was about which stands no more; None: nothing on the floor has the name."""
    if rule in OF_QUEUES:
        queue = next((each for each in floor.queues if each.name == subject), None)
        return None if queue is None else Target(QUEUE, "QueuesPanel", queue)
    agent = next((each for each in floor.agents if each.name == subject), None) if rule in OF_AGENTS else None
    return None if agent is None else Target(AGENTS, "AgentsPanel", agent)


def end_of_shift(floor: FloorSnapshot) -> int:
    """When the site closes for the last time today; where its hours are not set, the end of the business day."""
    today = () if floor.opening_hours is None else floor.opening_hours.today
    return max((each.closes_at for each in today if each.closes_at > floor.at), default=floor.day.ends_at)
