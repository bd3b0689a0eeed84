"""What the values of shared options mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ccmon.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def database_path(option: Path | None) -> Path:
    """A command's database: the option, else ``CCMON_DB``, else the settings, else the default path."""
    if option is not None:
        return option
    from ccmon.partial_imports import import_parts

    import_parts("msgspec")
    from ccmon import settings

    return settings.load().database


ISO_EXAMPLES = "2026-11-23T14:30 or 2026-11-23T14:30:00+01:00"


def parse_iso(text: str, time_zone: str, *, typed: str | None = None, examples: str = ISO_EXAMPLES) -> int:
    """Unix milliseconds of an ISO 8601 time; without an offset in the given zone; a date alone means its midnight.

    Args:
        text: the time.
        time_zone: the zone's name.
        typed: what a person has typed, if that is another text.
        examples: how a time may be written, for the error.

    Raises:
        UsageError: it is no such time, or did not occur or occurred twice as clocks changed.
    """
    from zoneinfo import ZoneInfo

    try:
        parsed = datetime.fromisoformat(text.strip())
        if parsed.tzinfo is None:
            parsed = _local_once(parsed, ZoneInfo(time_zone), text)
        return round(parsed.timestamp() * 1000)
    except (ValueError, OverflowError):
        from ccmon.plausibility import names_no_day

        wrong = "names a day that there is not" if names_no_day(text.strip()) else "is not a time"
        raise UsageError(f"{(typed or text)!r} {wrong}; write it as {examples}.") from None


def _local_once(wall_clock: datetime, zone: ZoneInfo, text: str) -> datetime:
    """A wall-clock time in its zone, if it occurs exactly once there."""
    first, second = (wall_clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall_clock:
        raise UsageError(f"{text} did not occur in {zone.key}: clocks were put forward over it; name another time.")
    either = " or ".join(each.isoformat(timespec="minutes") for each in (first, second))
    raise UsageError(f"{text} occurred twice in {zone.key}, since clocks were put back: write {either}.")
