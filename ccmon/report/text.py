"""Prints the panels and their tabs as text, for a terminal or a pipe: the output of ``ccmon status``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TextIO

from ccmon.formatting import ascii_only, count, date_and_time, fit, plain, width_of, wrapped
from ccmon.model.alarms import Alarm
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.snapshot.windows import Window
from ccmon.views.alarms import alarm_sentence
from ccmon.views.all_panels import panels
from ccmon.views.chrome import alarm_counts, alarm_line, data_age, no_alarms_text, open_text, watched_text
from ccmon.views.colours import DARK, LIGHT, ansi, is_light
from ccmon.views.column_widths import fit_printed
from ccmon.views.columns import PRINTED_GAP, draw_row, draw_titles
from ccmon.views.glyphs import ASCII, UNICODE, needs_ascii
from ccmon.views.panel import FloorPanel, PanelSummary
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

LEAST_WIDTH, USUAL_WIDTH = 40, 80
ALARMS_SHOWN = 10
APART = "   "
"""The gap between two facts, as on the screen."""
ROOM_BELOW = 40
"""The most lines of remarks below the rows."""
EMPTY = "The database is still empty: import or follow a queue log, or try ccmon demo."

Line = Sequence[Span]
WordAlarm = Callable[[Alarm, FloorSnapshot], str]
"""Puts an alarm into a sentence."""


class PastMoment(NamedTuple):
    """What is known of an earlier moment that its snapshot does not say."""

    is_past_day: bool = False
    """Whether its day is over."""
    begins: str | None = None
    """Where it has no data: when data begins, for a person."""


NOW = PastMoment()
"""A moment of the present day, with data."""


def print_status(
    snapshot: FloorSnapshot,
    filters: Filters = NO_FILTER,
    output: TextIO | None = None,
    *,
    only_panels: int | None = None,
    past: PastMoment = NOW,
    word: WordAlarm | None = None,
    window: Window = Window.TODAY,
) -> None:
    """Print the panels of a snapshot: in the output's width, in colour on a terminal, in ASCII where that is needed.

    Args:
        snapshot: the floor.
        filters: the part of it that is shown.
        output: where to; None: standard output.
        only_panels: how many of the panels, each in short and without the alarms; None: everything.
        past: of an earlier moment, what its snapshot does not say.
        word: gives the sentence of an alarm; None: as the screen words it.
        window: over which part of the day calls of queues are counted.
    """
    output = output or sys.stdout
    ascii_alone = needs_ascii() or not (output.encoding or "utf-8").lower().startswith("utf")
    context = ViewContext.of(snapshot, glyphs=ASCII if ascii_alone else UNICODE, filters=filters, window=window)
    colored = output.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    looks = (LIGHT if is_light() else DARK) if colored else None
    width = output_width(output)
    lines = (
        status_lines(context, width, past, word) if only_panels is None else first_lines(context, width, only_panels)
    )
    for line in lines:
        text = "".join(span.text if looks is None else ansi(looks[span.style], span.text) for span in line)
        output.write(f"{text}\n")


def output_width(output: TextIO) -> int:
    """The value of COLUMNS, else the width of the output's terminal or of one at another end of the pipe."""
    with suppress(KeyError, ValueError):
        return max(LEAST_WIDTH, int(os.environ["COLUMNS"]))
    for stream in (output, sys.__stderr__, sys.__stdin__):
        with suppress(AttributeError, ValueError, OSError):  # missing, closed, or no terminal
            return max(LEAST_WIDTH, os.get_terminal_size(stream.fileno()).columns)  # type: ignore[union-attr]
    return USUAL_WIDTH


def status_lines(
    context: ViewContext, width: int, past: PastMoment = NOW, word: WordAlarm | None = None
) -> Iterator[Line]:
    """Head, alarms, and the tabs with rows of each panel; no line ends in spaces."""
    for line in _lines(context, width, past, word):
        yield _stripped(line)


def first_lines(context: ViewContext, width: int, number: int) -> Iterator[Line]:
    """Head and the first panels alone, of each its first tab, without what stands below the rows."""
    yield from map(_stripped, _head(context, width))
    for panel in panels()[:number]:
        yield from map(_stripped, _panel(panel, context, width, in_short=True))


def _lines(context: ViewContext, width: int, past: PastMoment, word: WordAlarm | None) -> Iterator[Line]:
    floor = context.snapshot
    yield from _head(context, width)
    if floor.data_at is None and not floor.queues and not floor.agents and floor.moved is None:
        yield ()
        yield from _paragraph(past.begins or EMPTY, context, width)
        return
    yield from _alarms(context, width, past, word)
    for panel in panels():
        yield from _panel(panel, context, width)


def _head(context: ViewContext, width: int) -> Iterator[Line]:
    moment = date_and_time(context.now, context.zone)
    parts: list[Line] = [
        (Span(_text(watched_text(context, "ccmon"), context), TextStyle.STRONG),),
        (Span(open_text(context)),),
        (Span(moment),),
        _trimmed(data_age(context.snapshot.data_age_ms, context.glyphs)),
        *((Span(_text(str(work), context), TextStyle.QUIET),) for work in context.snapshot.progress),
        *(_trimmed([span]) for span in alarm_counts(context)),
    ]
    yield from _flowing(parts, width)


