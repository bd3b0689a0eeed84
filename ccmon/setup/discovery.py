"""What setup finds out about a machine before it asks."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ccmon import settings
from ccmon.database.site import named_zone
from ccmon.errors import CcmonError
from ccmon.services import systemd
from ccmon.setup import asterisk_files, freeswitch_files, installed_service
from ccmon.setup.asterisk_files import QueueLog
from ccmon.setup.machine import Machine
from ccmon.setup.source import EVENT_SOCKET_PORT, LOCAL, MANAGER_PORT


class Findings(Struct, frozen=True):
    """What is there."""

    logs: tuple[QueueLog, ...] = ()
    queues_conf: Path | None = None
    queues: tuple[str, ...] = ()
    """Queues that configurations name."""
    thresholds_ms: dict[str, int] = {}
    """Of the queues for which queues.conf has a ``servicelevel``."""
    manager: str | None = None
    """The greeting of an Asterisk manager on this machine."""
    has_event_socket: bool = False
    callcenter_database: Path | None = None
    callcenter_is_readable: bool = False
    looked_for: tuple[str, ...] = ()
    """The switches that were looked for, and where."""
    time_zone: str = "UTC"
    unknown_time_zone: str = ""
    """What the machine is set to, if that is no time zone."""
    database: Path | None = None
    """The call database that settings or the environment name, or that lies where setup would make one."""
    has_systemd: bool = False
    service: dict[str, str] = {}
    """The answers for which the service stands that is there."""


def find(machine: Machine) -> Findings:
    """Look at a machine; nothing is changed."""
    confs = asterisk_files.queues_conf_paths(machine)
    configured = asterisk_files.configured_queues(confs)
    queues = list(configured)
    callcenter = freeswitch_files.callcenter_database(machine)
    manager = machine.greeting(LOCAL, MANAGER_PORT)
    socket = machine.greeting(LOCAL, EVENT_SOCKET_PORT)
    has_socket = socket is not None and socket.startswith("Content-Type: auth")
    zone = _known_zone(machine.time_zone)
    if has_socket or callcenter is not None:
        queues += freeswitch_files.queues(machine)
    return Findings(
        logs=tuple(asterisk_files.look_at_log(path) for path in asterisk_files.log_paths(machine)),
        queues_conf=confs[0] if confs else None,
        queues=tuple(dict.fromkeys(queues)),
        thresholds_ms={name: ms for name, ms in configured.items() if ms is not None},
        manager=manager if manager is not None and "Asterisk" in manager else None,
        has_event_socket=has_socket,
        callcenter_database=callcenter,
        callcenter_is_readable=callcenter is not None and os.access(callcenter, os.R_OK),
        looked_for=_looked_for(machine),
        time_zone=zone or "UTC",
        unknown_time_zone="" if zone else machine.time_zone,
        database=_configured_database(machine),
        has_systemd=systemd.is_there(is_user=not machine.is_root),
        service=installed_service.answers(machine.systemd),
    )


def _looked_for(machine: Machine) -> tuple[str, ...]:
    databases = [str(path) for path in freeswitch_files.places(machine)]
    return (
        f"Asterisk's queue log {' or '.join(map(str, asterisk_files.log_places(machine)))}",
        f"its manager at port {MANAGER_PORT}",
        f"FreeSWITCH's event socket at port {EVENT_SOCKET_PORT}",
        f"its database {' or '.join(databases)}",
    )


def _known_zone(name: str) -> str | None:
    with suppress(CcmonError):
        return named_zone(name).key
    return None


def _configured_database(machine: Machine) -> Path | None:
    if machine.is_root:  # root's own settings say nothing about the system
        places = {settings.settings_files()[0], "CCMON_DB"}
        of_system = [each.value for each in settings.given() if each.name == "database" and each.where in places]
        if of_system:
            return Path(of_system[-1])
        return machine.default_database if machine.default_database.exists() else None
    configured = settings.load().database
    if configured != settings.default_database() or configured.exists():
        return configured
    return machine.default_database if machine.default_database.exists() else None
