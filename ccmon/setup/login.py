"""Whether a switch lets us in with the user and the password that were answered."""

from __future__ import annotations

from ccmon.errors import CcmonError
from ccmon.setup.source import MANAGER
from ccmon.sources.ami.connection import Manager
from ccmon.sources.connection import ConnectionLostError, Login
from ccmon.sources.freeswitch.event_socket import EventSocket


def refusal(kind: str, login: Login) -> str | None:
    """Why a switch refuses, in one sentence; None if it lets us in, or if nothing answers at this moment."""
    try:
        if kind == MANAGER:
            with Manager(login) as manager:
                manager.status()
        else:
            EventSocket(login).close()
    except ConnectionLostError:
        return None  # it may be down: the follower goes on trying
    except CcmonError as error:
        return str(error)
    return None
