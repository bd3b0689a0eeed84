"""A manager connection: log-in, one full status, then packets as they come.

It asks for as little as it can: events of the classes ``agent`` and ``call``, QueueStatus and Ping, which need no write
permission. It also asks for CoreShowChannels (``write = reporting``), and does without it where the switch refuses.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from hashlib import md5
from typing import Final, NamedTuple

from ccmon.errors import CcmonError
from ccmon.real_time import real_now
from ccmon.sources.ami.protocol import Packet, PacketParser, action
from ccmon.sources.connection import (
    SILENCE_S,
    ConnectionLostError,
    Login,
    SwitchConnection,
    SwitchStartingError,
)
from ccmon.time_units import MINUTE_MS

_EVENTS: Final = "agent,call"
_STATUS: Final = "ccmon-status"
_CHANNELS: Final = "ccmon-channels"
_PING: Final = "ccmon-ping"
_LOGIN: Final = "ccmon-login"
_CHALLENGE: Final = "ccmon-challenge"
_OURS: Final = frozenset({_STATUS, _CHANNELS, _PING, _LOGIN, _CHALLENGE})
_PING_S: Final = 5.0
_MOST_PINGS: Final = 100
_MOST_DELAYED_MS: Final = MINUTE_MS
_OPTIONAL_S: Final = 3.0
"""How long to wait for an optional answer."""
_LISTS: Final = {
    "QueueStatus": frozenset({"QueueParams", "QueueMember", "QueueEntry", "QueueStatusComplete"}),
    "CoreShowChannels": frozenset({"CoreShowChannel", "CoreShowChannelsComplete"}),
}
"""By action: the events that its list consists of; a manager sends them for nothing else."""


class Status(NamedTuple):
    """The whole floor, as the switch reports it when asked."""

    packets: list[Packet]
    """The answer to QueueStatus."""
    channels: list[Packet] | None
    """The answer to CoreShowChannels; None where the switch refuses it."""
    clock_offset_ms: int
    """See `SwitchConnection.clock_offset_ms`."""
    is_check: bool = False
    """Whether it was asked for only to see whether events reach us."""


class Manager(SwitchConnection):
    """A connection to a manager."""

    def __init__(self, login: Login) -> None:
        self.too_long = 0
        """How many packets were left out as too long."""
        self._parser = PacketParser()
        self._waiting: list[tuple[int, Packet]] = []
        self._pinged_at = time.monotonic()
        self._pings: deque[int] = deque(maxlen=_MOST_PINGS)
        """When the unanswered ones were sent."""
        self._answers_pings = True
        self.heard_until = real_now()
        """All events of the switch up to this moment have been received; none is still on its way."""
        super().__init__(login)

    def status(self) -> Status:
        """Ask for the whole floor. Events that arrive meanwhile are kept for `receive`.

        Raises:
            ConnectionLostError: the connection ended, no answer came, or the switch is still starting.
            CcmonError: the switch refuses to answer.
        """
        self._pings.append(real_now())
        pongs = self._ask("Ping", _PING, optional=True)
        self._answers_pings = bool(pongs)
        for pong in pongs:
            self._pong(pong)
        packets = self._ask("QueueStatus", _STATUS, "QueueStatusComplete")
        if packets[0]["Response"] == "Error":
            if "unknown command" in packets[0]["Message"].casefold():
                raise SwitchStartingError(f"{self.login.address} has not loaded its queues (app_queue) yet")
            raise CcmonError(
                f"the manager user {self.login.user} may not ask for QueueStatus ({packets[0]['Message']}): "
                "see manager.conf."
            )
        channels = self._ask("CoreShowChannels", _CHANNELS, "CoreShowChannelsComplete", optional=True)
        refused = not channels or channels[0]["Response"] == "Error"
        reported, shown = ([packet for packet in answer if packet["Event"]] for answer in (packets, channels))
        return Status(reported, None if refused else shown, self.clock_offset_ms)

    def receive(self) -> list[tuple[int, Packet]]:
        """The packets received, each with its moment; empty after a short wait without any.

        Raises:
            ConnectionLostError: the connection ended, or the switch has fallen silent.
        """
        if self._waiting:
            packets, self._waiting = self._waiting, []
            return packets
        now = time.monotonic()
        if now - self._pinged_at >= _PING_S:
            self._pinged_at = now
            self._pings.append(real_now())
            self._send(action("Ping", ActionID=_PING))
        return [(at, packet) for at, packet in self._read() if packet["ActionID"] != _PING]

    def _read(self) -> list[tuple[int, Packet]]:
        data = self._receive()
        at = real_now()
        packets = [(self._moment(at, packet), packet) for packet in self._parser.feed(data)]
        if not data and not self._answers_pings:
            self.heard_until = at
        self.too_long = self._parser.too_long
        return packets

    def _moment(self, at: int, packet: Packet) -> int:
        """When the event happened: as the switch says (``timestampevents``), or else when the packet arrived."""
        if packet["Ping"] == "Pong":
            # It follows all events from before the ping was sent, whatever either clock says.
            self._heard(self._pings.popleft() if self._pings else 0)
            return at
        try:
            reported = round(float(packet["Timestamp"]) * 1000) + self.clock_offset_ms
        except (ValueError, OverflowError):
            return at
        self._heard(min(at, reported))
        return min(at, reported) if at - reported < _MOST_DELAYED_MS else at

    def _heard(self, until: int) -> None:
        self.heard_until = max(self.heard_until, until)

    # Asking

    def _ask(
        self,
        name: str,
        action_id: str,
        end: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        optional: bool = False,
    ) -> list[Packet]:
        """An action's answer, and the list that follows it, if any.

        ``optional``: return nothing, instead of failing, if the manager (a proxy, most likely) stays silent.
        """
        self._send(action(name, ActionID=action_id, **(headers or {})))
        answer: list[Packet] = []
        given_up_at = time.monotonic() + (_OPTIONAL_S if optional else SILENCE_S)
        over = False
        while not over and time.monotonic() < given_up_at:
            for at, packet in self._read():
                if over or not _answers(packet, action_id, _LISTS.get(name, frozenset())):
                    self._waiting.append((at, packet))
                    continue
                over = end is None or packet["Event"] == end or packet["Response"] == "Error"
                if packet["Event"] != end or end is None:
                    answer.append(packet)
        if over and answer:
            return answer
        if optional:
            return []
        raise ConnectionLostError(f"{self.login.address} does not answer to {name}")

    def _pong(self, packet: Packet) -> None:
        try:
            offset = real_now() - round(float(packet["Timestamp"]) * 1000)
        except (ValueError, OverflowError):
            return
        self._correct_clock(offset)

    def _log_in(self) -> None:
        self._await_banner()
        answer = self._ask("Login", _LOGIN, headers=self._credentials())[0]
        if answer["Response"] != "Success":
            raise CcmonError(
                f"{self.login.address} refuses the manager user {self.login.user} ({answer['Message']}): "
                "see user, password and permit in manager.conf."
            )

    def _await_banner(self) -> None:
        given_up_at = time.monotonic() + SILENCE_S
        while self._parser.banner is None:
            if time.monotonic() > given_up_at:
                raise ConnectionLostError(f"{self.login.address} does not answer like a manager")
            self._waiting += self._read()
        name, _, version = self._parser.banner.partition("/")
        if name != "Asterisk Call Manager":
            raise CcmonError(f"{self.login.address} is not an Asterisk manager: see port and TLS in manager.conf.")
        if version.startswith(("0.", "1.")):
            raise CcmonError(
                f"the manager at {self.login.address} speaks version {version}: Asterisk 12 or newer is needed; "
                "follow the queue log instead."
            )

    def _credentials(self) -> dict[str, str]:
        """The password itself is sent only over TLS, or where the switch offers no challenge to answer instead."""
        common = {"Username": self.login.user, "Events": _EVENTS}
        if self.login.tls is None:
            for challenge in self._ask("Challenge", _CHALLENGE, headers={"AuthType": "MD5"}, optional=True):
                if challenge["Challenge"]:
                    answer = (challenge["Challenge"] + self.login.password).encode()
                    return {"AuthType": "MD5", "Key": md5(answer, usedforsecurity=False).hexdigest(), **common}
        return {"Secret": self.login.password, **common}


def _answers(packet: Packet, action_id: str, of_list: frozenset[str]) -> bool:
    """Whether a packet belongs to an action's answer: by its id, or by kind where a proxy has removed the id."""
    if packet["ActionID"] in _OURS:
        return packet["ActionID"] == action_id
    return bool(packet["Response"]) or packet["Event"] in of_list
