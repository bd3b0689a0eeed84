"""The open follow-ups as JSON: what they have in common with those of ``ccmon status --json`` has the same keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ccmon.database.follow_ups import StoredFollowUp
from ccmon.formatting import local_time
from ccmon.model.due_moments import DueMoments

KEYS = {
    "id": "its number",
    "reference": "the site's own number",
    "customer": "name of the customer",
    "customer_reference": "reference of the customer",
    "phone": "telephone number of the customer",
    "owner": "name of the agent who is to make the call; null: nobody",
    "kind": "what is to be done",
    "created_at": "when it was promised",
    "due_at": "when it counts as due: at the next opening, if its moment is outside the opening hours",
    "overdue_s": "seconds past that moment, once its grace is over; null before",
    "promised_at": "the moment last agreed with the customer",
    "note": "the note on it",
}
"""The keys of each of ``items``, and what they mean; moments are ISO times of the site."""


def as_text(items: Sequence[StoredFollowUp], due: DueMoments, now: int, grace_ms: int) -> str:
    """Follow-ups as one JSON object, one on each line; all ASCII, so that no name can control a terminal.

    Args:
        items: the follow-ups, in their order.
        due: when they count as due.
        now: the moment.
        grace_ms: how long after that they are overdue.
    """

    def moment(at: int) -> str:
        return local_time(at // 1000 * 1000, due.zone).isoformat()

    def written(item: StoredFollowUp) -> str:
        due_at = due.counts_as(item.due_at)
        values: dict[str, Any] = {key: getattr(item, key, None) for key in KEYS}
        values |= {
            "created_at": moment(item.created_at),
            "due_at": moment(due_at),
            "promised_at": moment(item.promised_at),
            "overdue_s": (now - due_at) / 1000 if now > due_at + grace_ms else None,
        }
        return json.dumps(values)

    lines = ",\n    ".join(map(written, items))
    listed = f"[\n    {lines}\n  ]" if items else "[]"
    return f'{{\n  "at": {json.dumps(moment(now))},\n  "items": {listed}\n}}'
