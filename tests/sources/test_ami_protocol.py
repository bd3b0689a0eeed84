"""Bytes into packets, however they come."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.sources.ami.protocol import Packet, PacketParser, action
from tests.sources.asterisk_recording import arrivals, stream


def cut(data: bytes, *, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(edge % (len(data) + 1) for edge in at), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def parsed(portions: list[bytes]) -> list[tuple[tuple[str, str], ...]]:
    parser = PacketParser()
    return [packet.lines for portion in portions for packet in parser.feed(portion)]


PIECE = b"Asterisk Call Manager/11.0.0\r\n" + stream()[30:3500]


@given(st.lists(st.integers(0, 4000)))
def test_wherever_the_bytes_are_cut_the_packets_are_the_same(at: list[int]) -> None:
    assert parsed(cut(PIECE, at=at)) == parsed([PIECE])


def test_byte_by_byte() -> None:
    assert parsed([PIECE[i : i + 1] for i in range(len(PIECE))]) == parsed([PIECE])


def test_the_recording_has_as_many_packets_as_its_index() -> None:
    data = stream()
    assert len(parsed([data[i : i + 4096] for i in range(0, len(data), 4096)])) == len(arrivals()) - 1


def test_repeated_headers_and_headers_without_regard_to_case() -> None:
    (packet,) = PacketParser().feed(b"Event: X\r\nOutput: a: b\r\nOutput: \r\nOUTPUT:c\r\n\r\n")
    assert packet.lines == (("Event", "X"), ("Output", "a: b"), ("Output", ""), ("OUTPUT", "c"))
    assert (packet["OutPut"], packet["Nothing"], packet.number("Event")) == ("a: b", "", None)


def test_bytes_that_are_no_utf_8_are_latin_1() -> None:
    packets = list(
        PacketParser().feed(b"Event: X\r\nMemberName: Zo\xeb\r\n\r\nEvent: X\r\nMemberName: Zo\xc3\xab\r\n\r\n")
    )
    assert [packet["MemberName"] for packet in packets] == ["Zoë", "Zoë"]


def test_a_packet_of_megabytes_is_taken_and_one_without_end_left_out() -> None:
    parser = PacketParser(largest_packet=2_000_000)
    large = b"Event: Large\r\nBody: " + b"x" * 1_500_000 + b"\r\n\r\n"
    endless = b"Event: Endless\r\nBody: " + b"y" * 5_000_000 + b"\r\n\r\n"
    packets: list[Packet] = []
    for portion in cut(large + endless + b"Event: Next\r\n\r\n", at=list(range(0, 6_500_000, 65_536))):
        packets += parser.feed(portion)
    assert [packet["Event"] for packet in packets] == ["Large", "Next"]
    assert len(packets[0]["Body"]) == 1_500_000
    assert parser.too_long == 1


def test_what_greets_otherwise_is_no_manager() -> None:
    parser = PacketParser()
    list(parser.feed(b"Aster"))
    assert parser.banner is None
    list(parser.feed(b"oids/1\r\n"))
    assert parser.banner == ""


def test_an_action_holds_no_line_end() -> None:
    assert action("Ping", ActionID="1") == b"Action: Ping\r\nActionID: 1\r\n\r\n"
    with pytest.raises(ValueError, match="line end"):
        action("Login", Secret="a\r\nAction: Originate")
