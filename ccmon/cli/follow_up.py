"""``ccmon follow-up``: adds, settles, moves and hands over calls promised to customers, and undoes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ccmon.cli.completion import changed_follow_ups, follow_ups_to_undo, names_of, open_follow_ups
from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.sentences import tell
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path
from ccmon.formatting import UNKNOWN, iso_minute, plain

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ccmon.database.follow_ups import StoredFollowUp
    from ccmon.model.due_moments import DueMoments

HOW_THEY_COME_IN = (
    "They come in by ccmon follow-up add, by ccmon import table follow-ups FILE, "
    "or by SQL (docs/database.md, follow_ups)."
)

follow_up_app = typer.Typer(
    help="Calls promised to customers: list them, add one, mark them done, move, hand over, undo.",
    epilog=HOW_THEY_COME_IN,
    no_args_is_help=True,
)
app.add_typer(follow_up_app, name="follow-up")

_SLIP = 0.8
"""How much alike a usual outcome another one must be to be told as a slip: people may write their own."""
_NAME: Any = partial(typer.Argument, metavar="ID", help="Number of the follow-up, or your own reference.")
NameArgument = Annotated[str, _NAME(autocompletion=open_follow_ups)]
NameToUndoArgument = Annotated[str, _NAME(autocompletion=follow_ups_to_undo)]
NameOfChangedArgument = Annotated[str, _NAME(autocompletion=changed_follow_ups)]
WhoOption = Annotated[str | None, typer.Option(metavar="NAME", help="Who does this.", show_default="this account")]
ReasonOption = Annotated[str | None, typer.Option(help="The reason; kept in the table audit.")]


@follow_up_app.command(
    "list",
    epilog=examples("ccmon follow-up list", "ccmon follow-up list --agent eva", "ccmon follow-up list --json"),
)
def list_open(
    agent: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this agent's.", autocompletion=names_of("agents")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: docs/exports.md.")] = False,
    db: DatabaseOption = None,
) -> None:
    """Show the open follow-ups, the soonest due first: when they count as due, within opening hours."""
    from ccmon.database import follow_ups

    path = database_path(db)
    due = follow_ups.read_due_moments(path)
    found = sorted(follow_ups.list_open_follow_ups(path, agent), key=lambda each: due.counts_as(each.due_at))
    now, grace_ms = follow_ups.read_now_and_grace(path)
    if as_json:
        from ccmon.report.follow_up_json import as_text

        typer.echo(as_text(found, due, now, grace_ms))
        return
    for item in found:
        is_overdue = now > due.counts_as(item.due_at) + grace_ms
        tell(_line(item, due, is_overdue=is_overdue))
    if not found:
        whose = "" if agent is None else f" of {_one_line(agent)}"
        tell(f"No follow-up{whose} is open. {HOW_THEY_COME_IN}", "")


@follow_up_app.command(
    epilog=examples(
        "ccmon follow-up add K-1001 tomorrow 9:30 --agent eva --note 'Delivery date'",
        "ccmon follow-up add '+31 20 123 4567' 2 h --name 'J. Jansen' --kind complaint",
    )
)
def add(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="The customer's reference, row (#17) or telephone number.")
    ],
    due: Annotated[
        list[str],
        typer.Argument(
            metavar="TIME", help="When it is due: 16:45, tomorrow 9:30, friday 10:00, 2 h. A day alone: by its end."
        ),
    ],
    agent: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Login or name of its owner, who is to make the call.",
            show_default="nobody yet",
            autocompletion=names_of("agents"),
        ),
    ] = None,
    kind: Annotated[str, typer.Option(metavar="WHAT", help="What is to be done.")] = "call back",
    note: Annotated[str | None, typer.Option(help="What about.")] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a new customer, known by the telephone number from now on.")
    ] = None,
    who: WhoOption = None,
    db: DatabaseOption = None,
) -> None:
    """Add a follow-up: a call that is promised to a customer now."""
    from ccmon.cli.values import present_of
    from ccmon.database import follow_ups
    from ccmon.views.moments import coming_moment

    path = database_path(db)
    moments = follow_ups.read_due_moments(path)
    due_at = coming_moment(" ".join(due), present_of(path))
    item = follow_ups.add(
        path, customer.strip(), due_at, who=_who(who), phone=_phone(customer), new_name=name, agent=agent, kind=kind,
        note=note,
    )  # fmt: skip
    tell(_line(item, moments))
    _tell_if_closed(item, moments)
    for other in follow_ups.list_others_open(path, item.id):
        typer.echo(f"This customer has been promised a call before: {_line(other, moments)}", err=True)


@follow_up_app.command(
    epilog=examples(
        "ccmon follow-up done 7",
        "ccmon follow-up done 7 --outcome reached --note 'Took the offer'",
        "ccmon follow-up done F-1 --outcome cancelled",
    )
)
def done(
    name: NameArgument,
    outcome: Annotated[
        str,
        typer.Option(
            help='How it ended: reached, voicemail, "not reached", or in your own words; '
            "cancelled: the customer called it off, and it counts as not done."
        ),
    ] = "done",
    note: Annotated[str | None, typer.Option(help="A note to add to it.")] = None,
    who: WhoOption = None,
    db: DatabaseOption = None,
) -> None:
    """Settle a follow-up."""
    from ccmon.database import follow_ups
    from ccmon.metrics.follow_ups import USUAL_OUTCOMES
    from ccmon.spelling import nearest

    path = database_path(db)
    item = follow_ups.settle(path, name, who=_who(who), outcome=outcome, note=note)
    tell(_line(item, follow_ups.read_due_moments(path)))
    if item.outcome not in USUAL_OUTCOMES and (near := nearest(item.outcome or "", USUAL_OUTCOMES, cutoff=_SLIP)):
        said = f"The outcome {item.outcome!r} stands as you wrote it; did you mean {near}?"
        typer.echo(plain(f"{said} To undo it: ccmon follow-up undo {item.id}"), err=True)


@follow_up_app.command(
    epilog=examples(
        "ccmon follow-up move 7 16:45 --by customer",
        "ccmon follow-up move 7 tomorrow 9:30 --by agent --reason 'Ill today'",
        "ccmon follow-up move F-1 2 h --by customer",
    )
)
def move(
    name: NameArgument,
    to: Annotated[
        list[str],
        typer.Argument(
            metavar="TIME",
            help="The new due time: 16:45, tomorrow 9:30, friday 10:00, 2 h or 2026-11-24T15:00. "
            "A day alone: by its end.",
        ),
    ],
    by: Annotated[
        Literal["customer", "agent"],
        typer.Option(
            help="Whose wish it is: the customer's makes a new promise, the agent's keeps the first one (who moves it: "
            "--who)."
        ),
    ],
    reason: ReasonOption = None,
    who: WhoOption = None,
    db: DatabaseOption = None,
) -> None:
    """Move a follow-up to another moment."""
    from ccmon.cli.values import present_of
    from ccmon.database import follow_ups
    from ccmon.views.moments import coming_moment

    path = database_path(db)
    due = follow_ups.read_due_moments(path)
    due_at = coming_moment(" ".join(to), present_of(path))
    item = follow_ups.move(path, name, due_at, by=by, who=_who(who), reason=reason)
    tell(_line(item, due))
    _tell_if_closed(item, due)


@follow_up_app.command(
    "hand-over",
    epilog=examples("ccmon follow-up hand-over 7 omar", "ccmon follow-up hand-over F-1 omar --reason Holiday"),
)
def hand_over(
    name: NameArgument,
    agent: Annotated[
        str,
        typer.Argument(
            metavar="AGENT",
            help="Login or name of the agent who owns it from now on.",
            autocompletion=names_of("agents"),
        ),
    ],
    reason: ReasonOption = None,
    who: WhoOption = None,
    db: DatabaseOption = None,
) -> None:
    """Give a follow-up to another agent."""
    from ccmon.database import follow_ups

    path = database_path(db)
    item = follow_ups.hand_over(path, name, agent, who=_who(who), reason=reason)
    tell(_line(item, follow_ups.read_due_moments(path)))


@follow_up_app.command(epilog=examples("ccmon follow-up undo 7", "ccmon follow-up undo 7 --of eva --act moved"))
def undo(
    name: NameToUndoArgument,
    of: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose change is to be undone.", show_default="whoever undoes it")
    ] = None,
    act: Annotated[
        Literal["added", "done", "moved", "handed_over"] | None,
        typer.Option(help="Undo only this kind of change.", show_default="whatever came last"),
    ] = None,
    who: WhoOption = None,
    db: DatabaseOption = None,
) -> None:
    """Undo the last change to a follow-up: it becomes what it was before."""
    from ccmon.database import follow_ups

    path = database_path(db)
    item = follow_ups.undo(path, name, who=_who(who), whose=of, act=act)
    if item is None:
        typer.echo(_one_line(f"Follow-up {name} is gone: it had been added, and nothing else."))
    else:
        tell(_line(item, follow_ups.read_due_moments(path)))


@follow_up_app.command(epilog=examples("ccmon follow-up history 7"))
def history(name: NameOfChangedArgument, db: DatabaseOption = None) -> None:
    """Show who did what to a follow-up."""
    from ccmon.database import follow_ups, site

    path = database_path(db)
    zone = site.zone_of_database(path)
    acts = follow_ups.history(path, name)
    if not acts:
        tell(f"Nothing was done to follow-up {_one_line(name)} since it came in.")
    for act in acts:
        changes = ", ".join(
            f"{column} {_value(column, act.before[column], zone)} → {_value(column, after, zone)}"
            for column, after in act.after.items()
        )
        reason = f" ({act.reason})" if act.reason else ""
        said = f"{act.act}{reason}: {changes}"
        tell(f"{iso_minute(act.acted_at, zone)}  {_one_line(act.who)}  {_one_line(said)}")


def _phone(text: str) -> str | None:
    """A text as a telephone number without spaces; None: it is none."""
    from ccmon.number_texts import CellError
    from ccmon.sources.table.cells import phone_number

    try:
        return phone_number(text.strip())
    except CellError:
        return None


def _tell_if_closed(item: StoredFollowUp, due: DueMoments) -> None:
    """Say when a follow-up counts as due, if that is not its own moment."""
    counts_at = due.counts_as(item.due_at)
    if counts_at != item.due_at:
        closed = f"The site is closed on {iso_minute(item.due_at, due.zone)}"
        typer.echo(f"{closed}: it counts as due when it opens, on {iso_minute(counts_at, due.zone)}.")


def _who(name: str | None) -> str:
    from ccmon.accounts import acting_person

    return acting_person() if name is None else name


def _line(item: StoredFollowUp, due: DueMoments, *, is_overdue: bool = False) -> str:
    """A follow-up on one line; an open one with the moment at which it counts as due, as on the screen."""
    zone = due.zone
    due_at = due.counts_as(item.due_at) if item.done_at is None else item.due_at
    state = (
        f"{item.outcome} {iso_minute(item.done_at, zone)}"
        if item.done_at is not None
        else f"{'overdue since' if is_overdue else 'due'} {iso_minute(due_at, zone)}"
    )
    moved = "" if due_at == item.promised_at else f", promised {iso_minute(item.promised_at, zone)}"
    number = f"{item.id}" if item.reference is None else f"{item.id} ({item.reference})"
    owner, customer = item.owner or "nobody", item.customer or "unknown customer"
    return _one_line(
        f"{number}  {state}{moved}  {owner}  {customer}  {item.kind}{f'  {item.note}' if item.note else ''}"
    )


def _value(column: str, value: object, zone: ZoneInfo) -> str:
    if value is None:
        return UNKNOWN
    return iso_minute(value, zone) if column.endswith("_at") and isinstance(value, int) else str(value)


def _one_line(text: str) -> str:
    """The text on one line, harmless to a terminal: names and notes may come from anywhere."""
    return plain(" ".join(text.splitlines()))
