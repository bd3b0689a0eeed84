"""Values of a workbook's cells as texts: as they would stand in a CSV file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

_DIGITS = 15
"""Of a number, as spreadsheet programs show it; what follows is noise of the binary fraction."""


def written(value: object) -> str:
    """The value of a cell as a text: as it would stand in a CSV file that leaves nothing open."""
    match value:
        case bool():
            text = "yes" if value else "no"
        case float():
            text = format(Decimal(format(value, f".{_DIGITS}g")), "f")
            text = text.rstrip("0").rstrip(".") if "." in text else text
        case datetime():
            moment = _rounded(value)
            text = moment.isoformat("T", "milliseconds" if moment.microsecond else "seconds")
        case time():
            moment = _rounded(datetime.combine(date(2000, 1, 1), value))
            text = moment.time().isoformat("milliseconds" if moment.microsecond else "seconds")
        case timedelta():
            seconds = round(value.total_seconds())
            minutes, second = divmod(abs(seconds), 60)
            text = f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02}:{second:02}"
        case _:
            text = str(value)
    return text


def _rounded(moment: datetime) -> datetime:
    """To the millisecond, and to the second where it is as near as the days of a spreadsheet can say."""
    whole = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    if abs(moment - whole) <= timedelta(milliseconds=2):
        return whole
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
