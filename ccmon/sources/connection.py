"""What all sources that are connected to a running switch share: stopping, connecting, and going on after a fault.

Plain sockets with a short time-out, one thread: whoever stops the process is obeyed within `PATIENCE_S`, and there is
nothing to cancel.
"""

from __future__ import annotations

import socket
import sqlite3
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from ccmon.database import database_file
from ccmon.database.record_errors import could_not, is_of_a_record
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError, os_error
from ccmon.events import CallEvent, WrapUpEnded
from ccmon.sources.rejected_line_reporter import RejectedLineReporter
from ccmon.sources.stop import Stop

PATIENCE_S: Final = 0.2
"""How long one wait for bytes lasts, and so how late a signal may be obeyed and an event written."""

CONNECT_TIMEOUT_S: Final = 10.0
SILENCE_S: Final = 15.0
"""How long a switch that is asked every second may not answer before it counts as gone."""

_LOCKED_MS: Final = 500
"""How long a locked database is waited for before the switch is listened to again: it drops who does not read."""

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0


class ConnectionLostError(Exception):
    """The connection is gone, or never came; another may. The text says what happened."""


class SwitchStartingError(ConnectionLostError):
    """The switch answers, but has not loaded yet what it is asked for: most likely it has just been started."""


class Backoff:
    """How long to wait for the next connection: twice as long each time, and from the first anew once it answers."""

    def __init__(self) -> None:
        self._next_s = FIRST_WAIT_S
        self._starting = False

    def anew(self) -> None:
        """A connection was made, or lasted."""
        self._next_s = FIRST_WAIT_S

    def after(self, error: Exception) -> float:
        """Seconds to wait after a connection that ended, or never came, by this fault."""
        starting = isinstance(error, SwitchStartingError)
        if starting and not self._starting:
            self.anew()
        self._starting = starting
        wait_s, self._next_s = self._next_s, min(2 * self._next_s, LONGEST_WAIT_S)
        return wait_s


def tls_context(certificate: Path | None) -> ssl.SSLContext:
    """TLS that checks the switch's certificate: against the system's authorities, and one more if one is given.

    Raises:
        CcmonError: the certificate cannot be read.
    """
    context = ssl.create_default_context()
    if certificate is not None:
        try:
            context.load_verify_locations(cafile=certificate)
        except (OSError, ssl.SSLError) as error:
            raise CcmonError(os_error(f"{certificate} is no certificate that can be read (PEM)", error)) from None
    return context


class Socket:
    """A connection to a switch, as bytes."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Connect.

        Raises:
            ConnectionLostError: nobody answers, or not with the TLS that was asked for.
            CcmonError: the switch's certificate is not to be trusted.
        """
        self.address = f"{host}:{port}"
        try:
            plain = socket.create_connection((host, port), CONNECT_TIMEOUT_S)
            try:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                self._socket = tls.wrap_socket(plain, server_hostname=host) if tls else plain
            except BaseException:
                plain.close()
                raise
        except ssl.SSLCertVerificationError as error:
            raise CcmonError(
                f"the certificate of {self.address} is not trusted ({error.verify_message.rstrip('.')}): name it, or "
                "its authority's, with --ca FILE, and the switch as the certificate does."
            ) from error
        except ssl.SSLError as error:
            raise ConnectionLostError(f"no TLS with {self.address}: {error.reason or error}") from error
        except OSError as error:
            raise ConnectionLostError(f"no connection to {self.address}: {error.strerror or error}") from error
        self._socket.settimeout(PATIENCE_S)

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            ConnectionLostError: the connection is gone.
        """
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise ConnectionLostError(f"the connection to {self.address} broke: {error.strerror or error}") from error

    def receive(self) -> bytes:
        """The bytes that have come; none after `PATIENCE_S` without any.

        Raises:
            ConnectionLostError: the connection is gone.
        """
        try:
            data = self._socket.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            return b""
        except OSError as error:
            raise ConnectionLostError(f"the connection to {self.address} broke: {error.strerror or error}") from error
        if not data:
            raise ConnectionLostError(f"{self.address} closed the connection")
        return data


class Session(Protocol):
    """One connection's life."""

    connected: bool
    """Whether a connection was ever made: from then on a refusal may pass."""

    def run(self, writer: Writer, stop: Stop) -> None:
        """Log in, load the state of calls and agents, and follow until asked to stop.

        Raises:
            ConnectionLostError: the connection ended.
            CcmonError: the switch refuses, and will again.
        """


def follow(
    path: Path,
    session: Session,
    *,
    source: str,
    kind: str,
    address: str,
    stop: Stop,
    say: Callable[[str], object],
) -> None:
    """Keep a source's floor in the database up to date until asked to stop.

    A lost connection is made again after a wait that doubles up to `LONGEST_WAIT_S`. A database that cannot be
    written is opened anew, and the floor asked for again: what the switch can still tell is not lost.

    Args:
        path: the call database.
        session: is run once for each connection.
        source: the source's name in the database.
        kind: ami or freeswitch.
        address: where the switch is, to be shown.
        stop: ends it.
        say: tells a person, one sentence at a time.

    Raises:
        CcmonError: the switch refuses the log-in, the database cannot be opened, or another ccmon writes this source.
    """
    waits = Backoff()
    on_rejected = RejectedLineReporter(say)
    while not stop.asked:
        began = time.monotonic()
        why: Exception | None
        try:
            with Writer(
                path, source=source, kind=kind, file=address, following=True, on_rejected=on_rejected
            ) as writer:
                why = _one_session(path, writer, session, stop)
        except CcmonError as error:
            if not session.connected:
                raise
            why = error
        if why is None:
            return
        if time.monotonic() - began > LONGEST_WAIT_S:
            waits.anew()
        if not stop.asked:
            wait_s = waits.after(why)
            say(f"{str(why).removesuffix('.')}; trying again in {wait_s:.0f} s.")
            stop.wait(wait_s)


def _one_session(path: Path, writer: Writer, session: Session, stop: Stop) -> Exception | None:
    """Why it ended; None where it was asked to."""
    writer.connection.execute(f"PRAGMA busy_timeout = {_LOCKED_MS}")
    writer.apply(_wrap_ups_left(writer))
    try:
        session.run(writer, stop)
    except ConnectionLostError as error:
        _leave(writer)
        return error
    except sqlite3.Error as error:
        return CcmonError(database_file.explain(path, error))
    except CcmonError:
        writer.following = session.connected  # nobody follows what has never let anybody in
        _leave(writer)
        raise
    except Exception as error:
        if not is_of_a_record(error):
            raise
        return CcmonError(f"what {writer.file} tells {could_not(error)}")
    _leave(writer)
    return None


def _wrap_ups_left(writer: Writer) -> list[CallEvent]:
    """Nobody will say when the wrap-ups end that ran when an earlier session ended: they last until its last news."""
    now = writer.state_machine.now
    return [
        WrapUpEnded(now, agent.login)
        for agent in dict.fromkeys(writer.state_machine.staff.agents.values())
        if agent.wrapping
    ]


def keep(writer: Writer, checked_at: int) -> None:
    """Commit. While another program keeps the database locked, all that is told waits in the writer for the next time.

    Raises:
        sqlite3.Error: another fault than a lock.
    """
    try:
        writer.commit(checked_at=checked_at)
    except sqlite3.OperationalError as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise


def _leave(writer: Writer) -> None:
    """Write what is known."""
    try:
        writer.commit()
    except sqlite3.Error:
        return  # the next writer asks the switch again
