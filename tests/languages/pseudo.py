"""A language in which every text is seen at once to be a text of ours: each Latin letter is one of another script.

A text is as wide as in English, so that a screen is laid out as in English. A Latin letter on such a screen belongs to
a text that was not looked up, or comes from elsewhere. Names of a floor are put into the same script by `disguised`.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from gettext import NullTranslations
from typing import Any, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from ccmon import language

Value = TypeVar("Value")

_SCRIPT = str.maketrans(
    {
        chr(ord(first) + place): chr(start + place)
        for first, start in (("A", 0x10A0), ("a", 0x10D0))
        for place in range(26)
    }
)
"""Georgian has as many letters, none of them wide or put together of two."""
_PART = re.compile(r"(\{[^{}]*\})")
KEPT = frozenset({"Europe/Amsterdam", "EUR"})
"""Words in a record that are no text of anybody."""
_OF_SCHEMA = re.compile(r"[a-z]+(_[a-z]+)*|\d{4}-\d\d.*")
"""Words and dates as the schema has them, which nobody is called."""
NAMES = frozenset({"login", "reason"})
"""Fields whose texts are names even if they are written like words of the schema."""


def disguise(text: str) -> str:
    """The text in the other script; the names of its parts stay."""
    return "".join(part if part.startswith("{") else part.translate(_SCRIPT) for part in _PART.split(text))


class PseudoLanguage(NullTranslations):
    """Looks every text up, and notes which."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return disguise(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.add(msgid1)
        return disguise(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        self.asked.add(message)
        return disguise(message)


def forget_texts() -> None:
    """Empty all caches of ccmon's functions: one may hold a text of the language before."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "ccmon":
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


@contextmanager
def speaking(catalogue: NullTranslations | str) -> Iterator[None]:
    """Within it, ccmon speaks the language of a catalogue or of a code; afterwards the one before."""
    before = language._catalogue
    forget_texts()
    if isinstance(catalogue, str):
        language.use(catalogue)
    else:
        language.use_catalogue(catalogue)
    try:
        yield
    finally:
        language.use_catalogue(before)
        forget_texts()


def forms_of(texts: Iterable[str]) -> re.Pattern[str]:
    """What matches these texts, whatever is filled in; those with hardly a word of their own are left out."""
    forms = ["(?:.+)".join(map(re.escape, _PART.split(text)[::2])) for text in texts if len(_PART.sub("", text)) > 6]
    return re.compile("|".join(forms) or "(?!)")


def disguised(value: Value, ours: re.Pattern[str]) -> Value:
    """The same record with all names in it in the other script, but not dates, words of schemas and texts of ours."""
    return cast("Value", _disguised(value, ours))


def _disguised(value: Any, ours: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        is_kept = isinstance(value, Enum) or value in KEPT or _OF_SCHEMA.fullmatch(value) or ours.fullmatch(value)
        return value if is_kept else disguise(value)
    if isinstance(value, Struct):
        changed = {}
        for field in value.__struct_fields__:
            before = getattr(value, field)
            is_name = field in NAMES and isinstance(before, str) and not isinstance(before, Enum)
            after = disguise(before) if is_name else _disguised(before, ours)
            if after is not before:
                changed[field] = after
        return replace(value, **changed) if changed else value
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(_disguised(each, ours) for each in value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):  # also the rows of a floor, in chunks
        return tuple(_disguised(each, ours) for each in value)
    if type(value) is dict:
        return {_disguised(key, ours): _disguised(each, ours) for key, each in value.items()}
    return value


_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*[A-Za-z]")


def escaped(lines: Iterable[str], known: frozenset[str] = frozenset()) -> dict[str, str]:
    """The words of Latin letters in some lines, each with a line that has it; without those that are known."""
    found: dict[str, str] = {}
    for line in lines:
        for word in _WORD.findall(line):
            if word not in known:
                found.setdefault(word, line.strip())
    return found


def reported(escapes: Mapping[str, Mapping[str, str]]) -> str:
    """What escaped where, to be read in a failed test."""
    return "\n".join(f"{where}: {word!r} in {line}" for where, words in escapes.items() for word, line in words.items())
