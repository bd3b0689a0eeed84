"""Follows a manager: what happens on the floor is in the database a moment later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ccmon.database.source_records import FaultyRecord, SourceRecord, is_of_a_record, unexpected_error_reason
from ccmon.database.writer import Writer
from ccmon.events import FloorEvent
from ccmon.real_time import real_now
from ccmon.sources.ami.connection import Manager, Status
from ccmon.sources.ami.headers import checked
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.ami.reconcile import Reconciliation
from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.sources.connection import BEAT_S, Login, Session, commit_unless_locked, quoted_headers, translate_or_reject
from ccmon.sources.stop import Stop

_TICK_MS: Final = 250
CHECK_S: Final = 60.0
"""Seconds between two checks of the switch's callers that show whether its events reach us."""
_SETTLED_S: Final = 5


def misses_events(status: Status, translator: ManagerTranslator) -> bool:
    """Whether a caller has waited for a while and no event has reported them: the events do not reach us."""
    return any(
        packet["Event"] == "QueueEntry"
        and (packet.number("Wait") or 0) >= _SETTLED_S
        and packet["Uniqueid"] not in translator.waiting
        for packet in status.packets
    )


def no_events_sentence(login: Login) -> str:
    """Tells the user that the manager does not send the queues' events, and which rights to give."""
    return (
        f"{login.address} does not send the queues' events: give the manager user {login.user} "
        "read = agent,call in manager.conf, and remove any eventfilter that blocks them."
    )


def record_of(
    writer: Writer, translator: ManagerTranslator, at: int, packet: Packet, address: str
) -> SourceRecord | None:
    """A packet's record; None where it says nothing. A packet that cannot be understood is set aside."""
    if not translator.understands(packet):
        return None
    sound, errors = checked(packet, real_now())
    return translate_or_reject(
        writer, address, quoted_headers(packet.lines), errors, lambda: translator.translate(at, sound)
    )


def status_events(
    writer: Writer,
    translator: ManagerTranslator,
    at: int,
    status: Status,
    address: str,
    *,
    clock_offset_ms: int = 0,
    seen_until: int | None = None,
) -> list[FloorEvent]:
    """The events that bring the writer's state up to a status (`Reconciliation`).

    A packet that cannot be understood is set aside.
    """
    packets = _without_impossible(writer, status.packets, address)
    members = dict(translator.members)

    def events_of(some: list[Packet]) -> list[FloorEvent]:
        translator.members = dict(members)
        floor = writer.state_machine
        found = Reconciliation(translator, floor, at, some, clock_offset_ms, seen_until, status.channels)
        return list(found.events())

    try:
        return events_of(packets)
    except Exception as error:
        if not is_of_a_record(error):
            raise
    sound: list[Packet] = []
    for packet in packets:
        try:
            events_of([*sound, packet])
            sound.append(packet)
        except Exception as error:
            writer.report_faulty(
                FaultyRecord(address, None, unexpected_error_reason(error), quoted_headers(packet.lines))
            )
    return events_of(sound)


def _without_impossible(writer: Writer, packets: Iterable[Packet], address: str) -> list[Packet]:
    """The packets of a status without their impossible numbers, which are noted."""
    sound = []
    for original in packets:
        packet, errors = checked(original, real_now())
        if errors:
            writer.report_faulty(
                FaultyRecord(address, None, "; ".join(errors), quoted_headers(original.lines), taken_in=True)
            )
        sound.append(packet)
    return sound


class ManagerSession(Session):
    """One switch's manager."""

    kind = "ami"

    def __init__(
        self, login: Login, *, say: Callable[[str], object], wrap_up_ms: Mapping[str, int] | None = None
    ) -> None:
        """``wrap_up_ms``: by queue, for members without one of their own."""
        super().__init__(login.address, say)
        self._login = login
        self._translator = ManagerTranslator(wrap_up_ms)
        self._seen_until: int | None = None
        self._ticked_at = 0

    def run(self, writer: Writer, stop: Stop) -> None:
        """See `ccmon.sources.connection.Session`."""
        with Manager(self._login) as manager:
            self._apply_status(writer, manager.status())
            self._say(f"connected to the manager at {self._address}.")
            too_long = 0
            checked_at = beat_at = time.monotonic()
            while not stop.asked:
                news = self._ingest(writer, manager.receive(), manager.heard_until)
                now = time.monotonic()
                if manager.too_long > too_long:
                    too_long = manager.too_long
                    writer.report_faulty(FaultyRecord(self._address, None, "a packet that is too long", ""))
                if news or now - beat_at >= BEAT_S:
                    commit_unless_locked(writer, real_now())
                    beat_at = now
                if now - checked_at >= CHECK_S:
                    checked_at = now
                    status = manager.status()
                    if misses_events(status, self._translator):
                        self._say(no_events_sentence(self._login))
                        self._apply_status(writer, status)

    def _apply_status(self, writer: Writer, status: Status) -> None:
        at = real_now()
        self._mention_clock(status.clock_offset_ms)
        events = status_events(
            writer,
            self._translator,
            at,
            status,
            self._address,
            clock_offset_ms=status.clock_offset_ms,
            seen_until=self._seen_until,
        )
        writer.apply(events)
        writer.commit(checked_at=at)
        self._seen_until = at
        self.connected = True

    def _ingest(self, writer: Writer, packets: Iterable[tuple[int, Packet]], heard_until: int) -> bool:
        """Ingest packets; return whether they brought any event."""
        found = (record_of(writer, self._translator, at, packet, self._address) for at, packet in packets)
        records = [record for record in found if record is not None]
        writer.ingest(records)
        expired: list[FloorEvent] = []
        now = real_now()
        self._seen_until = now
        if now - self._ticked_at >= _TICK_MS:
            self._ticked_at = now
            expired = self._translator.expire(now, heard_until)
            writer.apply(expired)
        return bool(records or expired)
