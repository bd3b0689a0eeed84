"""The smallest Typer program: what a command costs before anything of ours is added."""

from __future__ import annotations

import typer

WORD = "ready"

app = typer.Typer(add_completion=False)


@app.command()
def bare() -> None:
    """Print one word."""
    typer.echo(WORD)


if __name__ == "__main__":
    app()
