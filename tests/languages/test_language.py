"""Which language is spoken, and how it writes figures, lengths of time, dates and plurals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ccmon import formatting
from ccmon.errors import UsageError
from ccmon.language import gettext, ngettext, pgettext
from ccmon.language_choice import chosen
from ccmon.metrics import durations
from ccmon.metrics.percentage import percent
from tests.languages.pseudo import speaking

ZONE = ZoneInfo("Europe/Amsterdam")
AT = round(datetime(2026, 11, 23, 14, 32, 7, tzinfo=ZONE).timestamp() * 1000)
HOUR = 3_600_000


@pytest.fixture
def dutch() -> Iterator[None]:
    with speaking("nl"):
        yield


@pytest.mark.parametrize(
    ("option", "environment", "setting", "language"),
    [
        (None, {}, None, "en"),
        ("nl", {"CCMON_LANGUAGE": "en", "LANG": "en_GB.UTF-8"}, "en", "nl"),
        (None, {"CCMON_LANGUAGE": "nl"}, "en", "nl"),
        (None, {"LANG": "en_GB.UTF-8"}, "nl", "nl"),
        (None, {"LANG": "nl_NL.UTF-8"}, "en", "en"),
        (None, {"LANG": "nl_BE"}, None, "nl"),
        (None, {"LC_ALL": "nl_NL.UTF-8", "LC_MESSAGES": "C", "LANG": "C"}, None, "nl"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "nl_NL.UTF-8"}, None, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "nl_NL@euro", "LANG": "C"}, None, "nl"),
        (None, {"LANG": "de_DE.UTF-8"}, None, "en"),
        ("NL", {}, None, "nl"),
        ("Nederlands", {}, None, "nl"),
    ],
)
def test_the_language_is_what_was_asked_for_first(
    option: str | None, environment: dict[str, str], setting: str | None, language: str
) -> None:
    assert chosen(option, environment, setting) == language


@pytest.mark.parametrize(
    ("option", "environment", "setting", "sentence"),
    [
        ("nld", {}, None, "--language: there is no language 'nld'; did you mean nl?"),
        (
            None,
            {"CCMON_LANGUAGE": "nederlans"},
            None,
            "CCMON_LANGUAGE: there is no language 'nederlans'; did you mean nl?",
        ),
        (
            None,
            {},
            "fr",
            "the setting language: there is no language 'fr'; it must be en (English) or nl (Nederlands).",
        ),
    ],
)
def test_a_language_that_is_none_is_refused_with_the_nearest(
    option: str | None, environment: dict[str, str], setting: str | None, sentence: str
) -> None:
    with pytest.raises(UsageError) as refused:
        chosen(option, environment, setting)
    assert str(refused.value) == sentence


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize(
    ("write", "dutch_text", "english"),
    [
        (lambda: formatting.count(1234), "1.234", "1,234"),
        (lambda: formatting.count(-1234567), "-1.234.567", "-1,234,567"),
        (lambda: formatting.count(1234.56, decimals=1), "1.234,6", "1,234.6"),
        (lambda: formatting.count(2, decimals=1), "2,0", "2.0"),
        (lambda: formatting.count(0.25, decimals=1), "0,3", "0.3"),
        (lambda: formatting.money(123_456_789), "1.234.568", "1,234,568"),
        (lambda: formatting.amount(1505), "15,05", "15.05"),
        (lambda: formatting.amount(1_234_500, exact=True), "12.345,00", "12,345.00"),
        (lambda: percent(0.615), "62 %", "62 %"),
        (lambda: percent(0.615, 1), "61,5 %", "61.5 %"),
        (lambda: percent(0.00845, 1), "0,8 %", "0.8 %"),
        (lambda: percent(0.0085, 1), "0,9 %", "0.9 %"),
        (lambda: formatting.percent_range((0.21, 0.34)), "21 % tot 34 %", "21 % to 34 %"),
        (lambda: formatting.duration(3_905_000), "1:05:05", "1:05:05"),
        (lambda: durations.coarse(65 * 60_000), "1 u 5 min", "1 h 5 min"),
        (lambda: durations.coarse(28 * HOUR), "28 u", "28 h"),
        (lambda: durations.coarse(72 * HOUR), "3 d", "3 d"),
        (lambda: durations.spoken(171_000), "2 min 51 s", "2 min 51 s"),
        (lambda: durations.spoken(72 * HOUR), "3 dagen", "3 days"),
        (lambda: durations.in_two_units(35 * HOUR), "1 dag 11 u", "1 day 11 h"),
        (lambda: formatting.date_and_time(AT, ZONE), "ma 23 nov 2026 14:32:07", "Mon 23 Nov 2026 14:32:07"),
        (lambda: formatting.dated(AT, ZONE, AT + 72 * HOUR), "ma 23 nov 14:32", "Mon 23 Nov 14:32"),
        (lambda: formatting.dated(AT, ZONE, AT + 9000 * HOUR), "23 nov 2026 14:32", "23 Nov 2026 14:32"),
        (lambda: formatting.iso_minute(AT, ZONE), "2026-11-23 14:32", "2026-11-23 14:32"),
        (lambda: formatting.size_in_words(3_000_000_000), "2.861 MiB", "2,861 MiB"),
        (lambda: formatting.customer_name(None), "een onbekende klant", "an unknown customer"),
        (lambda: formatting.plural(1, "{n} order", "{n} orders"), "1 bestelling", "1 order"),
        (lambda: formatting.plural(1200, "{n} order", "{n} orders"), "1.200 bestellingen", "1,200 orders"),
    ],
)
def test_dutch_writes_it_so(write: Callable[[], str], dutch_text: str, english: str) -> None:
    assert write() == dutch_text
    with speaking("en"):
        assert write() == english


@pytest.mark.usefixtures("dutch")
def test_a_text_without_a_translation_stays_english() -> None:
    assert gettext("Nobody has translated this.") == "Nobody has translated this."
    assert pgettext("nowhere", "Nobody has translated this.") == "Nobody has translated this."
    assert [ngettext("{n} untranslated", "{n} of them", n) for n in (1, 2)] == ["{n} untranslated", "{n} of them"]
