"""What single records of a queue log mean, each unusual one a case; and logs of other sites."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file
from ccmon.sources.agent_key import agent_key
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.queue_log.members import read_members
from tests.public_data import FOLDERS
from tests.sources.queue_log.test_import import BASE, VISITS, rows, take, write
from tests.sources.queue_log.test_recording import RECORDING, log


def taken(path: Path, tmp_path: Path, *records: str) -> Path:
    """Records given as seconds after the base and the rest of the line."""
    lines = [f"{BASE + int(record.partition('|')[0])}|{record.partition('|')[2]}" for record in records]
    take(path, write(tmp_path / "queue_log", *lines))
    return path


def visits(path: Path) -> list[tuple[Any, ...]]:
    return rows(path, VISITS)


CASES = {
    "a transfer back into the same queue": (
        [
            "0|1.1|sales|NONE|ENTERQUEUE||7|1",
            "5|1.1|sales|Ann|CONNECT|5|1.2|2",
            "20|1.1|sales|NONE|ENTERQUEUE||7|1",
            "20|1.1|sales|Ann|BLINDTRANSFER|600|ctx|5|15|1",
            "29|1.1|sales|NONE|ABANDON|1|1|9",
        ],
        [("1.1", 1, 0, 5, 20, "answered", "transfer"), ("1.1", 2, 20, None, 29, "abandoned", "caller")],
    ),
    "two spellings of one queue": (
        [
            "0|1.1|SALES|NONE|ENTERQUEUE||7|1",
            "5|1.1|sales|Ann|CONNECT|5|1.2|2",
            "9|1.1|sales|Ann|COMPLETECALLER|5|4|1",
        ],
        [("1.1", 1, 0, 5, 9, "answered", "caller")],
    ),
    "SYSCOMPAT and its ABANDON count once": (
        ["0|1.1|q|NONE|ENTERQUEUE||7|1", "5|1.1|q|Ann|SYSCOMPAT|", "5|1.1|q|NONE|ABANDON|1|1|5"],
        [("1.1", 1, 0, None, 5, "incompatible", "system")],
    ),
    "ABANDON with an agent, AGENTDUMP ends nothing": (
        ["0|1.1|q|NONE|ENTERQUEUE||7|1", "4|1.1|q|Ann|AGENTDUMP|", "5|1.1|q|Ann|ABANDON|1|1|5"],
        [("1.1", 1, 0, None, 5, "abandoned", "caller")],
    ),
    "a restart ends what was open": (
        [
            "0|1.1|q|NONE|ENTERQUEUE||7|1",
            "2|1.2|q|NONE|ENTERQUEUE||7|1",
            "3|1.2|q|Ann|CONNECT|1|x|1",
            "9|NONE|NONE|NONE|QUEUESTART|",
            "12|1.2|q|Ann|COMPLETEAGENT|1|9|1",
        ],
        [("1.1", 1, 0, None, 9, "unknown", None), ("1.2", 1, 2, 3, 9, "unknown", None)],
    ),
    "no ENTERQUEUE: the entry from the waits": (
        [
            "100|1.1|q|Ann|CONNECT|7|x|1",
            "110|1.1|q|Ann|COMPLETEAGENT|7|10|1",
            "110|1.2|q|Bob|COMPLETEAGENT|4|30|1",
            "110|1.3|q|NONE|ABANDON|1|1|25",
            "110|1.4|q|Bob|ATTENDEDTRANSFER|LINK|a|b|6|20|1",
            "110|1.5|q|Bob|ATTENDEDTRANSFER|BRIDGE|a|6|21|1",
        ],
        [
            ("1.1", 1, 93, 100, 110, "answered", "agent"),
            ("1.2", 1, 76, 80, 110, "answered", "agent"),
            ("1.3", 1, 85, None, 110, "abandoned", "caller"),
            ("1.4", 1, 84, 90, 110, "answered", "transfer"),
            ("1.5", 1, 83, 89, 110, "answered", "transfer"),
        ],
    ),
    "old formats with fewer fields": (
        [
            "0|1.1|q|NONE|ENTERQUEUE||7",
            "5|1.1|q|NONE|EXITWITHTIMEOUT|1",
            "6|1.2|q|NONE|ENTERQUEUE",
            "8|1.2|q|NONE|EXITWITHKEY|1|1",
            "9|1.3|q|NONE|ENTERQUEUE|",
            "10|1.3|q|Ann|CONNECT|1",
            "12|1.3|q|Ann|TRANSFER|600|ctx",
        ],
        [
            ("1.1", 1, 0, None, 5, "timeout", "system"),
            ("1.2", 1, 6, None, 8, "exit_key", "caller"),
            ("1.3", 1, 9, 10, 12, "answered", "transfer"),
        ],
    ),
    "a member's name with a pipe in it": (
        [
            "0|1.1|q|NONE|ENTERQUEUE||7|1",
            "5|1.1|q|Ann|Pipe|CONNECT|5|x|1",
            "9|1.1|q|Ann|Pipe|COMPLETEAGENT|5|4|1",
        ],
        [("1.1", 1, 0, 5, 9, "answered", "agent")],
    ),
    "a clock set back": (
        ["50|1.1|q|NONE|ENTERQUEUE||7|1", "40|1.1|q|Ann|CONNECT|0|x|1", "45|1.1|q|Ann|COMPLETEAGENT|0|5|1"],
        [("1.1", 1, 50, 50, 50, "answered", "agent")],
    ),
    "a call that never ends": (
        ["0|1.1|q|NONE|ENTERQUEUE||7|1", "20000|1.2|q|NONE|ENTERQUEUE||7|1"],
        [("1.1", 1, 0, None, 14400, "unknown", None), ("1.2", 1, 20000, None, None, None, None)],
    ),
    "an outbound call of a dialler": (
        [
            "0|1.1|winback|NONE|CALLOUTBOUND||0612",
            "5|1.1|winback|Ann|CONNECT|0|x|1",
            "9|1.1|winback|Ann|COMPLETEAGENT|0|4|1",
        ],
        [("1.1", 1, 0, 5, 9, "answered", "agent")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_visits(path: Path, tmp_path: Path, case: str) -> None:
    records, expected = CASES[case]
    assert visits(taken(path, tmp_path, *records)) == expected


def test_outbound_calls_are_of_a_campaign_and_no_queue(path: Path, tmp_path: Path) -> None:
    taken(path, tmp_path, *CASES["an outbound call of a dialler"][0])
    found = rows(path, "SELECT direction, queue_id, campaigns.name, caller FROM calls, campaigns")
    assert found == [("outbound", None, "winback", "0612")]
    assert rows(path, "SELECT count(*) FROM queues") == [(0,)]


def test_codes_that_agents_choose_belong_to_the_visit_during_it_and_after(path: Path, tmp_path: Path) -> None:
    taken(
        path,
        tmp_path,
        "0|1.1|sales|NONE|ENTERQUEUE||7|1",
        "5|1.1|sales|Ann|CONNECT|5|x|1",
        "7|1.1|sales|Ann|CALLSTATUS|ASKED",
        "9|1.1|sales|Ann|COMPLETEAGENT|5|4|1",
        "10|1.1|sales|NONE|ENTERQUEUE||7|1",
        "12|1.1|sales|Bob|CONNECT|2|x|1",
        "14|1.1|sales|Bob|COMPLETEAGENT|2|2|1",
        "20|1.2|winback|NONE|CALLOUTBOUND||0612",
        "30|1.2|winback|NONE|ABANDON|1|1|10",
        "1700|1.2|winback|NONE|CALLSTATUS|BUSY|x",
        "1800|1.1|sales|Bob|CALLSTATUS|SALE",
        "1900|9.9|sales|Bob|CALLSTATUS|SALE",
    )
    found = rows(path, "SELECT call_id, visit, direction, class, disposition FROM calls ORDER BY 1, 2")
    assert found == [
        ("1.1", 1, "inbound", "answered", "ASKED"),
        ("1.1", 2, "inbound", "answered", "SALE"),
        ("1.2", 1, "outbound", "abandoned", "BUSY|x"),
    ]
    # Outbound calls are in no queue's figures (metrics.md 13).
    assert rows(path, "SELECT sum(offered), sum(abandoned) FROM queue_quarters") == [(2, 0)]


def test_verbs_of_the_agents_page(path: Path, tmp_path: Path) -> None:
    taken(
        path,
        tmp_path,
        "0|NONE|NONE|Agent/7|ADDMEMBER2|SIP/201",
        "1|x|sales|Agent/7|ADDMEMBER|",
        "2|NONE|NONE|Agent/7|PAUSEALL|",
        "2|NONE|NONE|Agent/7|PAUSEREASON|LUNCH",
        "8|NONE|NONE|Agent/7|UNPAUSEALL|",
        "9|1.1|sales|NONE|ENTERQUEUE||7|1",
        "9|1.1|sales|NONE|INFO|DID|0800",
        "10|1.1|sales|Agent/7|AGENTATTEMPT|",
        "11|1.1|sales|Agent/7|CONNECT|2|x|1",
        "13|1.1|sales|Agent/7|CALLERONHOLD|wait",
        "16|1.1|sales|Agent/7|CALLEROFFHOLD|3|wait",
        "19|1.1|sales|Agent/7|COMPLETEAGENT|2|8|1",
        "20|NONE|NONE|Agent/7|HOTDESK|",
    )
    assert rows(path, "SELECT hold_ms, unknown_records FROM calls, sources") == [(3000, 0)]
    states = rows(path, f"SELECT state, reason, (started_at - {BASE}000) / 1000 FROM agent_states ORDER BY started_at")
    assert states == [
        ("ready", None, 0),
        ("paused", "LUNCH", 2),
        ("ready", None, 8),
        ("talking", None, 11),
        ("hold", None, 13),
        ("talking", None, 16),
        ("ready", None, 19),
    ]


def test_names_of_agents_and_queues(path: Path, tmp_path: Path) -> None:
    taken(
        path,
        tmp_path,
        "0|x|Sales|PJSIP/1001|ADDMEMBER|",
        "1|NONE|sales|PJSIP/1002|PENALTY|3",
        "2|NONE|SALES|Local/1001@agents/n|PAUSE|tea",
        "3|NONE|sales|Agent/1001|UNPAUSE|",
        "4|NONE|sales|Ann|Pipe|PAUSE|a | b",
        "5|NONE|sales|NONE|PAUSE|",
    )
    assert rows(path, "SELECT name FROM queues") == [("Sales",)]
    assert rows(path, "SELECT login FROM agents ORDER BY id") == [("1001",), ("Ann|Pipe",), ("NONE",)]
    assert rows(path, "SELECT reason FROM queue_pauses ORDER BY id") == [("tea",), ("a | b",), (None,)]


def states(path: Path) -> list[tuple[Any, ...]]:
    return rows(
        path,
        f"SELECT state, reason, started_at / 1000 - {BASE}, ended_at / 1000 - {BASE} FROM agent_states ORDER BY id",
    )


def test_pauses(path: Path, tmp_path: Path) -> None:
    """PAUSEALL beside PAUSE counts once; one of two queues is no pause; a pause while talking waits; a new reason."""
    taken(
        path,
        tmp_path,
        "0|x|sales|Ann|ADDMEMBER|",
        "0|x|support|Ann|ADDMEMBER|",
        "5|NONE|sales|Ann|PAUSE|tea",
        "9|NONE|sales|Ann|UNPAUSE|",
        "10|1.1|sales|NONE|ENTERQUEUE||7|1",
        "10|1.1|sales|Ann|CONNECT|0|x|1",
        "15|NONE|NONE|Ann|PAUSEALL|lunch",
        "15|NONE|sales|Ann|PAUSE|lunch",
        "15|NONE|support|Ann|PAUSE|lunch",
        "20|1.1|sales|Ann|COMPLETECALLER|0|10|1",
        "30|NONE|sales|Ann|PAUSE|training",
        "30|NONE|support|Ann|PAUSE|training",
        "40|NONE|NONE|Ann|UNPAUSEALL|",
        "40|NONE|sales|Ann|UNPAUSE|",
        "40|NONE|support|Ann|UNPAUSE|",
        "50|x|sales|Ann|REMOVEMEMBER|",
        "60|x|support|Ann|REMOVEMEMBER|",
    )
    assert states(path) == [
        ("ready", None, 0, 10),
        ("talking", None, 10, 20),
        ("paused", "lunch", 20, 30),
        ("paused", "training", 30, 40),
        ("ready", None, 40, 60),
        ("logged_out", None, 60, None),
    ]
    assert rows(path, "SELECT count(*) FROM queue_pauses") == [(5,)]


def test_wrap_up_told_as_a_pause(path: Path, tmp_path: Path) -> None:
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO pause_reasons (reason, counts_as_wrap_up) VALUES ('ACW', 1)")
    connection.close()
    taken(
        path,
        tmp_path,
        "0|1.1|sales|NONE|ENTERQUEUE||7|1",
        "2|1.1|sales|Ann|CONNECT|0|x|1",
        "20|1.1|sales|Ann|COMPLETECALLER|0|10|1",
        "24|NONE|sales|Ann|PAUSE|ACW",
        "60|NONE|sales|Ann|UNPAUSE|",
        "80|NONE|sales|Ann|PAUSE|ACW",
        "90|NONE|sales|Ann|UNPAUSE|",
    )
    assert states(path) == [
        ("talking", None, 2, 20),
        ("ready", None, 20, 24),
        ("wrap_up", None, 24, 60),
        ("ready", None, 60, 80),
        ("paused", "ACW", 80, 90),
        ("ready", None, 90, None),
    ]
    assert rows(path, f"SELECT wrapping_up, wrapped_up_at / 1000 - {BASE}, handled FROM calls") == [(0, 60, 1)]


def test_a_restart_clears_pauses_of_static_members_alone(path: Path, tmp_path: Path) -> None:
    taken(
        path,
        tmp_path,
        "0|x|sales|Ann|ADDMEMBER|PAUSED",
        "1|NONE|sales|Bob|PAUSE|tea",
        "9|NONE|NONE|NONE|QUEUESTART|",
    )
    found = rows(
        path,
        "SELECT login, state FROM agent_states JOIN agents ON agents.id = agent_id"
        " WHERE ended_at IS NULL ORDER BY login",
    )
    assert found == [("Ann", "paused"), ("Bob", "ready")]


def test_queues_conf_makes_interface_and_member_name_one_agent(path: Path, tmp_path: Path) -> None:
    members = read_members(RECORDING / "queues.conf")
    assert ("agent02", "Bob O'Brien") in members
    file = tmp_path / "queue_log"
    file.write_bytes(log())
    import_logs(path, [str(file)], source="queue-log", members=members)
    found = rows(path, "SELECT login, name FROM agents WHERE name IS NOT NULL ORDER BY login")
    assert found == sorted((member.key, member.name) for member in members if member.name)


def test_agent_keys() -> None:
    assert {agent_key(name) for name in ("PJSIP/1001", "SIP/1001", "Local/1001@from-queue/n", "Agent/1001")} == {"1001"}
    assert agent_key("Mia / Berlin") == "Mia / Berlin"


def realtime_lines(folder: Path) -> list[str]:
    """Asterisk 18's queue_log table of a site, its rows written as lines."""
    source = folder / "queue_log_malariapbx2023" / "queue_log.sql"
    lines = []
    for row in re.findall(r"\((\d+,.*?)\)(?=[,;])", source.read_text().partition("VALUES")[2]):
        _, moment, *fields = next(csv.reader([row], quotechar="'"))
        at = int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())
        lines.append("|".join([str(at), *fields]))
    return lines


