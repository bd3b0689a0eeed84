"""Texts made harmless and fitted to cells, and figures put into words. Moments and lengths are milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from ccmon.language import figures, ngettext
from ccmon.language import gettext as _
from ccmon.metrics.durations import coarse as coarse  # noqa: PLC0414 - exported for those who write texts
from ccmon.metrics.percentage import CERTAIN, NEAR_A_HALF
from ccmon.metrics.percentage import UNKNOWN as UNKNOWN  # noqa: PLC0414 - exported for those who write texts
from ccmon.metrics.percentage import percent as percent  # noqa: PLC0414
from ccmon.spelling import without_accents

LONGEST = 300
"""A name is cut to this length before anything else is done to it: nothing on the screen is wider."""

REGIONAL_A = 0x1F1E6
MARKS_PER_LETTER = 2
"""Accents kept on one letter; more of them would overlap the lines above."""


def plain(text: str) -> str:
    """A text of harmless letters only: what could move the cursor, join, hide or reverse others is replaced or dropped.

    Control characters become their pictures (escape is `␛`), direction marks and joiners are dropped, flags become
    their two letters, and a letter keeps at most two accents. Any terminal draws the result in `width_of` cells.
    """
    text = text[:LONGEST]
    return text if text.isascii() and text.isprintable() else _plain(text)


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    import unicodedata  # noqa: PLC0415 (ASCII needs none of it)

    letters: list[str] = []
    accents = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            accents += 1
            if letters and accents <= MARKS_PER_LETTER and not "\ufe00" <= character <= "\ufe0f":
                letters.append(character)
            continue
        accents = 0
        letters.append(_harmless(character, category))
    return "".join(letters)


def _harmless(character: str, category: str) -> str:
    code = ord(character)
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "␡"
    if REGIONAL_A <= code < REGIONAL_A + 26:
        return chr(ord("A") + code - REGIONAL_A)
    if category in {"Cf", "Cn", "Co"} or 0x1F3FB <= code <= 0x1F3FF:
        return ""
    if category in {"Cc", "Cs"}:
        return "\N{REPLACEMENT CHARACTER}"
    return " " if category in {"Zl", "Zp", "Zs"} else character


_ASCII_SIGNS = str.maketrans(
    {
        UNKNOWN: "-", "…": "~", "·": "-", "↑": "Up", "↓": "Down", "▲": "!", "△": "*", "▼": "v", "␛": "^",
        "\u2014": "-", "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u02bb": "'", "\u02bc": "'", "\u201c": '"',
        "\u201d": '"', "\u201e": '"', "«": '"', "»": '"', "\u00d7": "x", "€": "EUR",
    }
)  # fmt: skip
"""Signs and punctuation, each with the nearest in ASCII."""


@lru_cache(maxsize=4096)
def ascii_only(text: str) -> str:
    """The nearest ASCII text: Latin letters become plain ones, characters without an ASCII form become `?`."""
    if text.isascii():
        return text
    plainer = without_accents(text.translate(_ASCII_SIGNS))
    return plainer if plainer.isascii() else "".join([each if each.isascii() else "?" for each in plainer])


def width_of(text: str) -> int:
    """The cells that a harmless text takes."""
    return len(text) if text.isascii() else _cells_of(text)


@lru_cache(maxsize=256)
def _cells_of(text: str) -> int:
    from rich.cells import cached_cell_len  # noqa: PLC0415 - writing only JSON must not pay for it

    # Not from Rich's own cache, where it has one: that would keep the last 4,096 texts.
    uncached: Callable[[str], int] = getattr(cached_cell_len, "__wrapped__", cached_cell_len)
    return uncached(text)


def _cut(text: str, width: int) -> str:
    """As much of a harmless text as fits; a wide letter that would be cut in half becomes a space."""
    if text.isascii():
        return text[: max(0, width)]
    from rich.cells import set_cell_size  # noqa: PLC0415 - writing only JSON must not pay for it

    return set_cell_size(text, width)


def fit(text: str, width: int, *, right: bool = False, more: str = "…") -> str:
    """A text of exactly `width` cells: made harmless, and cut (marked by `more`) or padded."""
    if width <= 0:
        return ""
    if len(text) <= width and text.isascii() and text.isprintable() and len(text) <= LONGEST:  # as figures are
        return text.rjust(width) if right else text.ljust(width)
    text = plain(text)
    if more.isascii():
        text = ascii_only(text)
    cells = width_of(text)
    if cells > width:
        text = _cut(text, width - 1).rstrip(" ") + more
        cells = width_of(text)
    padding = " " * (width - cells)
    return padding + text if right else text + padding


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """A text as lines of at most `width` cells, made harmless; the lines after the first begin with `indent`.

    Lines break between words, and inside a word only if it is longer than a line. Letters of two cells count as two.
    """
    width = max(8, width)
    lines: list[str] = []
    line = ""
    for word in plain(text).split():
        longer = f"{line} {word}" if line.strip() else line + word
        if width_of(longer) <= width:
            line = longer
            continue
        if line.strip():
            lines.append(line)
            line = indent
        rest = word
        while width_of(line + rest) > width:
            head = _cut(rest, width - width_of(line)).rstrip(" ")
            # A wide letter that would be halved goes to the next line: its place is filled with a space.
            lines.append(line + head)
            line, rest = indent, rest[len(head) :]
        line += rest
    return [*lines, line] if line.strip() or not lines else lines


def duration(length_ms: float | None, unknown: str = UNKNOWN) -> str:
    """A length of time as m:ss, and h:mm:ss from an hour on (metrics.md 1.10)."""
    if length_ms is None:
        return unknown
    seconds = max(0, int(length_ms // 1000))
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def mean(length_ms: float | None, unknown: str = UNKNOWN) -> str:
    """A mean length of time, rounded half up to whole seconds."""
    return duration(None if length_ms is None else int(length_ms / 1000 + 0.5) * 1000, unknown)


def count(number: float | None, unknown: str = UNKNOWN, decimals: int = 0) -> str:
    """A number with its thousands separated, rounded half up (metrics.md 1.10)."""
    if number is None:
        return unknown
    if isinstance(number, int) and not decimals:
        return f"{number:,}" if -1000 < number < 1000 else figures(f"{number:,}")
    return _half_up(number, decimals)


def _half_up(number: float, decimals: int) -> str:
    """A number with its thousands separated; rounds the decimal that Python prints, not the binary value behind it."""
    if isinstance(number, int):
        return figures(f"{number:,.{decimals}f}" if decimals else f"{number:,}")
    scale = 10**decimals
    scaled = number * scale
    # Far from a half, and of a size that a float tells apart, the binary neighbour rounds to the same.
    if 0 <= scaled < CERTAIN and abs(scaled % 1 - 0.5) > NEAR_A_HALF:
        whole = int(scaled + 0.5)
        return figures(f"{whole // scale:,}.{whole % scale:0{decimals}}" if decimals else f"{whole:,}")
    from decimal import ROUND_HALF_UP, Decimal  # noqa: PLC0415 (a status as JSON writes no such number)

    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return figures(f"{rounded or abs(rounded):,}")


def at_least(number: int, *, more: bool) -> str:
    """A count, with a plus where there are more than are known: 410+."""
    return count(number) + ("+" if more else "")


def percent_range(interval: tuple[float, float] | None, decimals: int = 0, unknown: str = UNKNOWN) -> str:
    """An interval of shares: 21 % to 34 %."""
    if interval is None:
        return unknown
    low, high = (percent(share, decimals) for share in interval)
    return _("{low} to {high}").format(low=low, high=high)


def money(cents: int | None, unknown: str = UNKNOWN) -> str:
    """An amount in whole units with its thousands separated; the column's title names the currency."""
    return unknown if cents is None else figures(f"{int(cents / 100 + (0.5 if cents >= 0 else -0.5)):,}")


