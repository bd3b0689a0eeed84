"""The rows behind a figure: what counts for it and what against it, by the definitions of the totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ccmon.database.total_sql import answers
from ccmon.database.total_sql.definitions import TOTALS, Part
from ccmon.database.total_sql.sql_fragments import expanded, fill, indented, known_rows, templates

_LISTED = "_listed"
_PLACE = re.compile(r"{(\w+)}")
_FROM_DAY = "entered_at >= :day_starts_at AND entered_at < :day_ends_at AND entered_at <= :at"
_OPEN = "entered_at > :at - :max_open_ms AND entered_at <= :at"
OF_THE_PRESENT = frozenset({"waiting", "talking"})
"""What is counted of calls of any day, while they go on."""
STATES = frozenset({"states", "pauses", "occupancy"})
ANSWERS = frozenset({"satisfaction", "nps"})
WHOLE = frozenset({"missed", "sales", "conversion"})
"""What has a statement of its own."""
SCOPES = ("queues", "agents", "teams", "all")
PREFIX = "proof_of_"


def names() -> Iterable[str]:
    """The names of the queries; those of calls and of answers, each with the scope that it lists."""
    figures = [name.removesuffix(_LISTED) for name in templates() if name.endswith(_LISTED)]
    of_calls = [name for name in figures if name not in STATES]
    yield from (f"{PREFIX}{name}_of_{scope}" for name in (*of_calls, *sorted(ANSWERS)) for scope in SCOPES)
    yield from (f"{PREFIX}{name}" for name in (*sorted(STATES), *sorted(WHOLE)))


def proof(name: str) -> str:
    """The query of that name."""
    figure = name.removeprefix(PREFIX)
    if figure in WHOLE:
        rows = _filled(f"{PREFIX}{figure}")
    elif figure in STATES:
        rows = _filled(f"{PREFIX}agent_states", counts=f"{figure}_counts", listed=f"{figure}_listed")
    else:
        figure, _, scope = figure.rpartition("_of_")
        counts = f"{figure}_counts"
        if figure in ANSWERS:
            rows = _filled(
                f"{PREFIX}answers", counts=counts, question=f"{figure}_question", scope=f"answers_of_{scope}"
            )
        else:
            rows = _filled(f"{PREFIX}calls", counts=counts, listed=f"{figure}_listed", scope=f"of_{scope}")
        if figure in OF_THE_PRESENT:
            rows = rows.replace(_FROM_DAY, _OPEN).replace("call.entered_at >= :since AND ", "")
    rows = rows.replace("day.starts_at", ":day_starts_at").replace("day.ends_at", ":day_ends_at")
    return fill("proof", rows=indented(rows))


def _filled(template: str, **named: str) -> str:
    """A template in which conditions are put in for their names, and other templates for those that are `named`."""
    text = templates()[template]
    while _PLACE.search(text):
        text = _PLACE.sub(lambda found: _filling(named.get(found[1], found[1])), text)
    return text


def _filling(name: str) -> str:
    if name == "known":
        return indented(known_rows("call", f"{fill('calls_known')} "))
    if name == "answers":
        return indented(answers.answers_at())
    return _conditions()[name] if name in _conditions() else templates()[name]


def _conditions() -> Mapping[str, str]:
    """The conditions of columns of totals by name, and further ones that these are made of."""
    visits, missed = TOTALS["queue_quarters"].parts[0], TOTALS["agent_days"].parts[1]
    return {
        **_of(visits),
        **_of(missed),
        "of_queue": f"({expanded(visits.where)})",
        "missed": f"({expanded(missed.where)})",
        "threshold_ms": expanded("call.threshold_ms"),
        "is_sales_call": expanded("call.is_sales_call"),
        "converts": expanded("sale.converts"),
    }


def _of(part: Part) -> Mapping[str, str]:
    return {name: f"({expanded(terms[0].condition)})" for name, terms in part.columns.items() if terms[0].condition}
