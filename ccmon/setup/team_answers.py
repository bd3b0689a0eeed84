"""The answer about teams: one line for each, such as ``Care: eva, omar``, or the path of a table of agents."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from unicodedata import combining, normalize

from ccmon.errors import CcmonError, UsageError
from ccmon.formatting import plural, width_of
from ccmon.setup import screen
from ccmon.setup.existing import StoredAnswers
from ccmon.setup.parsers import ADDS
from ccmon.setup.question import SetupContext
from ccmon.sources.table import row_reader
from ccmon.spelling import nearest

LINE_WIDTH = 72
"""Cells of a line that shows teams."""
LEAST_LIKENESS = 0.85
"""How much alike two names are of which one is a slip."""
FEWEST_LETTERS = 2
"""Of a beginning that stands for a name."""
MOST_WITHOUT_TEAM = 24
"""How many agents without a team are named."""


def default_teams(context: SetupContext) -> str:
    """The teams that are in force."""
    return teams_of(context.in_force)


def teams_of(existing: StoredAnswers | None) -> str:
    """The teams of a database as an answer."""
    teams = existing.teams if existing else {}
    return "\n".join(written(team, list(agents)) for team, agents in teams.items())


def written(team: str, agents: list[str]) -> str:
    """A team as a line of the answer."""
    return f"{team}: {('; ' if any(',' in name for name in agents) else ', ').join(agents)}"


def read(answer: str) -> dict[str, list[str]]:
    """The agents of each team; empty if the answer is a table."""
    teams: dict[str, list[str]] = {}
    for line in answer.splitlines():
        team, colon, names = line.partition(":")
        if colon and not is_table_of_agents(answer):
            teams[team.strip()] = _names(names)
    return teams


def _names(text: str) -> list[str]:
    """Names with commas between them, or with semicolons if there are any."""
    return [name.strip() for name in text.split(";" if ";" in text else ",") if name.strip()]


def is_table_of_agents(answer: str) -> bool:
    """Whether the answer is the path of a table."""
    return answer.startswith("/") and "\n" not in answer


def change(typed: str, answer: str, context: SetupContext) -> str:
    """The answer after a line was typed: a team with its agents, or a file.

    Raises:
        UsageError: it is neither.
    """
    for line in map(str.strip, typed.splitlines()):
        path = Path(line).expanduser() if line else Path()
        if ":" in line and not path.is_file():
            team, _, names = line.partition(":")
            if not team.strip():
                raise UsageError(f"{line!r} names no team; write TEAM: AGENT, AGENT.")
            teams = read(answer)
            agents = _as_known(_names(names), _spellings(context, teams))
            # Who moves to a team leaves the one before.
            left = {other: [name for name in members if name not in agents] for other, members in teams.items()}
            changed = {**left, team.strip(): agents}
            answer = "\n".join(written(name, members) for name, members in changed.items() if members)
        elif path.is_file():
            teams_in(path)
            answer = str(path.absolute())
        else:
            raise UsageError(f"{line!r} is no file and no team; write TEAM: AGENT, AGENT, or the path of a table.")
    return answer


def _spellings(context: SetupContext, teams: Mapping[str, list[str]]) -> dict[str, str]:
    """The known agents by what may be typed for them; empty where the switch and the database name none."""
    known = agents_known(context)
    if not known:
        return {}
    placed = [name for members in teams.values() for name in members]
    logins = context.recorded.names_by_login if context.recorded else {}
    return _by_names([*known, *placed]) | {login.casefold(): name for login, name in logins.items()}


def _by_names(known: list[str]) -> dict[str, str]:
    names = [name for name in dict.fromkeys(known) if name.strip()]
    first_names = Counter(name.casefold().split()[0] for name in names)
    of_one = {name.casefold().split()[0]: name for name in names if first_names[name.casefold().split()[0]] == 1}
    return {**of_one, **{name.casefold(): name for name in names}}


def _as_known(names: list[str], spelt: Mapping[str, str]) -> list[str]:
    """The names as the switch spells them; one with ``!`` is of an agent of whom there is no record yet.

    A beginning, such as a first name, stands for the only known agent who has it, with accents or without. Where no
    agent is known, each name is right.

    Raises:
        UsageError: some are not known; the sentence names all of them.
    """
    found = {name: _known(name, spelt) for name in names if not name.endswith(ADDS)}
    unknown = [name for name, known in found.items() if known is None]
    if unknown and spelt:
        raise UsageError(_no_agents(unknown, spelt))
    for name in (name for name in names if name.endswith(ADDS)):
        already = _with_domain(name.removesuffix(ADDS).rstrip(), spelt)
        if already is not None:
            raise UsageError(f"There is an agent {already!r} already: name that one instead of {name!r}.")
    return [found.get(name) or spelt.get(name.casefold(), name.removesuffix(ADDS).rstrip()) for name in names]


def _known(name: str, spelt: Mapping[str, str]) -> str | None:
    """The only known agent whom a name, or its beginning, can mean."""
    if name.casefold() in spelt:
        return spelt[name.casefold()]
    typed = _without_accents(name)
    same = {agent for each, agent in spelt.items() if _without_accents(each) == typed}
    begun = {agent for each, agent in spelt.items() if _begins(_without_accents(each), typed)}
    return next((found.pop() for found in (same, begun) if len(found) == 1), None)


def _begins(name: str, typed: str) -> bool:
    """Whether a name begins with what was typed; a number does not begin with another one."""
    rest = name.removeprefix(typed)
    is_part_of_number = typed[-1:].isdigit() and rest[:1].isdigit()
    return len(typed) >= FEWEST_LETTERS and name.startswith(typed) and not is_part_of_number


def _without_accents(name: str) -> str:
    return "".join(each for each in normalize("NFKD", name.casefold()) if not combining(each))


def _with_domain(name: str, spelt: Mapping[str, str]) -> str | None:
    """The only known agent of that name in a domain, as FreeSWITCH has them: ``1001@default`` for ``1001``."""
    found = {agent for each, agent in spelt.items() if each.startswith(f"{name.casefold()}@")}
    return found.pop() if len(found) == 1 else None


def _no_agents(unknown: Sequence[str], spelt: Mapping[str, str]) -> str:
    for name in unknown:
        if len(words := name.split()) > 1 and all(_known(word, spelt) for word in words):
            return f"There is no agent {name!r}; if these are several, write commas between them: {', '.join(words)}."
    nearest_ones = (nearest(name, spelt, spelt.get, cutoff=LEAST_LIKENESS) for name in unknown)
    near = [repr(spelt[each]) for each in nearest_ones if each is not None]
    meant = f"; did you mean {', '.join(near)}?" if near else "."
    is_one = len(unknown) == 1
    names, new = ", ".join(map(repr, unknown)), ", ".join(f"{name}{ADDS}" for name in unknown)
    if is_one:
        return f"There is no agent {names}{meant} To add a new one: {new}"
    return f"There are no agents {names}{meant} To add new ones: {new}"


def teams_in(path: Path) -> list[str]:
    """The teams that a table of agents names.

    Raises:
        UsageError: it cannot be read, or has no columns ``login`` and ``team``.
    """
    try:
        form = row_reader.find_format(path)
        with row_reader.open_rows(path, form) as (rows, _):
            header = next(rows, None)
            names = [cell.strip().lower() for cell in header.cells] if header else []
            if "login" not in names or "team" not in names:
                raise UsageError(f"{path} has no columns login and team; ccmon templates DIR has such a table.")
            column = names.index("team")
            found = (row.cells[column].strip() for row in rows if row.error is None and len(row.cells) > column)
            return list(dict.fromkeys(filter(None, found)))
    except (CcmonError, csv.Error) as error:
        raise error if isinstance(error, UsageError) else UsageError(str(error)) from None


def changes(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What is to be of each team that is new or changed: the agents of a new one, else who comes and who goes.

    Args:
        before: the agents of each team.
        after: the same, as answered.
    """
    found: dict[str, list[str]] = {}
    for team in dict.fromkeys((*after, *before)):
        now, was = after.get(team, ()), before.get(team, ())
        if team not in before:
            found[team] = [written(team, [*now])]
            continue
        moves = (
            ("in", [name for name in now if name not in was]),
            ("out", [name for name in was if name not in now]),
        )
        lines = [
            f"{team}: {way}: {plural(len(names), '{n} agent', '{n} agents')} ({screen.first_names(names)})"
            for way, names in moves
            if names
        ]
        if lines:
            found[team] = lines
    return found