@pytest.mark.parametrize("folder", FOLDERS)
def test_another_sites_realtime_table(path: Path, tmp_path: Path, folder: Path) -> None:
    lines = realtime_lines(folder)
    summary = take(path, write(tmp_path / "queue_log", *lines))
    entered = sum("|ENTERQUEUE|" in line for line in lines)
    assert (summary.records, summary.rejected, summary.unknown.total()) == (len(lines), 0, 0)
    assert summary.calls == entered
    assert rows(path, "SELECT count(*) FROM calls WHERE answered_at IS NOT NULL") == [
        (sum("|CONNECT|" in line for line in lines),)
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_another_sites_rotated_logs(path: Path, folder: Path) -> None:
    folder = folder / "asterisk_realtree_2016"
    assert take(path, *folder.iterdir()).records == sum(len(file.read_text().splitlines()) for file in folder.iterdir())


def help_desk_lines(folder: Path) -> list[str]:
    """A vendor's normalised table, in which waits and talks stand in columns of their own, as lines."""
    source = folder / "queue_log_elision2018" / "queue_log.csv"
    lines = []
    with source.open() as file:
        for row in csv.DictReader(file):
            data = [row["param1"], row["param2"], row["param3"]]
            lines.append(
                "|".join([row["date_time"], row["callid"], row["queue_name"], row["type"], row["event"], *data])
            )
    return lines


@pytest.mark.parametrize("folder", FOLDERS)
def test_another_sites_help_desk(path: Path, tmp_path: Path, folder: Path) -> None:
    """Its events of outbound calls are nobody else's."""
    lines = help_desk_lines(folder)
    summary = take(path, write(tmp_path / "queue_log", *lines))
    assert summary.rejected == 0
    assert summary.unknown.total() == sum("|OUT" in line for line in lines)
    counted: dict[Any, Any] = dict(rows(path, "SELECT outcome, count(*) FROM calls GROUP BY 1"))
    assert counted["abandoned"] == sum("|ABANDON|" in line for line in lines)
    assert sum(counted.values()) >= sum("|ENTERQUEUE|" in line for line in lines)
