"""Alarms with what they say, to compare one with a line of a test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ccmon.formatting import wrapped
from ccmon.model.alarms import Alarm
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.views.alarm_list import alarm_rows
from ccmon.views.alarms import alarm_sentence
from ccmon.views.styled_text import StyledLine
from ccmon.views.view_context import ViewContext


class AlarmLine(NamedTuple):
    rule: str
    severity: int
    subject: str
    since: int | None
    value: float | None
    limit: float | None
    text: str


def with_sentences(floor: FloorSnapshot, alarms: Iterable[Alarm]) -> tuple[AlarmLine, ...]:
    return tuple(
        AlarmLine(
            rule=each.rule,
            severity=each.severity,
            subject=each.subject,
            since=each.since,
            value=each.measured(floor.known_until),
            limit=each.limit,
            text=alarm_sentence(each, floor),
        )
        for each in alarms
    )


def alarms_of(floor: FloorSnapshot) -> tuple[AlarmLine, ...]:
    """The alarms of a floor, found anew."""
    return with_sentences(floor, find_alarms(floor))


def list_lines(context: ViewContext, width: int) -> list[StyledLine]:
    """The list of alarms on the screen, and below each what is told of it while it is chosen."""
    lines: list[StyledLine] = []
    for row in alarm_rows(context, width):
        lines.append(row.make(False))
        lines += [
            context.glyphs.line(piece, width, span.style) for span in row.told() for piece in wrapped(span.text, width)
        ]
    return lines
