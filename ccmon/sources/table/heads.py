"""The usual heads of columns and words of cells in five languages, as ``heads.toml`` lists them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ccmon.spelling import folded

EXACT, PARTLY = 2, 1
"""How well a head fits: it is the usual one, or begins or ends with it."""
OWN_NAME = 3
"""A column that is called as in ccmon."""
_ENGLISH = "en"
_FEWEST_LETTERS = 4
"""Of a usual head with which another may begin or end."""


class HeadMatch(NamedTuple):
    """How well a head fits a column; the greater fits better."""

    level: int
    rank: int
    """0 for the most usual head, else below 0."""
    languages: tuple[str, ...]


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("heads.toml").read_text(encoding="utf-8"))


def words_of(head: str) -> list[str]:
    """The words of a head, without case, accents and punctuation; OrderId is two."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", head.replace("\u00b0", "o"))
    return re.findall(r"[^\W_]+", folded(apart))


def squeezed(head: str) -> str:
    """The words of a head in one: whether they are written as one says nothing."""
    return "".join(words_of(head))


@cache
def _usual(kind: str, column: str) -> Mapping[str, Sequence[str]]:
    """The usual heads of a column by language."""
    table = _table()
    found: Mapping[str, Sequence[str]] = table.get(kind, {}).get(column) or table["shared"].get(column, {})
    return found


@cache
def _every() -> frozenset[str]:
    """All usual heads, squeezed."""
    kinds = [columns for kind, columns in _table().items() if kind not in {"kinds", "words"}]
    by_language = [languages for columns in kinds for languages in columns.values()]
    return frozenset(squeezed(head) for languages in by_language for usual in languages.values() for head in usual)


def is_usual(head: str) -> bool:
    """Whether a column of any kind is usually called so."""
    return squeezed(head) in _every()


def columns_of(kind: str) -> list[str]:
    """The columns of a kind that have usual heads of their own."""
    return list(_table().get(kind, {}))


def is_shared(kind: str, column: str) -> bool:
    """Whether several kinds have a column: its head does not tell the kind."""
    return column not in _table().get(kind, {})


def match(kind: str, column: str, head: str) -> HeadMatch | None:
    """How well a head fits a column of a kind; None if it does not."""
    if squeezed(head) == squeezed(column):
        return HeadMatch(OWN_NAME, 0, (_ENGLISH,))
    usual = _usual(kind, column)
    without_note = re.sub(r"\s*[(\[].*?[)\]]\s*", " ", head).strip()
    for said in dict.fromkeys((head, without_note)):
        ranks = {
            language: [squeezed(each) for each in heads].index(squeezed(said))
            for language, heads in usual.items()
            if squeezed(said) in map(squeezed, heads)
        }
        if ranks:
            return HeadMatch(EXACT, -min(ranks.values()), tuple(ranks))
    words = words_of(without_note)
    parts = {
        (language, rank): each
        for language, heads in usual.items()
        for rank, each in enumerate(heads)
        if _begins_or_ends(words, words_of(each))
    }
    if not parts:
        return None
    longest = max(parts, key=lambda part: len(squeezed(parts[part])))
    return HeadMatch(PARTLY, len(squeezed(parts[longest])), (longest[0],))


def _begins_or_ends(words: Sequence[str], usual: Sequence[str]) -> bool:
    number = len(usual)
    return (
        number < len(words)
        and len("".join(usual)) >= _FEWEST_LETTERS
        and (list(words[:number]) == list(usual) or list(words[-number:]) == list(usual))
    )


def english(kind: str, head: str) -> str | None:
    """The first English head of the column that a head in another language names; None: it is English, or none."""
    found = [(column, match(kind, column, head)) for column in columns_of(kind)]
    exact = [(column, each) for column, each in found if each is not None and each.level == EXACT]
    if not exact or any(_ENGLISH in each.languages for _, each in exact):
        return None
    column, _ = max(exact, key=lambda pair: pair[1].rank)
    return str(_usual(kind, column)[_ENGLISH][0])


def kinds_named(text: str) -> set[str]:
    """The kinds that a file's name names."""
    said = squeezed(text)
    return {kind for kind, names in _table()["kinds"].items() if any(squeezed(name) in said for name in names)}


def meaning(column: str, word: str) -> str | None:
    """What a cell of a column with few words means; None if that is not known."""
    for meant, words in _table()["words"].get(column, {}).items():
        if squeezed(word) in {squeezed(meant), *map(squeezed, words)}:
            return str(meant)
    return None


def meaning_in(column: str, texts: Iterable[str]) -> str | None:
    """The word of a column that one of some texts holds, such as a month in "Monatsziel"; None for none."""
    said = [squeezed(text) for text in texts]
    for meant, words in _table()["words"].get(column, {}).items():
        long = [squeezed(word) for word in words if len(squeezed(word)) >= _FEWEST_LETTERS]
        if any(word in text for word in long for text in said):
            return str(meant)
    return None
