"""Whether a switch lets us in with the user and the password that were answered."""

from __future__ import annotations

import socket

from ccmon.errors import CcmonError
from ccmon.setup.source import SourceKind
from ccmon.sources.ami.connection import Manager
from ccmon.sources.connection import ConnectionLostError, Login, SwitchStartingError
from ccmon.sources.freeswitch.event_socket import EventSocket

ANSWER_S = 3.0
"""How long a switch may take to be connected, and then to greet, which each does at once."""


def login_refusal(kind: SourceKind, login: Login) -> str | None:
    """Why a switch refuses, in one sentence; None if it lets us in.

    Raises:
        ConnectionLostError: nothing answers at this moment, or no such switch.
    """
    _require_greeting(login)
    try:
        if kind is SourceKind.AMI:
            with Manager(login) as manager:
                manager.status()
        else:
            EventSocket(login).close()
    except SwitchStartingError:
        return None
    except CcmonError as error:
        return str(error)
    return None


def _require_greeting(login: Login) -> None:
    """Find out within seconds what a follower waits for much longer."""
    try:
        with socket.create_connection((login.host, login.port), ANSWER_S) as connection:
            connection.settimeout(ANSWER_S)
            if not connection.recv(1):
                raise ConnectionLostError(f"{login.address} closes the connection")
    except TimeoutError:
        raise ConnectionLostError(f"{login.address} says nothing") from None
    except OSError as error:
        raise ConnectionLostError(f"no connection to {login.address}: {error.strerror or error}") from error
