"""Handling: how long calls take, inbound and outbound separately."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from ccmon.formatting import count, duration, joined, mean, percent
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.model.calls import Direction
from ccmon.model.handling import HandlingFigures
from ccmon.spelling import folded
from ccmon.views import column_factories as column
from ccmon.views.columns import Cell, Column
from ccmon.views.day_course import handling_lines
from ccmon.views.incremental_sort import NOTHING, IncrementalSort
from ccmon.views.panel import Detail, Fact, FloorPanel, PanelSummary
from ccmon.views.sparkline import merged
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

KINDS = {N_("centre"): 0, N_("queue"): 1, N_("team"): 2}
MUCH_OVER = 1.1
"""Above this share of its target a handling time is worth watching."""


DIRECTIONS = {Direction.INBOUND: N_("inbound"), Direction.OUTBOUND: N_("outbound")}
DIRECTIONS_IN_SHORT = {Direction.INBOUND: N_("in"), Direction.OUTBOUND: N_("out")}
"""The names of directions, to be looked up."""


def ratio(handling: HandlingFigures) -> float | None:
    """Mean handling time over its target."""
    return handling.aht_ms / handling.target_ms if handling.aht_ms is not None and handling.target_ms else None


def style_of(handling: HandlingFigures) -> TextStyle:
    """The style of a mean compared with its target."""
    share = ratio(handling)
    if share is None:
        return TextStyle.TEXT
    if share > MUCH_OVER:
        return TextStyle.WATCH
    return TextStyle.GOOD if share <= 1 else TextStyle.TEXT


def _vs_target(handling: HandlingFigures, context: ViewContext, _width: int) -> Span:
    if handling.target_ms is None or handling.aht_ms is None:
        return Span(context.glyphs.unknown, TextStyle.QUIET)
    over = handling.aht_ms - handling.target_ms
    return Span(("+" if over > 0 else "-") + mean(abs(over)), style_of(handling))


def _direction(handling: HandlingFigures, _context: ViewContext, width: int) -> Span:
    words = DIRECTIONS if width >= len("outbound") else DIRECTIONS_IN_SHORT
    return Span(_(words[handling.direction]), TextStyle.QUIET)


def _part(title: str, attribute: str, meaning: str, rank: int) -> Column[HandlingFigures]:
    def value(handling: HandlingFigures, _context: ViewContext) -> float | None:
        total: int = getattr(handling, attribute)
        return total / handling.handled if handling.handled else None

    return column.mean(title, title, meaning, value, rank=rank)


def _composition(handling: HandlingFigures, context: ViewContext, width: int) -> Cell:
    """A bar of talk, hold and wrap-up, on one scale for all rows."""
    longest = max((each.aht_ms or 0 for each in context.snapshot.handling), default=0)
    if not handling.handled or not longest:
        return Span("")
    scale = width / longest / handling.handled
    ends = [round(handling.talk_ms * scale), round((handling.talk_ms + handling.hold_ms) * scale)]
    ends.append(round((handling.talk_ms + handling.hold_ms + handling.wrap_up_ms) * scale))
    glyphs = context.glyphs
    wrap = "+" if glyphs.ascii_only else "┅"
    hold = "." if glyphs.ascii_only else "·"
    cells = [(glyphs.bar, TextStyle.BUSY)] * ends[0] + [(hold, TextStyle.TEXT)] * (ends[1] - ends[0])
    cells += [(wrap, TextStyle.AWAY)] * (ends[2] - ends[1])
    cells = cells[:width]
    return merged(cells + [(" ", TextStyle.TEXT)] * (width - len(cells)))


COLUMNS: tuple[Column[HandlingFigures], ...] = (
    column.text("name", N_("queue, team"), N_("Queues first, then teams."),
                lambda h, v: h.name, width=12, rank=0, widest=40, by_last_word=True,
                style=lambda h, v: TextStyle.STRONG if h.kind == "centre" else TextStyle.TEXT),
    column.kind(N_("kind"),
                N_("A queue or a team: a team may be called like a queue."), lambda h: h.kind, KINDS, width=5,
                rank=2, style=TextStyle.QUIET),
    Column("direction", N_("direction"), N_("Inbound or outbound: never added up."), 4, _direction, 1, right=False,
           sort=lambda h, v: h.direction, ascending=True, short=N_("dir.")),
    column.mean("aht", N_("AHT"), N_("Average handling time: talk, hold and wrap-up over handled calls."),
                lambda h, v: h.aht_ms, width=6, rank=0, style=lambda h, v: style_of(h)),
    Column("vs_target", N_("vs target"), N_("AHT above (+) or below (-) its target."), 7, _vs_target, 2,
           sort=lambda h, v: ratio(h), short=N_("vs tgt")),
    column.mean("usual", N_("usual"),
                N_("AHT of the same weekdays of past weeks, up to eight."), lambda h, v: h.usual_aht_ms,
                width=6, style=TextStyle.QUIET),
    column.duration("median", N_("median"), N_("Half of the calls took no longer."), lambda h, v: h.median_ms, rank=3),
    column.duration("p90", N_("P90"), N_("90th percentile: nine of ten calls took no longer; unknown below 10 calls."),
                    lambda h, v: h.p90_ms, rank=4),
    column.count("handled", N_("handled"),
                 N_("Handled calls: answered and over, wrap-up included."), lambda h, v: h.handled,
                 rank=4),
    _part(N_("talk"), "talk_ms",
          N_("Mean talk per handled call; talk, hold and wrap-up add up to the AHT."), 6),
    _part(N_("hold"), "hold_ms",
          N_("Mean hold per handled call; talk, hold and wrap-up add up to the AHT."), 7),
    _part(N_("wrap-up"), "wrap_up_ms",
          N_("Mean wrap-up per handled call; talk, hold and wrap-up add up to the AHT."), 5),
    column.drawn("parts", N_("talk, hold, wrap-up"),
                 N_("Mean talk, hold and wrap-up of a call as three stretches on one "
                 "scale."), _composition, width=16, widest=32, rank=9, short=N_("parts of AHT")),
)  # fmt: skip
PRINTED_COLUMNS: tuple[Column[HandlingFigures], ...] = (
    column.mean(
        "target", N_("target"), N_("The target of the AHT."), lambda h, v: h.target_ms, rank=4, style=TextStyle.QUIET
    ),
)


def _by_name(handling: HandlingFigures, _: object) -> tuple[int, str]:
    return KINDS.get(handling.kind, 9), folded(handling.name)


def _need(handling: HandlingFigures) -> tuple[int, float, float, str]:
    share = ratio(handling)
    return KINDS.get(handling.kind, 9), -(share or 0), -(handling.aht_ms or 0), folded(handling.name)


class HandlingPanel(FloorPanel[HandlingFigures]):
    """Handling time."""

    number = 4
    section = "handling"
    name = N_("Handling")
    purpose = N_("How long calls take: talk, hold and wrap-up, inbound and outbound separately.")
    empty_message = N_("No call has been handled today.")
    default_sort_help = N_("queues, teams; each by name")
    fact_meanings = (
        (N_("AHT inbound"), N_("Average handling time of inbound calls today.")),
        (N_("AHT outbound"), N_("Average handling time of outbound calls today.")),
        (N_("median"), N_("Half of the inbound calls took no longer.")),
        (N_("P90"), N_("90th percentile: nine of ten inbound calls took no longer.")),
        (N_("handled inbound"), N_("Inbound calls handled today.")),
        (N_("handled outbound"), N_("Outbound calls handled today.")),
        (N_("wrap-up"), N_("Wrap-up's share of inbound handling time.")),
    )
    columns = COLUMNS
    printed_columns = PRINTED_COLUMNS
    printed_limit = 100
    identity_fields = ("kind", "id", "direction")

    def __init__(self) -> None:
        super().__init__()
        self._order: IncrementalSort[HandlingFigures] = IncrementalSort(_by_name, attrgetter(*self.identity_fields))

    def heading(self, row: HandlingFigures) -> str:
        """Whose calls they are."""
        return f"{row.name} ({_(row.kind)}, {_(row.direction)})"

    def summary(self, context: ViewContext) -> PanelSummary:
        """The means of inbound and outbound calls."""
        unknown = context.glyphs.unknown
        by_direction = {each.direction: each for each in context.snapshot.handling if each.kind == "centre"}
        inbound, outbound = by_direction.get(Direction.INBOUND), by_direction.get(Direction.OUTBOUND)
        out = mean(outbound.aht_ms if outbound else None, unknown)
        if inbound is None:
            figure = Fact(N_("AHT inbound"), unknown, TextStyle.QUIET)
            return PanelSummary(
                figure,
                (Fact(N_("AHT outbound"), out),),
                Span(_("{length} outbound").format(length=out)),
                short_label=N_("inbound"),
            )
        spent = inbound.talk_ms + inbound.hold_ms + inbound.wrap_up_ms
        facts = (
            Fact(N_("AHT outbound"), out, TextStyle.STRONG),
            Fact(N_("median"), duration(inbound.median_ms, unknown)),
            Fact(N_("P90"), duration(inbound.p90_ms, unknown)),
            Fact(N_("handled inbound"), count(inbound.handled)),
            Fact(N_("handled outbound"), count(outbound.handled if outbound else None, unknown)),
            Fact(N_("wrap-up"), percent(inbound.wrap_up_ms / spent if spent else None, unknown=unknown)),
        )
        figure = Fact(N_("AHT inbound"), mean(inbound.aht_ms, unknown), style_of(inbound).or_else(TextStyle.STRONG))
        return PanelSummary(figure, facts, Span(_("{length} outbound").format(length=out)), short_label=N_("inbound"))

    def remark(self, context: ViewContext, *, short: bool = False) -> str:
        """The usual remark, and why a filtered summary has no percentiles."""
        why = context.absent("handling_percentiles")
        return joined(super().remark(context, short=short), f"{context.glyphs.unknown} {why}" if why else "")

    def rows(self, context: ViewContext) -> Sequence[HandlingFigures]:
        """Queues, then teams; within each by name, so that each keeps its place."""
        return self._order.sort([each for each in context.snapshot.handling if each.kind != "centre"], NOTHING, None)

    def printed_rows(self, context: ViewContext) -> Sequence[HandlingFigures]:
        """Queues, then teams; within each, those furthest over their target first."""
        return sorted(self.rows(context), key=_need)

    def below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """The day by quarters or hours."""
        return handling_lines(context, width, height)

    def printed_below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """Nothing."""
        return ()

    def totals(self, context: ViewContext) -> Sequence[HandlingFigures]:
        """The totals of each direction."""
        return [each for each in context.snapshot.handling if each.kind == "centre" and each.handled]

    def details(self, row: HandlingFigures, context: ViewContext) -> Sequence[Detail]:
        """Sums and means."""
        unknown, handled = context.glyphs.unknown, row.handled
        details = [
            Detail(N_("Client"), row.client or unknown),
            Detail(N_("Handled today"), count(handled), TextStyle.STRONG),
            Detail(N_("Handling time")),
            Detail(N_("AHT: average handling time"), mean(row.aht_ms, unknown), style_of(row)),
            Detail(N_("target"), duration(row.target_ms, unknown)),
            Detail(N_("usual: same weekdays of past weeks"), mean(row.usual_aht_ms, unknown)),
            Detail(N_("median"), duration(row.median_ms, unknown)),
            Detail(N_("P90: nine of ten within"), duration(row.p90_ms, unknown)),
        ]
        for label, total in (
            (N_("Talk"), row.talk_ms),
            (N_("Hold"), row.hold_ms),
            (N_("Wrap-up"), row.wrap_up_ms),
        ):
            details += [
                Detail(label),
                Detail(N_("total"), duration(total)),
                Detail(N_("mean per call"), mean(total / handled if handled else None, unknown)),
            ]
        return details
