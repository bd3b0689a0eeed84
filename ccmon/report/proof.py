"""The proof of a figure as lines for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ccmon.formatting import local_time, plain, wrapped
from ccmon.model.proofs import PageBehind
from ccmon.views.column_widths import fit_printed
from ccmon.views.columns import PRINTED_GAP, draw_row, draw_titles
from ccmon.views.counting import Addend, Amount, Measure
from ccmon.views.proofs import Proof
from ccmon.views.rows_behind import COLUMNS, COUNTS, rows_summary
from ccmon.views.styled_text import Span
from ccmon.views.view_context import ViewContext

INDENT = 2
LABELS = 16
"""The width of labels, with what stands before them."""


def proof_lines(proof: Proof, page: PageBehind | None, context: ViewContext, width: int) -> Iterator[str]:
    """A proof in lines of at most `width` cells, then the rows behind it."""
    figure = proof.figure
    yield from wrapped(f"{figure.heading}, {figure.subject}: {figure.shown}", width)
    for label, text in proof.lines:
        pieces = wrapped(text, max(20, width - (LABELS if label else INDENT)))
        for number, piece in enumerate(pieces):
            before = f"{'':{INDENT}}{'' if number else label}"
            yield f"{before:{LABELS if label else INDENT}}{piece}"
    if page is None:
        return
    yield ""
    yield rows_summary(page) + (f"; the first {len(page.rows)}" if _is_cut(page) else "")
    if page.rows:
        fitted = fit_printed(COLUMNS, width, page.rows, context)
        lines = [draw_titles(fitted, width, context, None, descending=False, gap=PRINTED_GAP)]
        lines += [draw_row(fitted, row, width, context, gap=PRINTED_GAP) for row in page.rows]
        yield from map(_text, lines)


def _text(spans: Sequence[Span]) -> str:
    return plain("".join(span.text for span in spans)).rstrip()


def _is_cut(page: PageBehind) -> bool:
    return bool(page.rows) and page.rows[0].in_all > len(page.rows)


KEYS = {
    "at": "the moment",
    "figure": "its name",
    "title": "its name on the screen",
    "subject": "whom it is about",
    "shown": "as it stands on the screen",
    "definition": "what it is, in a sentence",
    "value": "the number: a ratio from 0 to 1, seconds, cents or a count; null: unknown",
    "unit": "which of these it is: `ratio`, `s`, `cents`, `count`, `number` or `points`",
    "unknown": "why it is not shown, although it is counted; null: it is",
    "sentence": "how its parts make it; null where nothing is known",
    "counted": "what is added up: `value`, `unit` and `parts`, each with `value` and `words`; null: nothing is known",
    "divided_by": "the same of what that is divided by; null: it is not",
    "left_out": "what is in neither",
    "notes": "further sentences",
    "counted_over": "over which time, in words",
    "since": "when that begins; null for a figure of the present, or of other days",
    "data": "how old the data is, in words",
    "sql": "the statement that lists the rows behind it; null: none can be listed",
    "rows": "the rows behind it: `counts` (`for`, `against`, `neither`), `at`, `what`, `wait_s`, `spent_s`, "
    "`customer`, `queue`, `agent`; null likewise",
    "rows_in_all": "how many there are",
}
"""The keys of the object, and what they mean."""


def as_json(proof: Proof, page: PageBehind | None, context: ViewContext) -> str:
    """A proof as one JSON object; all ASCII, so that no name can control a terminal."""

    def moment(at: int | None) -> str | None:
        return None if at is None else local_time(at // 1000 * 1000, context.zone).isoformat()

    figure, counting = proof.figure, proof.counting
    unit = None if counting is None else counting.measure
    found: dict[str, Any] = {
        "at": moment(context.snapshot.at),
        "figure": figure.counted.name,
        "title": figure.title,
        "subject": figure.subject,
        "shown": figure.shown,
        "definition": figure.meaning,
        "value": None if counting is None or unit is None else _number(counting.value, unit),
        "unit": None if unit is None else unit.name,
        "unknown": counting.unknown or None if counting is not None else None,
        "sentence": proof.sentence or None,
        "counted": None if counting is None else _amount(counting.top),
        "divided_by": None if counting is None or counting.of is None else _amount(counting.of),
        "left_out": [] if counting is None else _parts(proof.left_out, counting.left_out_in),
        "notes": [] if counting is None else list(counting.notes),
        "counted_over": proof.over,
        "since": moment(proof.since),
        "data": proof.age,
        "sql": None if page is None else page.text,
        "rows": None,
        "rows_in_all": None,
    }
    if page is not None:
        found["rows_in_all"] = page.rows[0].in_all if page.rows else 0
        found["rows"] = [
            {
                "counts": COUNTS[row.counts],
                "at": moment(row.at),
                "what": row.what,
                "wait_s": None if row.wait_ms is None else row.wait_ms / 1000,
                "spent_s": None if row.spent_ms is None else row.spent_ms / 1000,
                "customer": row.who,
                "queue": row.queue,
                "agent": row.agent,
            }
            for row in page.rows
        ]
    return json.dumps(found, indent=2)


def _number(value: float | None, measure: Measure) -> float | None:
    return value if value is None or measure.divisor == 1 else value / measure.divisor


def _parts(parts: Sequence[Addend], measure: Measure) -> list[dict[str, Any]]:
    return [{"value": _number(part.value, measure), "words": part.words} for part in parts]


def _amount(amount: Amount) -> dict[str, Any]:
    measure = amount.measure
    return {"value": _number(amount.value, measure), "unit": measure.name, "parts": _parts(amount.parts, measure)}
