"""The dotted names of settings, such as ``queues."Sales NL".purpose``, as in TOML.

A part with other characters than letters, digits, hyphens and underscores is quoted when written; when read, only a
part with a dot or a quote must be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from ccmon import settings
from ccmon.configuration.site_columns import SECTIONS
from ccmon.errors import UsageError

Name = tuple[str, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PART = re.compile(r"""\s*(?:("(?:[^"\\]|\\.)*")|'([^']*)'|([^."'][^."]*))\s*(?:\.|$)""")


def parse(text: str) -> Name:
    """The parts of a name.

    Raises:
        UsageError: it is no name: a part is empty, or a quote is not closed.
    """
    parts: list[str] = []
    place = 0
    while place < len(text) or not parts or text.endswith("."):
        match = _PART.match(text, place)
        if match is None:
            if text and text[place : place + 1] in {"", "."}:
                raise UsageError(f"a name is missing in {text!r}; write it as queues.Sales.purpose or {QUOTED}.")
            raise UsageError(f"{text!r} is no name of a setting; write it as queues.Sales.purpose or {QUOTED}.")
        quoted, literal, bare = match.groups()
        try:
            parts.append(json.loads(quoted) if quoted else literal if literal is not None else bare.strip())
        except ValueError:
            raise UsageError(f"{quoted} is not quoted as in TOML; write it as {QUOTED}.") from None
        place = match.end()
        if place == len(text) and not text.endswith("."):
            break
    return tuple(parts)


QUOTED = """'queues."Sales NL".purpose'"""
"""An example, as it is typed in a shell."""


def written(name: Iterable[str]) -> str:
    """A name with its parts joined by dots; `parse` gives the same parts back."""
    return ".".join(part if _BARE.fullmatch(part) else quoted(part) for part in name)


def quoted(text: str) -> str:
    """A text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def top_level() -> list[str]:
    """The first words of all names."""
    return [*settings.file_setting_names(), settings.KEYS, *SECTIONS]


def is_in_file(name: Name) -> bool:
    """Whether a name is that of a field of `Settings`, or of keys of an action."""
    return name[0] == settings.KEYS or (len(name) == 1 and name[0] in settings.file_setting_names())


def without_aliases(name: Name) -> Name:
    """The name with its section as it is written here: capitals and hyphens do not matter.

    The name of an action may have a dot in it: it is one part.
    """
    section = name[0].lower().replace("-", "_")
    if section == settings.KEYS:
        return (section, ".".join(name[1:])) if len(name) > 1 else (section,)
    return (section, *name[1:]) if section in SECTIONS or section in settings.file_setting_names() else name
