"""``ccmon sources``, and what the doctor and the alarms say of a source that has gone silent."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ccmon.database import database_file, reader, source_lock, source_status
from ccmon.database.backup import back_up
from ccmon.database.errors_of_followers import note_error
from ccmon.database.live_reader import LiveReader
from ccmon.database.site import site_zone
from ccmon.database.source_records import FaultyRecord
from ccmon.database.writer import Writer
from ccmon.events import CallEntered, MemberJoined
from ccmon.formatting import iso_minute
from ccmon.metrics.opening_hours import WEEKDAYS
from ccmon.model.alarms import Rule
from ccmon.real_time import real_now
from ccmon.services import systemd
from ccmon.services.unit import Account, FollowUnit
from ccmon.views.alarms import alarm_sentence, for_administrator
from tests.accounts import open_folder
from tests.commands import ccmon, done, one_line
from tests.databases import followers_of, rows
from tests.sources.follower_thread import call_database

MINUTE_MS = 60_000


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes in a test: what is two seconds old stays so on a machine however busy."""
    moment_ns = time.time_ns()
    monkeypatch.setattr("ccmon.real_time.time", SimpleNamespace(time_ns=lambda: moment_ns))


def now() -> int:
    return real_now()


def fed(
    path: Path, name: str, kind: str, *, checked_ms: int | None, record_ms: int = 0, file: str | None = None
) -> None:
    """A source whose last record and last sign of life were so long ago; ``checked_ms`` None: imported."""
    following = checked_ms is not None
    with Writer(path, source=name, kind=kind, origin=file, following=following) as writer:
        at = now() - record_ms
        writer.count(records=2)
        writer.unknown["NEWEVENT"] += 1
        writer.report_faulty(FaultyRecord(file, 3, "no number", "x|y"))
        writer.apply([MemberJoined(at, "sales", "ann"), CallEntered(at, f"{name}-1", "sales")])
        writer.commit(checked_at=None if checked_ms is None else now() - checked_ms)


def set_opening_hours(path: Path, hours: str) -> None:
    """Of each weekday."""
    with closing(database_file.open_writer(path)) as connection:
        rows = [(weekday, hours) for weekday in WEEKDAYS]
        connection.executemany("INSERT OR REPLACE INTO opening_hours (weekday, hours) VALUES (?, ?)", rows)


def told(path: Path) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in json.loads(ccmon("sources", "--json", "--db", str(path)).stdout)["sources"]}


def test_an_empty_database_is_fed_by_nothing(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    assert ccmon("sources", "--db", str(path)).stdout.startswith("Nothing feeds this database yet")
    assert told(path) == {}


def test_each_source_says_since_when_how_much_and_how_it_stands(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=2_000, record_ms=5 * 3_600_000, file="10.0.0.1:5038")
    fed(path, "log", "queue-log", checked_ms=2_000, record_ms=5 * 3_600_000, file="/var/log/asterisk/queue_log")
    fed(path, "dead", "freeswitch", checked_ms=5 * MINUTE_MS)
    fed(path, "old", "table", checked_ms=None)
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('dialler', 'a', 1, ?)", (now() - 60_000,)
        )
    with followers_of(path, "pbx", "log"):
        found = told(path)
        assert {name: each["state"] for name, each in found.items()} == {
            "pbx": "followed",
            "log": "quiet",
            "dead": "silent",
            "old": "not followed",
            "dialler": "not followed",
        }
        log = found["log"]
        assert (log["kind"], log["origin"], log["heartbeat"]) == ("queue-log", "/var/log/asterisk/queue_log", False)
        assert (log["records"], log["unknown_records"], log["rejected"]) == (2, 1, 1)
        assert log["unknown_events"] == {"NEWEVENT": 1}
        assert 18_000 <= log["last_record_age_s"] < 18_100
        assert log["checked_age_s"] < 60
        assert found["pbx"]["heartbeat"]
        assert (found["dialler"]["kind"], found["dialler"]["records"]) == ("sql", None)
        assert found["dialler"]["last_record_age_s"] >= 60

        shown = ccmon("sources", "--db", str(path)).stdout
        assert "+ pbx (ami, 10.0.0.1:5038): followed; the switch answers\n" in shown
        assert "? log (queue-log, /var/log/asterisk/queue_log): nothing new for 5 h: a quiet time, or" in shown
        assert "! dead (freeswitch): not heard of for 5 min: no ccmon follow runs for it; start it again\n" in shown
        assert "2 records, 1 of unknown events (NEWEVENT 1), 1 line rejected (ccmon sources --rejected), the" in shown

        ccmon("config", "set", "alarms.quiet_source", "6 h", "--db", str(path))
        assert told(path)["log"]["state"] == "followed", "the limit of the alarm"
        ccmon("config", "unset", "alarms.quiet_source", "--db", str(path))
        set_opening_hours(path, "closed")
        assert told(path)["log"]["state"] == "followed", "a closed site is quiet"
        assert "+ ok     source log" in ccmon("doctor", "--db", str(path)).stdout
        set_opening_hours(path, "24 h")
        assert told(path)["log"]["state"] == "quiet"

        doctor = ccmon("doctor", "--db", str(path))
        assert doctor.returncode == 1
        assert "! wrong  source dead" in doctor.stdout
        assert "? note   source log" in doctor.stdout
        assert "+ ok     source pbx" in doctor.stdout
        assert doctor.stdout.endswith("\n1 thing is wrong, 2 to look at.\n")


