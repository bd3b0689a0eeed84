"""Names are found without accents, in any case, in part, or misspelt."""

from __future__ import annotations

import unicodedata

import pytest

from ccmon.spelling import either, folded, nearest, spelt, suggestion


@pytest.mark.parametrize(
    ("name", "text"),
    [("Zoë Lévy", "zoe levy"), ("ZOE\u0308", "zoe"), ("Søren Łukasz", "soren lukasz"), ("Groß", "gross"), ("李", "李")],
)
def test_letters_are_compared_without_case_and_accents(name: str, text: str) -> None:
    assert folded(name) == folded(text) == text
    assert folded(unicodedata.normalize("NFD", name)) == text


def test_a_name_that_two_have_is_nobodys_unless_it_is_spelt_as_one_of_them() -> None:
    known = ["Zoë", "zoe", "Zoé", "Eve Lévy"]
    assert [spelt(name, known) for name in ("Zoë", "zoe", "ZOE", "zoê", "EVE LEVY", "eve")] == [
        "Zoë",
        "zoe",
        "zoe",
        None,
        "Eve Lévy",
        None,
    ]
    assert spelt("zoê", known, whose=lambda name: name == "Eve Lévy") == "Zoë", "all of one person"


def test_the_nearest_is_the_most_alike_or_the_only_one_that_holds_it() -> None:
    known = ["Zoë Durand", "Eve Lévy", "Éva Kiss"]
    assert [nearest(name, known) for name in ("eve", "zoe durant", "levi", "durand", "xx")] == [
        "Eve Lévy",
        "Zoë Durand",
        None,
        "Zoë Durand",
        None,
    ]


def test_the_nearest_word_is_found_whatever_its_capitals() -> None:
    assert nearest("salse", ["Sales", "Service"]) == "Sales"
    assert nearest("xyz", ["Sales", "Service"]) is None
    assert suggestion("xyz", ["Sales", "Service"]) == "there are Sales, Service."


def test_a_word_within_a_single_name_is_near_it() -> None:
    queues = ["sales@default", "support@default"]
    assert nearest("sales", queues) == "sales@default"
    assert nearest("target", ["service_level_target", "handling_time_target"]) is None
    assert nearest("sa", queues) is None
    assert nearest("suport@default", queues) == "support@default"


def test_a_choice_of_words_is_written_as_a_sentence_has_it() -> None:
    assert [either(words) for words in (["dark"], ["dark", "light"], ["terminal", "dark", "light"])] == [
        "dark", "dark or light", "terminal, dark or light",
    ]  # fmt: skip
