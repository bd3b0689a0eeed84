"""The curve of a report as SVG within its page: no script, nothing from elsewhere, and no meaning by colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, log10
from xml.etree.ElementTree import Element

from ccmon.formatting import count
from ccmon.metrics.percentage import percent
from ccmon.report.curve import Curve, CurvePoint
from ccmon.report.elements import element
from ccmon.report.figures import Mark

WIDTH = 680
LABELS = 12
"""The most names of points for which there is room."""
LEFT, RIGHT = 58, 8
TOP, BARS, BETWEEN, LEVELS, BOTTOM = 30, 120, 50, 90, 26
HEIGHT = TOP + BARS + BETWEEN + LEVELS + BOTTOM
BARS_BASE, LEVELS_BASE = TOP + BARS, TOP + BARS + BETWEEN + LEVELS
INK, QUIET, RULE, OFFERED, LOST, LEVEL, MISSED = (
    "#1c2530", "#5b6673", "#d8dee5", "#9db9d9", "#b3261e", "#1f5fa8", "#b3261e"
)  # fmt: skip


def curve_chart(curve: Curve) -> Element:
    """Calls as bars, those lost hatched in them; below, the service level beside its target."""
    slot = (WIDTH - LEFT - RIGHT) / len(curve.points)
    top = _round_up(curve.most_offered)
    return element(
        "svg",
        element("title", f"Offered calls and service level by {'quarter of an hour' if curve.is_of_day else 'day'}"),
        element("desc", "The table below has the same figures."),
        _hatching(),
        *_scale(TOP, BARS, ("0", count(top // 2) if top % 2 == 0 else "", count(top))),
        *(each for place, point in enumerate(curve.points) for each in _bar(point, place, slot, top)),
        _text(LEFT, TOP - 12, "Offered calls, hatched: lost", class_="head"),
        _text(LEFT, BARS_BASE + BETWEEN - 12, _level_head(curve), class_="head"),
        *_scale(BARS_BASE + BETWEEN, LEVELS, ("0 %", "50 %", "100 %")),
        *_target(curve),
        *_levels(curve, slot),
        *_labels(curve.points, slot),
        class_="chart",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        xmlns="http://www.w3.org/2000/svg",
        width="100%",
    )


def _level_head(curve: Curve) -> str:
    if curve.target is None:
        return "Service level"
    return f"Service level; dashed: target {percent(curve.target)}; triangle: below it"


def _round_up(number: int) -> int:
    """A number that a scale may end with: 1, 2, 4, 5, 6 or 8 times a power of ten, or 10 for few calls."""
    if number <= 10:
        return 10
    power: int = 10 ** int(log10(number))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= number)


def _hatching() -> Element:
    line = element("path", d="M0,4 L4,0", stroke=LOST, stroke_width="1.4")
    back = element("rect", width=4, height=4, fill="#ffffff")
    pattern = element("pattern", back, line, id="lost", patternUnits="userSpaceOnUse", width=4, height=4)
    return element("defs", pattern)


def _text(x: float, y: float, words: str, *, anchor: str = "start", class_: str | None = None) -> Element:
    return element(
        "text", words, x=_number(x), y=_number(y), text_anchor=anchor, class_=class_, font_size=12, fill=QUIET
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _scale(starts: float, height: float, words: Sequence[str]) -> Iterable[Element]:
    """Three lines across, with what they stand for."""
    for place, said in enumerate(words):
        y = starts + height - height * place / (len(words) - 1)
        yield element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=_number(y), y2=_number(y), stroke=RULE, stroke_width="1")
        yield _text(LEFT - 6, y + 4, said, anchor="end")


def _bar(point: CurvePoint, place: int, slot: float, top: int) -> Iterable[Element]:
    offered, lost = point.calls.offered, min(point.calls.lost, point.calls.offered)
    if not offered:
        return
    x, width = LEFT + place * slot + slot * 0.1, slot * 0.8
    height, lost_height = BARS * offered / top, BARS * lost / top
    said = f"{point.label}: {count(offered)} calls, {count(point.calls.lost)} lost"
    yield element(
        "rect",
        element("title", said),
        x=_number(x),
        y=_number(BARS_BASE - height),
        width=_number(width),
        height=_number(height),
        fill=OFFERED,
    )
    if lost:
        yield element(
            "rect",
            x=_number(x),
            y=_number(BARS_BASE - lost_height),
            width=_number(width),
            height=_number(lost_height),
            fill="url(#lost)",
            stroke=LOST,
            stroke_width="0.6",
        )


def _level_y(level: float) -> float:
    return LEVELS_BASE - LEVELS * level


def _target(curve: Curve) -> Iterable[Element]:
    if curve.target is not None:
        y = _number(_level_y(curve.target))
        yield element(
            "line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, stroke=INK, stroke_width="1.2", stroke_dasharray="5 4"
        )


def _levels(curve: Curve, slot: float) -> Iterable[Element]:
    """A line through the known levels, broken where one is not known, and a sign at each."""
    stretch: list[str] = []
    signs = []
    for place, point in enumerate(curve.points):
        level, x = point.calls.service_level, LEFT + (place + 0.5) * slot
        if level is None:
            yield from _line(stretch)
            stretch = []
            continue
        y = _level_y(level)
        stretch.append(f"{_number(x)},{_number(y)}")
        signs.append(_sign(x, y, is_missed=curve.mark(point) is Mark.MISSED))
    yield from _line(stretch)
    yield from signs


def _line(stretch: Sequence[str]) -> Iterable[Element]:
    if len(stretch) > 1:
        yield element("polyline", points="\n".join(stretch), fill="none", stroke=LEVEL, stroke_width="1.5")


def _sign(x: float, y: float, *, is_missed: bool) -> Element:
    if not is_missed:
        return element("circle", cx=_number(x), cy=_number(y), r="2.4", fill=LEVEL)
    corners = ((x - 3.8, y - 3), (x + 3.8, y - 3), (x, y + 4))
    return element("polygon", points=" ".join(f"{_number(a)},{_number(b)}" for a, b in corners), fill=MISSED)


def _labels(points: Sequence[CurvePoint], slot: float) -> Iterable[Element]:
    """The names of the points, as many as there is room for; every second one is left out on a narrow screen."""
    hours = [place for place, point in enumerate(points) if point.label.endswith(":00")]
    # Quarters of an hour: the full hours alone.
    places = hours if hours and len(points) > len(hours) else list(range(len(points)))
    step = max(1, ceil(len(places) / LABELS))
    for number, place in enumerate(places[::step]):
        x = LEFT + place * slot + (0 if hours else slot / 2)
        yield _text(x, HEIGHT - 6, points[place].label, anchor="middle", class_="minor" if number % 2 else None)
