"""FreeSWITCH's event socket: log-in, questions, and the call centre's events.

A message is ``Name: value`` lines, an empty line, and, where there is a ``Content-Length``, a body of that many bytes.
An event's body holds lines of the same form, with percent-encoded values.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote

from ccmon.errors import CcmonError
from ccmon.real_time import real_now
from ccmon.sources.connection import SILENCE_S, ConnectionLostError, Login, SwitchConnection

LARGEST_BODY: Final = 16 * 1024 * 1024

_SUBSCRIPTION: Final = "event plain CUSTOM callcenter::info"
_HEARTBEAT: Final = "event plain HEARTBEAT"
"""Requested separately, since a user who may not have it would be refused all events. It is optional."""
_ASK_S: Final = 5.0
"""How often the switch is asked for its clock, which also shows that it is alive."""
_OPTIONAL_S: Final = 3.0
"""How long to wait for an optional answer."""
_MUTE_SILENCE_S: Final = 60.0
"""How long a socket that answers no question may send no heartbeat, due every 20 s, before it counts as gone."""

_OF_EVENT: Final = (b"Event-", b"CC-")

_GREETING: Final = b"Content-Type:"
_GREETING_S: Final = 5.0
"""An event socket speaks first, at once; a port that has sent nothing in this time is most likely not one."""

Headers = dict[str, str]


class Message(NamedTuple):
    """One message of the socket."""

    headers: Headers
    body: bytes = b""

    @property
    def kind(self) -> str:
        """``Content-Type``."""
        return self.headers.get("Content-Type", "")

    def event(self) -> Headers:
        """The event in the body, its values decoded; empty for another kind of message.

        Only the headers of the event and of the call centre: a channel's variables would be some hundreds more.
        """
        if self.kind != "text/event-plain":
            return {}
        return {name: unquote(value) for name, value in headers(self.body, only=_OF_EVENT).items()}


class MessageParser:
    """Cuts messages out of bytes as they come."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._head: Headers | None = None
        self._length = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take in the next bytes and yield the messages that they complete.

        Raises:
            ConnectionLostError: what answers is not an event socket.
        """
        self._buffer += data
        while True:
            if self._head is None and not self._take_head():
                return
            if len(self._buffer) < self._length:
                return
            head, self._head = self._head or {}, None
            body = bytes(self._buffer[: self._length])
            del self._buffer[: self._length]
            if head:
                yield Message(head, body)

    def _take_head(self) -> bool:
        end = self._buffer.find(b"\n\n", self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 1)
            if len(self._buffer) > LARGEST_BODY:
                raise ConnectionLostError("what answers is not an event socket")
            return False
        self._head = headers(bytes(self._buffer[:end]))
        del self._buffer[: end + 2]
        self._searched = 0
        try:
            self._length = int(self._head.get("Content-Length", 0))
        except ValueError:
            self._length = -1
        if not 0 <= self._length <= LARGEST_BODY:
            raise ConnectionLostError("a message has an impossible Content-Length")
        return True


def headers(content: bytes, *, only: tuple[bytes, ...] = (b"",)) -> Headers:
    """Header lines up to an empty one whose names begin with one of ``only``. Of equal names, the first counts."""
    found: Headers = {}
    for line in content.partition(b"\n\n")[0].split(b"\n"):
        if not line.startswith(only):
            continue
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(name.decode("utf-8", "replace").strip(), value.strip().decode("utf-8", "replace"))
    return found


class EventSocket(SwitchConnection):
    """A connection to an event socket, subscribed to the call centre's events."""

    def __init__(self, login: Login) -> None:
        self._parser = MessageParser()
        self._waiting: list[tuple[int, Headers]] = []
        self._answers: list[Message] = []
        self._greeting = b""
        self._asked_at = time.monotonic()
        self._mute = False
        super().__init__(login)

    def ask(self, command: str) -> str:
        """An ``api`` command's answer. Events that arrive meanwhile are kept for `receive`.

        Raises:
            ConnectionLostError: the connection ended, or no answer came.
            CcmonError: the switch refuses the command to this user, or answers no question at all.
        """
        if self._mute:
            raise CcmonError(f"the event socket at {self.login.address} answers no questions.")
        answer = self._command(f"api {command}")
        text = answer.body.decode("utf-8", "replace")
        if answer.kind == "command/reply":
            raise CcmonError(
                f"the event socket at {self.login.address} does not allow `api {command.split(maxsplit=1)[0]}` "
                f"({answer.headers.get('Reply-Text', '')}): see esl-allowed-api of the user."
            )
        return text

    def receive(self) -> list[tuple[int, Headers]]:
        """The events received, each with its moment by our clock; empty after a short wait without any.

        Raises:
            ConnectionLostError: the connection ended, or the switch has fallen silent.
        """
        if time.monotonic() - self._asked_at >= _ASK_S:
            self._read_clock()
        if not self._waiting:
            self._read()
        events, self._waiting = self._waiting, []
        return events

    def _read(self) -> None:
        data = self._receive()
        if data and len(self._greeting) < len(_GREETING):
            self._greeting += data[: len(_GREETING) - len(self._greeting)]
            if not _GREETING.startswith(self._greeting):
                raise self._no_event_socket()
        for message in self._parser.feed(data):
            if message.kind == "text/event-plain":
                event = message.event()
                self._waiting.append((self._moment(event), event))
            elif message.kind == "text/disconnect-notice":
                raise ConnectionLostError(f"{self.login.address} closed the connection")
            elif message.kind in {"text/rude-rejection", "rude/rejection"}:
                raise CcmonError(
                    f"{self.login.address} rejects this machine: see apply-inbound-acl in event_socket.conf.xml."
                )
            else:
                self._answers.append(message)

    def _moment(self, event: Headers) -> int:
        now = real_now()
        try:
            return min(now, int(event["Event-Date-Timestamp"]) // 1000 + self.clock_offset_ms)
        except (KeyError, ValueError):
            return now

    def _answer_within(self, seconds: float) -> Message | None:
        given_up_at = time.monotonic() + seconds
        while not self._answers:
            if time.monotonic() > given_up_at:
                return None
            self._read()
        return self._answers.pop(0)

    def _command(self, command: str) -> Message:
        if "\n" in command:
            raise ValueError("a command cannot hold a line end")
        self._send(f"{command}\n\n".encode())
        answer = self._answer_within(SILENCE_S)
        if answer is None:
            raise ConnectionLostError(f"{self.login.address} does not answer to {command.split(maxsplit=1)[0]}")
        return answer

    def _refusal(self, command: str) -> str | None:
        """Run a command; why the switch refuses it, None where it does not."""
        text = self._command(command).headers.get("Reply-Text", "")
        return None if text.startswith("+OK") else text.removeprefix("-ERR ")

    def _log_in(self) -> None:
        greeting = self._answer_within(_GREETING_S)
        if greeting is None:
            raise ConnectionLostError(
                f"{self.login.address} sends nothing, unlike an event socket: see event_socket.conf.xml"
            )
        if greeting.kind != "auth/request":
            raise self._no_event_socket()
        user, secret = self.login.user, self.login.password
        refusal = self._refusal(f"userauth {user}:{secret}" if user else f"auth {secret}")
        if refusal is not None:
            raise CcmonError(
                f"{self.login.address} refuses the password ({refusal}): "
                "see event_socket.conf.xml, or the user in the directory."
            )
        refusal = self._refusal(_SUBSCRIPTION)
        if refusal is not None:
            raise CcmonError(
                f"{self.login.address} refuses the events of mod_callcenter ({refusal}): "
                "the user's esl-allowed-events must end in CUSTOM callcenter::info."
            )
        self._send(f"{_HEARTBEAT}\n\napi strepoch\n\n".encode())
        self._mute = self._answer_within(_OPTIONAL_S) is None or self._answer_within(_OPTIONAL_S) is None
        if self._mute:
            self._longest_silence_s = _MUTE_SILENCE_S
        else:
            self._read_clock()

    def _no_event_socket(self) -> CcmonError:
        return CcmonError(f"{self.login.address} is not a FreeSWITCH event socket: see event_socket.conf.xml.")

    def _read_clock(self) -> None:
        """``strepoch`` gives whole seconds, on average half a second behind. If refused, the clock is trusted."""
        self._asked_at = time.monotonic()
        try:
            offset = real_now() - int(self.ask("strepoch")) * 1000 - 500
        except (CcmonError, ValueError):
            offset = 0
        self._correct_clock(offset)