def amount(cents: float | None, unknown: str = UNKNOWN, *, exact: bool = False) -> str:
    """An amount in whole units, or with two decimals where it is small or `exact`; rounded half up."""
    if cents is None:
        return unknown
    small = exact or abs(cents) < 10_000
    return _half_up(cents / 100, 2 if small else 0)


def local_time(at: int, zone: tzinfo) -> datetime:
    """A moment as local time of a zone; the end of the calendar if it lies beyond, as one written by SQL may."""
    try:
        return datetime.fromtimestamp(at / 1000, zone)
    except (ValueError, OverflowError, OSError):
        return (datetime.max if at > 0 else datetime.min).replace(microsecond=0, tzinfo=zone)


def clock(at: int | None, zone: ZoneInfo, *, seconds: bool = False, unknown: str = UNKNOWN) -> str:
    """The local time of a moment."""
    if at is None:
        return unknown
    return local_time(at, zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def date_and_time(at: int, zone: ZoneInfo) -> str:
    """The local day and time of a moment: Mon 23 Nov 2026 14:32:07."""
    moment = local_time(at, zone)
    return f"{weekday(moment)} {moment:%d} {month(moment)} {moment:%Y %H:%M:%S}"


def weekday(moment: date) -> str:
    """The day of the week of a date, in short: Mon."""
    return _("Mon Tue Wed Thu Fri Sat Sun").split()[moment.weekday()]


def month(moment: date) -> str:
    """The month of a date, in short: Nov."""
    return _("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()[moment.month - 1]


def iso_minute(at: int, zone: tzinfo) -> str:
    """The local date and time of a moment outside the screen: 2026-11-23 14:32."""
    return f"{local_time(at, zone):%Y-%m-%d %H:%M}"


def iso_second(at: int, zone: tzinfo) -> str:
    """As `iso_minute`, to the second: 2026-11-23 14:32:05."""
    return f"{local_time(at, zone):%Y-%m-%d %H:%M:%S}"


def dated(at: int | None, zone: ZoneInfo, now: int, *, unknown: str = UNKNOWN) -> str:
    """The local time of a moment, with its date where that is not today's: 14:30, Fri 6 Nov 11:00, 3 Nov 2025 11:00."""
    if at is None:
        return unknown
    moment, today = (local_time(each, zone) for each in (at, now))
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    day = f"{moment.day} {month(moment)}"
    return f"{weekday(moment)} {day} {moment:%H:%M}" if moment.year == today.year else f"{day} {moment:%Y %H:%M}"


def plural(number: int, one: str, many: str) -> str:
    """A count in a text that depends on it, such as "{n} more agent" and "{n} more agents"."""
    return ngettext(one, many, number).format(n=count(number))


def regular(noun: str) -> tuple[str, str]:
    """The two English forms that `plural` needs, of a regular noun; for texts that are not translated."""
    return f"{{n}} {noun}", f"{{n}} {noun}s"


def joined(*parts: str | None) -> str:
    """The parts that are not empty, two spaces apart."""
    return "  ".join(part for part in parts if part)


def any_of(words: Sequence[str]) -> str:
    """A choice of words in a sentence: "team", "team or client", "queue, team or client"."""
    *others, last = words
    return _("{others} or {last}").format(others=", ".join(others), last=last) if others else last


def customer_name(name: str | None) -> str:
    """A customer's name in a sentence."""
    return name or _("an unknown customer")


def size_in_words(size: int) -> str:
    """A number of bytes as people read it."""
    return figures(f"{size / 2**20:,.0f} MiB" if size >= 1 << 20 else f"{size / 2**10:,.0f} KiB")
