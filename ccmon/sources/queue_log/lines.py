"""From the bytes of a queue log to its lines, and what is wrong with invalid ones.

Asterisk writes UTF-8 and escapes nothing; other programs, a full disk or a crash may leave anything.
"""

from __future__ import annotations

import re
from collections.abc import Container

from ccmon import plausibility

LONGEST_LINE = 1 << 20
"""In characters. No record is longer; a file with longer lines is no queue log."""

_MOST_DIGITS = 18
_EARLIEST = plausibility.EARLIEST_MS
_EVENT = re.compile(r"[A-Z][A-Z0-9_]+")


NO_TEXT = "\0"
"""The first character of a line that is no text; the rest is shown with escapes."""


class RejectedRecordError(ValueError):
    """A text that is no record, or a record without what its event needs; the message says which."""


Fields = list[str]
"""A line as split at every ``|``: ``epoch|call id|queue|agent|event|data…`` (metrics.md 12.1)."""

EVENT = 4
"""The place of the event among the fields; Asterisk counts the data behind it from 1 (``data1`` to ``data5``)."""


def datum(fields: Fields, number: int) -> str:
    """One of the data; empty if the line does not have it."""
    return fields[EVENT + number] if EVENT + number < len(fields) else ""


def without(fields: Fields, number: int) -> Fields:
    """The line with one of the data emptied."""
    return [*fields[: EVENT + number], "", *fields[EVENT + number + 1 :]]


def texts(lines: list[bytes], encoding: str) -> list[str]:
    """Finished lines as texts, without their ends; lines that are no text start with `NO_TEXT`."""
    try:
        joined = b"\n".join(lines).decode(encoding)
    except UnicodeDecodeError:
        return [_text(line, encoding) for line in lines]
    if "\0" in joined:
        return [_text(line, encoding) for line in lines]
    if "\r" in joined:
        joined = joined.replace("\r\n", "\n").removesuffix("\r")
    return joined.split("\n") if lines else []


def _text(line: bytes, encoding: str) -> str:
    line = line.removesuffix(b"\r")
    line = line.lstrip(b"\0") or line  # zeros left by a crash, before the first record after it
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return NO_TEXT + line.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    return NO_TEXT + text.replace("\0", "\\x00") if "\0" in text else text


def split(line: str, known_events: Container[str], latest: int) -> tuple[int, Fields] | None:
    """Split a line the plain way, which does for nearly all; None if `parse` must look at it closely.

    Args:
        line: from `texts`.
        known_events: the events that are understood.
        latest: Unix milliseconds; a later line is in the future.
    """
    fields = line.split("|")
    try:
        at = int(fields[0]) * 1000
        is_plain = fields[EVENT] in known_events and len(fields) > EVENT + 1 and _EARLIEST <= at <= latest
    except (ValueError, IndexError):
        return None
    return (at, fields) if is_plain else None


def parse(line: str, known_events: Container[str], now: int) -> tuple[int, Fields]:
    """The moment of a line in Unix milliseconds, and its fields.

    A member's name may contain a ``|``, which shifts every field after it: the event is then the first known one
    further on, unless the field in its place looks like another program's event.

    Raises:
        RejectedRecordError: it is no record.
    """
    if line.startswith(NO_TEXT):
        raise RejectedRecordError("holds bytes that are no text")
    fields = line.split("|")
    at = _moment(fields[0], now)
    if len(fields) < 5:
        raise RejectedRecordError(f"has {len(fields)} fields where a record has at least 5")
    epoch, call_id, queue, agent, event, *data = fields
    if event not in known_events and not _EVENT.fullmatch(event):
        shift = next((index for index, text in enumerate(data) if text in known_events), None)
        if shift is None:
            raise RejectedRecordError("has no event in its fifth field")
        agent = "|".join([agent, event, *data[:shift]])
        fields = [epoch, call_id, queue, agent, *data[shift:]]
    return at, fields


def _moment(text: str, now: int) -> int:
    if not text.isascii() or not text.isdigit():
        raise RejectedRecordError("does not start with a time in seconds")
    at = int(text.lstrip("0")[:_MOST_DIGITS] or 0) * 1000
    error = plausibility.impossible_moment(at, now)
    if error is not None:
        raise RejectedRecordError(error)
    return at


def stored_text(line: str) -> str:
    """A rejected line as it is stored: whole, up to a limit."""
    return line.removeprefix(NO_TEXT)[:LONGEST_LINE]
