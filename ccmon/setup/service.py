"""The service that setup installs, and what one that is there says of the answers."""

from __future__ import annotations

import shlex
from itertools import pairwise

from ccmon.services.systemd import Systemd
from ccmon.services.unit import CREDENTIAL
from ccmon.setup.source import MANAGER

NAME = "ccmon-follow"


def answers(services: Systemd) -> dict[str, str]:
    """Source, user and password file of the unit that ccmon has written; empty if there is none."""
    unit = services.unit(NAME)
    if unit not in services.ours():
        return {}
    lines = dict(line.split("=", 1) for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line)
    words = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(lines.get("ExecStart", ""))]
    if "follow" not in words:
        return {}
    kind, *rest = words[words.index("follow") + 1 :]
    options = dict(pairwise(rest))
    found = {"switch_user": options.get("--user"), "source": _source(kind, rest, options)}
    _, has_file, file = lines.get("LoadCredential", "").partition(f"{CREDENTIAL}:")
    found["password_file"] = file.replace("%%", "%") if has_file else None
    return {name: text for name, text in found.items() if text}


def _source(kind: str, rest: list[str], options: dict[str, str]) -> str | None:
    if kind == "queue-log":
        return rest[0] if rest else None
    if kind == "ami":
        return f"{MANAGER}+{options['--queue-log']}" if "--queue-log" in options else MANAGER
    return options.get("--event-socket") or options.get("--database")
