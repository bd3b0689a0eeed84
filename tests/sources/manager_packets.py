"""What a manager sends, packet by packet."""

from __future__ import annotations

from tests.sources import asterisk_recording as recording
from tests.sources.manager_server import lines


def first_status() -> bytes:
    found = bytearray()
    for packet in recording.first_status():
        if packet["Event"] != "QueueStatusComplete" and packet["Event"]:
            headers = [(name, value) for name, value in packet.lines if name != "ActionID"]
            found += "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n"
    return bytes(found)


def member(name: str, queue: str = "sales", **changes: str) -> bytes:
    told = {
        "Event": "QueueMember",
        "Queue": queue,
        "Name": name,
        "Location": f"PJSIP/{name}",
        "StateInterface": f"PJSIP/{name}",
        "Membership": "static",
        "CallsTaken": "0",
        "LastCall": "0",
        "LastPause": "0",
        "InCall": "0",
        "Status": "1",
        "Paused": "0",
        "PausedReason": "",
        "Wrapuptime": "0",
    }
    return lines(**(told | changes))


def caller(call_id: str, wait_s: int, queue: str = "sales") -> bytes:
    return lines(Event="QueueEntry", Queue=queue, Uniqueid=call_id, CallerIDNum="0612", Wait=str(wait_s))


def join(call_id: str, queue: str = "sales", name: str = "Ann") -> bytes:
    return lines(
        Event="QueueCallerJoin", Queue=queue, Uniqueid=call_id, CallerIDNum="0612", CallerIDName=name, Position="1"
    )


def leave(call_id: str, queue: str = "sales") -> bytes:
    return lines(Event="QueueCallerLeave", Queue=queue, Uniqueid=call_id, Position="1")


def connect(call_id: str, agent: str, queue: str = "sales") -> bytes:
    return lines(
        Event="AgentConnect",
        Queue=queue,
        Uniqueid=call_id,
        DestUniqueid=f"{call_id}.a",
        Interface=f"PJSIP/{agent}",
        MemberName=agent,
        HoldTime="3",
    )


def complete(call_id: str, agent: str, queue: str = "sales") -> bytes:
    return lines(
        Event="AgentComplete",
        Queue=queue,
        Uniqueid=call_id,
        Interface=f"PJSIP/{agent}",
        MemberName=agent,
        HoldTime="3",
        TalkTime="5",
        Reason="caller",
    )
