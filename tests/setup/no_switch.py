"""This machine as one where nobody listens at the ports of switches, which somebody may. A program: ccmon on it."""

from __future__ import annotations

import functools

from ccmon.__main__ import main
from ccmon.setup import machine
from ccmon.setup.source import EVENT_SOCKET_PORT, MANAGER_PORT, SourceKind
from ccmon.setup.switch_login import login_refusal
from ccmon.sources.connection import Login


def _refusal(kind: SourceKind, login: Login) -> str | None:
    return None if login.port in {MANAGER_PORT, EVENT_SOCKET_PORT} else login_refusal(kind, login)


Machine = functools.partial(machine.Machine, greeting=lambda host, port: None, refusal=_refusal)

if __name__ == "__main__":
    machine.Machine = Machine  # type: ignore[assignment,misc]
    main()
