"""An event socket to connect to: it speaks the log-in, answers what ccmon asks, and sends what a test tells it to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import quote

from ccmon.sources.connection import Login
from tests.processes import join

PASSWORD = "ClueCon"
DIRECTORY_USER = "ccmon@default"
AGENTS = "name|status|state|wrap_up_time|external_calls_count\nann|Available|Waiting|0|0\n+OK\n"
QUIET = {
    "callcenter_config agent list": AGENTS,
    "callcenter_config tier list": "queue|agent|state\nsales|ann|Ready\n+OK\n",
    "callcenter_config queue list": "name|strategy\nsales|ring-all\n+OK\n",
    "callcenter_config queue list members": "queue|uuid|state\n+OK\n",
}
"""Answers of a switch with one agent and nobody in its queue."""


def plain(text: str) -> bytes:
    return f"Content-Type: command/reply\nReply-Text: {text}\n\n".encode()


def answer(text: str) -> bytes:
    body = text.encode()
    return f"Content-Type: api/response\nContent-Length: {len(body)}\n\n".encode() + body


def event(**headers: str) -> bytes:
    """``CC_Action`` stands for CC-Action."""
    told = {"Event-Name": "CUSTOM", "Event-Subclass": "callcenter::info"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    body = "".join(f"{name}: {quote(value)}\n" for name, value in told.items()).encode() + b"\n"
    return f"Content-Length: {len(body)}\nContent-Type: text/event-plain\n\n".encode() + body


class Rights(NamedTuple):
    """Of a directory user: ``esl-allowed-events`` and ``esl-allowed-api``."""

    events: str
    api: str

    def allow(self, verb: str, rest: str) -> bool:
        """Whether a command of the user's is allowed."""
        if verb == "api":
            return rest.partition(" ")[0] in self.api.split()
        return verb != "event" or self._may_have(rest)

    def _may_have(self, subscription: str) -> bool:
        """What stands behind CUSTOM is a custom event's name, in the rights as in ``event plain ...``."""
        kinds, customs = self._parts(self.events)
        wanted_kinds, wanted_customs = self._parts(subscription.removeprefix("plain "))
        return wanted_kinds <= kinds and wanted_customs <= customs

    @staticmethod
    def _parts(text: str) -> tuple[set[str], set[str]]:
        kinds, custom, names = f" {text} ".partition(" CUSTOM ")
        return {*kinds.split(), *custom.split()}, set(names.split())


class EventSocketServer:
    """Accepts one connection at a time, again and again."""

    def __init__(self, answers: dict[str, str], *, clock_ahead_s: int = 0, rights: Rights | None = None) -> None:
        self.answers = answers
        """By ``api`` command, first words; the longest counts."""
        self.clock_ahead_s = clock_ahead_s
        self.rights = rights
        """Of whoever logs in; None: all."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._peer: socket.socket | None = None
        self._subscribed = threading.Event()
        self._sending = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        join(self._thread)

    def login(self, password: str = PASSWORD) -> Login:
        return Login("127.0.0.1", self.port, "", password)

    def send(self, data: bytes) -> None:
        assert self._subscribed.wait(30)
        assert self._peer
        with self._sending:
            self._peer.sendall(data)

    def cut(self) -> None:
        self._subscribed.clear()
        if self._peer:
            try:
                self._peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def _serve(self) -> None:
        while not self._closing:
            try:
                self._peer, _ = self._listener.accept()
                with self._peer as peer:
                    peer.sendall(b"Content-Type: auth/request\n\n")
                    self._converse(peer)
            except OSError:
                continue
            finally:
                self._subscribed.clear()

    def _converse(self, peer: socket.socket) -> None:
        pending = b""
        while data := peer.recv(65536):
            pending += data
            while b"\n\n" in pending:
                command, _, pending = pending.partition(b"\n\n")
                with self._sending:
                    peer.sendall(self._answer(command.decode()))
                if command.startswith(b"event plain CUSTOM"):
                    self._subscribed.set()

    def _answer(self, command: str) -> bytes:
        verb, _, rest = command.partition(" ")
        if verb == "userauth":
            return plain("+OK accepted" if rest == f"{DIRECTORY_USER}:{PASSWORD}" else "-ERR invalid")
        if verb == "auth":
            return plain("+OK accepted" if rest == PASSWORD else "-ERR invalid")
        if self.rights and not self.rights.allow(verb, rest):
            return plain("-ERR permission denied")
        if verb == "event":
            return plain("+OK event listener enabled plain")
        if rest == "strepoch":
            return answer(str(int(time.time()) + self.clock_ahead_s))
        known = max((words for words in self.answers if rest.startswith(words)), key=len, default=None)
        return answer(self.answers[known]) if known else plain("-ERR permission denied")


@contextmanager
def said_whatever_is_asked(data: bytes) -> Iterator[Login]:
    """A switch that says these bytes to whoever comes, and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(data)
                    while peer.recv(65536):
                        pass
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Login("127.0.0.1", listener.getsockname()[1], "", PASSWORD)
        join(thread)
