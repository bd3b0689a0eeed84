"""What all sources that follow a running switch share: connecting, handling its records, resuming after an error.

Plain sockets with a short time-out, in one thread: a request to stop is obeyed within `PATIENCE_S`, and there is
nothing to cancel.
"""

from __future__ import annotations

import socket
import sqlite3
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final, NamedTuple, Self

from ccmon.database import sqlite_errors
from ccmon.database.errors_of_followers import note_error
from ccmon.database.source_lock import SourceLock
from ccmon.database.source_records import FaultyRecord, SourceRecord, is_of_a_record, unexpected_error_reason
from ccmon.database.stored_parts_keeper import StoredPartsKeeper
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError, os_error
from ccmon.events import FloorEvent, WrapUpEnded
from ccmon.real_time import real_now
from ccmon.sources.faulty_record_reporter import FaultyRecordReporter
from ccmon.sources.stop import Stop

PATIENCE_S: Final = 0.2
"""How long one wait for bytes lasts: the most by which obeying a signal or writing an event is delayed."""

CONNECT_TIMEOUT_S: Final = 10.0
SILENCE_S: Final = 15.0
"""How long a switch that is asked every second may be silent before it counts as gone."""

CLOCK_IS_OFF_MS: Final = 2_000
"""How far a switch's clock may differ from ours before it is corrected, and by how much more before we say so again."""

BEAT_S: Final = 5.0
"""Seconds between two heartbeats in the database while nothing happens."""

_SHOWN: Final = 10_000
_LOCKED_MS: Final = 500
"""How long to wait for a locked database before reading from the switch again: it drops clients that do not read."""

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0


class ConnectionLostError(Exception):
    """The connection broke or could not be made; trying again may help. The text says what happened."""


class SwitchStartingError(ConnectionLostError):
    """The switch answers, but has not yet loaded what it is asked for: most likely it has just been started."""


class Backoff:
    """How long to wait before the next connection: doubles each time; `reset` starts over."""

    def __init__(self) -> None:
        self._next_s = FIRST_WAIT_S
        self._starting = False

    def reset(self) -> None:
        """Start over: a connection was made, or lasted."""
        self._next_s = FIRST_WAIT_S

    def next_wait_s(self, error: Exception) -> float:
        """Seconds to wait after this error ended a connection or prevented it."""
        starting = isinstance(error, SwitchStartingError)
        if starting and not self._starting:
            self.reset()
        self._starting = starting
        wait_s, self._next_s = self._next_s, min(2 * self._next_s, LONGEST_WAIT_S)
        return wait_s


def tls_context(certificate: Path | None) -> ssl.SSLContext:
    """TLS that checks the switch's certificate against the system's authorities, and one more if given.

    Raises:
        CcmonError: the certificate cannot be read.
    """
    context = ssl.create_default_context()
    if certificate is not None:
        try:
            context.load_verify_locations(cafile=certificate)
        except ssl.SSLError:
            raise CcmonError(f"{certificate} holds no certificate (PEM); name a file that does.") from None
        except OSError as error:
            raise CcmonError(os_error(f"{certificate} cannot be read as a certificate (PEM)", error)) from None
    return context


class Login(NamedTuple):
    """A switch's address and who logs in."""

    host: str
    port: int
    user: str
    """'' for an event socket that asks only for its own password."""
    password: str
    tls: ssl.SSLContext | None = None

    @property
    def address(self) -> str:
        """Host and port, for display."""
        return f"{self.host}:{self.port}"


