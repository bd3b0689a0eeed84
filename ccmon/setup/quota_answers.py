"""The answer about the quota: sales a day of the whole centre."""

from __future__ import annotations

import re
import shlex

from ccmon.configuration.names import written
from ccmon.errors import UsageError
from ccmon.formatting import plural, regular
from ccmon.setup import parsers, team_answers
from ccmon.setup.question import UNSET, SetupContext

OF_TEAM = "ccmon config set quotas.team.Care.day.sales 40"
_OF_SOMEBODY = re.compile(r"(.*[^\s:=])[\s:=]+(\d[\d,.]*)")


def parse(typed: str, before: str, context: SetupContext) -> str:
    """A number of sales, or none.

    Raises:
        UsageError: it is neither; of a team's or an agent's quota, the sentence has the command that sets it.
    """
    if parsers.is_none(typed):
        if context.in_force is not None and context.in_force.quota is not None:
            raise UsageError("A quota holds until a later one: write 0 to end it.")
        return UNSET
    found = _OF_SOMEBODY.fullmatch(typed.strip())
    scope = _scope_of(found[1], context) if found else None
    if found and scope is not None:
        kind, name = scope
        setting = shlex.quote(written(("quotas", kind, name, "day", "sales")))
        raise UsageError(
            f"This quota is that of the whole centre; for the {kind} {name}, when setup is done: "
            f"ccmon config set {setting} {found[2]}"
        )
    return parsers.of_setting("quotas", "sales", typed, "The quota")


def _scope_of(name: str, context: SetupContext) -> tuple[str, str] | None:
    """The team or agent of that name, as quotas name them; None: there is none."""
    teams = team_answers.read(context.answers.get("teams", "")) or (context.in_force.teams if context.in_force else {})
    for kind, names in (("team", teams), ("agent", team_answers.agents_known(context))):
        for each in names:
            if each.casefold() == name.casefold():
                return kind, each
    return None


def in_words(answer: str, context: SetupContext) -> str:
    """The quotas of the centre, and how many teams and others have one besides."""
    others = [
        plural(number, *regular(scope))
        for scope, number in (context.in_force.other_quotas if context.in_force else {}).items()
    ]
    longer = context.in_force.longer_quotas if context.in_force else {}
    of_centre = ({"day": int(answer)} if answer else {}) | dict(longer)
    centre = ", ".join(
        f"{sales:,} {'' if number else 'sales '}a {period}" for number, (period, sales) in enumerate(of_centre.items())
    )
    return f"centre: {centre or 'none'}; besides: {', '.join(others)}" if others else centre
