"""``ccmon init`` and ``ccmon doctor``: the database itself."""

from __future__ import annotations

from typing import Annotated

import typer

from ccmon.cli import app
from ccmon.cli.options import DatabaseOption, database_path


@app.command()
def init(
    db: DatabaseOption = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Such as Europe/Amsterdam; else this machine's.", show_default=False),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the site.", show_default=False)] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="The site's money, such as EUR.", show_default=False)
    ] = None,
) -> None:
    """Make an empty call database, or bring an older one up to date."""
    from ccmon import settings  # noqa: PLC0415
    from ccmon.store import database  # noqa: PLC0415

    path = database_path(db)
    if path.is_file() and path.stat().st_size and (time_zone, name, currency) == (None, None, None):
        version = database.upgrade(path)
        typer.echo(f"{path} is up to date (schema {version}).")
        return
    if path == settings.default_database():
        path.parent.mkdir(parents=True, exist_ok=True)
    zone = time_zone or machine_time_zone()
    database.create(path, time_zone=zone, name=name, currency=currency)
    typer.echo(f"Made {path}, in the time zone {zone}.")


def machine_time_zone() -> str:
    """IANA name of this machine's time zone; UTC where it has none."""
    import os  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    named = os.environ.get("TZ", "").lstrip(":")
    if named and not named.startswith("/"):
        return named
    _, found, zone = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    if found:
        return zone.removeprefix("posix/").removeprefix("right/")
    try:
        return Path("/etc/timezone").read_text(encoding="utf-8").strip() or "UTC"
    except OSError:
        return "UTC"
