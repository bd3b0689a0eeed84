"""Packets of the manager interface, cut from a stream of bytes and made for it.

A packet is a run of ``Name: value`` lines ended by CR LF, with an empty line behind it. The stream starts with a
banner, a line of its own (``Asterisk Call Manager/11.0.0``). Bytes arrive in any portions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LARGEST_PACKET: Final = 16 * 1024 * 1024
"""Bytes. A longer one is left out and counted: a connection must not fill the memory."""

_LARGEST_NUMBER: Final = 1 << 53
_END: Final = b"\r\n\r\n"
_BANNER: Final = b"Asterisk Call Manager"


class Packet:
    """One packet: from a header, in whatever case, to its first value; '' for a header that the packet lacks."""

    __slots__ = ("_values", "lines")

    def __init__(self, lines: tuple[tuple[str, str], ...]) -> None:
        self.lines = lines
        """Every header with its value, in order, repeated ones included."""
        self._values: dict[str, str] = {}
        for name, value in lines:
            self._values.setdefault(name.lower(), value)

    def __getitem__(self, name: str) -> str:
        return self._values.get(name.lower(), "")

    def number(self, name: str) -> int | None:
        """A header's value as a whole number; None where it is absent, no number, or larger than any."""
        try:
            number = int(self[name])
        except ValueError:
            return None
        return number if abs(number) < _LARGEST_NUMBER else None


class PacketParser:
    """Cuts packets out of bytes as they come."""

    def __init__(self, largest_packet: int = LARGEST_PACKET) -> None:
        self.banner: str | None = None
        """The switch's first line, once it has come."""
        self.too_long = 0
        """Packets left out because they were longer than ``largest_packet``."""
        self._largest = largest_packet
        self._buffer = bytearray()
        self._searched = 0
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take in the next bytes and yield the packets that they complete."""
        self._buffer += data
        self._take_banner()
        while True:
            end = self._buffer.find(_END, self._searched)
            if end < 0:
                break
            content = bytes(self._buffer[:end])
            del self._buffer[: end + len(_END)]
            self._searched = 0
            if self._skipping:
                self._skipping = False
                continue
            packet = parse(content)
            if packet.lines:
                yield packet
        # The end may lie across two portions.
        self._searched = max(0, len(self._buffer) - len(_END) + 1)
        if len(self._buffer) > self._largest:
            self.too_long += not self._skipping
            self._skipping = True
            del self._buffer[: self._searched]
            self._searched = 0

    def _take_banner(self) -> None:
        if self.banner is not None or not self._buffer:
            return
        if not self._buffer.startswith(_BANNER[: len(self._buffer)]):
            self.banner = ""
            return
        line, newline, _ = self._buffer.partition(b"\n")
        if newline:
            self.banner = decode(bytes(line)).strip()
            del self._buffer[: len(line) + 1]


def parse(content: bytes) -> Packet:
    """One packet's bytes, without the empty line behind it."""
    try:
        texts = content.decode().split("\r\n")
    except UnicodeDecodeError:
        texts = [decode(line) for line in content.split(b"\r\n")]
    parted = (text.partition(":") for text in texts)
    return Packet(tuple((name.strip(), value.removeprefix(" ")) for name, colon, value in parted if colon))


def decode(content: bytes) -> str:
    """Text as the switch sent it: UTF-8, and where it is not, the Latin-1 that old configurations are written in."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def action(name: str, **headers: str) -> bytes:
    """An action as it goes to the switch.

    Raises:
        ValueError: a value holds a line end, which would start a header of its own.
    """
    lines = [("Action", name), *headers.items()]
    if any(end in value for _, value in lines for end in "\r\n"):
        raise ValueError("a header's value cannot hold a line end")
    return "".join(f"{header}: {value}\r\n" for header, value in lines).encode() + b"\r\n"
