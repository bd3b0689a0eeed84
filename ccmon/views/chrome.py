"""The lines round the panels: status on top, the worst alarm under it, the strip of key figures, the keys below."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ccmon.formatting import at_least, clock, coarse, dated, fit, local_time, width_of, wrapped
from ccmon.model.alarms import Severity
from ccmon.model.opening_hours import is_closed
from ccmon.time_units import DAY_MS
from ccmon.views.alarms import alarm_sentence, may_be_rescued
from ccmon.views.columns import padded
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import KEYS, Key, key_of, shown_in_line
from ccmon.views.panel import FloorPanel, PanelSummary
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle, blank
from ccmon.views.view_context import ViewContext

SAME_WEEKDAY_MS = 6 * DAY_MS
"""A weekday that is nearer says which day is meant."""
MOST_LINES, MOST_LINES_ALONE = 3, 8
"""The most lines of a message, beside figures and where there are none."""
OLD_MS = 15_000
"""Data older than this is marked as old."""


NO_DATA = "No data: ask the administrator for ccmon follow or ccmon import."
"""Shown for an empty database instead of "all is well", which nobody knows."""


class Trouble(NamedTuple):
    """Why there is no fresh answer: one sentence, and whether the figures are to be dimmed."""

    sentence: str
    stale: bool


def trouble_shown(context: ViewContext, keys: Sequence[Key] = KEYS) -> Trouble | None:
    """Why the figures shown may not be those wanted: old data, or a filter with an unknown name."""
    too_old = context.data_age_alarm
    if too_old is not None:
        return Trouble(alarm_sentence(too_old, context.snapshot), stale=True)
    unknown = [
        f'{"nobody of a team" if kind == "team" else f"no {kind}"} named "{name}"'
        for kind, name in context.filters.unknown(context.unfiltered)
    ]
    if unknown:
        key = key_of(keys, "filter").first
        return Trouble(f"There is {' and '.join(unknown)} here: {key} shows which there are.", stale=False)
    return None


def status_line(
    context: ViewContext | None, width: int, glyphs: GlyphSet, watched: str, age_ms: int | None
) -> StyledLine:
    """At the left, local time and age of the data, which tick; then what is watched; at the right, counts of alarms."""
    if context is None:
        return StyledLine(padded([Span(" ccmon ", TextStyle.TITLE), Span(glyphs.fit(watched, width - 7))], width))
    left = [Span(f" {clock(context.now, context.zone, seconds=True)} ", TextStyle.STRONG), *data_age(age_ms, glyphs)]
    right = tuple(alarm_counts(context))
    progress = "".join(f"{work}  " for work in context.snapshot.progress)
    rest = width - sum(width_of(span.text) for span in left)
    opened = open_text(context)
    if_room = f" {glyphs.dot} {opened}" if opened else ""
    return StyledLine((*left, *_rest_of_status(f"  {progress}{watched}", if_room, right, rest, glyphs)))


@lru_cache(maxsize=4)  # the clock is all that changes most of the time
def _rest_of_status(
    middle: str, if_room: str, right: tuple[Span, ...], width: int, glyphs: GlyphSet
) -> tuple[Span, ...]:
    room = width - sum(width_of(span.text) for span in right) - 2
    if width_of(middle) + width_of(if_room) <= room:
        middle += if_room
    return padded([Span(glyphs.fit(middle, max(0, room)), TextStyle.TEXT), blank(1), *right], width)


def watched_text(context: ViewContext, name: str, *, read_only: bool = False) -> str:
    """What is shown: the site, or the name of its database, and the filters; first, what must not be cut off.

    That is whether it may only be read, and whether the site is closed.
    """
    site = context.snapshot.site or name
    filters = [f"{kind} {name}" for kind, name in context.filters.in_force]
    # A filter comes first: on a narrow screen the end is cut off.
    parts = [*filters, site] if filters else [site, "everything"]
    if is_closed(context.snapshot.opening_hours):
        parts.insert(0, closed_text(context))
    if read_only:
        parts.insert(0, "read-only")
    return f" {context.glyphs.dot} ".join(parts)


def closed_text(context: ViewContext) -> str:
    """That the site is closed, and until when: "closed until 09:00", or on another day "closed until Mon 09:00"."""
    opening = context.snapshot.opening_hours
    if opening is None or opening.next_change_at is None:
        return "closed"
    return f"closed until {_soon(opening.next_change_at, context)}"


def open_text(context: ViewContext) -> str:
    """That the site is open, and until when: "open until 18:00"; empty where it is closed, or that is not known."""
    opening = context.snapshot.opening_hours
    if opening is None or not opening.open_now or opening.next_change_at is None:
        return ""
    return f"open until {_soon(opening.next_change_at, context)}"


def opening_text(context: ViewContext) -> str:
    """Whether the site is open or closed, and until when; empty where that is not known."""
    return closed_text(context) if is_closed(context.snapshot.opening_hours) else open_text(context)


def _soon(at: int, context: ViewContext) -> str:
    """A moment to come: of today the time alone, of these days with its weekday, else with its date."""
    if at - context.now >= SAME_WEEKDAY_MS:
        return dated(at, context.zone, context.now)
    then = local_time(at, context.zone)
    is_today = then.date() == local_time(context.now, context.zone).date()
    return f"{then:%H:%M}" if is_today else f"{then:%a %H:%M}"


def data_age(age_ms: int | None, glyphs: GlyphSet) -> list[Span]:
    """How old the data is, with a sign."""
    if age_ms is None:
        return [Span(" no data yet ", TextStyle.BADGE_WATCH)]
    if age_ms > OLD_MS:
        return [Span(f" data {coarse(age_ms)} old ", TextStyle.BADGE_WATCH)]
    return [Span(f"{glyphs.live} ", TextStyle.GOOD), Span(f"data {coarse(age_ms)} old", TextStyle.QUIET)]


def alarm_counts(context: ViewContext) -> list[Span]:
    """How many alarms there are of each severity."""
    alarms, glyphs = context.snapshot.alarms, context.glyphs
    act = context.act_now_count
    watch = len(alarms) - act
    more = context.more_may_come
    spans = []
    if act:
        spans.append(Span(f" {glyphs.act} {at_least(act, more=more)} act now ", TextStyle.BADGE_BAD))
    if watch:
        spans.append(Span(f" {glyphs.watch} {at_least(watch, more=more)} to watch ", TextStyle.WATCH))
    if context.without_data or context.shows_nobody:
        return spans
    return spans or [
        Span(f" {glyphs.fine} no alarm{' yet' if more else ''} ", TextStyle.QUIET if more else TextStyle.GOOD)
    ]


def no_alarms_text(context: ViewContext) -> str:
    """What the absence of alarms means."""
    if context.without_data:
        return NO_DATA
    if context.shows_nobody:
        shown = " and ".join(f"{kind} {name}" for kind, name in context.filters.in_force)
        return f"Alarms are not known: no queue or agent of {shown}."
    return "Nothing needs attention."


def alarm_line(
    context: ViewContext | None, width: int, glyphs: GlyphSet, trouble: Trouble | None, keys: Sequence[Key] = KEYS
) -> StyledLine:
    """The most urgent message: why no answer comes, else the worst alarm, else that there is none."""
    if trouble is not None:
        style = TextStyle.BADGE_BAD if trouble.stale else TextStyle.BADGE_WATCH
        return glyphs.line(f" {glyphs.act} {trouble.sentence}", width, style)
    if context is None:
        return StyledLine((blank(width),))
    if not context.snapshot.alarms:
        if context.without_data:
            return glyphs.line(f" {NO_DATA}", width, TextStyle.BADGE_WATCH)
        if context.shows_nobody:
            return glyphs.line(f" {no_alarms_text(context)}", width, TextStyle.QUIET)
        said = context.snapshot.incomplete if context.more_may_come else no_alarms_text(context)
        return glyphs.line(f" {glyphs.fine} {said}", width, TextStyle.QUIET)
    worst, others = context.snapshot.alarms[0], len(context.snapshot.alarms) - 1
    sign = context.sign(worst.severity)
    more = f"  {key_of(keys, 'alarms').first}: {others} more" if others else ""
    sentence = f" {sign.text} {alarm_sentence(worst, context.snapshot)}"
    hint = f"  {key_of(keys, 'alarm_worst').first}: who could help" if may_be_rescued(worst) else ""
    if width_of(sentence) + width_of(hint) + width_of(more) > width:
        hint = ""
    text = glyphs.fit(sentence, width - width_of(hint) - width_of(more))
    style = TextStyle.BADGE_BAD if worst.severity is Severity.ACT and worst.is_open else TextStyle.WATCH
    return StyledLine((Span(text, style), Span(hint, style), Span(more, style)))


def alarm_lines(
    context: ViewContext | None, width: int, glyphs: GlyphSet, trouble: Trouble | None, keys: Sequence[Key] = KEYS
) -> list[StyledLine]:
    """`alarm_line`; why no answer comes in as many lines as that takes, since its end says what to do."""
    first = alarm_line(context, width, glyphs, trouble, keys)
    if trouble is None:
        return [first]
    most = MOST_LINES_ALONE if context is None else MOST_LINES
    return _whole(f" {glyphs.act} {trouble.sentence}", width, first.spans[0].style, glyphs, most)


def _whole(text: str, width: int, style: TextStyle, glyphs: GlyphSet, most: int) -> list[StyledLine]:
    """A text broken at the width; what would need more lines than there may be is cut off."""
    if width_of(text) <= width:
        return [glyphs.line(text, width, style)]
    lines = [f" {line}" for line in wrapped(text, width - 1, "  ")]
    return [glyphs.line(line, width, style) for line in [*lines[: most - 1], "".join(lines[most - 1 :])] if line]


def kpi_strip_lines(
    context: ViewContext | None,
    panels: Sequence[FloorPanel[Any]],
    shown: int,
    width: int,
    glyphs: GlyphSet,
    *,
    stale: bool,
) -> list[StyledLine]:
    """Every panel's key figure side by side; the open panel's is marked."""
    names: list[Span] = []
    figures: list[Span] = []
    second_figures: list[Span] = []
    for index, panel in enumerate(panels):
        cells = width * (index + 1) // len(panels) - width * index // len(panels)
        here = panel.number == shown
        name = f"{glyphs.cursor if here else ' '}{panel.number} {panel.name}"
        everything = "" if context is None else context.wider_scope(panel.section)
        if everything and len(name) + 1 + width_of(everything) < cells:
            name, everything = f"{name} {everything}", ""
        names.append(Span(glyphs.fit(name, cells), TextStyle.TITLE if here else TextStyle.QUIET))
        if context is None:
            continue
        head = panel.head(context)
        edge = Span(glyphs.cursor if here else " ", TextStyle.TITLE)
        _, figure, style = head.figure
        figure = glyphs.signed(figure, style)
        figure = glyphs.fit(figure, min(width_of(figure), cells - 2))
        room = cells - 1 - width_of(figure)
        # Where a filter does not reach, the figure is the whole floor's: a short word for it goes before the label.
        all_word = " all" if everything else ""
        labels = (f" {word}{all_word}" for word in (head.figure.label, head.short_label) if word)
        label = next((each for each in labels if width_of(each) + 1 <= room), all_word if len(all_word) <= room else "")
        label = glyphs.fit(label, room)
        figures += [edge, Span(figure, style.or_else(TextStyle.STRONG)), Span(label)]
        text, style = head.second_figure.text, head.second_figure.style
        if width_of(text) > cells - 1:
            text = head.second_in_short or text
        text = glyphs.signed(text, style)
        second_figures += [edge, Span(glyphs.fit(text, cells - 1), style)]
    state = LineState.STALE if stale else LineState.PLAIN
    return [StyledLine(padded(spans, width), state) for spans in (names, figures, second_figures)]


def secondary_line(
    context: ViewContext | None,
    panels: Sequence[FloorPanel[Any]],
    shown: int | None,
    width: int,
    glyphs: GlyphSet,
    *,
    stale: bool,
) -> StyledLine:
    """The secondary panels' key figures in one line: number and name, figure, secondary KPI."""
    heads = tuple(None if context is None else panel.head(context)._replace(facts=()) for panel in panels)
    everything = tuple(context is not None and bool(context.wider_scope(panel.section)) for panel in panels)
    return _secondary_line(tuple(panels), heads, everything, shown, width=width, glyphs=glyphs, stale=stale)


