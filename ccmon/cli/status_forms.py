"""The further forms of ``ccmon status``: a stream of lines, a check, a part of the object."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ccmon.errors import UsageError

WINDOWS = ("15", "30", "60", "opening")
"""What ``--window`` may be: minutes, or since the site opened."""
EVERY_S: tuple[float, float] = (1, 86_400)
"""Within which limits the seconds between two lines, or two files, are."""


def run_status_form(
    db: Path | None = None,
    *,
    as_json: bool = False,
    at: str | None = None,
    queue: str | None = None,
    team: str | None = None,
    client: str | None = None,
    window: str | None = None,
    only: str | None = None,
    watch: bool = False,
    every: float | None = None,
    check: Sequence[str] | None = None,
) -> int:
    """Run the form that the options ask for; return its exit status.

    Raises:
        UsageError: the options do not go together, or a key is none of the object.
        CcmonError: the database cannot be read, or a given name does not exist.
    """
    from ccmon.snapshot.narrow import Filters

    if window is not None and (check or watch):
        raise UsageError("--window is for the floor as it is once; leave it out, or --watch and --check.")
    _refuse_mixed(as_json=as_json, at=at, only=only, watch=watch, every=every, check=check)
    if check:
        from ccmon.cli.run_check import run_check

        return run_check(db, check, Filters(queue, team, client))
    keys = None if only is None else keys_of(only)
    if watch:
        from ccmon.cli.run_watch import run_watch

        run_watch(db, every_s=every, only=keys, filters=Filters(queue, team, client))
    else:
        from ccmon.cli.run_status import run_status

        run_status(db, as_json=as_json, at=at, queue=queue, team=team, client=client, window=window, only=keys)
    return 0


def _refuse_mixed(
    *,
    as_json: bool,
    at: str | None,
    only: str | None,
    watch: bool,
    every: float | None,
    check: Sequence[str] | None,
) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: they do not.
    """
    if check and (as_json or watch or (at, only, every) != (None, None, None)):
        raise UsageError("--check takes only --db, --queue, --team and --client beside it.")
    if every is not None and not watch:
        raise UsageError("--every says how often --watch writes a line; add --watch.")
    if only is not None and not (watch or as_json):
        raise UsageError("--only chooses keys of the JSON; add --json or --watch.")
    if watch and at is not None:
        raise UsageError("--watch shows the present, and --at an earlier moment; leave one of them out.")
    if watch and not as_json and sys.stdout.isatty():
        raise UsageError(
            "--watch writes lines of JSON for another program; pipe it into one, or add --json to see them. "
            "To watch the floor yourself: ccmon monitor"
        )


def keys_of(text: str) -> Sequence[str]:
    """The keys of the JSON that a text names.

    Raises:
        UsageError: one of them is none.
    """
    from ccmon.model.snapshot import FloorSnapshot
    from ccmon.report.json import keys
    from ccmon.spelling import nearest

    known = [key.name for key in keys(FloorSnapshot)]
    named = [each.strip() for each in text.split(",")]
    for each in named:
        if each not in known:
            near = nearest(each, known)
            hint = f"did you mean {near}?" if near else f"the keys are {', '.join(known)}."
            raise UsageError(f'--only: "{each}" is no key of the JSON; {hint}')
    return named
