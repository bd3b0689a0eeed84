"""The course of the day by quarters of an hour: curves in the rows of queues, and the table under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from ccmon.formatting import clock, count, local_time
from ccmon.metrics.means import average
from ccmon.model.queues import Quarter, QueueFigures
from ccmon.time_units import HOUR_MS, QUARTER_MS
from ccmon.views import column_factories as column
from ccmon.views.column_widths import fit_columns
from ccmon.views.columns import Cell, Column, draw_row, draw_titles
from ccmon.views.sparkline import curve, merged
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext

WITHIN_TARGET = 2
"""Heights of a curve that say that the target of the service level was met; those above say by how much it was not."""
LEAST_LINES = 6
"""With less room than this there is no table."""


def quarter_starts(context: ViewContext, number: int) -> Sequence[int]:
    """The starts of the latest quarters, the present one last: of all queues the same."""
    when = context.when("known_until")
    latest = when.at - when.at % QUARTER_MS
    when.note(latest + QUARTER_MS)
    return range(latest - (number - 1) * QUARTER_MS, latest + QUARTER_MS, QUARTER_MS)


def _latest(queue: QueueFigures, context: ViewContext, number: int) -> list[Quarter | None]:
    """The queue's latest quarters; None where nobody called."""
    known = {quarter.starts_at: quarter for quarter in queue.quarters[-number:]}
    return [known.get(start) for start in quarter_starts(context, number)]


def offered_curve(queue: QueueFigures, context: ViewContext, width: int) -> Cell:
    """Calls offered in each quarter, on the queue's own scale."""
    offered = [None if each is None else each.offered for each in _latest(queue, context, width)]
    return Span(curve(offered, width, context.glyphs), TextStyle.BUSY)


def outside_curve(queue: QueueFigures, context: ViewContext, width: int) -> Cell:
    """The share of callers outside the service level in each quarter: low is good, and high what needs a person."""
    glyphs, target = context.glyphs, queue.service_level_target
    cells = []
    for quarter in _latest(queue, context, width):
        level = None if quarter is None else quarter.service_level
        height = 0 if level is None else height_outside(level, target, len(glyphs.heights) - 1)
        cells.append((glyphs.heights[height], TextStyle.WATCH if height > WITHIN_TARGET else TextStyle.BUSY))
    return merged(cells)


def height_outside(level: float, target: float | None, highest: int) -> int:
    """The height from 1 up that shows a service level: at most `WITHIN_TARGET` where it reaches the target."""
    outside = 1 - level
    if target is None:
        return 1 + round(outside * (highest - 1))
    if level >= target:
        return 1 if outside <= (1 - target) / 2 else WITHIN_TARGET
    steps = highest - WITHIN_TARGET
    return WITHIN_TARGET + min(steps, 1 + int((target - level) / target * steps))


def hours(context: ViewContext, width: int) -> str:
    """The hours under a curve, each under the quarter that begins with it."""
    text = [" "] * width
    for place, start in enumerate(quarter_starts(context, width)):
        moment = local_time(start, context.zone)
        label = str(moment.hour)
        if moment.minute == 0 and place + len(label) <= width:
            text[place : place + len(label)] = label
    return "".join(text)


class _Part(Struct, frozen=True):
    """A quarter or an hour of the day."""

    starts_at: int
    quarters: tuple[Quarter, ...]
    usual: float | None
    """Calls usually offered in it; None where no past day says."""
    is_over: bool

    def sum(self, name: str) -> int:
        """A count of its quarters."""
        return sum([getattr(quarter, name) for quarter in self.quarters])

    @property
    def service_level(self) -> float | None:
        """Share answered within the threshold."""
        within = self.sum("answered_in_threshold")
        return average(within, self.sum("answered") - self.sum("answered_without_wait") + self.sum("lost"))


def _asa(part: _Part) -> float | None:
    return average(part.sum("answered_wait_ms"), part.sum("answered") - part.sum("answered_without_wait"))


def _aht(part: _Part) -> float | None:
    return average(part.sum("talk_ms") + part.sum("hold_ms") + part.sum("wrap_up_ms"), part.sum("handled"))


def _counted(name: str) -> Callable[[_Part, ViewContext], float | None]:
    return lambda part, _context: part.sum(name)


def _level_style(part: _Part, context: ViewContext) -> TextStyle:
    level, target = part.service_level, context.snapshot.total.service_level_target
    if level is None or target is None:
        return TextStyle.TEXT
    return TextStyle.GOOD if level >= target else TextStyle.WATCH


def _vs_usual(part: _Part, context: ViewContext, _width: int) -> Span:
    if not part.usual or not part.is_over:
        return Span(context.glyphs.unknown, TextStyle.QUIET)
    return Span(f"{part.sum('offered') / part.usual:.1f} x")