@lru_cache(maxsize=4)  # other facts of these panels change each second, these figures hardly ever
def _secondary_line(
    panels: tuple[FloorPanel[Any], ...],
    heads: tuple[PanelSummary | None, ...],
    everything: tuple[bool, ...],
    shown: int | None,
    *,
    width: int,
    glyphs: GlyphSet,
    stale: bool,
) -> StyledLine:
    spans: list[Span] = []
    for index, panel in enumerate(panels):
        cells = width * (index + 1) // len(panels) - width * index // len(panels)
        here = panel.number == shown
        cursor = f"{glyphs.cursor if here else ' '}{panel.number} "
        room = cells - len(cursor) - 1
        name, parts = _in_short(panel, heads[index], room, glyphs, everything=everything[index])
        name = cursor + name
        room = cells - 1
        for span in (Span(name, TextStyle.TITLE if here else TextStyle.QUIET), *parts):
            spans.append(Span(glyphs.fit(span.text, min(width_of(span.text), room)), span.style))
            room -= width_of(spans[-1].text)
        spans.append(blank(room + 1))
    return StyledLine(padded(spans, width), LineState.STALE if stale else LineState.PLAIN)


def _in_short(
    panel: FloorPanel[Any], head: PanelSummary | None, room: int, glyphs: GlyphSet, *, everything: bool
) -> tuple[str, Sequence[Span]]:
    """A name, and as much of figure, word and second figure as fits; the second figure is dropped before the word.

    If the short name is the word itself, one of the two is always in sight. `everything`: the figures are the whole
    floor's in spite of a filter, as a word beside them says.
    """
    if head is None:
        return panel.name, ()
    label, value, style = head.figure
    figure, word = Span(f" {glyphs.signed(value, style)}", style), Span(f" {label}", TextStyle.QUIET)
    second = head.second_figure
    second_figure = Span(f"  {glyphs.signed(second.text, second.style)}", second.style)
    all_word = (Span(" all", TextStyle.QUIET),) if everything else ()
    choices: Sequence[Sequence[Span]] = ((figure, word, *all_word), (figure, *all_word))
    if head.second_figure.text:
        choices = ((figure, word, *all_word, second_figure), (figure, *all_word, second_figure), *choices)
    short_is_word = panel.short.casefold() == label.casefold()
    for parts in choices:
        for name in (panel.name, panel.short):
            if short_is_word and (name == panel.short) is (word in parts):
                continue
            if len(name) + sum(width_of(span.text) for span in parts) <= room:
                return name, parts
    return panel.short, (figure,)


