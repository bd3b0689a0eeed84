"""``ccmon config``: every setting of a site seen and changed in one place."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from ccmon.cli.completion import database_named, for_shell, shell
from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path

if TYPE_CHECKING:
    from ccmon.configuration.actions import Conditions
    from ccmon.configuration.applying import Plan

config_app = typer.Typer(help="See and change the settings: of the site, and of this machine.", no_args_is_help=True)
app.add_typer(config_app, name="config")


def _names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The names of settings that a shell offers."""
    from ccmon.configuration import completion

    return for_shell(completion.names(incomplete, database_named(ctx), whole=shell() == "zsh"))


def _values(ctx: typer.Context, incomplete: str) -> list[str]:
    """The values of a setting that a shell offers."""
    from ccmon.configuration import completion

    found = completion.values(ctx.params.get("name") or "", database_named(ctx))
    return for_shell(value for value in found if value.startswith(incomplete))


NameArgument = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Such as theme or queues.Sales.purpose.", autocompletion=_names),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DAY",
        help="First day for a quota or a target of a queue: today, tomorrow or a date. "
        "From today or earlier, a target counts the days since then anew.",
    ),
]
NewOption = Annotated[bool, typer.Option("--new", help="Add the queue, team, agent … if it is not there.")]
SiteOption = Annotated[
    bool | None,
    typer.Option(
        "--site/--user",
        help="Settings in a file: for everybody on this machine, or this user's own. Default: everybody's for root. "
        "A limit of alarms with --user is for this user's screens alone.",
    ),
]


@config_app.command(
    epilog=examples(
        "ccmon config show", "ccmon config show queues.Sales", "ccmon config show theme", "ccmon config show --json"
    )
)
def show(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="Only what begins so, such as queues or queues.Sales.", autocompletion=_names
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    db: DatabaseOption = None,
) -> int:
    """Show every value in force, where it comes from, and what else it could be."""
    from ccmon import cli
    from ccmon.cli.sentences import width_of_terminal
    from ccmon.configuration import actions, listing, names
    from ccmon.errors import CcmonError, UsageError

    found, error = [], None
    try:
        for setting in actions.in_force(db, None if name is None else names.parse(name)):
            found.append(setting)  # noqa: PERF402 (what was found before an error is shown)
    except UsageError:
        raise
    except CcmonError as raised:
        if not found:
            raise
        error = raised
    if as_json:
        typer.echo(listing.as_json(found))
    else:
        _print(listing.lines(found, width_of_terminal(sys.stdout)))
    if not found:
        typer.echo("There are none yet.", err=True)
    return 0 if error is None else cli.say(str(error))


class _SetCommand(TyperCommand):
    """A value that begins with a hyphen and a digit is no option: it is told what it is for and why it cannot be."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put such a value after ``--``."""
        values = [each for each in args if each[:1] == "-" and each[1:2].isdigit()] if "--" not in args else []
        rest = [each for each in args if each not in values]
        return super().parse_args(ctx, [*rest, "--", *values] if values else args)


@config_app.command(
    "set",
    cls=_SetCommand,
    epilog=examples(
        "ccmon config set theme dark",
        "ccmon config set queues.Sales.service_level_target 0.85 --from today",
        "ccmon config set 'queues.\"Sales NL\".purpose' sales",
        'ccmon config set pause_reasons.lunch.limit "45 min"',
        'ccmon config set alarms.wrap_up "2 min" --user',
        "ccmon config set quotas.team.Care.day.sales 40 --from 2026-12-01",
    ),
)
def set_(
    name: NameArgument,
    value: Annotated[
        str,
        typer.Argument(metavar="VALUE", help="Such as 0.85, 20 s, 15 min, yes or dark.", autocompletion=_values),
    ],
    from_day: FromOption = None,
    new: NewOption = False,
    site: SiteOption = None,
    db: DatabaseOption = None,
) -> None:
    """Change a value."""
    from ccmon.configuration import actions

    _change(name, value.strip(), actions.Conditions(from_day, new, site), db)


@config_app.command(
    epilog=examples(
        "ccmon config unset theme",
        "ccmon config unset agents.anna.team",
        "ccmon config unset queues.Calls",
        "ccmon config unset pause_reasons.lunch",
        "ccmon config unset teams.Care --with-references",
        "ccmon config unset opening_hours",
        "ccmon config unset quotas.team.Care.day.sales --from 2026-12-01",
    )
)
def unset(
    name: NameArgument,
    from_day: FromOption = None,
    with_references: Annotated[
        bool,
        typer.Option("--with-references", help="With a row, unset all settings that refer to it; shown and asked."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask, where a whole section is meant, or a row with references.")
    ] = False,
    site: SiteOption = None,
    db: DatabaseOption = None,
) -> int:
    """Take a value away, so that the default holds; or a whole queue, team, agent … that nothing refers to.

    All opening hours, holidays or limits of alarms go at once, after showing them and asking.
    """
    from ccmon.configuration import actions, applying, names, referring, whole_sections

    conditions = actions.Conditions(from_day, site=site, act="config unset")
    if with_references:
        actions.check_options(names.parse(name), conditions)
        changes = referring.changes_with_references(names.parse(name), database_path(db))
        return _carry_out(applying.Plan(changes, conditions, database_path(db)), agreed=yes)
    section = whole_sections.section_of(names.parse(name))
    if section is not None:
        return _unset_section(section, conditions, db, agreed=yes)
    _change(name, None, conditions, db)
    return 0


@config_app.command(epilog=examples("ccmon config export site.toml", "ccmon config export -"))
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; -: standard output.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace a file that differs.")] = False,
    db: DatabaseOption = None,
) -> None:
    """Write everything that files and the database set into one TOML file, for version control."""
    from ccmon.configuration import actions
    from ccmon.configuration.toml_files import holds
    from ccmon.errors import UsageError
    from ccmon.whole_file import write_whole

    text = actions.export(database_path(db))
    if str(file) == "-":
        typer.echo(text, nl=False)
        return
    if file.exists() and not replace and not holds(file, text):
        raise UsageError(f"{file} is there already and differs; --replace replaces it.")
    write_whole(file, text)
    typer.echo(f"Wrote {file}.")


