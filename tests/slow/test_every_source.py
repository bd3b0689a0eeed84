"""Each source on its recording, from the command a person types to the figures of `ccmon status --json`."""

from __future__ import annotations

import csv
import lzma
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.sources.freeswitch import database as callcenter
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.translator import EventTranslator
from tests.commands import done, status
from tests.databases import new_database
from tests.processes import wait_until
from tests.public_data import FOLDERS
from tests.slow.follow_process import FollowProcess, sources, wait_for_records
from tests.sources import asterisk_recording, freeswitch_recording
from tests.sources.event_socket_server import PASSWORD as SOCKET_PASSWORD
from tests.sources.event_socket_server import QUIET, EventSocketServer
from tests.sources.manager_packets import caller, complete, connect, first_status, join, member
from tests.sources.manager_server import PASSWORD, USER, ManagerServer

ROOT = Path(__file__).parents[2]
CLASSES = ("offered", "answered", "abandoned", "timed_out", "no_agents", "diverted", "unknown", "open")


def made(path: Path, time_zone: str | None = None) -> Path:
    """A database of a site where it is noon, unless its zone matters."""
    return new_database(path, time_zone=time_zone or f"Etc/GMT{datetime.now(UTC).hour - 12:+}")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return made(tmp_path / "calls.db")


def counts(shown: dict[str, Any]) -> tuple[int, ...]:
    return tuple(shown["total"][each] for each in CLASSES)


def recorded_log() -> bytes:
    return lzma.open(asterisk_recording.FOLDER / "queue_log.xz").read()


def test_asterisks_manager(tmp_path: Path, database: Path) -> None:
    understands = ManagerTranslator().understands
    interfaces = asterisk_recording.Interfaces()
    arrivals = asterisk_recording.arrivals()[1:]
    packets = [packet for _, packet in asterisk_recording.packets()]
    with (
        ManagerServer(status=first_status) as server,
        FollowProcess(
            tmp_path, "ami", "--port", str(server.port), "--user", USER, "--db", database, CCMON_AMI_PASSWORD=PASSWORD
        ) as following,
    ):
        following.wait_for("connected")
        sent = records = 0
        for moment in asterisk_recording.moments()[12::20]:
            upto = next((i for i, arrival in enumerate(arrivals) if arrival.at > moment.at), len(arrivals))
            for packet in packets[sent:upto]:
                interfaces.learn(packet)
                records += understands(packet)
            server.send(asterisk_recording.stream()[arrivals[sent].start : arrivals[upto - 1].end])
            sent = upto
            wait_for_records(database, records)
            shown = status(database)
            assert shown["total"]["waiting"] == len(moment.waiting)
            states = {interfaces[agent["login"]]: agent["state"] for agent in shown["agents"]}
            assert {name for name, state in states.items() if state == "ringing"} == moment.ringing
            assert {name for name, state in states.items() if state in {"talking", "hold"}} == moment.connected
        if sent < len(arrivals):
            server.send(asterisk_recording.stream()[arrivals[sent].start :])
        wait_for_records(database, sum(map(understands, packets)))
        assert counts(status(database)) == (272, 195, 64, 3, 5, 5, 0, 0)
        assert following.end() == 0