def test_what_did_not_go_in_is_shown_the_newest_first(tmp_path: Path) -> None:
    """It could be read by SQL alone; what came from outside is made harmless."""
    path = call_database(tmp_path)
    with Writer(path, source="log", kind="queue-log", origin="/var/log/queue_log") as writer:
        for number in range(1, 26):
            writer.report_faulty(FaultyRecord("/var/log/queue_log", number, f"no event {number}", f"1|2|{number}"))
        writer.report_faulty(
            FaultyRecord("/var/log/queue_log.1", None, "no \x1b]0;x\x07number", "\x1b[2J[bold]|\n", taken_in=True)
        )
        writer.commit()
    with Writer(path, source="cdr", kind="table") as writer:
        writer.report_faulty(FaultyRecord(None, 7, "no moment", "a,b"))
        writer.commit()
    shown = ccmon("sources", "--rejected", "--db", str(path))
    lines = shown.stdout.splitlines()
    assert [line.split("  ", 1)[1] for line in lines[:4:2]] == [
        "cdr  line 7  rejected: no moment",
        "log  /var/log/queue_log.1  taken in without a number: no \u241b]0;x\u2407number",
    ]
    assert lines[1:4:2] == ["    a,b", "    \u241b[2J[bold]|\u240a"]
    assert len(lines) == 40
    assert lines[-2].endswith("  log  /var/log/queue_log:8  rejected: no event 8")
    assert shown.stderr == "These are the newest of 27 lines; --limit shows more.\n"
    of_log = ccmon("sources", "log", "--rejected", "--limit", "100", "--db", str(path))
    assert (len(of_log.stdout.splitlines()), of_log.stderr) == (52, "")
    assert "cdr" not in of_log.stdout
    of_nothing = ccmon("sources", "--limit", "100", "--db", str(path))
    assert of_nothing.returncode == 2
    assert "--limit: it says how many rejected lines to show: add --rejected." in of_nothing.stderr

    told = json.loads(ccmon("sources", "cdr", "--rejected", "--json", "--db", str(path)).stdout)
    [line] = told["rejected_lines"]
    assert told["of"] == 1
    assert datetime.fromisoformat(line.pop("rejected_at")).utcoffset() is not None
    assert line == {
        "source": "cdr", "file": None, "line": 7, "reason": "no moment", "content": "a,b", "taken_in": False
    }  # fmt: skip
    assert "ccmon sources --rejected says why" in ccmon("doctor", "--db", str(path)).stdout


