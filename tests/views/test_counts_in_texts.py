"""Words beside a count have the number of the count: 1 order that stands, 2 orders that stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from ccmon.formatting import UNKNOWN
from ccmon.report.text import status_lines
from ccmon.views.alarms import alarm_sentence
from ccmon.views.all_panels import panels
from ccmon.views.view_context import ViewContext
from tests.goldens.moments import floor_of

NOT_COUNTED = re.compile(r".*(_ms|_at|_cents|_id|id|at|number|score|scale|severity|share|days_ago|since)")
NOUNS = "call|order|customer|agent|day|gap|answer|sale|line|record|visit|quarter|person|caller|month|week|team|queue"
BEFORE = rf"(?<![\d.,:{UNKNOWN}-])\b"
BETWEEN = "(?:more |past |sales |retention |promised |right |new |kept |very low )*"
WRONG_FOR_ONE = re.compile(
    rf"{BEFORE}1 {BETWEEN}(?:(?:{NOUNS})s\b(?! calls?\b)|(?:{NOUNS}) (?:that )?(?:are|have|owe|stand|wait)\b)"
)
WRONG_FOR_OTHERS = re.compile(rf"{BEFORE}[02] {BETWEEN}(?:{NOUNS})\b")


def counting(value: Any, number: int) -> Any:
    """The same record with another number in place of each of its counts."""
    if isinstance(value, Struct):
        found = {}
        for field in fields(value):
            old = getattr(value, field.name)
            is_count = type(old) is int and NOT_COUNTED.fullmatch(field.name) is None
            found[field.name] = number if is_count else counting(old, number)
        return replace(value, **found)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(counting(each, number) for each in value)
    return value


def texts(number: int) -> Iterator[str]:
    floor = counting(floor_of("by_hand"), number)
    context = ViewContext.of(floor)
    for line in status_lines(context, 200):
        yield "".join(span.text for span in line)
    for alarm in floor.alarms:
        yield alarm_sentence(alarm, floor)
    for panel in panels():
        for tab in panel.tabs:
            for label, value, _ in tab.summary(context).facts:
                yield f"{label} {value}"
            for row in tab.rows(context):
                for detail in tab.details(row, context):
                    yield detail.value
                    yield detail.label


@pytest.mark.parametrize("number", [0, 1, 2])
def test_words_have_the_number_of_their_count(number: int) -> None:
    wrong = WRONG_FOR_ONE if number == 1 else WRONG_FOR_OTHERS
    found = sorted({text for text in texts(number) if wrong.search(text)})
    assert found == []