def test_asterisks_queue_log(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_bytes(recorded_log())
    done("import", "queue-log", log, "--db", database)
    last = datetime.fromtimestamp(int(recorded_log().splitlines()[-1][:10]), UTC).isoformat()
    # The log's own words: CONNECT, ABANDON, EXITWITHTIMEOUT, EXITEMPTY, EXITWITHKEY and WITHDRAW.
    assert counts(status(database, "--at", last))[:6] == (272, 195, 64, 1, 5, 7)


def test_asterisks_manager_and_queue_log_together_count_each_call_once(database: Path, tmp_path: Path) -> None:
    later_s = int(time.time()) - asterisk_recording.arrivals()[-1].at // 1000
    whole = b"".join(
        b"%d" % (int(line[:10]) + later_s) + line[10:] for line in recorded_log().splitlines(keepends=True)
    )
    log = tmp_path / "queue_log"
    log.write_bytes(b"")
    with (
        ManagerServer(status=first_status) as server,
        FollowProcess(
            tmp_path,
            *("ami", "--port", str(server.port), "--user", USER, "--db", database, "--queue-log", log),
            CCMON_AMI_PASSWORD=PASSWORD,
        ) as following,
    ):
        following.wait_for("connected")
        with log.open("ab") as file:
            file.write(whole)
        server.send(asterisk_recording.stream()[asterisk_recording.arrivals()[1].start :])
        wait_for_records(database, whole.count(b"\n"))
        assert counts(status(database))[:6] == (272, 195, 64, 1, 5, 7)
        # The log alone cannot tell a switch that is down from a quiet one; the manager can.
        (feed,) = sources(database)
        assert (feed["state"], feed["heartbeat"]) == ("followed", True)
        server.close()
        following.wait_for("the queue log is followed without")
        down_at = time.time() + 1
        wait_until(lambda: time.time() > down_at + 1, what="time to pass")
        with log.open("ab") as file:
            file.write(b"%d|NONE|NONE|NONE|CONFIGRELOAD|\n" % time.time())
        wait_for_records(database, whole.count(b"\n") + 1)
        assert datetime.fromisoformat(sources(database)[0]["checked_at"]).timestamp() <= down_at


def first_answers() -> dict[str, str]:
    """What the recorded switch said of its agents and tiers when it was asked first."""
    first = freeswitch_recording.moments()[0].tables
    agents = "".join(f"{a.name}|{a.status}|{a.state}|{a.wrap_up_time}\n" for a in first.agents)
    tiers = "".join(f"{tier.queue}|{tier.agent}|{tier.state}\n" for tier in first.tiers)
    return QUIET | {
        "callcenter_config agent list": f"name|status|state|wrap_up_time\n{agents}+OK\n",
        "callcenter_config tier list": f"queue|agent|state\n{tiers}+OK\n",
    }


@pytest.mark.parametrize("with_database", [False, True], ids=["alone", "and the database"])
def test_freeswitchs_event_socket(database: Path, tmp_path: Path, *, with_database: bool) -> None:
    file = tmp_path / "callcenter.db"
    freeswitch_recording.put(freeswitch_recording.moments()[0], file)
    understands = EventTranslator(ReportedAgents()).understands
    # With the database at hand, the socket's user needs no right to ask for members.
    answers = {} if with_database else first_answers()
    also = ["--database", file] if with_database else []
    with (
        EventSocketServer(answers | {k: v for k, v in first_answers().items() if "members" not in k}) as server,
        FollowProcess(
            tmp_path,
            *("freeswitch", "--event-socket", f"127.0.0.1:{server.port}", "--db", database, *also),
            CCMON_FREESWITCH_PASSWORD=SOCKET_PASSWORD,
        ) as following,
    ):
        following.wait_for("connected")
        server.send(freeswitch_recording.subscribed_now())
        wait_for_records(database, sum(understands(headers) for _, headers in freeswitch_recording.events()))
        shown = status(database)
        assert counts(shown) == (198, 129, 59, 0, 0, 10, 0, 0)
        assert shown["total"]["waiting"] == shown["total"]["talking"] == 0
        # Twelve were there at the start, others came and went.
        first = {agent.name for agent in freeswitch_recording.moments()[0].tables.agents}
        later = {headers["CC-Agent"] for _, headers in freeswitch_recording.events() if "CC-Agent" in headers}
        assert {agent["login"] for agent in shown["agents"]} == first | later
        assert following.end() == 0


def test_freeswitchs_database_alone(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    moments = freeswitch_recording.moments()[4:40:12]
    freeswitch_recording.put(moments[0], file)
    with FollowProcess(tmp_path, "freeswitch", "--database", file, "--db", database) as following:
        following.wait_for("every caller who leaves unanswered counts as abandoned")
        for moment in moments:
            freeswitch_recording.put(moment, file)
            theirs = freeswitch_recording.told(callcenter.read(file))

            def shows(theirs: freeswitch_recording.Truth = theirs) -> bool:
                shown = status(database)
                ringing = {agent["login"] for agent in shown["agents"] if agent["state"] == "ringing"}
                total = shown["total"]
                return (total["waiting"], total["talking"], ringing) == (
                    len(theirs.waiting),
                    len(theirs.talking),
                    theirs.ringing,
                )

            wait_until(shows, what=f"moment {moment.number}")
        assert following.end() == 0


# Tables of calls


def part(file: Path, folder: Path, days: str) -> Path:
    """The rows of some days, as they stand: what a table of a year says of a day is not worth reading all of it."""
    wanted = re.compile(days)
    lines = file.read_bytes().splitlines(keepends=True)
    copy = folder / file.name
    copy.write_bytes(lines[0] + b"".join(line for line in lines[1:] if wanted.search(line.decode())))
    return copy


def table(file: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text, delimiter=delimiter)


def import_calls(database: Path, file: Path, mapping: str) -> str:
    return done(
        "import", "table", "calls", file, "--mapping", ROOT / "sample_data" / "mappings" / mapping, "--db", database
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_banks_table(folder: Path, tmp_path: Path) -> None:
    file = part(folder / "anonymous_bank/february1999.txt", tmp_path, "\t99021[567]\t")
    path = made(tmp_path / "calls.db", "Asia/Jerusalem")
    assert import_calls(path, file, "anonymous-bank.toml").endswith(" 0 refused\n")
    of_day = [row for row in table(file, "\t") if row["date"] == "990216"]
    served = [row for row in of_day if row["outcome"] == "AGENT"]
    hung_up = [row for row in of_day if row["outcome"] == "HANG" and row["q_time"] != "0"]
    shown = status(path, "--at", "1999-02-16T23:59:59")
    # Who hung up in the voice menu came to no queue.
    assert (shown["total"]["answered"], shown["total"]["abandoned"]) == (len(served), len(hung_up))
    assert {queue["name"] for queue in shown["queues"]} >= {"Regular", "Stock trading", "Internet"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_phone_now_table(folder: Path, tmp_path: Path) -> None:
    file = part(folder / "pwc_phonenow/Call-Center-Dataset.csv", tmp_path, ",2021-01-1.,")
    path = made(tmp_path / "calls.db", "UTC")
    assert import_calls(path, file, "pwc.toml").endswith(" 0 refused\n")
    of_day = [row for row in table(file) if row["Date"] == "2021-01-12"]
    answered = [row for row in of_day if row["Answered (Y/N)"] == "Y"]
    shown = status(path, "--at", "2021-01-12T23:59:59")
    assert (shown["total"]["offered"], shown["total"]["answered"]) == (len(of_day), len(answered))
    speeds = [int(row["Speed of answer in seconds"]) for row in answered]
    assert shown["total"]["asa_s"] == pytest.approx(sum(speeds) / len(speeds), abs=0.001)
    theirs = Counter(row["Agent"] for row in answered)
    assert {agent["name"]: agent["handled"] for agent in shown["agents"] if agent["handled"]} == theirs


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_simulated_table_and_its_standard(folder: Path, tmp_path: Path) -> None:
    file = part(folder / "simulated_call_centre/simulated_call_centre.csv", tmp_path, ",2021-06-1.,")
    path = made(tmp_path / "calls.db", "UTC")
    queues = tmp_path / "queues.csv"
    queues.write_text("name,service_level_threshold,service_level_target\nSimulated,60,0.8\n")
    done("import", "table", "queues", queues, "--db", path)
    assert import_calls(path, file, "simulated-call-centre.toml").endswith(" 0 refused\n")
    of_day = [row for row in table(file) if row["date"] == "2021-06-15"]
    met = sum(row["meets_standard"] == "TRUE" for row in of_day)
    shown = status(path, "--at", "2021-06-15T23:59:59")["total"]
    assert (shown["answered"], shown["answered_in_threshold"]) == (len(of_day), met)
    assert shown["service_level"] == pytest.approx(met / len(of_day))


# Faults, as a person meets them


def test_two_switches_feed_one_database(database: Path, tmp_path: Path) -> None:

    with ManagerServer(status=lambda: member("ann")) as a, ManagerServer(status=lambda: member("bob")) as b:
        options = ["--user", USER, "--db", database]
        with (
            FollowProcess(
                tmp_path, "ami", "--port", str(a.port), "--source", "pbx-a", *options, CCMON_AMI_PASSWORD=PASSWORD
            ) as first,
            FollowProcess(
                tmp_path, "ami", "--port", str(b.port), "--source", "pbx-b", *options, CCMON_AMI_PASSWORD=PASSWORD
            ) as second,
        ):
            first.wait_for("connected")
            second.wait_for("connected")
            a.send(join("1.1"))
            b.send(join("1.1") + join("1.2"))
            wait_until(lambda: status(database)["total"]["waiting"] == 3, what="three callers")
            assert {agent["login"] for agent in status(database)["agents"]} == {"ann", "bob"}
            with FollowProcess(
                tmp_path, "ami", "--port", str(b.port), "--source", "pbx-b", *options, CCMON_AMI_PASSWORD=PASSWORD
            ) as third:
                assert third.process.wait() == 1
                assert 'is writing the source "pbx-b"' in third.said


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_follower_started_again_goes_on(database: Path, tmp_path: Path, ending: signal.Signals) -> None:

    with ManagerServer(status=lambda: member("ann")) as server:
        options = ("ami", "--port", str(server.port), "--user", USER, "--db", database)
        with FollowProcess(tmp_path, *options, CCMON_AMI_PASSWORD=PASSWORD) as following:
            following.wait_for("connected")
            server.send(join("1.1") + join("1.2") + connect("1.2", "ann"))
            wait_until(lambda: status(database)["total"]["talking"] == 1, what="a talk")
            following.end(ending)
        # While nobody listens the talk goes on, and one more caller comes.
        server.status = lambda: member("ann", InCall="1", Status="2") + caller("1.1", 9) + caller("1.3", 3)
        with FollowProcess(tmp_path, *options, CCMON_AMI_PASSWORD=PASSWORD) as following:
            following.wait_for("connected")
            server.send(complete("1.2", "ann"))
            wait_until(lambda: status(database)["total"]["handled"] == 1, what="the end of the talk")
            shown = status(database)["total"]
            assert (shown["offered"], shown["waiting"], shown["answered"], shown["unknown"]) == (3, 2, 1, 0)


def test_a_packet_of_a_megabyte_holds_nothing_up(database: Path, tmp_path: Path) -> None:

    with (
        ManagerServer(status=lambda: member("ann")) as server,
        FollowProcess(
            tmp_path, "ami", "--port", str(server.port), "--user", USER, "--db", database, CCMON_AMI_PASSWORD=PASSWORD
        ) as following,
    ):
        following.wait_for("connected")
        server.send(b"Event: UserEvent\r\nBody: " + b"x" * 1_000_000 + b"\r\n\r\n")
        server.send(join("1.1", name="y" * 1_000_000) + join("1.2"))
        wait_until(lambda: status(database)["total"]["waiting"] == 2, what="both callers")
