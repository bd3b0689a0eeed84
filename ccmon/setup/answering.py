"""Answers to the questions: taken from options, from an earlier run or by default, and dropped where none is due."""

from __future__ import annotations

from collections.abc import Mapping

from ccmon.errors import UsageError
from ccmon.setup.question import NO, UNSET, PasswordQuestion, Question, SetupContext, WrongSourceError
from ccmon.setup.questions import QUESTIONS


class NeedlessOptionError(UsageError):
    """An option answers a question that does not arise."""


def forget_needless(context: SetupContext) -> None:
    """Take away the answers to questions that do not apply any more, such as those about a former source."""
    for each in QUESTIONS:
        if not each.applies(context):
            context.answers.pop(each.name, None)


def forget_wrong(context: SetupContext, changed: str) -> None:
    """Take away answers that do not agree with another one any more, which has been changed."""
    for each in QUESTIONS:
        if each.depends_on == changed and each.name in context.answers:
            try:
                each.parse(context.answers[each.name], UNSET, context)
            except UsageError:
                del context.answers[each.name]


def parse_given(asked: Question, given: str, context: SetupContext) -> str:
    """The answer that an option gives.

    Raises:
        UsageError: it makes no sense; the sentence names the option.
    """
    try:
        return asked.parse(given, asked.default(context) or UNSET, context)
    except WrongSourceError as error:
        raise UsageError(f"--source: {error}") from None
    except UsageError as error:
        raise UsageError(f"{asked.option}: {error}") from None


def kept_or_default(asked: Question, kept: str | None, context: SetupContext) -> str | None:
    """An answer of an earlier run if it is still one, else the default."""
    answer = kept_or_none(asked, kept, context)
    return asked.default(context) if answer is None else answer


def kept_or_none(asked: Question, kept: str | None, context: SetupContext) -> str | None:
    """An answer of an earlier run if it is still one, else None."""
    if not kept:
        return kept
    try:
        return asked.parse(kept, kept if asked.is_table else UNSET, context)
    except UsageError:
        return None


def complete(context: SetupContext, given: Mapping[str, str], kept: Mapping[str, str]) -> None:
    """Answer every question: as given, else as an earlier run has kept it, else by its default.

    Raises:
        UsageError: an answer is wrong, or one without a default is missing.
    """
    for each in QUESTIONS:
        if not each.applies(context):
            continue
        if each.name in given:
            context.answers[each.name] = parse_given(each, given[each.name], context)
            continue
        answer = kept_or_default(each, kept.get(each.name), context)
        if answer is None:
            if isinstance(each, PasswordQuestion):
                raise UsageError(f"{each.option}: {each.why_no_default(context)}")
            raise UsageError(f"{each.option} is needed: {each.title.rstrip('?').lower()}.")
        context.answers[each.name] = answer
    require_all_taken(context, given)


def require_all_taken(context: SetupContext, given: Mapping[str, str]) -> None:
    """Refuse an option that the other answers have made needless.

    Raises:
        NeedlessOptionError: there is one; the sentence says why.
    """
    for each in QUESTIONS:
        text = given.get(each.name, NO)
        if each.name not in context.answers and text != NO:  # no: of what there is not here anyhow
            why = each.why_needless.format(text)
            raise NeedlessOptionError(f"{each.option} does not go with the other answers: {why}.")
