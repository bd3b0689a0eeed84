"""Fuzz test of all sources: recorded lines, packets, events and rows, mutated. Each is ingested, noted or set aside.

`NASTY` goes into every field of every kind of record, always. What hypothesis adds is little unless
CCMON_TEST_PROFILE=long: then 31,000 records.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccmon import plausibility
from ccmon.database import database_file, totals
from ccmon.database.source_records import FaultyRecord, SourceRecord
from ccmon.database.writer import Writer
from ccmon.real_time import real_now
from ccmon.sources.ami.connection import Status
from ccmon.sources.ami.follow import record_of, status_events
from ccmon.sources.ami.protocol import Packet, parse
from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.sources.connection import Login
from ccmon.sources.freeswitch import numbers
from ccmon.sources.freeswitch.follow import EventSocketSession, compare_tables
from ccmon.sources.freeswitch.member_table import MemberTableComparison
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.tables import CallCenterTables
from ccmon.sources.freeswitch.translator import EventTranslator as SocketTranslator
from ccmon.sources.queue_log.follow import Follower
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database, open_copy
from tests.examples import examples
from tests.sources import asterisk_recording, freeswitch_recording
from tests.sources.queue_log.test_recording import log

BATCH = 40
"""Mutated records of one example."""
few = settings(
    max_examples=examples(3),
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NASTY = [
    "", " ", "0", "-1", "1", "9" * 20, "-" + "9" * 20, "604801", "1e400", "nan", "inf", "1.5", "0x10", "1_0", "NONE",
    "9" * 5000, "\u0661\u0662", "\x00", "\ud800", "\udcff", "\U0010ffff", "|", "\u202e", "\x1b]0;x\x07", "[bold red]",
    "x" * 70_000, "' OR 1=1 --", "%00", "4102444800", "253402300800", "9223372036854775807", "9223372036854775808",
    "-62135596800", "2147483648",
]  # fmt: skip
seeds = st.integers(0, 2**64 - 1)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_database(tmp_path_factory.mktemp("empty") / "calls.db", time_zone="Europe/Amsterdam")


@contextmanager
def a_database(empty: Path) -> Iterator[Path]:
    with open_copy(empty) as (path, _):
        yield path


def sound(path: Path) -> None:
    """Nothing met a fault that nobody foresaw, no moment and no length cannot be, and the totals agree."""
    with closing(database_file.open_reader(path)) as connection:
        unforeseen = "SELECT reason, content FROM rejected_lines WHERE reason LIKE '%could not be taken in%'"
        assert connection.execute(unforeseen).fetchall() == []
        earliest = plausibility.EARLIEST_MS - plausibility.LONGEST_MS
        latest = real_now() + plausibility.AHEAD_MS
        for table, first, last in (
            ("calls", "entered_at", "ended_at"),
            ("agent_states", "started_at", "ended_at"),
            ("queue_members", "started_at", "ended_at"),
            ("queue_pauses", "started_at", "ended_at"),
        ):
            wrong = f"SELECT * FROM {table} WHERE {first} NOT BETWEEN ? AND ? OR {last} < {first} OR {last} > ?"
            assert connection.execute(wrong, (earliest, latest, latest)).fetchall() == []
        assert totals.check(connection) == []


def mutated(text: str, separator: str, chance: random.Random) -> str:
    """A record with one or two of its fields changed, added, doubled or taken away; or with a wound anywhere."""
    fields = text.split(separator)
    for _ in range(chance.choice((1, 1, 2))):
        place = chance.randrange(len(fields))
        match chance.randrange(8):
            case 0:
                del fields[place]
            case 1:
                fields.insert(place, chance.choice(NASTY))
            case 2:
                fields.insert(place, fields[place])
            case 3:
                other = chance.randrange(len(fields))
                fields[place], fields[other] = fields[other], fields[place]
            case 4:
                fields[place] += chance.choice(NASTY)
            case _:
                fields[place] = chance.choice(NASTY)
        fields = fields or [""]
    return separator.join(fields)


# Queue log

LINES = log().decode().splitlines()


def mutated_log(seed: int) -> bytes:
    chance = random.Random(seed)
    start = chance.randrange(len(LINES) - BATCH)
    lines = []
    for line in LINES[start : start + BATCH]:
        lines += [mutated(line, "|", chance), line]
    return "".join(f"{line}\n" for line in lines).encode(errors=chance.choice(("surrogatepass", "replace")))


def corpus_log() -> bytes:
    """Every value in every field of a line of every event."""
    of_event = {line.split("|")[4]: line for line in LINES}
    lines = []
    for line in of_event.values():
        for place in range(line.count("|") + 1):
            for value in NASTY:
                fields = line.split("|")
                fields[place] = value
                lines.append("|".join(fields))
    return "".join(f"{line}\n" for line in lines).encode(errors="replace")


def through_import(path: Path, data: bytes) -> None:
    file = path.with_name("queue_log")
    file.write_bytes(data)
    import_logs(path, [str(file)], source="queue-log")
    sound(path)


def through_follow(path: Path, data: bytes) -> None:
    file = path.with_name("followed_log")
    said: list[str] = []
    for part in (data[: len(data) // 2], data):
        file.write_bytes(part)
        follower = Follower(path, file, source="followed", say=said.append)
        follower._resume()
        follower.stopping.ask()
        follower.run()
    sound(path)


@few
@given(seed=seeds)
def test_mutated_lines_are_imported(empty: Path, seed: int) -> None:
    with a_database(empty) as path:
        through_import(path, mutated_log(seed))


@few
@given(seed=seeds)
def test_mutated_lines_are_followed(empty: Path, seed: int) -> None:
    with a_database(empty) as path:
        through_follow(path, mutated_log(seed))


def test_the_corpus_of_lines_is_imported_and_followed(empty: Path) -> None:
    with a_database(empty) as path:
        through_import(path, corpus_log())
        through_follow(path, corpus_log())


# AMI


@cache
def packets() -> list[Packet]:
    return [packet for _, packet in asterisk_recording.packets()]


def text_of(packet: Packet) -> str:
    return "\r\n".join(f"{name}: {value}" for name, value in packet.lines)


def through_manager(path: Path, told: list[Packet], status: list[Packet]) -> None:
    translator = ManagerTranslator({"sales": 10_000})
    at = real_now() - 3_600_000
    rejected: list[FaultyRecord] = []
    with Writer(path, source="ami", kind="ami", following=True, on_rejected=rejected.append) as writer:
        for some in (status, told, status):
            if some is status:
                writer.apply(status_events(writer, translator, at, Status(status, None, 0), "here"))
            else:
                for packet in told:
                    at += 700
                    record = record_of(writer, translator, at, packet, "here")
                    writer.ingest([] if record is None else [record])
                    writer.apply(translator.expire(at))
            writer.state_machine.end_orphaned_by(at)
            writer.commit(checked_at=at)
    sound(path)


def mutated_packets(recorded: list[Packet], chance: random.Random) -> list[Packet]:
    found = []
    for packet in recorded:
        text = (
            mutated(text_of(packet).replace(": ", "\r\n"), "\r\n", chance) if chance.random() < 0.1 else text_of(packet)
        )
        lines = text.split("\r\n")
        place = chance.randrange(len(lines))
        name, _, value = lines[place].partition(": ")
        lines[place] = f"{name}: {chance.choice([chance.choice(NASTY), value + chance.choice(NASTY)])}"
        found.append(parse("\r\n".join(lines).encode(errors="replace")))
    return found


@few
@given(seed=seeds)
def test_mutated_packets_of_the_manager(empty: Path, seed: int) -> None:
    chance = random.Random(seed)
    start = chance.randrange(len(packets()) - BATCH)
    recorded = packets()[start : start + BATCH]
    told = [each for pair in zip(mutated_packets(recorded, chance), recorded, strict=True) for each in pair]
    status = [packet for packet in asterisk_recording.first_status() if packet["Event"].startswith("Queue")]
    status = [*status, *mutated_packets(chance.sample(status, min(len(status), 10)), chance)]
    with a_database(empty) as path:
        through_manager(path, told, status)


def test_the_corpus_of_packets(empty: Path) -> None:
    of_event = {packet["Event"]: packet for packet in packets()}
    status = {packet["Event"]: packet for packet in asterisk_recording.first_status()}

    def each(recorded: Packet) -> Iterator[Packet]:
        for place in range(len(recorded.lines)):
            for value in NASTY:
                lines = list(recorded.lines)
                lines[place] = (lines[place][0], value.encode(errors="replace").decode())
                yield Packet(tuple(lines))

    understood = ManagerTranslator().understands
    told = [packet for recorded in of_event.values() if understood(recorded) for packet in each(recorded)]
    with a_database(empty) as path:
        through_manager(path, told, [packet for recorded in status.values() for packet in each(recorded)])


# FreeSWITCH


class _Switch:
    clock_offset_ms = 0


def through_socket(path: Path, told: list[dict[str, str]]) -> None:
    """As `EventSocketSession._record` does it."""
    translator = SocketTranslator(ReportedAgents())
    session = EventSocketSession(Login("here", 8021, "", ""), say=lambda _: None)
    at = real_now() - 3_600_000
    with Writer(path, source="freeswitch", kind="freeswitch", following=True) as writer:
        for headers in told:
            at += 700
            session._record(writer, _Switch(), translator, at, headers)  # type: ignore[arg-type]
            writer.apply(translator.expire(at))
        writer.state_machine.end_orphaned_by(at)
        writer.commit(checked_at=at)
    sound(path)


@few
@given(seed=seeds)
def test_mutated_events_of_the_event_socket(empty: Path, seed: int) -> None:
    chance = random.Random(seed)
    recorded = [headers for _, headers in freeswitch_recording.events()]
    start = chance.randrange(len(recorded) - BATCH)
    told = []
    for headers in recorded[start : start + BATCH]:
        changed = dict(headers)
        for _ in range(chance.choice((1, 1, 2))):
            name = chance.choice(list(changed))
            changed[name] = chance.choice([chance.choice(NASTY), changed[name] + chance.choice(NASTY)])
        told += [{name: value.encode(errors="replace").decode() for name, value in changed.items()}, headers]
    with a_database(empty) as path:
        through_socket(path, told)


def test_the_corpus_of_events(empty: Path) -> None:
    of_action = {headers.get("CC-Action", ""): headers for _, headers in freeswitch_recording.events()}
    told = [
        {**headers, name: value.encode(errors="replace").decode()}
        for headers in of_action.values()
        for name in headers
        for value in NASTY
    ]
    with a_database(empty) as path:
        through_socket(path, told)


ROW_VALUES: list[Any] = [
    None, b"\xff", float("inf"), float("nan"), 1e300, -1, 2**62, -(2**63),
    *(value.encode(errors="replace").decode() for value in NASTY),
]  # fmt: skip


def rows_of(tables: CallCenterTables) -> list[list[dict[str, Any]]]:
    return [[row._asdict() for row in rows] for rows in (tables.agents, tables.tiers, tables.members)]


def through_looks(path: Path, looks: list[list[list[dict[str, Any]]]]) -> None:
    comparison, noted = MemberTableComparison(ReportedAgents(), {}), set[str]()
    at = real_now() - 3_600_000
    with Writer(path, source="freeswitch", kind="freeswitch", following=True) as writer:
        for rows in looks:
            at += 1000
            writer.apply(
                compare_tables(writer, comparison, at, CallCenterTables.of(*rows), noted=noted, where="callcenter.db")
            )
            writer.apply(comparison.reported.wrap_ups.expire(at))
            writer.commit(checked_at=at)
    sound(path)


@few
@given(seed=seeds)
def test_mutated_rows_of_the_switchs_database(empty: Path, seed: int) -> None:
    chance = random.Random(seed)
    moments = freeswitch_recording.moments()
    start = chance.randrange(len(moments) - 8)
    looks = []
    for moment in moments[start : start + 8]:
        rows = rows_of(moment.tables)
        for _ in range(BATCH // 8):
            row = chance.choice(chance.choice([table for table in rows if table]))
            row[chance.choice(list(row))] = chance.choice(ROW_VALUES)
        looks.append(rows)
    with a_database(empty) as path:
        through_looks(path, looks)


def test_the_corpus_of_rows(empty: Path) -> None:
    busy = max(freeswitch_recording.moments(), key=lambda moment: len(moment.tables.members)).tables
    looks = []
    for number, table in enumerate(rows_of(busy)):
        for name in table[0]:
            for value in ROW_VALUES:
                rows = rows_of(busy)
                rows[number][0][name] = value
                looks.append(rows)
    with a_database(empty) as path:
        through_looks(path, looks)


def test_a_number_of_each_source_that_cannot_be_is_noted(empty: Path) -> None:
    now = real_now()
    packet = Packet((("Event", "AgentComplete"), ("HoldTime", "9" * 20), ("TalkTime", "5")))
    headers = {"CC-Action": "bridge-agent-start", numbers.OWN_MOMENT: f"{now}000", "CC-Member-Joined-Time": "9" * 20}
    agents = [{"name": "ann", "status": "Available", "wrap_up_time": 10**12, "last_bridge_start": -5}]
    with a_database(empty) as path, Writer(path, source="s", kind="ami") as writer:
        noted: list[FaultyRecord] = []
        writer._on_rejected = noted.append
        record_of(writer, ManagerTranslator(), now, packet, "here")
        assert numbers.checked(headers, now)[1] == [
            f"CC-Member-Joined-Time is '{'9' * 20}', which has a time more than a day ahead of this machine's clock"
        ]
        compare_tables(
            writer,
            MemberTableComparison(ReportedAgents(), {}),
            now,
            CallCenterTables.of(agents, (), ()),
            noted=set(),
            where="callcenter.db",
        )
        assert [(line.reason, line.taken_in) for line in noted] == [
            (f"HoldTime: '{'9' * 20}' is a length of time over 7 days", True),
            ("ann: wrap_up_time is 1000000000000: a length of time over 7 days", True),
            ("ann: last_bridge_start is -5: has a time before 2000", True),
        ]


@pytest.mark.parametrize("stamp", ["-99999999999999999999999", "0", "9" * 30, "946684799000000"])
def test_an_event_of_no_moment_that_can_be_is_rejected(empty: Path, stamp: str) -> None:
    headers = {"CC-Action": "member-queue-start", "CC-Queue": "q", "CC-Member-UUID": "1", numbers.OWN_MOMENT: stamp}
    with a_database(empty) as path:
        through_socket(path, [headers])
        with closing(database_file.open_reader(path)) as connection:
            assert connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)
            ((reason, taken_in),) = connection.execute("SELECT reason, taken_in FROM rejected_lines")
            assert reason.startswith("has a time ")
            assert taken_in == 0


def test_told_of_no_record_is_ours_and_raises(empty: Path) -> None:
    with a_database(empty) as path, Writer(path, source="s", kind="ami") as writer, pytest.raises(AttributeError):
        writer.ingest([SourceRecord((("no event",),), counted=False)])  # type: ignore[arg-type]
