"""The site whose calls a database holds, and its time zone."""

from __future__ import annotations

import sqlite3
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.errors import CcmonError
from ccmon.model.site import Site

_FEWEST_LETTERS = 4
"""A shorter word is like too many others."""


def read_site(connection: sqlite3.Connection) -> Site:
    """The one row that says what the site is."""
    return Database(connection).one_row("site", Site)


def site_zone(connection: sqlite3.Connection) -> ZoneInfo:
    """The site's time zone."""
    return named_zone(read_site(connection).time_zone)


def zone_of_database(path: Path) -> ZoneInfo:
    """The time zone of a call database's site.

    Raises:
        CcmonError: no call database is there.
    """
    with open_for_reading(path) as connection:
        return site_zone(connection)


def named_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        CcmonError: there is none; the sentence names one that is written alike.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a directory's name an OSError
        near = _zone_like(name)
        hint = f"did you mean {near}?" if near else "give an IANA name such as Europe/Amsterdam."
        raise CcmonError(f"There is no time zone {name!r}; {hint}") from None


def zone_or_city(text: str, such_as: str = "Europe/Amsterdam") -> ZoneInfo:
    """The time zone of that IANA name, else the only one of that city: "new york" is America/New_York.

    Args:
        text: a name or a city.
        such_as: a zone that is named as an example.

    Raises:
        CcmonError: there is none; the sentence names one that is written alike, or says after which city it is named.
    """
    try:
        return named_zone(text)
    except CcmonError:
        city = text.strip().replace(" ", "_").casefold()
        found = [zone for zone in available_timezones() if zone.casefold().endswith(f"/{city}")]
        if len(found) == 1:
            return ZoneInfo(found[0])
        if not city or "/" in city or _zone_like(city) is not None:
            raise
        after = "a zone is named after one city of its country, mostly the capital or the largest"
        raise CcmonError(f"There is no time zone {text!r}; {after}: give that one, such as {such_as}.") from None


def _zone_like(name: str) -> str | None:
    """The zone whose place is written like the one in a name, but for a letter; one of another place would mislead."""
    area, _, place = name.strip().replace(" ", "_").casefold().rpartition("/")
    found: list[tuple[bool, bool, str]] = []
    for zone in sorted(available_timezones()):
        its_area, _, its_place = zone.casefold().rpartition("/")
        if _differ_by_a_letter(place, its_place):
            found.append((place != its_place, area != its_area, zone))
    return min(found)[2] if found else None


def _differ_by_a_letter(one: str, other: str) -> bool:
    """Whether two words are the same, or one letter is wrong, missing or too many, or two are exchanged."""
    if min(len(one), len(other)) < _FEWEST_LETTERS:
        return one == other
    same = _same_letters(one, other)
    one, other = one[same:], other[same:]
    same = _same_letters(one[::-1], other[::-1])
    one, other = one[: len(one) - same], other[: len(other) - same]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _same_letters(one: str, other: str) -> int:
    """With how many same letters two words begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