def message_lines(message: Span, width: int, glyphs: GlyphSet) -> list[StyledLine]:
    """The result of an action, in the place of the keys."""
    return _whole(f" {message.text}", width, message.style, glyphs, MOST_LINES)


@lru_cache(maxsize=8)
def keys_line(
    width: int,
    keys: tuple[Key, ...] = KEYS,
    *,
    follow_up_chosen: bool = False,
    customer_chosen: bool = False,
    alarm_chosen: bool = False,
    undoing: bool = False,
    tabs: bool = False,
    rows: bool = True,
) -> StyledLine:
    """As many keys as there is room for; always help, quit and those that work on the panel at hand."""
    known = list(
        shown_in_line(
            keys,
            follow_up_chosen=follow_up_chosen,
            customer_chosen=customer_chosen,
            alarm_chosen=alarm_chosen,
            undoing=undoing,
            tabs=tabs,
            rows=rows,
        )
    )
    last = [pair for pair in known if pair[1] in {"help", "quit"}]
    first = [pair for pair in known if pair not in last]

    def needed(pairs: Sequence[tuple[str, str]]) -> int:
        return sum(width_of(key) + width_of(word) + 3 for key, word in pairs)

    while first and needed([*first, *last]) > width:
        first.pop()
    spans: list[Span] = []
    for key, word in (*first, *last):
        spans += [Span(f" {key}", TextStyle.KEY), Span(f" {word} ", TextStyle.QUIET)]
    return StyledLine(padded(spans, width))


def too_small_lines(width: int, height: int, least_width: int, least_height: int) -> list[StyledLine]:
    """How large the terminal should be, in as many lines as that takes."""
    sentence = (
        f"ccmon needs {least_width} columns and {least_height} rows; this terminal has {width} and {height}. "
        "Please enlarge it."
    )
    lines = textwrap.wrap(sentence, max(1, width), break_long_words=False)
    return [StyledLine((Span(fit(text, width)),)) for text in lines[:height]]
