"""What handling times are counted from, by the keys of their columns and the labels of their facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil

from ccmon.formatting import count
from ccmon.language import N_
from ccmon.language import gettext as _
from ccmon.model.calls import Direction
from ccmon.model.handling import HandlingFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.counting import LENGTH, MEAN, SHARE, Addend, Amount, Behind, Counted, Counting, of_floor, one
from ccmon.views.view_context import ViewContext


def _times(handling: HandlingFigures) -> tuple[Addend, Addend, Addend]:
    return (
        Addend(handling.talk_ms, _("talk")),
        Addend(handling.hold_ms, _("hold")),
        Addend(handling.wrap_up_ms, _("wrap-up")),
    )


HANDLED = {Direction.INBOUND: N_("handled inbound"), Direction.OUTBOUND: N_("handled outbound")}


def _of(handling: HandlingFigures) -> Amount:
    return one(handling.handled, _(HANDLED[handling.direction]))


def _calls(handling: HandlingFigures, context: ViewContext) -> Behind | None:
    """The handled calls of a queue, of a team's agents, or of all that is shown.

    Those of agents are not listed on a screen narrowed to a client: they may work for others, too.
    """
    query = f"proof_of_{handling.direction}"
    lines = [each for each in context.snapshot.handling if each.direction is handling.direction]
    of_queues = handling.direction is Direction.INBOUND and context.filters.team is None
    if handling.kind == "queue" or (handling.kind == "centre" and of_queues):
        queues = [each.id or 0 for each in lines if each.kind == "queue" and handling.id in {None, each.id}]
        return Behind(f"{query}_of_queues", queues)
    if context.filters.client:
        return None
    if handling.kind == "centre" and not context.filters:
        return Behind(f"{query}_of_all")
    return Behind(f"{query}_of_teams", [each.id or 0 for each in lines if handling.id in {None, each.id}])


def _aht(handling: HandlingFigures, _context: ViewContext) -> Counting:
    return Counting(Amount(_times(handling), measure=LENGTH), _of(handling), MEAN)


def _vs_target(handling: HandlingFigures, _context: ViewContext) -> Counting | None:
    if handling.aht_ms is None or handling.target_ms is None:
        return None
    parts = Addend(handling.aht_ms, _("AHT")), Addend(-handling.target_ms, _("target"))
    return Counting(Amount(parts, measure=MEAN), measure=MEAN)


def _usual(handling: HandlingFigures, _context: ViewContext) -> Counting | None:
    if handling.usual_aht_ms is None:
        return None
    return Counting(
        one(handling.usual_aht_ms, _("AHT of the same weekdays of up to eight past weeks"), MEAN), measure=MEAN
    )


def _rank(handling: HandlingFigures, value: int | None, share: float) -> Counting | None:
    if value is None:
        return None
    place = max(1, ceil(share * handling.handled - 1e-9))
    words = _("handling time of call {place} of {n}, the shortest first").format(
        place=count(place), n=count(handling.handled)
    )
    return Counting(one(value, words, LENGTH), measure=LENGTH)


def _median(handling: HandlingFigures, _context: ViewContext) -> Counting | None:
    return _rank(handling, handling.median_ms, 0.5)


def _p90(handling: HandlingFigures, _context: ViewContext) -> Counting | None:
    return _rank(handling, handling.p90_ms, 0.9)


def _handled(handling: HandlingFigures, context: ViewContext) -> Counting:
    lines = [each for each in context.snapshot.handling if each.direction is handling.direction]
    parts = [Addend(each.handled, each.name) for each in lines if each.kind == "queue"]
    if handling.kind == "centre" and sum(part.value for part in parts) == handling.handled:
        return Counting(Amount(parts or [Addend(0, _("handled"))], _(HANDLED[handling.direction])))
    return Counting(_of(handling))


def _part(place: int) -> Callable[[HandlingFigures, ViewContext], Counting]:
    """The mean of talk, hold or wrap-up."""

    def counting(handling: HandlingFigures, _context: ViewContext) -> Counting:
        length, words = _times(handling)[place]
        return Counting(one(length, words, LENGTH), _of(handling), MEAN)

    return counting


def _wrap_up_share(handling: HandlingFigures, _context: ViewContext) -> Counting:
    times = _times(handling)
    return Counting(Amount(times[2:], measure=LENGTH), Amount(times, measure=LENGTH), SHARE)


HANDLING: Mapping[str, Counted[HandlingFigures]] = {
    "aht": Counted("aht", _aht, _calls),
    "vs_target": Counted("aht_vs_target", _vs_target, _calls),
    "usual": Counted("usual_aht", _usual, over=N_("the same weekdays of past weeks")),
    "median": Counted("median", _median, _calls),
    "p90": Counted("p90", _p90, _calls),
    "handled": Counted("handled", _handled, _calls),
    "talk": Counted("talk", _part(0), _calls),
    "hold": Counted("hold", _part(1), _calls),
    "wrap-up": Counted("wrap_up", _part(2), _calls),
}
"""By the keys of the columns."""


def _centre(counted: Counted[HandlingFigures], direction: Direction, name: str = "") -> Counted[FloorSnapshot]:
    """A figure of all that is shown, in one direction."""

    def line(floor: FloorSnapshot) -> HandlingFigures | None:
        return next((each for each in floor.handling if each.kind == "centre" and each.direction is direction), None)

    return of_floor(counted, line)._replace(name=name or f"{counted.name}_{direction}")


FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "AHT inbound": _centre(HANDLING["aht"], Direction.INBOUND),
    "AHT outbound": _centre(HANDLING["aht"], Direction.OUTBOUND),
    "median": _centre(HANDLING["median"], Direction.INBOUND),
    "P90": _centre(HANDLING["p90"], Direction.INBOUND),
    "handled inbound": _centre(HANDLING["handled"], Direction.INBOUND),
    "handled outbound": _centre(HANDLING["handled"], Direction.OUTBOUND),
    "wrap-up": _centre(Counted("wrap_up_share", _wrap_up_share, _calls), Direction.INBOUND, "wrap_up_share"),
}
"""By the labels of the facts in the head."""