def test_unknown_events_are_counted_by_name(tmp_path: Path) -> None:
    """A new event of the switch is told from a garbled log; a log of garbage does not fill the database."""
    path = call_database(tmp_path)
    log = tmp_path / "queue_log"
    names = [*["FOO"] * 3, "BAR", *["WEIRD"] * 2, "A" * 60, *(f"E{number}" for number in range(120))]
    lines = [f"{1_790_000_000 + number}|NONE|sales|NONE|{name}|" for number, name in enumerate(names)]
    log.write_text("\n".join(lines[:4]) + "\n")
    said = ccmon("import", "queue-log", log, "--db", path).stdout
    assert "4 records of events that ccmon does not know: FOO 3, BAR 1\n" in said
    log.write_text("\n".join(lines) + "\n")
    said = ccmon("import", "queue-log", log, "--db", path).stdout
    assert f": … 22, WEIRD 2, {'A' * 40} 1, E0 1, E1 1, others 96\n" in said
    found = told(path)["queue-log"]
    events = found["unknown_events"]
    assert (found["unknown_records"], sum(events.values()), len(events)) == (127, 127, 101)
    assert list(events.items())[:3] == [("…", 24), ("FOO", 3), ("WEIRD", 2)]
    shown = ccmon("sources", "--db", path).stdout
    assert "127 of unknown events (… 24, FOO 3, WEIRD 2, " in shown
    done("sources", "--forget", "queue-log", "--yes", "--db", path)
    assert rows(path, "SELECT * FROM unknown_events") == []


def test_a_floor_that_ran_without_calls_is_as_old_as_it_was_checked(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    with Writer(path, source="demo", kind="simulator") as writer:
        writer.apply([CallEntered(now() - 67 * MINUTE_MS, "c", "sales")])
        writer.count(records=1)
        writer.commit(checked_at=now() - 2_000)
    _, facts = ccmon("sources", "--db", str(path)).stdout.splitlines()
    assert re.search(r"the last record of [\d-]+, 1 h 7 min ago, checked 2 s ago$", facts)


def test_one_source_alone_and_one_that_there_is_not(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=2_000)
    with Writer(path, source="clean", kind="table") as writer:
        writer.commit()
    assert ccmon("sources", "clean", "--db", str(path)).stdout.splitlines()[0].startswith("- clean (table)")
    assert ccmon("sources", "clean", "--rejected", "--db", str(path)).stdout == (
        "No rejected line of clean is recorded. For tables other than calls, only the import shows refused rows.\n"
    )
    for options in ((), ("--rejected",)):
        failed = ccmon("sources", "pbxx", *options, "--db", str(path))
        assert 'There is no source "pbxx"' in one_line(failed)
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('dialler', 'a', 1, ?)", (now(),)
        )
    assert "No rejected line of dialler" in ccmon("sources", "dialler", "--rejected", "--db", str(path)).stdout


def test_a_follower_that_runs_and_gets_no_answer_is_told_from_one_that_is_gone(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=5 * MINUTE_MS)
    with Writer(path, source="pbx", kind="ami", following=True):
        assert told(path)["pbx"]["running"] is True
        assert "its ccmon follow runs and tries again" in told(path)["pbx"]["text"]
        assert "Another ccmon is writing" in one_line(ccmon("sources", "--retire", "pbx", "--db", str(path)))
    assert told(path)["pbx"]["running"] is False


def test_a_follower_that_has_stopped_is_silent_at_once_where_that_can_be_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=3_000)
    with followers_of(path, "pbx"):
        assert (told(path)["pbx"]["state"], told(path)["pbx"]["running"]) == ("followed", True)
    stopped = told(path)["pbx"]
    assert (stopped["state"], stopped["running"]) == ("silent", False)
    assert stopped["text"] == "not heard of for 3 s: no ccmon follow runs for it; start it again"
    assert "! wrong  source pbx" in ccmon("doctor", "--db", str(path)).stdout

    here = source_lock.process_namespace()
    monkeypatch.setattr(source_lock, "sees_all_processes", lambda: False)  # as in a container
    in_the_same_container = told(path)["pbx"]
    assert (in_the_same_container["state"], in_the_same_container["running"]) == ("silent", False)
    monkeypatch.setattr(source_lock, "process_namespace", lambda: (here or 0) + 1)
    in_a_container = told(path)["pbx"]
    assert (in_a_container["state"], in_a_container["running"]) == ("followed", None)
    fed(path, "pbx", "ami", checked_ms=5 * MINUTE_MS)
    assert told(path)["pbx"]["text"] == "not heard of for 5 min: see whether its ccmon follow runs"
    with followers_of(path, "pbx"):
        assert told(path)["pbx"]["running"] is True, "a lock that is seen is held"
    lock = path.with_name(f"{path.name}-pbx.lock")
    lock.unlink()
    assert told(path)["pbx"]["running"] is False, "nobody holds the lock of a file that is not there"


