"""The service that is there already: the answers for which it stands, and the files that it reads."""

from __future__ import annotations

from pathlib import Path

from ccmon.services.systemd import Systemd
from ccmon.services.unit import DEFAULT_NAME, Followed, followed
from ccmon.setup.source import MANAGER


def answers(services: Systemd) -> dict[str, str]:
    """Source, user and password file of the unit that ccmon has written; empty if there is none."""
    unit = services.unit(DEFAULT_NAME)
    found = followed(unit.read_text(encoding="utf-8")) if unit in services.ours() else None
    if found is None:
        return {}
    given = {
        "switch_user": found.options.get("--user"),
        "source": _source(found),
        "password_file": found.password_file,
    }
    return {name: text for name, text in given.items() if text}


def _source(found: Followed) -> str | None:
    if found.kind == "queue-log":
        return found.words[0] if found.words else None
    if found.kind == "ami":
        return f"{MANAGER}+{found.options['--queue-log']}" if "--queue-log" in found.options else MANAGER
    return found.options.get("--event-socket") or found.options.get("--database")


def followed_files(found: Followed) -> list[Path]:
    """The files of a switch that a service reads."""
    named = [found.options.get(option) for option in ("--queue-log", "--queues-conf", "--database")]
    log = found.words[0] if found.kind == "queue-log" and found.words else None
    return [Path(each) for each in (log, *named) if each is not None]
