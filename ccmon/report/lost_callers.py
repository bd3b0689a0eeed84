"""The table of lost callers: who has not been reached since (metrics.md 2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from ccmon.formatting import count, dated, plural
from ccmon.model.lost_callers import LostCaller, LostCallers
from ccmon.model.stretches import StretchKind
from ccmon.report.figures import Better, Figure, Unit
from ccmon.report.parts import Narrowed
from ccmon.report.tables import ReportColumn, Table, row, without_unknown

CALLERS_SHOWN = 10
CALLER_COLUMNS = (
    ReportColumn("name", "Caller", Unit.TEXT, "The customer, else the number."),
    ReportColumn("phone", "Number", Unit.TEXT, rank=1),
    ReportColumn("queue", "Queue", Unit.TEXT, "The queue of the last lost call."),
    ReportColumn("lost_at", "At", Unit.TEXT, "When the last call was lost."),
    ReportColumn("waited_ms", "Waited", Unit.LENGTH, "How long the caller waited then."),
    ReportColumn("times", "Times", Unit.COUNT, "Lost calls of the caller on this day.", rank=3),
    ReportColumn("state", "State", Unit.TEXT, "Where not all are to be called back."),
)


def known_callers(narrowed: Narrowed) -> LostCallers | None:
    """The lost callers of a day; None where they are not known, as for other stretches of time."""
    is_day = narrowed.stretch.kind is StretchKind.DAY
    return narrowed.floor.lost_callers if is_day and narrowed.recorded.calls else None


def caller_figures(narrowed: Narrowed) -> Iterator[Figure]:
    """How many callers were lost, and how many of them are still to be called back."""
    found = known_callers(narrowed)
    if found is None:
        return
    label = f"To call back {narrowed.as_of}"
    yield Figure(key="lost_callers", label="Lost callers", unit=Unit.COUNT, value=found.callers, better=Better.LESS)
    yield Figure(key="to_call_back", label=label, unit=Unit.COUNT, value=found.to_call_back, better=Better.LESS)


def lost_callers(narrowed: Narrowed) -> Table | None:
    """The lost callers whom nobody has reached since, the longest waits first; None where they are not known."""
    found = known_callers(narrowed)
    if found is None:
        return None
    are_alike = found.promised == found.waiting == 0
    waiting = sorted(
        (caller for caller in found.items if caller.state.is_open),
        key=lambda caller: (-caller.waited_ms, caller.lost_at, caller.id),
    )
    return without_unknown(
        Table(
            key="lost_callers",
            title=f"Lost callers not reached {narrowed.as_of}",
            columns=CALLER_COLUMNS,
            rows=tuple(
                row(
                    _name(caller),
                    caller.phone if caller.customer else None,
                    caller.queue,
                    dated(caller.lost_at, narrowed.zone, narrowed.floor.at),
                    caller.waited_ms,
                    caller.times,
                    None if are_alike else caller.state.value,
                )
                for caller in waiting[:CALLERS_SHOWN]
            ),
            order=" ".join(_order(found, len(waiting), narrowed)),
            empty=" ".join(("Nobody is left to call back.", *_what_became(found, narrowed))),
        )
    )


def _name(caller: LostCaller) -> str:
    return caller.customer or caller.phone or "unknown"


def _order(found: LostCallers, waiting: int, narrowed: Narrowed) -> Iterator[str]:
    if waiting > CALLERS_SHOWN:
        yield f"The {CALLERS_SHOWN} longest waits of {count(waiting)}."
    else:
        yield "The longest waits first."
    yield from _what_became(found, narrowed)


def _what_became(found: LostCallers, narrowed: Narrowed) -> Iterator[str]:
    """What became of all lost callers, and who is not among them."""
    if found.callers:
        states = (
            (found.to_call_back, "to call back"),
            (found.promised, "promised a call"),
            (found.waiting, "waiting again"),
            (found.called_again, "answered when they called again"),
            (found.called_back, "called back"),
            (found.withheld, "with a withheld number"),
        )
        became = ", ".join(f"{count(number)} {what}" for number, what in states if number)
        callers = plural(found.callers, "{n} lost caller", "{n} lost callers")
        yield f"{callers}, {plural(found.calls, '{n} lost call', '{n} lost calls')}: {became}."
    diverted = narrowed.covered.floor.total.diverted
    if diverted:
        calls = plural(diverted, "{n} diverted call", "{n} diverted calls")
        yield f"Who left by a key or was moved on is not lost: {calls}."
