"""What ``ccmon config log`` prints: who changed what of the configuration, as lines and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.history import HistoryEntry, entries
from ccmon.configuration.names import Name, is_in_file, parse, without_aliases, written
from ccmon.configuration.near_settings import no_setting
from ccmon.configuration.site_columns import SECTIONS
from ccmon.database.database_file import open_for_reading
from ccmon.errors import UsageError
from ccmon.formatting import iso_minute, plain
from ccmon.model.business_day import day_start
from ccmon.spelling import suggestion


def read(database: Path, part: Name | None, since: str | None) -> tuple[list[HistoryEntry], ZoneInfo]:
    """The entries about names that begin with some parts, the oldest first, and the site's time zone.

    Args:
        database: its path.
        part: the beginning of their names; None: all, and what was restored.
        since: the first business day: today, yesterday or an ISO date; None: all.

    Raises:
        UsageError: no name begins so, or the day is none.
        CcmonError: the database cannot be read.
    """
    part = None if part is None else without_aliases(part)
    if part is not None and is_in_file(part):
        raise UsageError(f"{written(part)} lies in a settings file, and changes of files are not noted.")
    if part is not None and part[0] not in SECTIONS:
        raise no_setting(part, suggestion(part[0], SECTIONS))
    with open_for_reading(database) as connection:
        values = DatabaseValues(connection)
        found = entries(connection, 0 if since is None else _start_of(since, values))
    if part is not None:
        found = [each for each in found if each.kind != "restored" and parse(each.name)[: len(part)] == part]
    return found, values.context.time_zone


def _start_of(text: str, values: DatabaseValues) -> int:
    """The moment at which a business day begins (Unix milliseconds).

    Raises:
        UsageError: it is none.
    """
    today = date.fromisoformat(values.today.date)
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        day = words.get(text.lower()) or date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--since is {text!r}, and must be today, yesterday or a date such as 2026-11-23.") from None
    return day_start(day, values.context.time_zone, values.context.day_starts_ms)


def lines(found: Iterable[HistoryEntry], zone: ZoneInfo) -> Iterator[str]:
    """A line for each entry: when, who, by what act, what. That a quota is new, its values say."""
    found = list(found)
    shown = [each for each, following in zip_longest(found, found[1:]) if not _is_said(each, following)]
    rows = [(plain(each.who), plain(each.act), each) for each in shown]
    widest_who = max((len(who) for who, _, _ in rows), default=0)
    widest_act = max((len(act) for _, act, _ in rows), default=0)
    for who, act, entry in rows:
        at = iso_minute(entry.changed_at, zone)
        yield f"{at}  {who:{widest_who}}  {act:{widest_act}}  {plain(str(entry.change))}"


def _is_said(entry: HistoryEntry, following: HistoryEntry | None) -> bool:
    """Whether the entry after it says the same of a quota."""
    is_new_quota = entry.kind == "added" and entry.name.startswith("quotas.")
    return is_new_quota and following is not None and following.name.startswith(f"{entry.name}.")


def as_json(found: Iterable[HistoryEntry], zone: ZoneInfo) -> str:
    """One object with the list ``changes``; docs/administration.md says what its keys mean."""
    changes = [
        {
            "at": datetime.fromtimestamp(each.changed_at / 1000, UTC).astimezone(zone).isoformat(),
            "who": each.who,
            "act": each.act,
            "kind": each.kind,
            "name": each.name,
            "before": each.before,
            "after": each.after,
            "from": each.holds_from,
        }
        for each in found
    ]
    return json.dumps({"changes": changes}, indent=2, ensure_ascii=False)