@config_app.command(epilog=examples("ccmon config apply site.toml", "ccmon config apply site.toml --yes --new"))
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As ccmon config export writes it; -: standard input.")],
    yes: Annotated[bool, typer.Option("--yes", help="Make the changes without asking.")] = False,
    from_day: FromOption = None,
    new: NewOption = False,
    site: SiteOption = None,
    db: DatabaseOption = None,
) -> int:
    """Bring the settings into line with a file, after showing what differs. What it does not name stays as it is."""
    from ccmon.configuration import actions, applying, toml_files, unnamed

    changes = toml_files.read(file, toml_files.read_file(file))
    plan = applying.Plan(changes, actions.Conditions(from_day, new, site, "config apply"), database_path(db))
    if not plan.errors and not plan.differs:
        names = unnamed.unnamed(changes, database_path(db))
        _print(["Nothing differs.", *([unnamed.sentence_about(names, file)] if names else [])])
        return 0
    return _carry_out(plan, agreed=yes, can_ask=str(file) != "-")


@config_app.command(
    epilog=examples(
        "ccmon config log",
        "ccmon config log queues.Sales",
        "ccmon config log --limit 20",
        "ccmon config log quotas --since 2026-12-01 --json",
    )
)
def log(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="Only what begins so, such as quotas or queues.Sales.", autocompletion=_names
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Only from this day on: today, yesterday or a date.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the newest N.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    db: DatabaseOption = None,
) -> None:
    """Show who changed what in the database, when, and from which day on; the newest last.

    Settings in a file are a person's own, and their changes are not noted.
    """
    from ccmon.configuration import history_listing, names

    found, zone = history_listing.read(database_path(db), None if name is None else names.parse(name), since)
    if as_json:
        typer.echo(history_listing.as_json(found[-(limit or 0) :], zone))
        return
    _print([*history_listing.lines(found, zone)][-(limit or 0) :])
    if not found:
        typer.echo("No change is noted.")


def _unset_section(section: str, conditions: Conditions, db: Path | None, *, agreed: bool) -> int:
    """Take all values of a section away, after showing them and asking."""
    from ccmon.configuration import actions, applying, own_limits, references, whole_sections

    name = (section,)
    are_own_limits = references.is_own_limit(name, site=conditions.site)
    if are_own_limits:
        actions.check_options_in_file(name, conditions)
        changes = whole_sections.changes_of_own_limits()
    else:
        actions.check_options(name, conditions)
        changes = whole_sections.changes_of_database(section, database_path(db))
    with own_limits.offered(name):
        plan = applying.Plan(changes, conditions, database_path(db), are_own_limits=are_own_limits)
        if plan.errors or plan.differs:
            return _carry_out(plan, agreed=agreed)
    others = own_limits.in_other_files(plan.file, changes) if are_own_limits else []
    _print([f"Nothing of {section} is set.", *others])
    return 0


def _carry_out(plan: Plan, *, agreed: bool, can_ask: bool = True) -> int:
    """Show what a plan with changes does, and do it if a person agrees; return the exit status."""
    from ccmon import cli
    from ccmon.cli import questions
    from ccmon.errors import UsageError

    for sentence in plan.errors:
        cli.say(sentence)
    if plan.errors:
        return 2
    _print(plan.lines())
    if not agreed:
        if not can_ask or not questions.can_ask():
            raise UsageError("nothing was changed: add --yes to make these changes without being asked.")
        if not questions.agreed("Make these changes?"):
            typer.echo("Nothing was changed.")
            return 0
    _print(plan.carry_out())
    typer.echo("Done.")
    return 0


def _change(name: str, value: str | None, conditions: Conditions, db: Path | None) -> None:
    """Change one setting, and say what that does."""
    from ccmon.configuration import actions, names, own_limits, references
    from ccmon.configuration.setting import RequestedChange
    from ccmon.errors import UsageError

    change = RequestedChange(names.without_aliases(names.parse(name)), value)
    if value == "":
        raise UsageError(f"a value is missing; to take it away: ccmon config unset {name}")
    if references.is_own_limit(change.name, site=conditions.site):
        done = actions.change_file_setting(RequestedChange(references.own_limit(change.name), value), conditions, db)
    elif names.is_in_file(change.name):
        done = actions.change_file_setting(change, conditions, db)
    else:
        actions.check_options(change.name, conditions)
        with own_limits.offered(change.name):
            done = actions.change_database(database_path(db), [change], conditions)
        done.notes.extend(own_limits.going_before([change]))
    for sentence in done.errors:
        raise UsageError(sentence)
    _print([*map(str, done.differences), *([] if done.has_written else done.unchanged), *done.notes])


def _print(lines: Iterable[str]) -> None:
    """Print lines; where one must be broken, it goes on further to the right."""
    from ccmon.cli.sentences import tell

    for line in lines:
        tell(line, " " * (len(line) - len(line.lstrip()) + 2))
