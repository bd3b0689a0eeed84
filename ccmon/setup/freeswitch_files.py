"""What FreeSWITCH's files say: its queues, and where its call centre's database lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ccmon.errors import CcmonError
from ccmon.setup.machine import Machine, may_be_there
from ccmon.sources.freeswitch import database
from ccmon.sources.freeswitch.database import LockedError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CONFIGURATIONS = ("/etc/freeswitch", "/usr/local/freeswitch/conf", "/opt/freeswitch/conf")
"""Of the packages, of the source, of others."""
DATABASES = ("/var/lib/freeswitch/db", "/usr/local/freeswitch/db", "/opt/freeswitch/db")
USUAL_NAME = "callcenter"


def queues(machine: Machine) -> list[str]:
    """The queues of mod_callcenter, as far as its configuration can be read."""
    for document in _documents(machine, "callcenter.conf.xml"):
        return [name for each in document.iter("queue") if (name := each.get("name"))]
    return []


def places(machine: Machine) -> list[Path]:
    """Where the database of mod_callcenter may lie: as the configuration says, then the usual places.

    A name with a slash is a path; any other one is that of a file in FreeSWITCH's directory of databases. Whoever keeps
    the switch's own database in memory (``core-db-name``) often keeps this one beside it.
    """
    names = [name for each in _documents(machine, "callcenter.conf.xml") for name in _values(each, "dbname")]
    cores = [name for each in _documents(machine, "switch.conf.xml") for name in _values(each, "core-db-name")]
    paths = [name for name in names if "/" in name]
    files = [*(f"{name}.db" for name in names if "/" not in name), f"{USUAL_NAME}.db"]
    folders = [*(name.rpartition("/")[0] for name in cores if name.startswith("/")), *DATABASES]
    found = [*paths, *(f"{folder}/{file}" for file in files for folder in folders)]
    return [machine.path(path) for path in dict.fromkeys(found)]


class SwitchTables(Struct, frozen=True):
    """What the database of mod_callcenter names."""

    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


def look_at_tables(path: Path) -> SwitchTables:
    """Its queues and agents; none if it cannot be read just now."""
    with suppress(CcmonError, LockedError):
        tables = database.read(path)
        queues = {tier.queue for tier in tables.tiers} | {member.queue for member in tables.members}
        return SwitchTables(tuple(sorted(queues)), tuple(sorted(row.name for row in tables.agents)))
    return SwitchTables()


def place_of_socket(machine: Machine) -> str:
    """The file that configures the event socket: the one that is there, else its name."""
    name = "autoload_configs/event_socket.conf.xml"
    found = (machine.path(f"{folder}/{name}") for folder in CONFIGURATIONS)
    return next((str(path) for path in found if may_be_there(path)), name)


def callcenter_database(machine: Machine) -> Path | None:
    """The database of mod_callcenter."""
    return next((path for path in places(machine) if may_be_there(path)), None)


def _documents(machine: Machine, name: str) -> Iterator[Element]:
    """The roots of the files of that name that can be read and are well formed."""
    from xml.etree import ElementTree  # noqa: PLC0415 (whoever is not beside FreeSWITCH needs no XML)

    for folder in CONFIGURATIONS:
        with suppress(OSError, ElementTree.ParseError):
            file = machine.path(f"{folder}/autoload_configs/{name}")
            yield ElementTree.fromstring(file.read_text(encoding="utf-8", errors="replace"))  # noqa: S314 (root's file)


def _values(document: Element, name: str) -> list[str]:
    """What a parameter is set to; variables such as ``$${db_dir}`` are not known here."""
    found = (each.get("value") for each in document.iter("param") if each.get("name") == name)
    return [value for value in found if value and "$" not in value]
