"""Names as people type them: without accents, in any case, in part, or misspelt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

ALIKE = 0.6
"""How much alike two words must be, as difflib measures it, for one to be meant by the other."""
FEWEST_LETTERS = 3
"""Of a part by which the only name that holds it is found."""
LATIN_LETTERS = str.maketrans(
    {
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ŧ": "t",
        "Ŧ": "T", "\u0131": "i", "ĸ": "k", "ŋ": "ng", "Ŋ": "NG", "þ": "th", "Þ": "Th", "æ": "ae", "Æ": "AE",
        "œ": "oe", "Œ": "OE", "ß": "ss", "ẞ": "SS", "ə": "e", "Ə": "E", "ɛ": "e", "Ɛ": "E", "ɔ": "o", "Ɔ": "O",
        "ɓ": "b", "Ɓ": "B", "ɗ": "d", "Ɗ": "D", "ƙ": "k", "Ƙ": "K", "ƴ": "y", "Ƴ": "Y", "ƒ": "f",
    }
)  # fmt: skip
"""Letters that Unicode does not take apart, each with plain ones."""


def without_accents(text: str) -> str:
    """The text with plain letters instead of Latin ones with accents: Søren becomes Soren."""
    import unicodedata  # noqa: PLC0415 (ASCII needs none of it)

    apart = unicodedata.normalize("NFKD", text)
    return "".join([each for each in apart if not unicodedata.combining(each)]).translate(LATIN_LETTERS)


def folded(text: str) -> str:
    """The text without case and accents, by which names are compared: "Zoë Lévy" becomes "zoe levy"."""
    text = text.casefold()
    return text if text.isascii() else without_accents(text)


def _itself(name: str) -> object:
    return name


def spelt(name: str, known: Iterable[str], whose: Callable[[str], object] = _itself) -> str | None:
    """The known name that is meant by a name: itself, else the only one that differs in case, or in accents, alone.

    Names for which ``whose`` gives the same are of one person or thing, and count as one.
    """
    names = list(known)
    if name in names:
        return name
    for like in (str.casefold, folded):
        found = [each for each in names if like(each) == like(name)]
        if len(set(map(whose, found))) == 1:
            return found[0]
    return None


def either(words: Sequence[str]) -> str:
    """A choice of words: "dark or light", "terminal, dark or light"."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def nearest(
    name: str, known: Iterable[str], whose: Callable[[str], object] = _itself, *, cutoff: float = ALIKE
) -> str | None:
    """The known name that is written most alike, else the only one that holds it; None if none is like it.

    ``whose`` is as for `spelt`.
    """
    import difflib  # noqa: PLC0415 (few write a wrong name)

    by_letters = {folded(each): each for each in known}
    wanted = folded(name)
    near = [by_letters[each] for each in difflib.get_close_matches(wanted, by_letters, n=1, cutoff=cutoff)]
    if not near and len(name) >= FEWEST_LETTERS:
        near = [by_letters[each] for each in by_letters if wanted in each]
    return near[0] if len(set(map(whose, near))) == 1 else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about a word that is not known: the nearest one, else all of them."""
    words = list(known)
    near = nearest(word, words)
    return f"did you mean {near}?" if near else f"there are {', '.join(words)}."
