"""What the cells of a column of a site's own table hold."""

from __future__ import annotations

from enum import StrEnum


class CellType(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text of one line"
    NOTE = "text of any lines"
    WORD = "one of a few words"
    PHONE = "telephone number"
    COUNT = "whole number of at least 0"
    SHARE = "share from 0 to 1"
    FLAG = "yes or no"
    SALE_AMOUNT = "amount that is no refund"
    SALE_CENTS = "amount that is no refund, in minor units"
    COST = "amount of at least 0"
    CURRENCY = "code of a currency"
    LENGTH = "length of time"
    TIME_OF_DAY = "time in quarters of an hour"
    TIME_ZONE = "name of a time zone"
    PLANNED_DAY = "day"
    OPENING_HOURS = "opening hours of a day"
    HAPPENED = "moment of the past; a day: its start"
    HAPPENED_LATER = "moment of the past; a day: its start, or the moment that it follows"
    HAPPENED_DAY_END = "moment of the past; a day: its end"
    PLANNED = "moment; a day: its start"
    PLANNED_DAY_END = "moment; a day: its end"


MOMENT_TYPES = frozenset(
    {
        CellType.HAPPENED,
        CellType.HAPPENED_LATER,
        CellType.HAPPENED_DAY_END,
        CellType.PLANNED,
        CellType.PLANNED_DAY_END,
    }
)
"""The types of cells that hold moments."""
