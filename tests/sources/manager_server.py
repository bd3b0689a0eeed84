"""A manager to connect to: it speaks the log-in and answers what ccmon asks, and sends what a test tells it to."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from hashlib import md5
from types import TracebackType
from typing import Self

from ccmon.sources.ami.protocol import Packet, PacketParser
from ccmon.sources.connection import Login
from tests.processes import join

USER, PASSWORD = "ccmon", "correct horse"
Answer = Callable[[Packet], bytes]


def lines(**headers: str) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n"


class ManagerServer:
    """Accepts one connection at a time, again and again."""

    def __init__(
        self,
        *,
        status: Callable[[], bytes] = lambda: b"",
        clock_ahead_s: float = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.status = status
        """What stands between QueueStatus's first packet and its end."""
        self.clock_ahead_s = clock_ahead_s
        self.refuses: set[str] = set()
        """Actions that the user has no right to."""
        self.unknown: set[str] = set()
        """Actions of a module that is not loaded yet."""
        self.silent: set[str] = set()
        """Actions that are not answered."""
        self.echoes = True
        """Whether answers carry the action's id."""
        self._tls = tls
        self.channels: bytes | None = None
        """None: CoreShowChannels is refused."""
        self.banner = b"Asterisk Call Manager/11.0.0\r\n"
        self.asked: list[Packet] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._peer: socket.socket | None = None
        self._taken_up = threading.Event()
        self._sending = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._closing = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Break off and listen no more, as a switch that is down."""
        if self._closing:
            return
        self._closing = True
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        join(self._thread)

    def login(self, password: str = PASSWORD) -> Login:
        return Login("127.0.0.1", self.port, USER, password)

    def send(self, data: bytes) -> None:
        """To whoever is connected and has asked for the status; waits for that."""
        assert self._taken_up.wait(30)
        assert self._peer
        with self._sending:
            self._peer.sendall(data)

    def cut(self) -> None:
        """Break the connection off, as a switch that is killed."""
        self._taken_up.clear()
        if self._peer:
            try:
                self._peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def _serve(self) -> None:
        while not self._closing:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                with self._tls.wrap_socket(peer, server_side=True) if self._tls else peer as peer:
                    self._peer = peer
                    peer.sendall(self.banner)
                    self._converse(peer)
            except OSError:
                continue
            finally:
                self._taken_up.clear()

    def _converse(self, peer: socket.socket) -> None:
        parser = PacketParser()
        parser.banner = ""
        while data := peer.recv(65536):
            for packet in parser.feed(data):
                self.asked.append(packet)
                with self._sending:
                    peer.sendall(self._answer(packet))
                if packet["Action"] == "CoreShowChannels":
                    self._taken_up.set()

    def _answer(self, packet: Packet) -> bytes:
        answer = self._answer_with_id(packet)
        return answer if self.echoes else answer.replace(f"ActionID: {packet['ActionID']}\r\n".encode(), b"")

    def _answer_with_id(self, packet: Packet) -> bytes:
        asked = {"ActionID": packet["ActionID"]}
        answers: dict[str, Callable[[], bytes]] = {
            "Challenge": lambda: lines(Response="Success", **asked, Challenge="271828182"),
            "Login": lambda: self._log_in(packet, asked),
            "Ping": lambda: lines(Response="Success", **asked, Ping="Pong", Timestamp=f"{self._now():.6f}"),
            "QueueStatus": lambda: self._list(asked, self.status(), "QueueStatusComplete"),
        }
        if self.channels is not None:
            channels = self.channels
            answers["CoreShowChannels"] = lambda: self._list(asked, channels, "CoreShowChannelsComplete")
        if packet["Action"] in self.silent:
            return b""
        if packet["Action"] in self.unknown:
            message = (
                f"Invalid/unknown command: {packet['Action']}. Use Action: ListCommands to show available commands."
            )
            return lines(Response="Error", **asked, Message=message)
        if packet["Action"] in self.refuses:
            answers.pop(packet["Action"])
        refuse = partial(lines, Response="Error", **asked, Message="Permission denied")
        return answers.get(packet["Action"], refuse)()

    def _now(self) -> float:
        return time.time() + self.clock_ahead_s

    def _log_in(self, packet: Packet, asked: dict[str, str]) -> bytes:
        """By the challenge; over TLS by the password itself."""
        key = md5(f"271828182{PASSWORD}".encode()).hexdigest()
        plain = self._tls or "Challenge" in self.silent
        knows = packet["Secret"] == PASSWORD if plain else packet["Key"] == key
        if packet["Username"] == USER and knows:
            return lines(Response="Success", **asked, Message="Authentication accepted")
        return lines(Response="Error", **asked, Message="Authentication failed")

    @staticmethod
    def _list(asked: dict[str, str], body: bytes, end: str) -> bytes:
        each = f"\r\nActionID: {asked['ActionID']}\r\n\r\n".encode()
        start = lines(Response="Success", **asked, EventList="start")
        return start + body.replace(b"\r\n\r\n", each) + lines(Event=end, **asked, EventList="Complete")
