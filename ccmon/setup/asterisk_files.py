"""What Asterisk's files say: its queues and its agents, by name."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, cast

from msgspec import Struct

from ccmon.setup.machine import Machine, group_of, may_be_there
from ccmon.sources.agent_key import agent_key
from ccmon.sources.asterisk_conf import Section, read_sections
from ccmon.time_units import QUARTER_MS, SECOND_MS

READ_BYTES = 4 << 20
"""How much of the end of a log is looked through for names."""
READ_FOR_HOURS_BYTES = 64 << 20
"""How much of a log and its older files is looked through for the hours in which calls come."""
SHOWN_AGENTS = 400
_NOT_A_QUEUE = {"", "general", "globals"}
_SECONDS = re.compile(r"0*[1-9]\d{0,3}")
_LOG_FIELDS = 5


class QueueLog(Struct, frozen=True):
    """A queue log of Asterisk's."""

    path: Path
    is_readable: bool
    group: str
    """The group that it belongs to: who is in it can usually read it."""
    rotated: tuple[Path, ...] = ()
    """Older files of the same log."""
    size: int = 0
    """Bytes of all of them."""
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


def log_places(machine: Machine) -> list[Path]:
    """Where Asterisk and FreePBX write their queue log, as their configuration says, and usually."""
    folder = _setting(machine.path("/etc/asterisk/asterisk.conf"), "directories", "astlogdir")
    name = _setting(machine.path("/etc/asterisk/logger.conf"), "general", "queue_log_name")
    usual = "/var/log/asterisk", "queue_log"
    places = [machine.path(f"{folder or usual[0]}/{name or usual[1]}"), machine.path("/".join(usual))]
    return list(dict.fromkeys(places))


def log_paths(machine: Machine) -> list[Path]:
    """The queue logs that are there."""
    return [path for path in log_places(machine) if may_be_there(path) and not os.path.isdir(path)]  # noqa: PTH112 (says no where it may not look)


def look_at_log(path: Path) -> QueueLog:
    """What can be seen of a queue log."""
    if not os.access(path, os.R_OK):
        return QueueLog(path, is_readable=False, group=group_of(path))
    rotated = tuple(
        sorted(
            each
            for each in path.parent.glob(f"{path.name}?*")
            if each.is_file() and re.fullmatch(r"[.-]?\d[\d.-]*(\.gz|\.xz|\.bz2)?", each.name[len(path.name) :])
        )
    )
    queues, agents = _names_in_log(path)
    size = sum(each.stat().st_size for each in (path, *rotated))
    return QueueLog(path, True, group_of(path), rotated, size, queues, agents)


def _names_in_log(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    queues: Counter[str] = Counter()
    agents: dict[str, None] = {}
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - READ_BYTES))
        if file.tell():
            file.readline()
        for line in file:
            fields = line.decode("utf-8", "replace").rstrip("\n").split("|")
            if len(fields) < _LOG_FIELDS:
                continue
            _, _, queue, agent, event, *_ = fields
            if event == "ENTERQUEUE" and queue not in {"", "NONE"}:
                queues[queue] += 1
            if event == "CONNECT" and agent not in {"", "NONE"} and len(agents) < SHOWN_AGENTS:
                agents[agent_key(agent)] = None
    # Asterisk takes capitals for small letters: the usual spelling stands for all.
    usual = {queue.casefold(): queue for queue, _ in reversed(queues.most_common())}
    return tuple(sorted(usual.values(), key=str.casefold)), tuple(sorted(agents))


def calls_in_log(log: QueueLog) -> Counter[int]:
    """How many callers a log and its older files have in each quarter of an hour, by its start in milliseconds."""
    found: Counter[int] = Counter()
    left = READ_FOR_HOURS_BYTES
    files = [path for path in (log.path, *log.rotated) if path.suffix not in {".xz", ".bz2"}]
    for path in sorted(files, key=lambda each: each.stat().st_mtime, reverse=True):
        with suppress(OSError, EOFError, zlib.error), path.open("rb") as raw:
            if path.suffix != ".gz":
                raw.seek(max(0, path.stat().st_size - left))
            for line in cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw:
                left -= len(line)
                second = line.partition(b"|")[0] if b"|ENTERQUEUE|" in line else b""
                if second.isdigit():
                    at = int(second) * 1000
                    found[at - at % QUARTER_MS] += 1
                if left < 0:
                    return found
    return found


def queues_conf_paths(machine: Machine) -> list[Path]:
    """Asterisk's queues.conf and FreePBX's, those that this user can read."""
    names = ("queues_additional.conf", "queues.conf")
    paths = [machine.path(f"/etc/asterisk/{name}") for name in names]
    return [path for path in paths if os.access(path, os.R_OK)]


def configured_queues(paths: Iterable[Path]) -> dict[str, int | None]:
    """The queues that some files such as queues.conf configure, each with its ``servicelevel`` in milliseconds.

    Callers who are answered within it are in time; None: it is not set, or 0.
    """
    found: dict[str, int | None] = {}
    for section in chain.from_iterable(_sections(path) for path in paths):
        if section.name not in _NOT_A_QUEUE:
            level = _SECONDS.fullmatch(section.last("servicelevel") or "")
            found[section.name] = int(level[0]) * SECOND_MS if level else found.get(section.name)
    return found


def _sections(path: Path) -> list[Section]:
    with suppress(OSError):
        return read_sections(path)
    return []


def _setting(file: Path, section: str, name: str) -> str | None:
    values = (each.last(name) for each in _sections(file) if each.name == section)
    return next((value for value in values if value), None)
