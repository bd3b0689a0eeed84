"""What makes a row of a site's own table acceptable, and what follows from its other columns."""

from __future__ import annotations

from typing import Any

from ccmon.plausibility import LONGEST_MS
from ccmon.time_units import DAY_MS

LONGEST_ABSENCE_MS = 366 * DAY_MS
"""The longest shift for an activity that is not work, such as a long leave."""

Fields = dict[str, Any]
"""Values of a row by column of the database's table."""


class RejectedRowError(Exception):
    """A row cannot be written; the text says why."""


def derive_follow_up(row: Fields, now: int) -> None:
    """Fill in when a follow-up was promised and noted, if its row does not say so."""
    if row.get("promised_at") is None:
        row["promised_at"] = row["due_at"]
    if row.get("created_at") is None:
        row["created_at"] = min(now, row["due_at"], row["done_at"] if row.get("done_at") is not None else now)


def check_customer(row: Fields) -> None:
    """Refuse a customer without anything to be known by."""
    if row.get("reference") is None and row.get("phone") is None:
        raise RejectedRowError("a customer needs a reference or a phone number to be known by")


def check_sale(row: Fields) -> None:
    """Refuse a sale without an amount."""
    if row.get("amount_cents") is None:
        raise RejectedRowError("amount is missing: give amount or amount_cents")


def check_survey(row: Fields) -> None:
    """Refuse an answer off its scale, or without anything to be known by."""
    top = {"recommend": 10, "resolved": 1}.get(row["question"])
    if top is not None and row["scale"] != top:
        raise RejectedRowError(f"the question {row['question']} has a scale up to {top}, not {row['scale']}")
    if row["scale"] < 1:
        raise RejectedRowError("the top of a scale is at least 1")
    if row["score"] > row["scale"]:
        raise RejectedRowError(f"its score of {row['score']} lies above its scale of {row['scale']}")
    if row.get("reference") is None and row.get("call_id") is None:
        raise RejectedRowError("an answer needs a reference or a call to be known by")


def check_quota(row: Fields) -> None:
    """Refuse a quota that asks for nothing."""
    if row.get("sales") is None and row.get("revenue_cents") is None and row.get("conversion") is None:
        raise RejectedRowError("it asks for nothing: give sales, revenue or conversion")


def check_shift(row: Fields) -> None:
    """Refuse a shift without a length, or one too long for its activity."""
    if row["starts_at"] == row["ends_at"]:
        raise RejectedRowError("it ends as it starts")
    if row["activity"] == "work" and row["ends_at"] - row["starts_at"] > LONGEST_MS:
        raise RejectedRowError("it is work of over 7 days without an end")
    if row["ends_at"] - row["starts_at"] > LONGEST_ABSENCE_MS:
        raise RejectedRowError("it is longer than a year")