async def test_a_row_that_another_program_keeps_has_no_follower_of_ours(tmp_path: Path) -> None:
    """Nobody holds a lock for it: only its moments say whether that program runs."""
    path = call_database(tmp_path)
    own = "INSERT INTO sources (name, kind, following, checked_at) VALUES ('dialler', 'our dialler', 1, ?)"
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(own, (now() - 20_000,))
    assert (told(path)["dialler"]["state"], told(path)["dialler"]["running"]) == ("followed", None)
    live = LiveReader(path)
    for floor in (await live.snapshot(), reader.snapshot(path)):
        assert Rule.DATA_AGE not in {alarm.rule for alarm in floor.alarms}
    await live.close()
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("UPDATE sources SET checked_at = ?", (now() - 5 * MINUTE_MS,))
    assert told(path)["dialler"]["text"] == "not heard of for 5 min: see whether the program that writes it runs"


@pytest.mark.parametrize("age_ms", [7_000, 9_000, 40_000])
@pytest.mark.parametrize("sees_all", [True, False], ids=["machine", "container"])
async def test_the_screen_agrees_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age_ms: int, sees_all: bool
) -> None:
    """A follower that has stopped raises the alarm once its sign of life is late, whatever the limit of the age."""
    monkeypatch.setattr(source_lock, "sees_all_processes", lambda: sees_all)
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=age_ms)
    ages: list[tuple[str, bool | None]] = []
    live = LiveReader(path)
    try:
        for held in ((), ("pbx",), ()):  # the database stays as it is
            with followers_of(path, *held):
                for floor in (await live.snapshot(), reader.snapshot(path)):
                    found = [alarm_sentence(each, floor) for each in floor.alarms if each.rule is Rule.DATA_AGE]
                    ages.append((found[0].partition(" old: ")[2] if found else "", floor.data_ends_at is not None))
    finally:
        await live.close()
    stopped = ("ccmon follow has stopped; ask the administrator to start it.", True)
    no_answer = ("ccmon follow runs, but reports nothing; ask the administrator.", True)
    of_a_stopped_one = stopped if age_ms > 8_000 else ("", False)
    of_a_running_one = no_answer if age_ms > 30_000 else ("", False)
    assert ages == [*[of_a_stopped_one] * 2, *[of_a_running_one] * 2, *[of_a_stopped_one] * 2]


async def test_the_alerts_say_what_the_follower_said_last(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "log", "queue-log", checked_ms=5 * MINUTE_MS, record_ms=2 * 3_600_000)
    note_error(path, "log", "/var/log/asterisk/queue_log cannot be read: Permission denied")
    live = LiveReader(path)
    try:
        floors = [await live.snapshot(), reader.snapshot(path)]
        fed(path, "log", "queue-log", checked_ms=0)  # it has gone on
        floors += [await live.snapshot(), reader.snapshot(path)]
    finally:
        await live.close()
    said = "/var/log/asterisk/queue_log cannot be read: Permission denied."
    stopped = "old: ccmon follow has stopped; ask the administrator to start it."
    for floor, is_told in zip(floors, (True, True, False, False), strict=True):
        sentences = {alarm.rule: alarm_sentence(alarm, floor) for alarm in floor.alarms}
        if is_told:
            assert sentences[Rule.DATA_AGE].endswith(f" {stopped} It said last: {said}")
            assert sentences[Rule.QUIET_SOURCE].endswith(f" ccmon follow said last: {said}")
        else:
            assert all("said last" not in each for each in sentences.values())