class SwitchConnection(ABC):
    """A logged-in connection to a switch. Use as a context manager."""

    def __init__(self, login: Login) -> None:
        """Connect and log in.

        Raises:
            ConnectionLostError: nothing answers, or something that is no such switch, or without the TLS asked for.
            CcmonError: the switch refuses, cannot be followed, or has a certificate that is not trusted.
        """
        self.login = login
        self.clock_offset_ms = 0
        """Our clock minus the switch's; 0 where they differ by at most `CLOCK_IS_OFF_MS`."""
        self._longest_silence_s = SILENCE_S
        self._socket = _connected(login)
        self._heard_at = time.monotonic()
        try:
            self._log_in()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    @abstractmethod
    def _log_in(self) -> None:
        """Log in and subscribe."""

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._broken(error) from error

    def _receive(self) -> bytes:
        """The bytes received; empty after `PATIENCE_S` without any.

        Raises:
            ConnectionLostError: the connection is gone, or the switch has fallen silent.
        """
        try:
            data = self._socket.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            if time.monotonic() - self._heard_at > self._longest_silence_s:
                raise ConnectionLostError(f"{self.login.address} has fallen silent") from None
            return b""
        except OSError as error:
            raise self._broken(error) from error
        if not data:
            raise ConnectionLostError(f"{self.login.address} closed the connection")
        self._heard_at = time.monotonic()
        return data

    def _broken(self, error: OSError) -> ConnectionLostError:
        return ConnectionLostError(f"the connection to {self.login.address} broke: {error.strerror or error}")

    def _correct_clock(self, offset_ms: int) -> None:
        self.clock_offset_ms = offset_ms if abs(offset_ms) > CLOCK_IS_OFF_MS else 0


def _connected(login: Login) -> socket.socket:
    try:
        plain = socket.create_connection((login.host, login.port), CONNECT_TIMEOUT_S)
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connected = login.tls.wrap_socket(plain, server_hostname=login.host) if login.tls else plain
        except BaseException:
            plain.close()
            raise
    except ssl.SSLCertVerificationError as error:
        raise CcmonError(
            f"the certificate of {login.address} is not trusted ({error.verify_message.rstrip('.')}): name it or "
            "its authority's with --ca FILE, and name the switch as the certificate does."
        ) from error
    except ssl.SSLError as error:
        raise ConnectionLostError(f"no TLS with {login.address}: {error.reason or error}") from error
    except OSError as error:
        raise ConnectionLostError(f"no connection to {login.address}: {error.strerror or error}") from error
    connected.settimeout(PATIENCE_S)
    return connected


class Session(ABC):
    """A switch that is followed: what is kept from one connection to the next."""

    kind: ClassVar[str]
    """ami or freeswitch."""

    def __init__(self, address: str, say: Callable[[str], object]) -> None:
        """``address`` is shown; ``say`` is called with one sentence at a time for a person."""
        self.connected = False
        """Whether a connection was ever made: after that, a refusal may be temporary."""
        self._address = address
        self._say = say
        self._said_offset_ms = 0

    @abstractmethod
    def run(self, writer: Writer, stop: Stop) -> None:
        """Connect, load the state of calls and agents, and follow until asked to stop.

        Raises:
            ConnectionLostError: the connection ended.
            CcmonError: the switch refuses, and will again.
        """

    def follow(self, path: Path, *, source: str, stop: Stop) -> None:
        """Keep a source's floor in the database up to date until asked to stop.

        A lost connection is made again after a wait that doubles up to `LONGEST_WAIT_S`. A database that cannot be
        written is opened again, and the switch asked for the whole floor: nothing is lost that it can still report.

        Raises:
            CcmonError: the switch refuses the log-in, the database cannot be opened, or the source has a writer.
        """
        waits = Backoff()
        on_rejected = FaultyRecordReporter(self._say)
        while not stop.asked:
            began = time.monotonic()
            why: Exception | None
            try:
                with (
                    Writer(
                        path,
                        source=source,
                        kind=self.kind,
                        origin=self._address,
                        following=True,
                        on_rejected=on_rejected,
                    ) as writer,
                    StoredPartsKeeper(path),
                ):
                    why = self._run_once(path, writer, stop)
            except CcmonError as error:
                if not self.connected:
                    note_error(path, source, str(error).removesuffix("."))
                    raise
                why = error
            if why is None:
                return
            if time.monotonic() - began > LONGEST_WAIT_S:
                waits.reset()
            if not stop.asked:
                wait_s = waits.next_wait_s(why)
                self._say(f"{str(why).removesuffix('.')}; trying again in {wait_s:.0f} s.")
                note_error(path, source, str(why).removesuffix("."))
                with _seen_to_run(path, source):
                    stop.wait(wait_s)

    def _run_once(self, path: Path, writer: Writer, stop: Stop) -> Exception | None:
        """Run for one connection and return why it ended; None if it was asked to stop."""
        writer.connection.execute(f"PRAGMA busy_timeout = {_LOCKED_MS}")
        writer.apply(_wrap_ups_left(writer))
        try:
            self.run(writer, stop)
        except ConnectionLostError as error:
            _commit_at_end(writer)
            return error
        except sqlite3.Error as error:
            return CcmonError(sqlite_errors.explain(path, error))
        except CcmonError:
            writer.following = self.connected  # a switch that has never let us in is not being followed
            _commit_at_end(writer)
            raise
        except Exception as error:
            if not is_of_a_record(error):
                raise
            return CcmonError(f"what {writer.origin} reports {unexpected_error_reason(error)}")
        _commit_at_end(writer)
        return None

    def _mention_clock(self, offset_ms: int) -> None:
        if offset_ms and abs(offset_ms - self._said_offset_ms) > CLOCK_IS_OFF_MS:
            self._said_offset_ms = offset_ms
            way = "behind" if offset_ms > 0 else "ahead of"
            self._say(
                f"the switch's clock is {abs(offset_ms) // 1000} s {way} this machine's, which is used; "
                "set both by NTP."
            )


