"""``ccmon templates``: files to start from, and the documents."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli.options import examples
from ccmon.cli.sentences import tell
from ccmon.cli.typer_app import app
from ccmon.errors import CcmonError, os_error

PACKAGE = Path(__file__).parents[1]
SHIPPED = {
    "templates": "sample_data/templates",
    "mappings": "sample_data/mappings",
    "dashboards": "sample_data/dashboards",
    "docs": "docs",
}
"""Folders that are copied, and where a checkout has them; a wheel has them in ``ccmon/shipped``."""
SUFFIXES = {".csv", ".toml", ".md", ".json", ".svg"}


def import_order() -> list[str]:
    """The kinds of tables, each after those whose rows it names."""
    from ccmon.database.table_specs import KINDS

    kinds = list(KINDS)
    kinds.insert(kinds.index("sales"), "calls")
    return kinds


@app.command(
    epilog=examples(
        "ccmon templates start",
        "ccmon import table clients start/templates/clients.csv",
        "ccmon import table calls start/templates/calls.csv --mapping start/mappings/calls.toml",
    )
)
def templates(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where they are copied to; made if missing.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace files that are there and differ.")] = False,
) -> None:
    """Copy what to start from into a directory: templates, mappings, a dashboard, documents, the JSON Schema."""
    if directory.exists() and not directory.is_dir():
        raise CcmonError(f"{directory} is a file; name a directory.")
    copied, kept = 0, []
    for file, name in shipped():
        target = directory / name
        try:
            if target.exists() and not replace and target.read_bytes() != file.read_bytes():
                kept.append(target)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        except OSError as error:
            raise CcmonError(os_error(f"{target} cannot be written", error)) from error
        copied += 1
    typer.echo(f"Copied {copied} files into {directory}: {', '.join(SHIPPED)}.")
    tell(f"Tables name rows of each other: import those that you have in this order: {', '.join(import_order())}.")
    for target in kept:
        typer.echo(f"Kept {target}, which differs; --replace replaces it.")


def shipped() -> list[tuple[Path, Path]]:
    """Each file that comes with ccmon, and its path below the directory that it is copied to."""
    found = []
    for folder, in_checkout in SHIPPED.items():
        installed = PACKAGE / "shipped" / folder
        source = installed if installed.is_dir() else PACKAGE.parent / in_checkout
        found += [(file, Path(folder) / file.name) for file in sorted(source.iterdir()) if file.suffix in SUFFIXES]
    return found
