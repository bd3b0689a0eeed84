"""Runs ``ccmon proof``: one figure, from what it is counted, and the rows behind it."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from ccmon.cli.run_status import read_once, refuse_unknown
from ccmon.cli.values import database_path
from ccmon.database.proofs import RowsRequest, read_behind
from ccmon.errors import CcmonError, UsageError
from ccmon.formatting import plain
from ccmon.model.proofs import PageBehind
from ccmon.report.proof import as_json as written_as_json
from ccmon.report.proof import proof_lines
from ccmon.report.text import output_width
from ccmon.snapshot.narrow import Filters
from ccmon.snapshot.windows import WINDOWS, Window, window_start
from ccmon.spelling import nearest
from ccmon.views.all_panels import panels
from ccmon.views.glyphs import ASCII, UNICODE, needs_ascii
from ccmon.views.named_figures import as_name, find_figure, names_of_figures
from ccmon.views.proofs import Proof, prove
from ccmon.views.view_context import ViewContext


def write_names() -> None:
    """Write the names of all figures that can be proved."""
    for name in names_of_figures():
        typer.echo(name)


def run_proof(
    db: Path | None,
    name: str,
    *,
    as_json: bool,
    at: str | None,
    queue: str | None,
    team: str | None,
    client: str | None,
    agent: str | None,
    window: str | None,
    rows: int,
    sql: bool,
) -> None:
    """Write the proof of a figure.

    Raises:
        UsageError: there is no such figure.
        CcmonError: the database cannot be read, a name does not exist, or nothing is behind the figure to be listed.
    """
    floor, _ = read_once(db, at, as_json=False)
    filters = Filters(queue, team, client)
    refuse_unknown(database_path(db), floor, filters)
    part = Window.TODAY if window is None else WINDOWS[window]
    if part is not Window.TODAY and window_start(floor, part) is None:
        raise CcmonError("The site is closed, or its opening hours are not set; ask for 15, 30 or 60 minutes.")
    ascii_alone = needs_ascii() or not (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    context = ViewContext.of(floor, glyphs=ASCII if ascii_alone else UNICODE, filters=filters, window=part)
    kind, of = ("agent", agent) if agent is not None else next(iter(context.filters.in_force), ("", ""))
    figure = find_figure(panels(), context, name, kind=kind, of=of)
    if figure is None:
        raise _no_such_figure(name, kind, of, context)
    proof = prove(figure, context)
    page = _page(database_path(db), proof, context, rows)
    if sql:
        if page is None:
            raise CcmonError(f"Nothing can be listed of {plain(name)}: it is counted from no rows of its own.")
        typer.echo(f"{page.text};")
    elif as_json:
        typer.echo(written_as_json(proof, page, context))
    else:
        for line in proof_lines(proof, page if rows else None, context, output_width(sys.stdout)):
            typer.echo(line)


def _page(path: Path, proof: Proof, context: ViewContext, rows: int) -> PageBehind | None:
    if proof.behind is None:
        return None
    asked = RowsRequest(*proof.behind, context.snapshot.at, proof.until, proof.since)
    return read_behind(path, asked, limit=rows)


def _no_such_figure(name: str, kind: str, of: str, context: ViewContext) -> CcmonError:
    """Why a figure is not found: nobody has that name, the one has no such figure, or there is none."""
    known = names_of_figures()
    if as_name(name) not in known:
        near = nearest(as_name(name), known)
        hint = f"did you mean {near}?" if near else "ccmon proof lists the names of all."
        return UsageError(f'There is no figure named "{plain(name)}": {hint}')
    if kind == "agent" and not any(
        of.casefold() in {a.name.casefold(), a.login.casefold()} for a in context.snapshot.agents
    ):
        return CcmonError(f'There is no agent named "{plain(of)}".')
    whose = f'the {kind} "{plain(of)}"' if kind else "all together"
    return CcmonError(f"There is no {as_name(name)} of {whose}.")