@pytest.mark.parametrize(("is_user", "command"), [(False, "sudo systemctl"), (True, "systemctl --user")])
def test_the_cure_names_the_service_that_follows_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_user: bool, command: str
) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "queue-log", checked_ms=2_000)
    fed(path, "other", "queue-log", checked_ms=2_000)
    monkeypatch.setattr(systemd, "SYSTEM_UNITS", tmp_path / "system")
    monkeypatch.setattr(systemd, "RUNNING", tmp_path)
    folder = tmp_path / "config/systemd/user" if is_user else tmp_path / "system"
    folder.mkdir(parents=True)
    for name, database, source in [("wrong", tmp_path / "x.db", "--source=pbx"), ("ccmon-main", path, "--source=pbx")]:
        words = ("/usr/bin/ccmon", "follow", "queue-log", "/a log", "--db", str(database), source)
        unit = FollowUnit(command=words, database=database, needs_network=False)
        (folder / f"{name}.service").write_text(unit.text())
    shown = ccmon("sources", "--db", path, XDG_CONFIG_HOME=str(tmp_path / "config")).stdout
    assert f"no ccmon follow runs for it; start it again: {command} start ccmon-main\n" in shown
    assert "no ccmon follow runs for it; start it again\n" in shown, "no service follows the other"
    found = ccmon("doctor", "--db", path, XDG_CONFIG_HOME=str(tmp_path / "config")).stdout
    assert f"start it again: {command} start ccmon-main\n" in found
    is_user_option = "--user " if is_user else ""
    programs = {"systemctl": "ActiveState=failed", "journalctl": "ccmon: /a log cannot be read"}
    (tmp_path / "bin").mkdir()
    for program, said in programs.items():
        file = tmp_path / "bin" / program
        file.write_text(f'#!/bin/sh\ncase "$*" in "{is_user_option}"*ccmon-main*) echo "{said}";; esac\n')
        file.chmod(0o755)
    places = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "PATH": f"{tmp_path / 'bin'}:{os.environ.get('PATH', '')}"}
    monkeypatch.setattr(source_status, "is_locked", lambda *_: None)
    shown = ccmon("sources", "--db", path, **places).stdout
    cure = f"It said last: /a log cannot be read; mend that, then start it again: {command} start ccmon-main\n"
    assert f"no ccmon follow runs for it. {cure}" in shown
    stopped = f"start it again: {command} start ccmon-main\n"
    (tmp_path / "bin/systemctl").write_text("#!/bin/sh\necho ActiveState=inactive\necho Result=success\n")
    assert stopped in ccmon("sources", "--db", path, **places).stdout, "by somebody: what it said last is not why"
    (tmp_path / "bin/systemctl").write_text("#!/bin/sh\necho ActiveState=activating\necho SubState=auto-restart\n")
    assert "It said last: /a log cannot be read" in ccmon("sources", "--db", path, **places).stdout
    (tmp_path / "bin/systemctl").write_text("#!/bin/sh\necho ActiveState=active\n")
    monkeypatch.setattr(source_status, "is_locked", lambda *_: False)
    shown = ccmon("sources", "--db", path, **places).stdout
    assert "! pbx (queue-log): not heard of for 2 s: its ccmon follow runs and tries again. It said last: " in shown
    assert "start it again" not in shown.partition("! pbx")[2]
    monkeypatch.setattr(source_status, "is_locked", lambda *_: True)
    assert "It said last" not in ccmon("sources", "--db", path, **places).stdout
    fed(path, "pbx", "queue-log", checked_ms=40_000)
    shown = ccmon("sources", "--db", path, **places).stdout
    said = "It said last: /a log cannot be read"
    runs = "its ccmon follow runs and tries again"
    assert f"! pbx (queue-log): not heard of for 40 s: {runs}. {said}\n" in shown, "a log does not answer"
    fed(path, "pbx", "queue-log", checked_ms=2_000)
    monkeypatch.setattr(source_status, "is_locked", lambda *_: None)
    assert "+ pbx" in ccmon("sources", "--db", path, **places).stdout, "its lock cannot be seen, and its service runs"
    monkeypatch.setattr(systemd, "RUNNING", tmp_path / "none")
    assert "systemctl" not in ccmon("sources", "--db", path, XDG_CONFIG_HOME=str(tmp_path / "config")).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="root's directories are closed to nobody here")