DAY_COLUMNS: tuple[Column[_Part], ...] = (
    column.clock("at", "at", "When the quarter or the hour begins.", lambda p, v: p.starts_at, rank=0, width=9),
    column.count("offered", "offered", "Calls offered in it.", _counted("offered"), rank=1),
    column.count("usual", "usual", "Calls usually offered in the whole of it: mean of the same weekdays.",
                 lambda p, v: p.usual, rank=2, style=TextStyle.QUIET),
    Column("vs_usual", "vs usual", "Offered over usual, once it is over.", 8, _vs_usual, 3),
    column.count("answered", "answered", "Of them, answered.", _counted("answered"), rank=5),
    column.count("lost", "lost", "Of them, lost.", _counted("lost"), width=4, rank=1),
    column.percentage("level", "SL", "Service level of the calls that have ended.", lambda p, v: p.service_level,
                      rank=1, style=_level_style),
    column.mean("asa", "ASA", "Average speed of answer.", lambda p, v: _asa(p), rank=4),
    column.mean("aht", "AHT", "Average handling time.", lambda p, v: _aht(p), rank=4),
)  # fmt: skip
"""The day, under the queues."""


HANDLING_COLUMNS: tuple[Column[_Part], ...] = (
    column.clock("at", "at", "When the quarter or the hour begins.", lambda p, v: p.starts_at, rank=0, width=9),
    column.count("handled", "handled", "Calls handled that entered in it.", _counted("handled"), rank=1),
    column.mean("aht", "AHT", "Average handling time.", lambda p, v: _aht(p), rank=1, width=6),
    column.mean("talk", "talk", "Mean talk.", lambda p, v: average(p.sum("talk_ms"), p.sum("handled")), rank=2),
    column.mean("hold", "hold", "Mean hold.", lambda p, v: average(p.sum("hold_ms"), p.sum("handled")), rank=2),
    column.mean("wrap-up", "wrap-up", "Mean wrap-up.", lambda p, v: average(p.sum("wrap_up_ms"), p.sum("handled")),
                rank=2),
)  # fmt: skip
"""The inbound calls of the day, under the handling times."""


def day_lines(context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
    """The day of all queues shown by quarters, or by hours where there is no room for all quarters; the latest last."""
    return _table(DAY_COLUMNS, "The day", context, width, height)


def handling_lines(context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
    """The same of how long calls of queues took; queues know no teams."""
    return () if context.filters.team is not None else _table(HANDLING_COLUMNS, "Inbound", context, width, height)


def _table(
    columns: Sequence[Column[_Part]], what: str, context: ViewContext, width: int, height: int
) -> Sequence[tuple[Span, ...]]:
    total = context.snapshot.total
    if height < LEAST_LINES or not total.quarters:
        return ()
    length, room = QUARTER_MS, height - 3
    if (total.quarters[-1].starts_at - total.quarters[0].starts_at) // QUARTER_MS + 1 > room:
        length = HOUR_MS
    [present] = quarter_starts(context, 1)
    cache = context.cache
    look = width, room, context.glyphs, context.zone, total.service_level_target

    def make() -> Sequence[tuple[Span, ...]]:
        fitted = cache.get((what, "columns"), (width,), lambda: fit_columns(columns, width, {}))
        titles = draw_titles(fitted, width, context, None, descending=False)
        by = "quarters of an hour" if length == QUARTER_MS else "hours"
        so_far = _so_far(total, context, present) if columns is DAY_COLUMNS else ""
        title = Span(context.glyphs.fit(f"{what} by {by}{so_far}", width), TextStyle.QUIET)
        drawn = [
            cache.get((what, place), (part, fitted, look), draw_row, fitted, part, width, context)
            for place, part in enumerate(_parts(total, context, length, present)[-room:])
        ]
        return ((blank(width),), (title,), titles, *drawn)

    # Most changes of the total are none of these.
    return cache.get((what, "lines"), (total.quarters, total.usual_offered, present, look), make)


def _so_far(total: QueueFigures, context: ViewContext, present: int) -> str:
    """Calls offered before the present quarter beside those that the same weekdays had by then; empty: none known."""
    if not total.usual_offered:
        return ""
    before = (present - context.snapshot.day.starts_at) // QUARTER_MS
    usual = sum(number for place, number in total.usual_offered.items() if place < before)
    offered = sum(quarter.offered for quarter in total.quarters if quarter.starts_at < present)
    return f": {count(offered)} offered by {clock(present, context.zone)}, usually {count(usual)} (same weekdays)"


def _parts(total: QueueFigures, context: ViewContext, length: int, present: int) -> Sequence[_Part]:
    """The parts of the day from the first with a call to the last, by the wall clock."""
    usual, day_starts_at = total.usual_offered, context.snapshot.day.starts_at
    found: dict[int, list[Quarter]] = {}
    shift = _minutes_off(total.quarters[0].starts_at, context) if length == HOUR_MS else 0
    for quarter in total.quarters:
        found.setdefault((quarter.starts_at + shift) // length * length - shift, []).append(quarter)
    first, last = min(found), max(found)
    return [
        _Part(
            start,
            tuple(found.get(start, ())),
            _usual(usual, start - day_starts_at, length),
            is_over=start + length <= present,
        )
        for start in range(first, last + length, length)
    ]


def _minutes_off(at: int, context: ViewContext) -> int:
    """How far the hours of the wall clock are from those of UTC, in milliseconds."""
    offset = local_time(at, context.zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000) % HOUR_MS


def _usual(usual: Mapping[int, float], since: int, length: int) -> float | None:
    """Calls usually offered in a part of the day that begins so many milliseconds after the day."""
    if not usual:
        return None
    first = since // QUARTER_MS
    return sum(usual.get(place, 0.0) for place in range(first, first + length // QUARTER_MS))
