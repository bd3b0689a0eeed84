"""Reads what customers answered in surveys after calls."""

from __future__ import annotations

from typing import Any

from ccmon.database.driver import Database, Parameters
from ccmon.snapshot.periodic_rows import AnswerCount, InvitationCount


def read_surveys(database: Database, window: Parameters, *, is_latest: bool) -> dict[str, Any]:
    """Answers and invitations for the calls of a window; from the kept counts if nothing is after the moment."""
    return {
        "surveys": database.rows("survey_answers" if is_latest else "survey_answers_at", AnswerCount, window),
        "invitations": database.rows(
            "survey_invitations" if is_latest else "survey_invitations_at", InvitationCount, window
        ),
    }
