"""Which language people read: the one they ask for, else that of their terminal."""

from __future__ import annotations

from ccmon.errors import UsageError
from ccmon.language import ENGLISH, LANGUAGES, language_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OPTION = "--language"
VARIABLE = "CCMON_LANGUAGE"
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""What says in which language a terminal's programs speak; the first that is set."""


def chosen(option: str | None, environment: Mapping[str, str], setting: str | None) -> str:
    """The code of the language to use: that of the option, the variable, the setting or the locale; else English.

    Args:
        option: what ``--language`` says, if it was given.
        environment: the variables of the process.
        setting: the setting ``language``, if there is one.

    Raises:
        UsageError: the first of option, variable and setting that is given names no language of ccmon.
    """
    for where, text in ((OPTION, option), (VARIABLE, environment.get(VARIABLE)), ("the setting language", setting)):
        if text:
            return language_named(text, where)
    locale = next(filter(None, map(environment.get, LOCALE_VARIABLES)), "")
    return language_in(locale) or ENGLISH


def language_named(text: str, where: str) -> str:
    """The code of the language that a text names: nl, NL, nl_BE.UTF-8, Nederlands.

    Raises:
        UsageError: it names none; the sentence begins with where it stands.
    """
    if (code := language_in(text)) is not None:
        return code
    from ccmon.spelling import either, nearest  # noqa: PLC0415 (few write a wrong one)

    codes = {name: code for code, name in LANGUAGES.items()}
    near = nearest(text, [*LANGUAGES, *codes], lambda each: codes.get(each, each))
    if near is not None:
        raise UsageError(f"{where}: there is no language {text!r}; did you mean {codes.get(near, near)}?")
    all_of_them = either([f"{code} ({name})" for code, name in LANGUAGES.items()])
    raise UsageError(f"{where}: there is no language {text!r}; it must be {all_of_them}.")
