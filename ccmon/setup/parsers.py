"""Answers of one word: each function returns the answer as it is kept, or says in one sentence what is wrong."""

from __future__ import annotations

import locale
import re
import shlex
from zoneinfo import ZoneInfo

from ccmon.configuration import value_texts
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.configuration.value_limits import refusal
from ccmon.database.site import zone_or_city
from ccmon.errors import CcmonError, UsageError, sentence
from ccmon.number_texts import CellError
from ccmon.setup import source
from ccmon.setup.question import NO, UNSET, YES, SetupContext
from ccmon.setup.source import SourceKind
from ccmon.setup.time_zone import UNLIKELY
from ccmon.sources.table.cells import CellContext

NOBODY, ALL = "nobody", "all"
ADDS = "!"
"""After the name of a queue or an agent that nothing names yet."""
NO_CONTEXT = CellContext(ZoneInfo("UTC"))
"""Of values that mean the same everywhere."""
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_.-]{0,31}\$?", re.IGNORECASE)
_NONE = {"", "none", "-", "unset", "not set"}


def is_none(typed: str) -> bool:
    """Whether the answer to a question that may stay open is none."""
    return typed.strip().lower() in _NONE


def of_setting(section: str, column: str, typed: str, what: str) -> str:
    """An answer that is the value of a setting, read and written as by ``ccmon config set``.

    Args:
        section: of the setting.
        column: its name there.
        typed: what was answered.
        what: what it is, as the beginning of a sentence.

    Raises:
        UsageError: it is no such value.
    """
    spec = own_columns(SECTIONS[section])[column]
    try:
        return value_texts.write(spec, value_texts.parse(spec, typed, NO_CONTEXT), None)
    except CellError as error:
        raise UsageError(sentence(f"{what} {refusal(spec, typed, error, NO_CONTEXT)}")) from None


def text(typed: str, before: str, context: SetupContext) -> str:
    """Any text, or none."""
    return UNSET if is_none(typed) else typed.strip()


def switch_user(typed: str, before: str, context: SetupContext) -> str:
    """A user of the switch; FreeSWITCH's event socket needs none."""
    name = text(typed, before, context)
    if not name and context.source.kind is SourceKind.AMI:
        raise UsageError("Asterisk's manager lets nobody in without a user: name a section of manager.conf.")
    return name


def yes_no(typed: str, before: str, context: SetupContext) -> str:
    """Yes or no."""
    word = typed.strip().lower()
    if word in {"y", "yes", "1"}:
        return YES
    if word in {"n", "no", "2"}:
        return NO
    raise UsageError(f"{typed!r} is neither yes nor no.")


def time_zone(typed: str, before: str, context: SetupContext) -> str:
    """An IANA time zone, or its city."""
    try:
        zone = context.findings.time_zone
        return (zone_or_city(typed.strip()) if zone in UNLIKELY else zone_or_city(typed.strip(), zone)).key
    except CcmonError as error:
        raise UsageError(str(error)) from None


def currency(typed: str, before: str, context: SetupContext) -> str:
    """A currency's code, or none."""
    if is_none(typed):
        return UNSET
    return of_setting("site", "currency", typed, "The currency")


def likely_currency(context: SetupContext) -> str:
    """The currency of the database, else of this account's locale."""
    if context.in_force is not None:
        return context.in_force.site.currency or UNSET
    code = str(locale.localeconv().get("int_curr_symbol", "")).strip()
    return code if re.fullmatch("[A-Z]{3}", code) else UNSET


def day_start(typed: str, before: str, context: SetupContext) -> str:
    """A time of day in whole quarters of an hour."""
    return of_setting("site", "day_starts", typed, "The start of a day")


def switch(typed: str, before: str, context: SetupContext) -> str:
    """A source of calls."""
    return source.parse(typed).answer


def accounts(typed: str, before: str, context: SetupContext) -> str:
    """Accounts of this machine, with commas between them, or nobody."""
    if is_none(typed) or typed.strip() == NOBODY:
        return UNSET
    names = [name for name in re.split(r"[,\s]+", typed.strip()) if name]
    for name in names:
        if not _ACCOUNT.fullmatch(name):
            raise UsageError(f"{name!r} cannot be the name of an account; write names with commas between them.")
        if not context.machine.has_account(name):
            command = f"sudo useradd --create-home {shlex.quote(name)}"
            raise UsageError(f"There is no account {name!r} on this machine; to make it first: {command}")
    return ",".join(dict.fromkeys(names))


def acting(typed: str, before: str, context: SetupContext) -> str:
    """Who may act: nobody, all who may look, or some of them."""
    word = typed.strip().lower()
    if word in {NOBODY, ALL}:
        return word
    names = accounts(typed, before, context)
    looking = context.answers.get("look", UNSET).split(",")
    strangers = [name for name in names.split(",") if name and name not in looking]
    if strangers:
        name = strangers[0]
        raise UsageError(f"{name} may not look: first add {name} to those who may look.")
    if names and set(names.split(",")) == set(looking):
        return ALL
    if names:
        require_access_lists(context)
    return names or NOBODY


def require_access_lists(context: SetupContext) -> None:
    """Raise unless some accounts can be let act where others only look.

    Raises:
        UsageError: the program is missing.
    """
    if not context.machine.has_access_lists:
        raise UsageError(
            "That some may act and others only look needs the program setfacl (package acl): install it, or answer all."
        )