def agents_known(context: SetupContext) -> list[str]:
    """Agents by name, from the database and the switch."""
    return list(dict.fromkeys([*(context.recorded.agents if context.recorded else ()), *context.agents_of_switch]))


def table(context: SetupContext, answer: str) -> list[str]:
    """The teams, and who is in none."""
    if is_table_of_agents(answer):
        return [f"Teams of the table: {', '.join(teams_in(Path(answer))) or 'none'}"]
    lines = []
    for team, agents in read(answer).items():
        lines += _listed(f"{team}:", agents)
    placed = {name for agents in read(answer).values() for name in agents}
    without = [name for name in agents_known(context) if name not in placed]
    if without:
        left_out = len(without) - MOST_WITHOUT_TEAM
        shown = [*without[:MOST_WITHOUT_TEAM], *([f"{left_out} more"] if left_out > 0 else [])]
        lines += [*([""] if lines else []), *_listed("In no team:", shown)]
    return lines


def _listed(head: str, names: list[str]) -> list[str]:
    """Names after a head, as many on a line as fit."""
    lines = [head]
    for name in [*(f"{name}," for name in names[:-1]), *names[-1:]]:
        if width_of(lines[-1]) + 1 + width_of(name) > LINE_WIDTH:
            lines.append("   ")
        lines[-1] += f" {name}"
    return lines
