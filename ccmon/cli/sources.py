"""``ccmon sources``: shows what feeds the database, and whether it still does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccmon.cli.completion import names_of_expected_sources, names_of_sources
from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.sentences import tell
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from ccmon.database.source_status import SourceStatus

SHOWN = 20
"""How many rejected lines are shown by default."""
SIGNS = {"followed": "+", "not followed": "-", "quiet": "?", "silent": "!"}


@app.command(
    epilog=examples(
        "ccmon sources",
        "ccmon sources --rejected --limit 50",
        "ccmon sources old-dialler --json",
        "ccmon sources --forget old-dialler --yes",
    )
)
def sources(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Only this source.", autocompletion=names_of_sources)
    ] = None,
    db: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Show rejected lines, the newest first, and why.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="The most rejected lines to show. Default: 20.")
    ] = None,
    retire: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Expect no more news of this source; its calls stay.",
            autocompletion=names_of_expected_sources,
        ),
    ] = None,
    forget: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Delete everything from this source; needs --yes.", autocompletion=names_of_sources
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Really delete: this cannot be undone.")] = False,
) -> None:
    """Show what feeds the database: since when, how much, how old its last news is, and whether it has gone silent."""
    if limit is not None and not rejected:
        raise typer.BadParameter("it says how many rejected lines to show: add --rejected.", param_hint="--limit")
    path = database_path(db)
    if retire is not None:
        _retire(path, retire)
    if forget is not None:
        _forget(path, forget, confirmed=yes)
    if rejected:
        _show_rejected(path, name, SHOWN if limit is None else limit, as_json=as_json)
        return
    _show_sources(path, name, as_json=as_json)


def _show_sources(path: Path, name: str | None, *, as_json: bool) -> None:
    """Print every source, or the named one."""
    from json import dumps

    from ccmon.database import database_file, reader, source_status
    from ccmon.database.site import site_zone
    from ccmon.services.installed import service_of

    with database_file.open_for_reading(path) as connection:
        at = reader.floor_now(connection)
        here = site_zone(connection)
        found = list(source_status.source_statuses(path, connection, at, service_of))
        if name is not None and not (found := [source for source in found if source.name == name]):
            source_status.check_known(path, connection, name)
    if as_json:
        document = {"at": _iso(at, here), "sources": [_object(source, at, here) for source in found]}
        typer.echo(dumps(document, indent=2))
    elif not found:
        typer.echo(
            "Nothing feeds this database yet: ccmon setup or ccmon import brings in your own calls, "
            "ccmon demo shows a simulated floor."
        )
    else:
        for source in found:
            for line in _lines(source, at, here):
                tell(line, " " * 6)


def _retire(path: Path, name: str) -> None:
    from ccmon.database import database_file, source_status

    with database_file.open_for_writing(path) as connection:
        source_status.retire(path, connection, name)
    typer.echo(f'No more news of "{name}" is expected; its calls stay.', err=True)


def _forget(path: Path, name: str, *, confirmed: bool) -> None:
    from ccmon.database import database_file, source_status
    from ccmon.formatting import plural, regular

    with database_file.open_for_writing(path) as connection:
        brought = source_status.brought_by(path, connection, name)
        each = ((brought.calls, "call"), (brought.states, "agent state"), (brought.members, "queue membership"))
        *first, last = [plural(number, *regular(what)) for number, what in each if number] or ["0 calls"]
        rows = f"{', '.join(first)} and {last}" if first else last
        if not confirmed:
            raise CcmonError(f'{rows} of "{name}" would be deleted for good; add --yes to do it.')
        source_status.forget(path, connection, name)
    typer.echo(f'Deleted {rows} of "{name}".', err=True)


def _show_rejected(path: Path, name: str | None, limit: int, *, as_json: bool) -> None:
    """Print what was rejected."""
    from json import dumps

    from msgspec.structs import asdict

    from ccmon.database import database_file
    from ccmon.database.rejected_lines import rejected_lines
    from ccmon.database.site import site_zone
    from ccmon.formatting import local_time, plain, plural

    with database_file.open_for_reading(path) as connection:
        here = site_zone(connection)
        found, number = rejected_lines(path, connection, name, limit)
    if as_json:
        lines = [
            {**asdict(line), "taken_in": bool(line.taken_in), "rejected_at": _iso(line.rejected_at, here)}
            for line in found
        ]
        typer.echo(dumps({"rejected_lines": lines, "of": number}, indent=2))
        return
    whose = "" if name is None else f" of {plain(name)}"
    if not found:
        typer.echo(
            f"No rejected line{whose} is recorded. For tables other than calls, only the import shows refused rows."
        )
    for line in found:
        said = f"{local_time(line.rejected_at, here):%Y-%m-%d %H:%M:%S}  {plain(line.source)}"
        where = f"  {plain(line.where)}" if line.where is not None else ""
        what = "taken in without a number" if line.taken_in else "rejected"
        typer.echo(f"{said}{where}  {what}: {plain(line.reason)}\n    {plain(line.content)}")
    if number > len(found):
        typer.echo(
            f"These are the newest of {plural(number, '{n} line', '{n} lines')}{whose}; --limit shows more.", err=True
        )


def _lines(source: SourceStatus, at: int, zone: ZoneInfo) -> list[str]:
    from ccmon.cli.import_ import events_by_name
    from ccmon.database.source_status import CLOCKS_APART_MS
    from ccmon.formatting import clock, plain, plural
    from ccmon.metrics.durations import coarse

    origin = f", {source.origin}" if source.origin else ""
    head = f"{SIGNS[source.state]} {source.name} ({source.kind}{origin}): {source.text}"
    facts = []
    if source.started_at is not None:
        facts.append(f"since {clock(source.started_at, zone)} on {_day(source.started_at, zone)}")
    if source.records is not None:
        facts.append(plural(source.records, "{n} record", "{n} records"))
    if source.unknown_records:
        named = f" ({events_by_name(source.unknown_events)})" if source.unknown_events else ""
        facts.append(f"{source.unknown_records:,} of unknown events{named}")
    if source.rejected:
        facts.append(f"{plural(source.rejected, '{n} line', '{n} lines')} rejected (ccmon sources --rejected)")
    if source.incomplete_records:
        facts.append(
            f"{source.incomplete_records:,} with an impossible number, treated as missing (ccmon sources --rejected)"
        )
    if source.last_record_at is not None:
        ahead = source.last_record_at > at + CLOCKS_APART_MS
        ago = "in the future: a wrong clock or date" if ahead else f"{coarse(at - source.last_record_at)} ago"
        facts.append(f"the last record of {_day(source.last_record_at, zone)}, {ago}")
    if source.checked_at is not None and (source.state != "not followed" or source.heartbeat):
        facts.append(f"checked {coarse(at - source.checked_at)} ago")
    return [plain(head), f"    {', '.join(facts)}"] if facts else [plain(head)]


def _object(source: SourceStatus, at: int, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "origin": source.origin,
        "state": source.state,
        "text": source.text,
        "heartbeat": bool(source.heartbeat),
        "running": source.running,
        "since": _iso(source.started_at, zone),
        "records": source.records,
        "unknown_records": source.unknown_records,
        "unknown_events": source.unknown_events,
        "rejected": source.rejected,
        "incomplete_records": source.incomplete_records,
        "last_record_at": _iso(source.last_record_at, zone),
        "last_record_age_s": _age(source.last_record_at, at),
        "checked_at": _iso(source.checked_at, zone),
        "checked_age_s": _age(source.checked_at, at),
    }


def _iso(moment: int | None, zone: ZoneInfo) -> str | None:
    from ccmon.formatting import local_time

    return None if moment is None else local_time(moment // 1000 * 1000, zone).isoformat()


def _age(moment: int | None, at: int) -> float | None:
    return None if moment is None else round(max(0, at - moment) / 1000, 3)


def _day(moment: int, zone: ZoneInfo) -> str:
    from ccmon.formatting import local_time

    return f"{local_time(moment, zone):%Y-%m-%d}"
