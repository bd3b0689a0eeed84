"""The catalogues have every text that the code marks, each translated in full, and the program reads what they say."""

from __future__ import annotations

import string

import pytest
from babel.messages.catalog import Catalog, Message

from ccmon.language import ENGLISH, LANGUAGES
from tests.languages import catalogue

each_language = pytest.mark.parametrize("language", catalogue.languages())


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogue.extracted()


def forms(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A text's forms in English, and in its language."""
    english = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    translated = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return english, translated


def parts(text: str) -> set[str]:
    """The names of what is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_each_language_has_a_catalogue() -> None:
    assert {*catalogue.languages(), ENGLISH} == LANGUAGES.keys()


@each_language
def test_every_text_is_in_it_and_nothing_else(language: str, template: Catalog) -> None:
    ours, theirs = (
        {(message.context, *forms(message)[0]) for message in catalogue.texts(each)}
        for each in (template, catalogue.catalogue(language))
    )
    assert theirs == ours, "python -m tests.languages.catalogue brings it up to date"


@each_language
def test_every_text_is_translated_in_all_forms(language: str) -> None:
    found = catalogue.catalogue(language)
    assert not found.obsolete
    for message in catalogue.texts(found):
        english, translated = forms(message)
        assert not message.fuzzy, message.id
        assert all(translated), message.id
        assert len(translated) == (1 if len(english) == 1 else found.num_plurals), message.id


@each_language
def test_what_is_filled_in_and_around_is_the_same(language: str) -> None:
    for message in catalogue.texts(catalogue.catalogue(language)):
        english, translated = forms(message)
        for place, text in enumerate(translated):
            like = english[min(place, len(english) - 1)]
            # "{n} call" may be translated as "one call", but what is filled in elsewhere must not be lost.
            assert parts(text) == parts(like) or parts(text) | {"n"} == parts(like) | {"n"}, message.id
            for edge in (str.lstrip, str.rstrip):
                assert len(text) - len(edge(text)) == len(like) - len(edge(like)), message.id
            assert "\n" not in text or "\n" in like, message.id


@each_language
def test_what_the_program_reads_is_made_of_it(language: str) -> None:
    path = catalogue.po_file(language)
    found = catalogue.catalogue(language)
    assert path.with_suffix(".mo").read_bytes() == catalogue.as_mo(found)
    assert path.read_bytes() == catalogue.as_po(catalogue.up_to_date(found, catalogue.extracted())), (
        "python -m tests.languages.catalogue writes it anew"
    )