@pytest.mark.parametrize("kind", ["queue-log", "ami"])
def test_a_follower_that_may_not_write_the_database_is_not_told_as_a_switch_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", kind, checked_ms=53_000)
    monkeypatch.setattr(systemd, "SYSTEM_UNITS", tmp_path)
    monkeypatch.setattr(systemd, "RUNNING", tmp_path)
    words = ("/usr/bin/ccmon", "follow", kind, "/a log", "--db", str(path), "--source=pbx")
    account = Account("nobody", "root")
    unit = FollowUnit(command=words, database=path, needs_network=False, account=account)
    (tmp_path / "ccmon-follow.service").write_text(unit.text())
    with open_folder() as folder:
        lost = folder / "calls.db"
        shutil.copyfile(path, lost)
        (tmp_path / "ccmon-follow.service").write_text(unit.text().replace(str(path), str(lost)))
        reason = f"account nobody cannot write {folder}; sudo ccmon doctor says what gives it that right"
        for is_running in (True, False):
            monkeypatch.setattr(source_status, "is_locked", lambda *_, found=is_running: found)
            assert told(lost)["pbx"]["text"] == f"not heard of for 53 s: {reason}"


def test_what_a_follower_has_said_last_is_told_to_who_may_read_no_journal(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "freeswitch", checked_ms=40_000)
    note_error(path, "pbx", "/db/callcenter.db cannot be read: Permission denied; give this user access to it")
    said = ". It said last: /db/callcenter.db cannot be read: Permission denied; give this user access to it"
    assert told(path)["pbx"]["text"].endswith(f"no ccmon follow runs for it{said}; mend that, then start it again")
    with followers_of(path, "pbx"):
        assert told(path)["pbx"]["text"].endswith(f"its ccmon follow runs and tries again{said}")
        assert said in ccmon("doctor", "--db", path).stdout
    fed(path, "pbx", "freeswitch", checked_ms=9_000)
    assert told(path)["pbx"]["text"].endswith("start it again")
    with followers_of(path, "pbx"):
        assert told(path)["pbx"]["state"] == "followed", "it may be slow"
        note_error(path, "pbx", "the file is locked")
        assert told(path)["pbx"]["text"].endswith(
            "for 9 s: its ccmon follow runs and tries again. It said last: the file is locked"
        )
    fed(path, "pbx", "freeswitch", checked_ms=3_000)
    with closing(database_file.open_writer(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        note_error(path, "pbx", "not now")
        other.execute("ROLLBACK")
    assert told(path)["pbx"]["text"].endswith("start it again")


@pytest.mark.parametrize("age_ms", [2_000, 9_000])
async def test_a_full_disk_is_named_wherever_data_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age_ms: int
) -> None:
    """Its follower may run, and try again with the lock released."""
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=age_ms)
    room = os.statvfs(tmp_path)
    for held in ((), ("pbx",)):
        with followers_of(path, *held), monkeypatch.context() as full:
            full.setattr(os, "statvfs", lambda _: os.statvfs_result([*room[:4], 3, *room[5:]]))
            live = LiveReader(path)
            for floor in (await live.snapshot(), reader.snapshot(path)):
                sentences = [alarm_sentence(each, floor) for each in floor.alarms if each.rule is Rule.DATA_AGE]
                assert (
                    sentences
                    == [
                        "The newest data is 9 s old: the disk is full and nothing more can be written; "
                        "ask the administrator to make room."
                    ][: age_ms > 8_000]
                )
            await live.close()
            checked = ccmon("doctor", "--db", path)
            assert checked.returncode == 1
            assert "! wrong  disk                 it is full, and nothing more can be written" in checked.stdout
            if age_ms > 8_000:
                shown = ccmon("sources", "--db", path).stdout
                assert "! pbx (ami): not heard of for 9 s: the disk is full, and nothing more can be " in shown


@pytest.mark.parametrize(
    ("blocks", "inodes", "said"),
    [
        (100, 5, "? note   disk                 only 400 KiB (0%) are free where the database lies: make room"),
        (10_000_000, 5, "+ ok     disk                 39,062 MiB ("),
        (10_000_000, 0, "! wrong  disk                 no more files can be made where the database lies (inodes)"),
    ],
)
def test_doctor_looks_at_the_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int, inodes: int, said: str
) -> None:
    path = call_database(tmp_path)
    values = [4096, 4096, 1_000_000_000, blocks, blocks, 1000, inodes, inodes, 0, 255]
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(values))
    assert said in ccmon("doctor", "--db", path).stdout


