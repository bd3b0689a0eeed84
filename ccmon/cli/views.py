"""``ccmon views``: views of the screen that were saved under a name."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ccmon.cli.completion import names_of_views
from ccmon.cli.options import examples
from ccmon.cli.typer_app import app

views_app = typer.Typer(help="List and remove views that were saved on the screen under a name.", no_args_is_help=True)
app.add_typer(views_app, name="views")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the view.", autocompletion=names_of_views)]


@views_app.command("list", epilog=examples("ccmon views list", "ccmon monitor --view floor"))
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List this user's views: name, panel in front, filters."""
    import msgspec

    from ccmon.formatting import fit, plain, width_of
    from ccmon.monitor.kept_views import read, views_file
    from ccmon.views.screen_view import summary

    named = read(views_file()).named
    if as_json:
        found = [{"name": name, **msgspec.to_builtins(view)} for name, view in sorted(named.items())]
        typer.echo(json.dumps({"views": found}, indent=2, ensure_ascii=False))
        return
    if not named:
        typer.echo("No view has a name yet: save one on the screen.")
    width = max((width_of(plain(name)) for name in named), default=0)
    for name, view in sorted(named.items()):
        typer.echo(f"{fit(plain(name), width)}  {plain(summary(view))}".rstrip())


@views_app.command(epilog=examples("ccmon views remove floor"))
def remove(name: NameArgument) -> None:
    """Remove a view."""
    from ccmon.monitor import kept_views

    kept_views.remove(kept_views.views_file(), name)
    typer.echo(f"The view {name} is removed.")
