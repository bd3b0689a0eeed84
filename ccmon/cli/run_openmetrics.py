"""Runs ``ccmon openmetrics``: metrics on standard output, in a file, or at a port."""

from __future__ import annotations

import ipaddress
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread

from msgspec import Struct

from ccmon import settings
from ccmon.cli import say
from ccmon.cli.live_readings import LiveReadings
from ccmon.cli.run_status import read_once, refuse_unknown
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError, UsageError, os_error
from ccmon.formatting import plain
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.openmetrics import exposition, exposition_without_data
from ccmon.snapshot.narrow import Filters, narrow
from ccmon.sources.stop import Stop
from ccmon.whole_file import write_whole

AT_MOST_EVERY_S = 1.0
"""Whoever asks sooner after the last reading gets the same text."""
SUFFIX = ".prom"
"""The collector of text files reads no other files."""
_LARGEST_PORT = 65_535


class Wanted(Struct, frozen=True):
    """What the metrics are about."""

    db: Path | None
    """The database; None: as the settings say."""
    filters: Filters
    agents: bool
    """Whether each agent has metrics."""

    def text(self, snapshot: FloorSnapshot) -> str:
        """The metrics of a whole floor."""
        return exposition(narrow(snapshot, self.filters.spelt(snapshot)), agents=self.agents)


def print_once(wanted: Wanted) -> None:
    """Print the metrics.

    Raises:
        CcmonError: the database cannot be read, or a given name does not exist.
    """
    text, encoding = _read_once(wanted), "utf-8"
    if sys.stdout.isatty():
        text, encoding = "\n".join(map(plain, text.split("\n"))), sys.stdout.encoding
    sys.stdout.buffer.write(text.encode(encoding, "replace"))


def write_file(wanted: Wanted, file: Path, *, every_s: float | None = None) -> None:
    """Write the metrics to a file, once or until stopped. Where they cannot be read any more, it says only that.

    Args:
        wanted: what they are about.
        file: the file.
        every_s: seconds between two writings; None: once.

    Raises:
        CcmonError: a given name does not exist; once or at first: the database cannot be read, or the file be written.
    """
    if file.suffix != SUFFIX:
        say(f"node_exporter's textfile collector reads only files whose names end in {SUFFIX}, and so not {file}.")
    if every_s is None:
        with _noted_in(file):
            text = _read_once(wanted)
        write_whole(file, text)
        return
    stop = Stop()
    with stop.on_signals(), _live(wanted) as floor:
        metrics = LiveMetrics(wanted, floor)
        with _noted_in(file):
            text = metrics.first_text()
        write_whole(file, text)
        try:
            _write_again(file, metrics, every_s, stop)
        finally:
            write_whole(file, exposition_without_data())


@contextmanager
def _noted_in(file: Path) -> Iterator[None]:
    """Where the figures cannot be read, the file says so: those that it had would be taken for the present ones."""
    try:
        yield
    except CcmonError:
        with suppress(CcmonError):  # why there are no figures comes before where that cannot be noted
            write_whole(file, exposition_without_data())
        raise


def _write_again(file: Path, metrics: LiveMetrics, every_s: float, stop: Stop) -> None:
    due_s = time.monotonic()
    told: str | None = None
    while True:
        now_s = time.monotonic()
        due_s = max(due_s + every_s, now_s)
        if stop.wait(due_s - now_s):
            return
        try:
            write_whole(file, metrics.text())
            told = None
        except CcmonError as error:  # a full disk, perhaps: tried again
            if told != str(error):
                say(told := str(error))


def serve(wanted: Wanted, at: tuple[str, int]) -> None:
    """Answer GET /metrics at an address until stopped.

    Raises:
        CcmonError: the address cannot be used, a given name does not exist, or, at first, the database cannot be read.
    """
    from ccmon.cli.metrics_server import MetricsServer

    stop = Stop()
    with stop.on_signals(), _live(wanted) as floor:
        metrics = LiveMetrics(wanted, floor)
        try:
            server = MetricsServer(at, metrics.text)
        except OSError as error:
            raise CcmonError(os_error(f"{_shown(at)} cannot be listened at", error)) from None
        with server:
            metrics.first_text()
            say(f"metrics at http://{_shown(server.server_address[:2])}/metrics; Ctrl-C stops.")
            serving = Thread(target=server.serve_forever, daemon=True)
            serving.start()
            while not stop.wait(3600):
                pass
            server.shutdown()
            serving.join()
            metrics.end()


class LiveMetrics:
    """The metrics of a floor for whoever asks, from any thread: one reading at a time, at most one a second."""

    def __init__(self, wanted: Wanted, floor: LiveReadings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = wanted
        self._floor = floor
        self._clock = clock
        self._reads = Lock()
        """Held while somebody reads."""
        self._text: str | None = None
        self._read_at_s = 0.0
        self._has_ended = False
        self._told: str | None = None
        """What has been said of why the database cannot be read; None: it can."""

    def first_text(self) -> str:
        """The metrics at the beginning.

        Raises:
            CcmonError: the database cannot be read, or a given name does not exist.
        """
        snapshot = self._floor.read_all(whole=True)
        refuse_unknown(database_path(self._wanted.db), snapshot, self._wanted.filters)
        with self._reads:
            self._keep(self._wanted.text(snapshot))
            return self._text or ""

    def text(self) -> str:
        """The metrics now; where the database cannot be read, that it is so, which is also said, once."""
        with self._reads:
            if self._has_ended:
                return exposition_without_data()
            if self._text is None or self._clock() - self._read_at_s >= AT_MOST_EVERY_S:
                try:
                    self._keep(self._wanted.text(self._floor.read_all(whole=True)))
                    self._told = None
                except CcmonError as error:
                    if self._told != str(error):
                        say(str(error))
                    self._told = str(error)
                    self._keep(exposition_without_data())
            return self._text or ""

    def end(self) -> None:
        """Wait for the reading that goes on, and make no more."""
        with self._reads:
            self._has_ended = True

    def _keep(self, text: str) -> None:
        self._text, self._read_at_s = text, self._clock()


def address(text: str, *, allow_remote: bool) -> tuple[str, int]:
    """The address and port that a text names.

    Raises:
        UsageError: it names none, or one that other machines reach, which is not allowed.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LARGEST_PORT:
        raise UsageError(f"--listen {text} is not HOST:PORT, such as 127.0.0.1:9469.")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0][4]
    except OSError:
        raise UsageError(f"--listen {text}: this machine knows no address of that name.") from None
    if not allow_remote and not ipaddress.ip_address(str(found[0]).partition("%")[0]).is_loopback:
        raise UsageError(
            f"--listen {text}: other machines can reach that address, and nobody is asked who they are; "
            "listen at 127.0.0.1, or add --allow-remote."
        )
    return str(found[0]), int(found[1])


def _shown(at: tuple[str | bytes | bytearray, int]) -> str:
    host, port = at
    text = str(host)
    return f"[{text}]:{port}" if ":" in text else f"{text}:{port}"


def _live(wanted: Wanted) -> LiveReadings:
    return LiveReadings(database_path(wanted.db), settings.load(wanted.db).alarms)


def _read_once(wanted: Wanted) -> str:
    snapshot, _ = read_once(wanted.db, None, as_json=True)
    refuse_unknown(database_path(wanted.db), snapshot, wanted.filters)
    return wanted.text(snapshot)