def test_a_source_is_missed_when_the_alert_about_its_data_stands(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=40_000)
    with followers_of(path, "pbx"):
        assert told(path)["pbx"]["state"] == "silent"
        assert ccmon("doctor", "--db", path).returncode == 1
        ccmon("config", "set", "alarms.data_age", "2 min", "--db", str(path))
        assert told(path)["pbx"]["state"] == "followed"


def test_after_a_restore_nobody_is_told_how_old_the_news_of_the_copy_are(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=25 * 60 * MINUTE_MS, record_ms=25 * 60 * MINUTE_MS)
    assert told(path)["pbx"]["text"].startswith("not heard of for 25 h: ")
    assert "restored" not in ccmon("doctor", "--db", path).stdout
    copy = back_up(path, tmp_path / "copies").path
    done("restore", copy, "--yes", "--db", path)
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("UPDATE configuration_changes SET changed_at = changed_at - ?", (2 * MINUTE_MS,))
    said = "not heard of since the database was restored 2 min ago: no ccmon follow runs for it; start it again"
    assert told(path)["pbx"]["text"] == said
    ((restored_at,),) = rows(path, "SELECT changed_at FROM configuration_changes")
    with closing(database_file.open_reader(path)) as connection:
        zone = site_zone(connection)
    lines = ccmon("doctor", "--db", path).stdout.splitlines()
    (data,) = (line for line in lines if line.split()[2] == "data")
    assert data.endswith(f", 25 h ago, from the copy that was restored on {iso_minute(restored_at, zone)}")
    assert sum(said in line for line in lines) == 1
    fed(path, "pbx", "ami", checked_ms=90_000)
    assert told(path)["pbx"]["text"].startswith("not heard of for 1 min: ")
    assert "restored" not in ccmon("doctor", "--db", path).stdout


def test_a_source_that_is_gone_for_good_is_retired(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=5 * MINUTE_MS)
    assert [alarm.rule for alarm in reader.snapshot(path).alarms][:1] == ["data_age"]
    assert "to be followed no more: ccmon sources --retire pbx" in ccmon("doctor", "--db", str(path)).stdout
    assert "- pbx (ami): not followed" in ccmon("sources", "--retire", "pbx", "--db", str(path)).stdout
    assert "data_age" not in {alarm.rule for alarm in reader.snapshot(path).alarms}
    assert 'no source "pbk"' in one_line(ccmon("sources", "--retire", "pbk", "--db", str(path)))
    assert not list(tmp_path.glob("*pbk*"))


def test_the_status_names_the_silent_one_of_two_and_a_log_that_says_nothing(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "log", "queue-log", checked_ms=2_000, record_ms=2 * 3_600_000)
    with followers_of(path, "log"):
        floor = reader.snapshot(path)
    quiet = [alarm for alarm in floor.alarms if alarm.rule is Rule.QUIET_SOURCE]
    assert [alarm_sentence(alarm, floor) for alarm in quiet] == [
        "Nothing new in log for 2 h, with 1 agent ready: does the switch still write it? "
        "1 line of it did not go in: ccmon sources --rejected."
    ]
    fed(path, "pbx", "ami", checked_ms=5 * MINUTE_MS, record_ms=2 * 3_600_000)
    floor = reader.snapshot(path)
    alarms = {alarm.rule: alarm for alarm in floor.alarms}
    assert alarm_sentence(alarms[Rule.DATA_AGE], floor).endswith(
        "old: ccmon follow of pbx has stopped; ask the administrator to start it."
    )
    assert alarms[Rule.QUIET_SOURCE].subject == "log"


