"""Survey answers and invitations that count, from one definition: as kept by triggers, and for an earlier moment.

To whom an answer is credited depends on all visits of its phone call and on other answers. So after any write, the
answers of its phone call are recounted from what is there by then.

The triggers are committed as the file of a migration, for the reasons of `ccmon.database.total_sql.triggers`, and a
test compares the two. This writes their text:

    python -m ccmon.database.total_sql.answers >> ccmon/database/schema/NNNN_what_it_adds.sql
"""

from __future__ import annotations

from ccmon.database.total_sql.sql_fragments import fill, indented

_NOW = "IS NOT NULL"
"""The condition for now: whatever has a moment has happened."""
_AT = "<= :at"


def note_replaced(table: str) -> str:
    """Triggers that note answers that replaced calls may take with them, and recount them after the insertion."""
    return f"\n\n{fill('note_replaced_answers')}" if table == "calls" else ""


def triggers() -> str:
    """The triggers that keep answers and invitations, without `note_replaced`; their view and their table."""
    return (
        fill(
            "answer_triggers",
            answers=indented(_answers("(s.id = new.survey_id OR s.call_id = new.call_id)")),
            invitations=indented(_invitations("(i.id = new.invitation_id OR i.call_id = new.call_id)")),
            of_surveys=fill("answers_table", table="surveys", id="survey_id"),
            of_invitations=fill("answers_table", table="survey_invitations", id="invitation_id"),
            of_new=fill("any_answer", row="new"),
            of_old=fill("any_answer", row="old"),
            count_new=fill("count_answers_of_phone_call", row="new"),
            count_old=fill("count_answers_of_phone_call", row="old"),
        )
        + "\n"
    )


def answers_at() -> str:
    """The answers that counted at a moment, one by one."""
    return _answers("s.answered_at <= :at", _AT)


def survey_answers_at() -> str:
    """Answers of the calls of a stretch by queue, agent, question and score, as they were at a moment."""
    which = "s.answered_at >= :since AND s.answered_at <= :at"
    return fill("survey_answers", answers=indented(_answers(which, _AT)))


def survey_invitations_at() -> str:
    """Invitations of the calls of a stretch by queue and agent, and how many of them had brought an answer."""
    which = "i.sent_at >= :since AND i.sent_at <= :at"
    return fill("survey_invitations", invitations=indented(_invitations(which, _AT)))


def recount_answers() -> str:
    """Recount all answers and invitations."""
    return fill("recount_answers", answers=_answers("true"), invitations=_invitations("true"))


def recounted_answers() -> str:
    """The answers that should be kept."""
    return _answers("true")


def recounted_invitations() -> str:
    """The invitations that should be kept."""
    return _invitations("true")


def _answers(which: str, until: str = _NOW) -> str:
    return fill("counted_answers", which=which, until=until)


def _invitations(which: str, until: str = _NOW) -> str:
    return fill("counted_invitations", which=which, until=until)


if __name__ == "__main__":
    print(triggers(), note_replaced("calls").strip(), sep="\n")  # noqa: T201
