"""The recorded Asterisk floor, from its queue log: what the database says is what the engine said at 43 moments."""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
import tarfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file
from ccmon.database.writer import Writer
from ccmon.sources.queue_log.import_files import KIND, import_logs
from ccmon.sources.queue_log.ingester import LogIngester
from ccmon.sources.queue_log.members import read_members, write_aliases

RECORDING = Path(__file__).parents[2] / "data" / "asterisk_run1"


_NUMBERED = re.compile(rb"(?<=\|)(?:CLI Temp|Floater) \d\d(?=\|)")
_LETTERS = bytes.maketrans(b"0123456789", b"abcdefghij")


@cache
def log() -> bytes:
    return lzma.open(RECORDING / "queue_log.xz").read()


@cache
def snapshots() -> list[dict[str, Any]]:
    with tarfile.open(RECORDING / "snapshots.tar.xz") as archive:
        names = sorted(name for name in archive.getnames() if name.endswith(".json"))
        return [json.load(content) for name in names if (content := archive.extractfile(name))]


def callers_waiting(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(
        connection.execute(
            "SELECT queues.name, count(*) FROM calls JOIN queues ON queues.id = queue_id"
            " WHERE answered_at IS NULL AND ended_at IS NULL GROUP BY 1"
        )
    )


def pauses(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        "SELECT queues.name, agents.login, coalesce(reason, '') FROM queue_pauses"
        " JOIN queues ON queues.id = queue_id JOIN agents ON agents.id = agent_id WHERE ended_at IS NULL"
    )
    return {(queue, agent): reason for queue, agent, reason in rows}


def dynamic_members(connection: sqlite3.Connection) -> Counter[str]:
    """How many are in each queue who are not configured there."""
    rows = connection.execute(
        "SELECT queues.name FROM queue_members JOIN queues ON queues.id = queue_id"
        " WHERE static = 0 AND queue_members.ended_at IS NULL"
    )
    return Counter(queue for (queue,) in rows)


def engines_dynamic_members(snapshot: dict[str, Any]) -> Counter[str]:
    return Counter(
        told["Queue"]
        for told in snapshot["QueueStatus"]
        if told["Event"] == "QueueMember" and told["Membership"] == "dynamic"
    )


def test_the_floor_is_the_engines_at_every_moment(path: Path) -> None:
    """Everything up to each moment goes in by a writer of its own, as if ccmon had been stopped and started there."""
    done = 0
    assert len(snapshots()) == 43
    for snapshot in snapshots():
        size = snapshot["queue_log_size"][0]
        with Writer(path, source="queue-log", kind=KIND) as writer:
            ingester = LogIngester(writer)
            with writer.transaction():
                ingester.begin("queue_log", trusted=True)
                ingester.ingest(log()[done:size].splitlines())
                writer.flush()
                writer.write_source()
            connection = writer.connection
            waiting, paused = callers_waiting(connection), pauses(connection)
            assert dynamic_members(connection) == engines_dynamic_members(snapshot), snapshot["n"]
        done = size
        for told in snapshot["QueueStatus"]:
            if told["Event"] == "QueueParams":
                assert waiting.get(told["Queue"], 0) == int(told["Calls"]), snapshot["n"]
            if told["Event"] == "QueueMember" and told["Membership"] == "static":
                name = told["Name"]
                agent = name if " " in name else name.removeprefix("Local/").removesuffix("@agents/n")
                expected = told["PausedReason"] if told["Paused"] == "1" else None
                assert paused.get((told["Queue"], agent)) == expected, snapshot["n"]


def test_dynamic_members_are_as_many_as_the_engine_has_where_the_static_ones_are_known(path: Path) -> None:
    """They log in by their interface and work under a name: the log does not say that the two are one."""
    members = read_members(RECORDING / "queues.conf")
    done = 0
    for snapshot in snapshots():
        size = snapshot["queue_log_size"][0]
        with Writer(path, source="queue-log", kind=KIND) as writer:
            write_aliases(writer, members)
            ingester = LogIngester(writer)
            with writer.transaction():
                ingester.begin("queue_log", trusted=True)
                # With the static members known, nothing in a name need tell of its interface.
                lines = _NUMBERED.sub(lambda name: name[0].translate(_LETTERS), log()[done:size])
                ingester.ingest(lines.splitlines())
                writer.flush()
                writer.write_source()
            assert dynamic_members(writer.connection) == engines_dynamic_members(snapshot), snapshot["n"]
        done = size


@pytest.mark.parametrize("snapshot", [snapshots()[-1]], ids=["drained"])
def test_counters_are_the_engines(path: Path, snapshot: dict[str, Any], tmp_path: Path) -> None:
    """Its ``C`` leaves out calls of members removed meanwhile, its ``A`` counts everything lost but exits by key."""
    (tmp_path / "queue_log").write_bytes(log())
    import_logs(path, [str(tmp_path / "queue_log")], source="queue-log")
    connection = database_file.open_reader(path)
    counted: dict[str, Counter[str]] = {}
    for queue, outcome, count in connection.execute(
        "SELECT queues.name, outcome, count(*) FROM calls JOIN queues ON queues.id = queue_id GROUP BY 1, 2"
    ):
        counted.setdefault(queue, Counter())[outcome] = count
    connection.close()
    completed = lost = 0
    for queue, c, a in re.findall(r"^(\w+) has .* C:(\d+), A:(\d+)", snapshot["queue_show"], re.MULTILINE):
        outcomes = counted[queue]
        completed += outcomes["answered"] - int(c)
        lost += outcomes["abandoned"] + outcomes["no_agents"] + outcomes["timeout"] + outcomes["withdrawn"] - int(a)
    assert completed == 10
    assert lost == 0
    assert sum(counter.total() for counter in counted.values()) == 272
