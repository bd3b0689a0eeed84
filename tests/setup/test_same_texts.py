"""Setup and ``ccmon config set`` take the same texts for a share, a length of time, a currency, a time, a number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon import time_of_day
from ccmon.configuration import value_texts
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.errors import UsageError
from ccmon.number_texts import CellError
from ccmon.plausibility import LONGEST_MS
from ccmon.setup import parsers, queue_answers, quota_answers
from ccmon.setup.discovery import Findings
from ccmon.setup.existing import QueueSetup
from ccmon.setup.machine import Machine
from ccmon.setup.question import SetupContext

CASE = SetupContext(Machine(), Findings(), intended_database=Path("/nonexistent"))


def of_queue(typed: str) -> QueueSetup:
    (queue,) = queue_answers.read(queue_answers.change(f"Sales=retention {typed}", "", CASE))
    return queue


ANSWERS: dict[tuple[str, str], Callable[[str], Any]] = {
    ("queues", "service_level_target"): lambda typed: of_queue(typed).service_level_target,
    ("queues", "service_level_threshold"): lambda typed: of_queue(typed).service_level_threshold_ms,
    ("site", "currency"): lambda typed: parsers.currency(typed, "", CASE),
    ("site", "day_starts"): lambda typed: time_of_day.parse(parsers.day_start(typed, "", CASE)),
    ("site", "time_zone"): lambda typed: parsers.time_zone(typed, "", CASE),
    ("quotas", "sales"): lambda typed: int(quota_answers.parse(typed, "", CASE)),
}
TAKEN: dict[tuple[str, str], dict[str, Any]] = {
    ("queues", "service_level_target"): {
        "85%": 0.85, "85 %": 0.85, "0.85": 0.85, ".85": 0.85, "85.25 %": 0.8525, "100%": 1.0, "0%": 0.0,
    },
    ("queues", "service_level_threshold"): {
        "15s": 15_000, "15 sec": 15_000, "2m": 120_000, "2 m": 120_000, "2 min": 120_000,
        "1:30": 90_000, "1.5 min": 90_000, "90 seconds": 90_000, "1 h": 3_600_000, "0": 0,
    },
    ("site", "currency"): {"eur": "EUR", " USD ": "USD"},
    ("site", "day_starts"): {"5": 18_000_000, "5:00": 18_000_000, "05.30": 19_800_000, "5 am": 18_000_000,
                             "05:00:00": 18_000_000, "00:00": 0},
    ("site", "time_zone"): {"Europe/Amsterdam": "Europe/Amsterdam", "amsterdam": "Europe/Amsterdam", "UTC": "UTC",
                            "New York": "America/New_York"},
    ("quotas", "sales"): {"120": 120, "1,200": 1200, "1,000,000": 1_000_000, "0": 0, "007": 7},
}  # fmt: skip
REFUSED = {
    ("queues", "service_level_target"): ["150%", "-5%", "8.5.%"],
    ("queues", "service_level_threshold"): ["15 parsecs", "1.2.3", "-5", "200 h", "1:75:90:2", "2 M"],
    ("site", "currency"): ["EURO", "€", "12"],
    ("site", "day_starts"): ["5:10", "24:00", "noon"],
    ("site", "time_zone"): ["Nowhere", "Amsterdamm"],
    ("quotas", "sales"): ["many", "1,5", "1.000", "0,500", "12,00", "-3", "12 345", "9,999,999,999"],
}


@pytest.mark.parametrize(
    ("setting", "typed", "value"), [(each, *text) for each, texts in TAKEN.items() for text in texts.items()]
)
def test_both_read_a_text_as_the_same(setting: tuple[str, str], typed: str, value: Any) -> None:
    section, column = setting
    assert value_texts.parse(own_columns(SECTIONS[section])[column], typed, parsers.NO_CONTEXT) == value
    assert ANSWERS[setting](typed) == value


@pytest.mark.parametrize(("setting", "typed"), [(each, text) for each, texts in REFUSED.items() for text in texts])
def test_both_refuse_a_text(setting: tuple[str, str], typed: str) -> None:
    section, column = setting
    with pytest.raises(CellError):
        value_texts.parse(own_columns(SECTIONS[section])[column], typed, parsers.NO_CONTEXT)
    with pytest.raises(UsageError):
        ANSWERS[setting](typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Sales=85%,15", "The time to answer in is '15' without a unit: write 15 s or 15 min."),
        ("Sales=85,5%", "'85,5%' may be one number or two: write 85.5%, or 85s 5%."),
        ("Sales=0,85", "Which of 0 and 85 is the share? Write Sales=85%,15s."),
        ("Sales=80%,90%", "Which of 80% and 90% is it? Write Sales=sales,85%,15s."),
        ("Sales=1,5 min", "Which of 1 and 5min is it? Write Sales=sales,85%,15s."),
        ("Sales=sales,service", "Which of sales and service is it? Write Sales=sales,85%,15s."),
        (
            "Sales=150%",
            "The share of callers is '150%', and must be a share of at most 100 %, such as 15 %; did you mean 15 %?",
        ),
        ("Sales=slaes", "'slaes' means nothing for a queue; write sales, service, retention, 90% or 15s."),
        ("Sales=200h", "The time to answer in is '200h', and must be from 0 s to 168 h; 168 h is nearest."),
        (
            "Sales=850%",
            "The share of callers is '850%', and must be a share of at most 100 %, such as 15 %; did you mean 85 %?",
        ),
    ],
)
def test_what_a_queue_cannot_be_given_is_told(typed: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        queue_answers.change(typed, "", CASE)
    assert str(error.value) == said


@given(st.integers(0, 10**6), st.integers(0, LONGEST_MS))
def test_a_queue_is_kept_as_it_is(share: int, threshold_ms: int) -> None:
    queue = QueueSetup("Front desk", None, share / 10**6, threshold_ms)
    (kept,) = queue_answers.read(queue_answers.written(queue))
    assert kept.service_level_target == pytest.approx(queue.service_level_target, abs=1e-12)
    assert (kept.name, kept.purpose, kept.service_level_threshold_ms) == (queue.name, None, threshold_ms)
    assert queue_answers.change(queue_answers.written(kept), "", CASE) == queue_answers.written(kept)
