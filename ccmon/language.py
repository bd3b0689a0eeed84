"""The language of what people read: English, or the one that `use` has chosen for this process.

Texts are written in English where they are made, and looked up in the catalogue of the chosen language by `gettext`, `ngettext` and
`pgettext`, which are those of the standard library. What other programs read stays English: JSON, SQL, metrics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "nl": "Nederlands"}
"""What there is to choose from, each by the name that it gives itself."""

_catalogue: NullTranslations | None = None
"""The texts of the chosen language; None for English, which needs none."""


def use(language: str) -> None:
    """Choose the language of all texts from now on, by its code; call it before anything is drawn."""
    global _catalogue
    if language == ENGLISH:
        _catalogue = None
        return
    from gettext import translation  # noqa: PLC0415 - English must not pay for it
    from pathlib import Path  # noqa: PLC0415

    _catalogue = translation("ccmon", Path(__file__).with_name("locales"), [language])


def gettext(text: str) -> str:
    """The text in the chosen language."""
    return text if _catalogue is None else _catalogue.gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The form of a text that goes with a number."""
    if _catalogue is None:
        return one if number == 1 else many
    return _catalogue.ngettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """The text in the chosen language, of those alike the one that is meant in a context."""
    return text if _catalogue is None else _catalogue.pgettext(context, text)


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools and readers know
    """Mark a text of a constant for translation; whoever shows it calls `gettext`."""
    return text
