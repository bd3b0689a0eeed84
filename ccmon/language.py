"""The language of what people read: English, or the one that `use` has chosen for this process.

Texts are written in English where they are made, and looked up in the catalogue of the chosen language by `gettext`,
`ngettext` and `pgettext`, which are those of the standard library. What other programs read stays English: JSON, SQL,
metrics.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # each start imports this module before it knows what else it needs
    from gettext import NullTranslations

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "nl": "Nederlands"}
"""What there is to choose from, each by the name that it gives itself."""

_catalogue: NullTranslations | None = None
"""The texts of the chosen language; None for English, which needs none."""
_separators: dict[int, str] | None = None
"""How figures are written: the signs for those of English; None for English."""


def language_in(text: str) -> str | None:
    """The code of a language that a text names by its code, its name or a locale: nl, Nederlands, nl_BE.UTF-8."""
    code = text.replace("-", "_").replace(".", "_").replace("@", "_").partition("_")[0].lower()
    if code in LANGUAGES:
        return code
    return next((each for each, name in LANGUAGES.items() if name.lower() == code), None)


def use(language: str) -> None:
    """Choose the language of all texts from now on, by its code; call it before anything is drawn."""
    if language == ENGLISH:
        use_catalogue(None)
        return
    from gettext import translation  # noqa: PLC0415 - English must not pay for it
    from pathlib import Path  # noqa: PLC0415

    use_catalogue(translation("ccmon", Path(__file__).with_name("locales"), [language]))


def use_catalogue(catalogue: NullTranslations | None) -> None:
    """Take all texts from now on from a catalogue; None is English."""
    global _catalogue, _separators  # noqa: PLW0603 - the language is the process's
    _catalogue, _separators = catalogue, None
    if catalogue is not None:
        _separators = str.maketrans({",": pgettext("between thousands", ","), ".": pgettext("before decimals", ".")})


def is_english() -> bool:
    """Whether texts are shown as they are written in the code."""
    return _catalogue is None


def figures(text: str) -> str:
    """A number written in English, 1,234.5, as the chosen language writes it."""
    return text if _separators is None else text.translate(_separators)


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
