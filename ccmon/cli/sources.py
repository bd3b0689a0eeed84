"""``ccmon sources``: what feeds the database, and whether it still does."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccmon.cli import app
from ccmon.cli.options import DatabaseOption, database_path
from ccmon.errors import CcmonError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ccmon.store.feeds import Feed

SIGNS = {"followed": "+", "not followed": "-", "quiet": "?", "silent": "!"}


@app.command()
def sources(
    db: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    retire: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Expect no more news of this source; its calls stay.", show_default=False),
    ] = None,
    forget: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Take everything away that this source has told, with --yes.", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it: what is taken away does not come back.")] = False,
) -> None:
    """Show what feeds the database: since when, how much, how old its last news is, and whether it has gone silent."""
    from contextlib import closing  # noqa: PLC0415
    from json import dumps  # noqa: PLC0415

    from ccmon.store import database, feeds, reader  # noqa: PLC0415
    from ccmon.store.business_days import zone  # noqa: PLC0415
    from ccmon.text import plural  # noqa: PLC0415

    path = database_path(db)
    if retire is not None:
        with closing(database.open_writer(path)) as connection, database.faults(path):
            feeds.retire(path, connection, retire)
        typer.echo(f'No more news of "{retire}" is expected; its calls stay.', err=True)
    if forget is not None:
        with closing(database.open_writer(path)) as connection, database.faults(path):
            calls = plural(feeds.calls_of(path, connection, forget), "call")
            if not yes:
                raise CcmonError(f'{calls} of "{forget}" would go for good; to do it, say --yes as well.')
            feeds.forget(path, connection, forget)
        typer.echo(f'{calls} of "{forget}" went.', err=True)
    with closing(database.open_reader(path)) as connection, database.faults(path):
        at = reader.floor_now(connection.execute(database.sql("clock")).fetchone())
        _, time_zone, *_ = connection.execute(database.sql("site")).fetchone()
        found = list(feeds.feeds(path, connection, at))
    here = zone(time_zone)
    if as_json:
        whole = {"at": _iso(at, here), "sources": [_object(feed, at, here) for feed in found]}
        typer.echo(dumps(whole, indent=2))
    elif not found:
        typer.echo("Nothing feeds this database yet: ccmon follow, ccmon import or ccmon seed brings calls.")
    else:
        for feed in found:
            typer.echo("\n".join(_lines(feed, at, here)))


def _lines(feed: Feed, at: int, zone: ZoneInfo) -> list[str]:
    from ccmon.store.feeds import CLOCKS_APART_MS, span  # noqa: PLC0415
    from ccmon.text import clock, plain, plural  # noqa: PLC0415

    origin = f", {feed.origin}" if feed.origin else ""
    head = f"{SIGNS[feed.state]} {feed.name} ({feed.kind}{origin}): {feed.text}"
    facts = []
    if feed.started_at is not None:
        facts.append(f"since {clock(feed.started_at, zone)} on {_day(feed.started_at, zone)}")
    if feed.records is not None:
        facts.append(plural(feed.records, "record"))
    if feed.unknown_records:
        facts.append(f"{feed.unknown_records:,} of events not used")
    if feed.rejected:
        facts.append(f"{plural(feed.rejected, 'line')} rejected (table rejected_lines)")
    if feed.incomplete_records:
        facts.append(
            f"{feed.incomplete_records:,} with a number that cannot be, taken as not said (table rejected_lines)"
        )
    if feed.last_record_at is not None:
        ahead = feed.last_record_at > at + CLOCKS_APART_MS
        ago = "in the future: a wrong clock or date" if ahead else f"{span(at - feed.last_record_at)} ago"
        facts.append(f"the last of {_day(feed.last_record_at, zone)}, {ago}")
    if feed.checked_at is not None and feed.state != "not followed":
        facts.append(f"checked {span(at - feed.checked_at)} ago")
    return [plain(head), f"    {', '.join(facts)}"] if facts else [plain(head)]


def _object(feed: Feed, at: int, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "name": feed.name,
        "kind": feed.kind,
        "origin": feed.origin,
        "state": feed.state,
        "text": feed.text,
        "heartbeat": feed.heartbeat,
        "running": feed.running,
        "since": _iso(feed.started_at, zone),
        "records": feed.records,
        "unknown_records": feed.unknown_records,
        "rejected": feed.rejected,
        "incomplete_records": feed.incomplete_records,
        "last_record_at": _iso(feed.last_record_at, zone),
        "last_record_age_s": _age(feed.last_record_at, at),
        "checked_at": _iso(feed.checked_at, zone),
        "checked_age_s": _age(feed.checked_at, at),
    }


def _iso(moment: int | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment // 1000, zone).isoformat()


def _age(moment: int | None, at: int) -> float | None:
    return None if moment is None else round(max(0, at - moment) / 1000, 3)


def _day(moment: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment / 1000, zone):%Y-%m-%d}"
