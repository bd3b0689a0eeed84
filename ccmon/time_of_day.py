"""Times of day as people write them: "09:30", "9.30", "9", "9:30 pm". Milliseconds of the wall clock since midnight."""

from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS

_NOON = 12


def parse(text: str) -> int:
    """The time of a text, up to 24:00.

    Raises:
        ValueError: it is none; the message is the part of a sentence that says why.
    """
    # Without regular expressions: ccmon status need not import their module.
    clock, half = _halves(text.strip().lower())
    hours, has_minutes, minutes = clock.replace(".", ":").partition(":")
    if not (hours + minutes).isdecimal() or not clock.isascii() or len(hours) not in {1, 2}:
        raise ValueError("cannot be understood")
    if len(minutes) != (2 if has_minutes else 0):
        raise ValueError("cannot be understood")
    hour, minute = int(hours), int(minutes or 0)
    if half:
        if not 1 <= hour <= _NOON:
            raise ValueError("has a time that is none")
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    time_ms = hour * HOUR_MS + minute * MINUTE_MS
    if minute >= 60 or time_ms > DAY_MS:
        raise ValueError("has a time that is none")
    return time_ms


def parse_quarter(text: str) -> int:
    """As `parse`, for whole quarters of an hour before 24:00.

    Raises:
        ValueError: it is none.
    """
    time_ms = parse(text)
    if time_ms == DAY_MS or time_ms % QUARTER_MS:
        raise ValueError("is no quarter of an hour of a day")
    return time_ms


def written(time_ms: int) -> str:
    """A time as hours and minutes of two digits, which `parse` reads again."""
    hours, minutes = divmod(time_ms // MINUTE_MS, 60)
    return f"{hours:02}:{minutes:02}"


def _halves(text: str) -> tuple[str, str]:
    """A time without its "am" or "pm", and the letter of the half of the day; an empty one if it names none."""
    for half in ("a", "p"):
        for ending in (f"{half}m", f"{half}.m."):
            if text.endswith(ending):
                return text.removesuffix(ending).rstrip(), half
    return text, ""
