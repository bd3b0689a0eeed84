"""One setting as it is in force, what a person wants it to be, and what differs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from ccmon.configuration import value_texts
from ccmon.configuration.names import Name, parse, written


class Origin(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "option"
    DATABASE = "database"


class SiteValue(Struct, frozen=True):
    """A limit of alarms of the site, for those who have none of their own."""

    text: str | None
    """As a person writes it; None: it has none."""
    value: Any
    """In JSON."""
    origin: Origin


class Setting(Struct, frozen=True):
    """A setting with its value in force."""

    name: Name
    text: str | None
    """The value as a person writes it; None: it has none."""
    value: Any
    """The value in JSON."""
    origin: Origin
    where: str | None
    """The file or the variable that it comes from."""
    meaning: str
    """What it is."""
    allowed: str
    """What it could be."""
    default: str | None
    """Its value if nobody sets it, as a person writes it."""
    holds_from: str | None = None
    """The first day on which it holds (ISO), where that is kept."""
    today: str | None = None
    """What today's figures are made with, where that is another value."""
    of_site: SiteValue | None = None
    """What holds for the others, where this person has a limit of alarms of their own."""

    @property
    def written_name(self) -> str:
        """The name as a person writes it."""
        return written(self.name)


class RequestedChange(Struct, frozen=True):
    """What a person wants a setting to be."""

    name: Name
    text: str | None
    """None: its value is taken away, so that the default holds."""
    place: str = ""
    """Where this is said: file and line, ending in a colon and a space; empty on the command line."""
    is_row: bool = False
    """Whether it names a row without any value, which then must be there."""


class SettingChange(Struct, frozen=True):
    """What differs in one setting. Those of a history, made one after the other, lead from what was to what is."""

    kind: Literal["value", "added", "removed", "restored"]
    """``added``: a row with the usual values, of a quota with those in force before; ``removed``: it is gone;
    ``restored``: a copy was put in the place of the database, and its name is the file's."""
    name: str
    """The dotted name of the setting, or of the row."""
    before: str | None = None
    after: str | None = None
    holds_from: str | None = None
    """The first day on which it holds (ISO); None: it is not kept by day, and holds at once."""
    file: str | None = None
    """The settings file that it lies in; None: in the database."""
    is_new: bool = False
    """Of a value: whether its row, such as a queue, is added with it, of which nothing else is said."""

    def __str__(self) -> str:
        since = "" if self.holds_from is None else f" from {self.holds_from} on"
        match self.kind:
            case "restored":
                return f"{self.name} put in the place of the database"
            case "added" | "removed":
                return f"{self.name}: {'new' if self.kind == 'added' else 'removed'}{since}"
        name = parse(self.name)
        before, after = (value_texts.shown(name, text) for text in (self.before, self.after))
        if self.is_new:
            return f"{self.name}: new" if self.after is None else f"{self.name}: {after}{since} (new)"
        return f"{self.name}: {before} → {after}{since}" + ("" if self.file is None else f" in {self.file}")


def unchanged(name: Name, text: str | None, file: Path | None = None) -> str:
    """The sentence about a setting that was as it was to be, perhaps in a file."""
    where = "" if file is None else f" in {file}"
    if text is None:
        return f"{written(name)} is not set{where}."
    return f"{written(name)} is {value_texts.shown(name, text)}{where or ' already'}."
