"""Answers to the questions: taken from options, from an earlier run or by default, and dropped where none is due."""

from __future__ import annotations

from collections.abc import Mapping

from ccmon.errors import UsageError
from ccmon.setup.parsers import NO
from ccmon.setup.question import UNSET, Case, PasswordQuestion, Question, WrongSourceError
from ccmon.setup.questions import QUESTIONS


class NeedlessOptionError(UsageError):
    """An option answers a question that does not arise."""


def forget_needless(case: Case) -> None:
    """Take away the answers to questions that do not apply any more, such as those about a former source."""
    for each in QUESTIONS:
        if not each.applies(case):
            case.answers.pop(each.name, None)


def forget_wrong(case: Case, changed: str) -> None:
    """Take away answers that do not agree with another one any more, which has been changed."""
    for each in QUESTIONS:
        if each.depends_on == changed and each.name in case.answers:
            try:
                each.parse(case.answers[each.name], UNSET, case)
            except UsageError:
                del case.answers[each.name]


def parse_given(asked: Question, given: str, case: Case) -> str:
    """The answer that an option gives.

    Raises:
        UsageError: it makes no sense; the sentence names the option.
    """
    try:
        return asked.parse(given, asked.default(case) or UNSET, case)
    except WrongSourceError as error:
        raise UsageError(f"--source: {error}") from None
    except UsageError as error:
        raise UsageError(f"{asked.option}: {error}") from None


def kept_or_default(asked: Question, kept: str | None, case: Case) -> str | None:
    """An answer of an earlier run if it is still one, else the default."""
    answer = kept_or_none(asked, kept, case)
    return asked.default(case) if answer is None else answer


def kept_or_none(asked: Question, kept: str | None, case: Case) -> str | None:
    """An answer of an earlier run if it is still one, else None."""
    if not kept:
        return kept
    try:
        return asked.parse(kept, kept if asked.is_table else UNSET, case)
    except UsageError:
        return None


def complete(case: Case, given: Mapping[str, str], kept: Mapping[str, str]) -> None:
    """Answer every question: as given, else as an earlier run has kept it, else by its default.

    Raises:
        UsageError: an answer is wrong, or one without a default is missing.
    """
    for each in QUESTIONS:
        if not each.applies(case):
            continue
        if each.name in given:
            case.answers[each.name] = parse_given(each, given[each.name], case)
            continue
        answer = kept_or_default(each, kept.get(each.name), case)
        if answer is None:
            if isinstance(each, PasswordQuestion):
                raise UsageError(f"{each.option}: {each.why_no_default(case)}")
            raise UsageError(f"{each.option} is needed: {each.title.rstrip('?').lower()}.")
        case.answers[each.name] = answer
    require_all_taken(case, given)


def require_all_taken(case: Case, given: Mapping[str, str]) -> None:
    """Refuse an option that the other answers have made needless.

    Raises:
        NeedlessOptionError: there is one; the sentence says why.
    """
    for each in QUESTIONS:
        text = given.get(each.name, NO)
        if each.name not in case.answers and text != NO:  # no: of what there is not here anyhow
            why = each.why_needless.format(text)
            raise NeedlessOptionError(f"{each.option} does not go with the other answers: {why}.")