@contextmanager
def _seen_to_run(path: Path, source: str) -> Iterator[None]:
    """Hold a source's lock, by which whoever looks sees whether its follower runs, while nothing is written."""
    lock = None
    with suppress(CcmonError):  # somebody else's, or the database is gone
        lock = SourceLock(path, source)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def quoted_headers(headers: Iterable[tuple[str, str]]) -> str:
    """A switch's record as ``rejected_lines`` keeps it."""
    return "\n".join(f"{name}: {value}" for name, value in headers)[:_SHOWN]


def translate_or_reject(
    writer: Writer, address: str, content: str, errors: list[str], translate: Callable[[], Iterable[FloorEvent]]
) -> SourceRecord | None:
    """The events of one record of a switch; None where there are none. A record that cannot be understood is set aside.

    ``errors`` says what is wrong with its impossible numbers, which count as missing.
    """
    try:
        events = tuple(translate())
    except Exception as error:
        if not is_of_a_record(error):
            raise
        writer.report_faulty(FaultyRecord(address, None, unexpected_error_reason(error), content))
        return None
    if errors:
        writer.report_faulty(FaultyRecord(address, None, "; ".join(errors), content, taken_in=True))
    writer.count(records=1)
    return SourceRecord(events, address, None, content) if events else None


def _wrap_ups_left(writer: Writer) -> list[FloorEvent]:
    """End wrap-ups that an earlier session left open, at its last news: nothing will report when they end."""
    now = writer.state_machine.now
    return [
        WrapUpEnded(now, agent.login)
        for agent in dict.fromkeys(writer.state_machine.agent_tracker.agents.values())
        if agent.wrapping
    ]


def commit_unless_locked(writer: Writer, now: int) -> None:
    """End orphaned calls and commit. While another program keeps the database locked, news waits in the writer.

    Raises:
        sqlite3.Error: any error but a lock.
    """
    writer.state_machine.end_orphaned_by(now)
    try:
        writer.commit(checked_at=real_now())
    except sqlite3.OperationalError as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise


def _commit_at_end(writer: Writer) -> None:
    """Commit what is known as the session ends; if that fails, the next session asks the switch again."""
    try:
        writer.commit()
    except sqlite3.Error:
        return  # the next writer asks the switch again