@pytest.mark.parametrize(
    ("user", "said"),
    [(0, "start it (sudo systemctl start ccmon-follow)"), (61_001, "ask the administrator to start it")],
)
def test_the_status_tells_root_the_command_and_others_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, said: str
) -> None:
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=5 * MINUTE_MS)
    monkeypatch.setattr(systemd, "SYSTEM_UNITS", tmp_path)
    monkeypatch.setattr(systemd, "RUNNING", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    words = ("/usr/bin/ccmon", "follow", "ami", "--db", str(path), "--source=pbx")
    unit = FollowUnit(command=words, database=path, needs_network=False)
    (tmp_path / "ccmon-follow.service").write_text(unit.text())
    shown = " ".join(ccmon("status", "--db", path).stdout.split())
    assert f"ccmon follow has stopped; {said}." in shown
    assert "ask the administrator to start it" in done("status", "--json", "--db", path), "the same for all"


async def test_a_screen_left_on_a_database_before_says_so_and_raises_no_alarm_about_callers(tmp_path: Path) -> None:
    """Also the screen that was open when its source was retired, and where the frozen moment stays the same."""
    path = call_database(tmp_path)
    fed(path, "pbx", "ami", checked_ms=5 * MINUTE_MS, record_ms=10 * MINUTE_MS)
    live = LiveReader(path)
    before = await live.snapshot()
    assert {Rule.DATA_AGE, Rule.LONGEST_WAIT} <= {alarm.rule for alarm in before.alarms}
    done("sources", "--retire", "pbx", "--db", path)
    floor = await live.snapshot()
    await live.close()
    assert [alarm.rule for alarm in floor.alarms] == [Rule.DATA_AGE]
    assert [alarm.rule for alarm in reader.snapshot(path).alarms] == [Rule.DATA_AGE]
    shown = " ".join(ccmon("status", "--db", path).stdout.split())
    assert "This database has not been followed since" in shown
    assert "ccmon config show database names the one in force." in shown


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        ("ccmon follow has stopped; ask the administrator to start it.", "ccmon follow has stopped; start it again."),
        ("ask the administrator whether ccmon follow still runs.", "see whether ccmon follow still runs."),
        ("nothing more can be written; ask the administrator to make room.", "nothing more can be written; make room."),
        (
            "runs, but reports nothing; ask the administrator.",
            "runs, but reports nothing; ccmon doctor looks for the cause.",
        ),
    ],
)
def test_the_administrator_is_not_told_to_ask_the_administrator(asked: str, done: str) -> None:
    assert for_administrator(asked, None) == done


def test_names_that_harm_are_shown_harmlessly(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "\x1b]0;x\x07", "table", checked_ms=None)
    shown = ccmon("sources", "--db", str(path)).stdout
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_what_a_source_has_told_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "wrong", "table", checked_ms=None)
    fed(path, "pbx", "ami", checked_ms=2_000)
    with closing(database_file.open_writer(path)) as connection:
        ((call,),) = connection.execute("SELECT id FROM calls WHERE source = 'wrong'")
        connection.execute(
            "INSERT INTO sales (reference, call_id, sold_at, amount_cents) VALUES ('o1', ?, ?, 5)",
            (call, real_now()),
        )
        connection.execute("INSERT INTO surveys (call_id, answered_at, score, scale) VALUES (?, 1, 4, 5)", (call,))
        connection.execute(
            "INSERT INTO missed_calls (agent_id, queue_id, missed_at, ring_ms, call_id) VALUES (1, 1, 1, 9, ?)", (call,)
        )
    assert (
        '1 call, 1 agent state and 1 queue membership of "wrong" would be deleted for good; add --yes to do it'
        in one_line(ccmon("sources", "--forget", "wrong", "--db", str(path)))
    )
    assert set(told(path)) == {"wrong", "pbx"}
    forgotten = ccmon("sources", "--forget", "wrong", "--yes", "--db", str(path))
    assert 'Deleted 1 call, 1 agent state and 1 queue membership of "wrong".' in forgotten.stderr
    assert set(told(path)) == {"pbx"}
    with closing(database_file.open_reader(path)) as connection:
        held = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("calls", "sales", "surveys", "missed_calls", "rejected_lines")
        }
        assert connection.execute("SELECT call_id FROM sales").fetchall() == [(None,)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert held == {"calls": 1, "sales": 1, "surveys": 0, "missed_calls": 0, "rejected_lines": 1}
    with followers_of(path, "pbx"):
        assert ccmon("doctor", "--db", str(path)).returncode == 0
    assert 'no source "wrong"' in one_line(ccmon("sources", "--forget", "wrong", "--yes", "--db", str(path)))