def _alarms(context: ViewContext, width: int, past: PastMoment, word: WordAlarm | None) -> Iterator[Line]:
    alarms = context.snapshot.alarms
    yield ()
    if context.more_may_come and alarms:
        yield from _paragraph(f"There may be more. {context.snapshot.incomplete}", context, width)
    if not alarms and (past.begins is not None or context.shows_nobody):
        yield from _paragraph(past.begins or no_alarms_text(context), context, width)
    elif not alarms:
        yield from _paragraph(alarm_line(context, width, context.glyphs, None).text.strip(), context, width)
    word = word or partial(alarm_sentence, is_past_day=past.is_past_day)
    for alarm in alarms[:ALARMS_SHOWN]:
        sign = context.sign(alarm.severity)
        first, *rest = wrapped(_text(word(alarm, context.snapshot), context), width - 2)
        yield (sign, Span(f" {first}"))
        yield from ((Span(f"  {piece}"),) for piece in rest)
    yield from _others(len(alarms) - ALARMS_SHOWN)


def _panel(panel: FloorPanel[Any], context: ViewContext, width: int, *, in_short: bool = False) -> Iterator[Line]:
    """A panel's tabs one after the other; a summary or remark that several share appears only in the first."""
    summaries: list[PanelSummary] = []
    said: list[Line | str] = []
    for tab in panel.tabs[: 1 if in_short else None]:
        rows, absent = tab.printed_rows(context), context.absent(tab.section)
        alone = tab is panel and tab.head_alone(context)
        if not (rows or alone) and (not absent or absent in said):
            continue
        said.append(absent)
        yield ()
        title = Span(f"{tab.name}: {tab.tab}" if tab.tab and rows else tab.name, TextStyle.TITLE)
        remark = Span(_text(tab.remark(context, short=True), context), TextStyle.QUIET)
        yield from _flowing([(title,), (remark,)], width)
        summary = tab.summary(context)
        summary = summary._replace(facts=tuple(summary.facts))  # as a tuple, they can be compared
        if (rows or alone) and summary not in summaries:
            summaries.append(summary)
            yield from _flowing(_facts(summary, tab, context), width)
        if rows:
            yield from _table(tab, rows, context, width)
        if rows and not in_short and not tab.previews_next:
            remarks = [line for line in tab.printed_below(context, width, ROOM_BELOW)[1:] if line not in said]
            said += remarks
            yield from remarks


def _facts(summary: PanelSummary, tab: FloorPanel[Any], context: ViewContext) -> Iterator[Line]:
    label, figure, style = summary.figure
    figure = context.glyphs.signed(figure, style)
    yield Span(figure, style), Span("" if label == tab.name.casefold() else f" {label}")
    for label, value, style in (*summary.facts, *tab.printed_facts(context)):
        text = _text(context.glyphs.signed(value, style), context)
        yield Span(f"{label} ", TextStyle.QUIET), Span(text, style.or_else(TextStyle.STRONG))


def _table(tab: FloorPanel[Any], rows: Sequence[Any], context: ViewContext, width: int) -> Iterator[Line]:
    totals, shown = tab.totals(context), rows[: tab.printed_limit]
    if context.filters and len(rows) <= len(totals):  # the part is a single row, equal to the total
        totals = ()
    columns = sorted((*tab.columns, *tab.printed_columns), key=lambda column: column.drawn)
    fitted = fit_printed(columns, width, (*totals, *shown), context)
    yield draw_titles(fitted, width, context, None, descending=False, gap=PRINTED_GAP)
    for row in totals:
        spans = draw_row(fitted, row, width, context, gap=PRINTED_GAP)
        yield tuple(Span(span.text, span.style.or_else(TextStyle.STRONG)) for span in spans)
    for row in shown:
        yield draw_row(fitted, row, width, context, gap=PRINTED_GAP)
    yield from _others(len(rows) - len(shown))


def _others(number: int) -> Iterator[Line]:
    if number > 0:
        yield (Span(f"and {count(number)} more: see --json", TextStyle.QUIET),)


def _paragraph(text: str, context: ViewContext, width: int) -> Iterator[Line]:
    yield from ((Span(piece),) for piece in wrapped(_text(text, context), width))


def _flowing(parts: Iterable[Line], width: int) -> Iterator[Line]:
    """Parts one after the other, wrapped at the width."""
    line: list[Span] = []
    used = 0
    for part in parts:
        cells = sum(width_of(span.text) for span in part)
        if line and used + len(APART) + cells > width:
            yield line
            line, used = [], 0
        if line and cells:
            line.append(Span(APART))
            used += len(APART)
        for span in part:
            line.append(Span(fit(span.text, min(width_of(span.text), width - used)), span.style))
            used += width_of(line[-1].text)
    if line:
        yield line


def _text(text: str, context: ViewContext) -> str:
    """A harmless text, in characters that the output can show."""
    return ascii_only(plain(text)) if context.glyphs.ascii_only else plain(text)


def _trimmed(spans: Sequence[Span]) -> Line:
    """The spans of a badge without the empty cells around it."""
    first, last = Span(spans[0].text.lstrip(), spans[0].style), Span(spans[-1].text.strip(), spans[-1].style)
    return (last,) if len(spans) == 1 else (first, *spans[1:-1], last)


def _stripped(line: Line) -> Line:
    """A line without the empty cells at its end."""
    spans = list(line)
    while spans and not spans[-1].text.rstrip(" "):
        spans.pop()
    return [*spans[:-1], Span(spans[-1].text.rstrip(" "), spans[-1].style)] if spans else []
