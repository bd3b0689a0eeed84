"""Asterisk's configuration files: sections of settings, which may inherit from others, and the files that they include.

The rules are those of "Asterisk Configuration Files" at docs.asterisk.org. A line for which Asterisk would refuse the
whole file is passed over. What programs print (``#exec``) is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from glob import glob
from pathlib import Path

from msgspec import Struct

_SEMICOLON = re.compile(r"(?P<escaped>\\;)|(?P<begins>;--(?!-))|(?P<ends>--;(?!--(?!-)))|;")
"""One that stands for itself, begins or ends a comment of several lines, or begins one up to the end of its line."""
_HEAD = re.compile(r"\[(?P<name>[^]]*)\](?:\((?P<options>[^)]*)\))?")
_INCLUDE = re.compile(r"#(?:try)?include\s+[\"<]?(?P<place>.+?)[\">]?", re.IGNORECASE)


class Section(Struct):
    """A name in brackets with what follows it up to the next one."""

    name: str
    """Empty for what comes before the first one, as in a file that is only a part of another."""
    file: Path
    """Where it begins."""
    is_template: bool = False
    """Whether it is there only for others to inherit from."""
    settings: list[tuple[str, str]] = []
    """Names in small letters, and values, in order; what it inherits comes first."""

    def last(self, name: str) -> str | None:
        """The value of a setting that counts only once; None if it is not set."""
        return next((value for each, value in reversed(self.settings) if each == name), None)


def read_sections(path: Path) -> list[Section]:
    """The sections of a file and of those that it includes, in order and without templates.

    An included file that cannot be read is left out, as is one that includes itself.

    Raises:
        OSError: the file itself cannot be read.
    """
    nameless = Section("", path)
    found = [nameless]
    _read(path, (), nameless, found)
    return [each for each in found if not each.is_template and (each.name or each.settings)]


def _read(file: Path, outer: tuple[Path, ...], section: Section, found: list[Section]) -> None:
    """Read a file, and those that it includes.

    Args:
        file: the file.
        outer: the files that include it, the first of which says where names of files begin.
        section: the one in which it begins; a file that includes it goes on in it afterwards.
        found: the sections so far, to which its own are added.
    """
    within = (*outer, file)
    for line in _without_comments(file.read_text(encoding="utf-8", errors="replace").split("\n")):
        head, include = _HEAD.match(line), _INCLUDE.fullmatch(line)
        if head is not None:
            section = _begun(head["name"].strip(), head["options"] or "", file, found)
        elif include is not None:
            pattern = str(within[0].parent / include["place"])
            for each in map(Path, sorted(glob(pattern))):  # noqa: PTH207 (it may be absolute)
                with suppress(OSError):
                    if each not in within and each.is_file():
                        _read(each, within, section, found)
        elif not line.startswith("#"):
            _set(section, line)


def _begun(name: str, options: str, file: Path, former: list[Section]) -> Section:
    """The section that a line such as ``[name](!,template)`` begins, or to which ``[name](+)`` adds."""
    words = [word.strip() for word in options.split(",") if word.strip()]
    section = _named(name, former) if any(word.startswith("+") for word in words) else None
    if section is None:
        section = Section(name, file, "!" in words)
        former.append(section)
    for base in (_named(word, former) for word in words):
        if base is not None and base is not section:
            section.settings += base.settings
    return section


def _named(name: str, sections: Iterable[Section]) -> Section | None:
    return next((each for each in sections if each.name.casefold() == name.casefold()), None)


def _set(section: Section, line: str) -> None:
    """Add a setting, ``name = value`` or ``name => value``; ``name += value`` lengthens the last of that name."""
    name, equals, value = line.partition("=")
    key = name.removesuffix("+").strip().lower()
    places = [place for place, (each, _) in enumerate(section.settings) if each == key] if name.endswith("+") else []
    if places:
        section.settings[places[-1]] = (key, (section.settings[places[-1]][1] + value).strip())
    elif equals and key:
        section.settings.append((key, value.removeprefix(">").strip()))


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    """What lines say without comments, which may go on over several lines and lie in one another."""
    depth = 0
    for line in lines:
        kept, begin = "", 0
        for mark in _SEMICOLON.finditer(line):
            if not depth:
                kept += line[begin : mark.start()]
            begin = mark.end()
            if mark["begins"]:
                depth += 1
            elif depth:
                depth -= bool(mark["ends"])
            elif mark["escaped"]:
                kept += ";"
            else:
                kept += mark[0].removesuffix(";")
                begin = len(line)
                break
        if not depth:
            kept += line[begin:]
        if kept.strip():
            yield kept.strip()
