"""Texts that a snapshot has in English are looked up by their form, whatever figure stands in them."""

from __future__ import annotations

from gettext import NullTranslations
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ccmon import language
from ccmon.metrics.pace import Basis
from ccmon.views.column_factories import kind_word
from ccmon.views.sales_lines import basis_text
from ccmon.views.value_entries import SUPPOSED, SUPPOSED_OF, assumption


class Marked(NullTranslations):
    """Puts each text that is looked up between brackets."""

    def gettext(self, message: str) -> str:
        """The text between brackets."""
        return f"[{message}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of a number between brackets."""
        return f"[{msgid1 if n == 1 else msgid2}]"

    def pgettext(self, context: str, message: str) -> str:
        """The context and the text between brackets."""
        return f"[{context}: {message}]"


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalogue", Marked())


@pytest.mark.parametrize("text", SUPPOSED)
def test_an_assumption_is_looked_up_as_it_is(text: str) -> None:
    """Without a figure there is nothing to take out."""
    assert assumption(text) == f"[{text}]"


@pytest.mark.parametrize("form", SUPPOSED_OF)
def test_an_assumption_with_a_figure_is_looked_up_without_it(form: str) -> None:
    """Else each figure would need a text of its own."""
    assert assumption(form.format(figure="45 %")) == f"[{form}]".format(figure="45 %")


@pytest.mark.parametrize(
    ("rests_on", "shown"),
    [
        ("5 Mondays", "[5 Mondays]"),
        ("4 days", "[4 days]"),
        ("past weeks", "[past weeks]"),
    ],
)
def test_the_days_of_a_usual_course_are_looked_up(rests_on: str, shown: str) -> None:
    """Weekdays are words of a language."""
    quota = cast("Any", SimpleNamespace(basis=Basis.USUAL_DAY, rests_on=rests_on))
    assert basis_text(quota, "-") == f"[the usual course: {shown}]"


def test_kinds_have_short_words_in_cells() -> None:
    """Where a cell is narrower than the word is in another language."""
    assert [kind_word(kind) for kind in ("client", "queue", "team")] == ["[kind: client]", "[kind: queue]", "[team]"]
