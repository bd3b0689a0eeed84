"""The log of the day's alarms, in lines: from, until, step, what was wrong, who saw to it, how it ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from ccmon.formatting import coarse, width_of
from ccmon.model.alarm_history import AlarmActKind
from ccmon.model.alarms import Rule, Severity
from ccmon.snapshot.narrow import names
from ccmon.views.alarm_list import OF_AGENTS, OF_QUEUES, row_line, text_row
from ccmon.views.list_rows import ListRow
from ccmon.views.styled_text import Span, StyledLine, TextStyle, blank
from ccmon.views.view_context import ViewContext, severity_style

OF_THE_DATA = frozenset({Rule.DATA_AGE, Rule.QUIET_SOURCE})


class LogAct(NamedTuple):
    """What somebody did about an alarm."""

    kind: AlarmActKind
    who: str
    at: datetime
    until: datetime | None


class LogEntry(NamedTuple):
    """An alarm of the day, as ``ccmon alarms --log --json`` has it."""

    rule: str
    subject: str
    severity: Severity
    opened_at: datetime
    eased_at: datetime | None
    cleared_at: datetime | None
    text: str
    acts: tuple[LogAct, ...]


class AlarmLog(NamedTuple):
    """The log of a day."""

    at: datetime
    entries: tuple[LogEntry, ...]
    """The latest first."""


def parse_log(text: str) -> AlarmLog:
    """The log that the command has printed.

    Raises:
        ValueError: it is none.
    """
    try:
        found = json.loads(text)
        entries = tuple(map(_entry, reversed(found["alarms"])))
        return AlarmLog(datetime.fromisoformat(found["at"]), entries)
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from None


def _entry(found: Mapping[str, Any]) -> LogEntry:
    return LogEntry(
        found["rule"],
        found["subject"],
        Severity[found["severity"].upper()],
        datetime.fromisoformat(found["opened_at"]),
        _moment(found["eased_at"]),
        _moment(found["cleared_at"]),
        found["text"],
        tuple(map(_act, found["acts"])),
    )


def _act(found: Mapping[str, Any]) -> LogAct:
    at, until = datetime.fromisoformat(found["acted_at"]), _moment(found["until"])
    return LogAct(AlarmActKind(found["act"]), found["who"], at, until)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def shown_entries(log: AlarmLog, context: ViewContext) -> list[LogEntry]:
    """Those about what a screen shows: on a narrowed one, its queues and agents, and what stands there now."""
    if not context.filters:
        return list(log.entries)
    queues = set(names(context.snapshot, "queue"))
    agents = {agent.name for agent in context.snapshot.agents}
    standing = {(alarm.rule.value, alarm.subject) for alarm in context.snapshot.alarms}
    return [each for each in log.entries if _is_shown(each, queues, agents, standing)]


def _is_shown(
    entry: LogEntry, queues: Collection[str], agents: Collection[str], standing: Collection[tuple[str, str]]
) -> bool:
    if entry.rule in OF_THE_DATA or (entry.rule, entry.subject) in standing:
        return True
    return entry.subject in (queues if entry.rule in OF_QUEUES else agents if entry.rule in OF_AGENTS else ())


def log_rows(log: AlarmLog | None, context: ViewContext, width: int) -> list[ListRow]:
    """The lines of the log, the latest alarm first; None: it is still being read."""
    glyphs = context.glyphs
    if log is None:
        return [text_row("The log of the day is being read.", width, glyphs)]
    entries = shown_entries(log, context)
    if not entries:
        return [text_row("No alarm has stood today.", width, glyphs)]
    acting = sum(entry.severity is Severity.ACT for entry in entries)
    ended_cells = min(max(width_of(ended_text(each)) for each in entries), max(8, width // 4))
    lasted_cells = max(6, *(len(coarse(_lasted_ms(each, log.at))) for each in entries))
    counts = f"{len(entries)} today, {acting} to act on; the latest first"
    head = f"   {'from':5}  {'until':5}  {'lasted':>{lasted_cells}}  {counts}"
    return [
        text_row(head, width, glyphs),
        *(
            ListRow(
                partial(_line, entry, context, (width, lasted_cells, ended_cells), now=log.at),
                f"{place}\n{entry.rule}\n{entry.subject}",
                partial(_told, entry),
            )
            for place, entry in enumerate(entries)
        ),
    ]


def _lasted_ms(entry: LogEntry, now: datetime) -> float:
    return ((entry.cleared_at or now) - entry.opened_at).total_seconds() * 1000


def _line(
    entry: LogEntry, context: ViewContext, cells: tuple[int, int, int], chosen: bool, *, now: datetime
) -> StyledLine:
    """The line of an alarm; `cells` are those of the line, of how long it lasted, and of its end."""
    glyphs, (width, lasted_cells, ended_cells) = context.glyphs, cells
    opened, ended = entry.opened_at, entry.cleared_at
    is_today = opened.date() == now.date()
    until = Span(f"{ended:%H:%M}") if ended is not None else Span("now  ", severity_style(entry.severity))
    head = [
        context.sign(entry.severity),
        Span(f"  {opened:%H:%M}  " if is_today else " " * 9),
        until,
        Span(f"  {glyphs.fit(coarse(_lasted_ms(entry, now)), lasted_cells, right=True)}  "),
    ]
    room = width - sum(width_of(span.text) for span in head) - ended_cells - 2
    text = Span(glyphs.fit(entry.text.rstrip("."), room))
    last = Span(glyphs.fit(ended_text(entry), ended_cells), TextStyle.QUIET)
    return row_line([*head, text, blank(2), last], width, chosen)


def ended_text(entry: LogEntry) -> str:
    """Who saw to it last, and how it ended."""
    last = entry.acts[-1] if entry.acts else None
    has = last.who if last is not None and last.kind is not AlarmActKind.RELEASE else ""
    ended = "cleared" if entry.cleared_at is not None else "eased" if entry.eased_at is not None else "stands"
    return f"{ended}, {has}" if has else ended


def _told(entry: LogEntry) -> Sequence[Span]:
    eased, cleared = entry.eased_at, entry.cleared_at
    parts = [entry.text, f"Opened {entry.opened_at:%H:%M}"]
    parts[-1] += f", nothing wrong since {eased:%H:%M}" if eased is not None else ", goes on"
    parts[-1] += f", cleared {cleared:%H:%M}." if cleared is not None else "."
    acts = " ".join(map(act_text, entry.acts))
    return [Span(" ".join(parts)), *([Span(acts, TextStyle.QUIET)] if acts else [])]


def act_text(act: LogAct) -> str:
    """What somebody did about an alarm."""
    done = {
        AlarmActKind.HAVE: "took it on",
        AlarmActKind.QUIET: f"wanted quiet until {act.until:%H:%M}" if act.until is not None else "wanted quiet",
        AlarmActKind.RELEASE: "gave it back",
    }[act.kind]
    return f"{act.at:%H:%M} {act.who} {done}."
