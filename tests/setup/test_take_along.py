"""A site that moves to another place has its data there; where it does not, everybody says where it is."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ccmon import settings
from ccmon.configuration import toml_files
from ccmon.configuration.database_values import DatabaseValues
from ccmon.database import backup, creation, doctor, follow_ups
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.database.source_lock import SourceLock
from ccmon.errors import CcmonError, UsageError
from ccmon.real_time import real_now
from ccmon.setup import database_steps, kept_answers, place
from ccmon.setup.existing import history, look_at_database
from ccmon.setup.left_records import left_records
from ccmon.setup.system_steps import WriteSettings
from ccmon.time_units import HOUR_MS
from tests.commands import ccmon
from tests.setup.machines import Run, machine
from tests.setup.test_broken_off import breaking
from tests.systemctl import answer

PROMISES = 2


@pytest.fixture
def before(root: Path) -> Path:
    """A database with the calls of a log, and with promises and a sale."""
    Run(machine(root), service="no", currency="EUR")
    path, now = settings.default_database(), real_now()
    with open_for_writing(path) as connection, connection:
        connection.execute("INSERT INTO customers (reference, name) VALUES ('K-1', 'Ada')")
        connection.execute(
            "INSERT INTO sales (call_id, sold_at, amount_cents, reference) SELECT id, entered_at, 4990, 'O-1' "
            "FROM calls LIMIT 1"
        )
    for _ in range(PROMISES):
        follow_ups.add(path, "K-1", now + HOUR_MS, who="anna")
    return path


def configuration(path: Path) -> str:
    with open_for_reading(path) as connection:
        return toml_files.export_database(DatabaseValues(connection))


def test_a_new_place_gets_all_that_was_recorded(root: Path, tmp_path: Path, before: Path) -> None:
    after = tmp_path / "moved/calls.db"
    told = Run(machine(root), database=str(after), service="no").text
    assert "Copy" in told
    assert "all of it: 76 calls, 1 sale, 2 follow-ups, with all settings" in told
    assert f"{before}staysasitis:nothingreadsorwritesitanymore." in "".join(told.split())
    assert "Import " not in told, "the copy has what the log holds"
    assert "the former database" not in told
    assert settings.load().database == after
    assert history(after) == history(before)
    assert not left_records(before, after)
    assert configuration(after) == configuration(before)
    assert after.stat().st_mode & 0o777 == before.stat().st_mode & 0o777
    with open_for_reading(after) as connection:
        found = list(doctor.examine(after, connection, real_now()))
    assert [each for each in found if each.verdict == "wrong"] == []
    assert not list(after.parent.glob(".*"))
    assert "nothing was changed" in Run(machine(root), service="no").text
    kept = kept_answers.load(kept_answers.default_file())
    assert (kept.answers, kept.database_before(after)) == ({}, before), "whoever works on in it is told"


def test_what_is_answered_otherwise_is_changed_in_the_copy_alone(root: Path, tmp_path: Path, before: Path) -> None:
    after = tmp_path / "calls.db"
    told = Run(machine(root), database=str(after), service="no", name="Quay", team="Care: 1001!").text
    assert "name: Amsterdam → Quay" in told
    assert (look_at_database(after).site.name, look_at_database(before).site.name) == ("Quay", "Amsterdam")
    assert history(after) == history(before)


def test_a_copy_waits_for_nobody_and_names_who_writes(root: Path, tmp_path: Path, before: Path) -> None:
    after = tmp_path / "calls.db"
    with closing(sqlite3.connect(before)) as connection, connection:
        connection.execute("INSERT INTO sources (name, kind, following) VALUES ('second', 'queue-log', 1)")
    lock = SourceLock(before, "second")
    try:
        with pytest.raises(UsageError, match=r"cannot be copied while something else writes it \(second\): stop that"):
            Run(machine(root), database=str(after), service="no")
    finally:
        lock.release()
    assert not after.exists()
    assert settings.load().database == before


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize("is_full", [False, True])
def test_the_service_stands_still_while_it_is_copied(
    root: Path, tmp_path: Path, systemctl: Path, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    Run(machine(root), service="yes")
    noted: list[str] = []

    def copy(database: Path, to: Path, *given: object, **named: object) -> None:
        noted.extend(systemctl.read_text().splitlines())
        systemctl.write_text("")
        if is_full:
            raise CcmonError("the disk is full; make room on it.")
        copy_to(database, to, *given, **named)  # type: ignore[arg-type]

    copy_to = backup.copy_to
    monkeypatch.setattr(database_steps, "copy_to", copy)
    systemctl.write_text("")
    after = tmp_path / "calls.db"
    if is_full:
        with pytest.raises(CcmonError, match="the disk is full"):
            Run(machine(root), database=str(after))
        assert "--user start ccmon-follow.service" in systemctl.read_text()
        return
    told = Run(machine(root), database=str(after)).text
    assert "ccmon-follow stops for it, and starts again when all else is done" in told
    assert "--user stop ccmon-follow.service" in noted
    assert "--user restart ccmon-follow.service" in systemctl.read_text()


def told_by_doctor(root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What it tells the account that has set up: not root, who runs these tests perhaps."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 1000)
        places = {"HOME": str(Path.home()), "CCMON_SITE_DIR": str(root / "etc/ccmon")}
        return " ".join(ccmon("doctor", **places).stdout.split())


def test_where_calls_stay_everybody_says_where_they_are(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = tmp_path / "calls.db"
    with monkeypatch.context() as patch:
        breaking(WriteSettings, patch, after=True)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), database=str(after), take_along="no", source="none", service="no")
    assert settings.load().database == after
    told = Run(machine(root), source="none").text
    stay = f"{before}, the former database, has 76 calls, 1 sale, 2 follow-ups. To have that here"
    assert stay.replace(" ", "") in "".join(told.split())
    command = f"backup {before.parent}/backups --db {before}"
    assert command.replace(" ", "") in "".join(told.replace("\\\n", "").split())
    assert "Calls come from a table" not in told
    said = told_by_doctor(root, monkeypatch)
    assert f"none yet, and {stay.partition('.')[0]}" in said
    commands = re.search(rf"{re.escape(command)}; \S+ restore FILE --db {after}; \S+ setup --db {after}", said)
    assert commands is not None
    for each in before.parent.glob("calls.db*"):
        each.unlink()
    assert doctor.NO_DATA in told_by_doctor(root, monkeypatch)


def test_a_move_that_was_broken_off_says_what_stays_behind_and_how_to_go_back(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = tmp_path / "calls.db"
    Run(machine(root), database=str(after), service="no")
    Run(machine(root), database=str(before), service="no")
    follow_ups.settle(before, "1", who="anna")
    with monkeypatch.context() as patch:
        breaking(WriteSettings, patch, after=True)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), database=str(after), service="no", quota="9")
    (finding,) = kept_answers.findings(is_root=False)
    assert finding.text == (
        "it was broken off in its steps: to go on with it: ccmon setup; to be asked anew: ccmon setup --start-anew; "
        f"to go back to the former database: ccmon setup --db {before}"
    )
    told = "".join(Run(machine(root)).text.split())
    assert told.count(f"{before}haswhat{after}hasnot,anditstaysthere:1follow-up(number1:done") == 2
    assert f"follow-uphistory1--db{before}" in told.replace("\\", "")
    Run(machine(root), database=str(before), service="no")
    assert settings.load().database == before


def test_what_is_there_again_is_not_missed(root: Path, tmp_path: Path, before: Path) -> None:
    after = tmp_path / "calls.db"
    Run(machine(root), database=str(after), take_along="no", source="none", service="no")
    found = doctor.Finding("note", "data", doctor.NO_DATA)
    assert place.with_place_of_calls(found, after, is_root=False) != found
    Run(machine(root), database=str(before), source="none", service="no")
    assert place.with_place_of_calls(found, before, is_root=False) == found
    kept = kept_answers.load(kept_answers.default_file())
    assert (kept.database_before(after), kept.database_before(before)) == (None, after)
    other = doctor.Finding("ok", "data", "the newest is of today")
    assert place.with_place_of_calls(other, after, is_root=False) == other


def test_the_question_is_for_a_new_place_alone(root: Path, tmp_path: Path, before: Path) -> None:
    with pytest.raises(UsageError, match="--take-along does not go with the other answers"):
        Run(machine(root), take_along="yes")
    Run(machine(root), database=str(tmp_path / "calls.db"), take_along="yes", service="no")
    assert history(tmp_path / "calls.db") == history(before)


def test_no_switch_is_followed_and_there_are_calls(root: Path, before: Path) -> None:
    told = Run(machine(root), source="none").text
    assert "No switch is followed. There are 76 calls; more come as these did." in told
    assert "Calls come from a table" not in told


def test_what_came_while_the_steps_were_done_is_not_told_as_left(root: Path, tmp_path: Path, before: Path) -> None:
    """The calls that the plan misses come from the log, since setup imports it, or has it followed."""
    after = tmp_path / "calls.db"
    creation.create(after, time_zone="Europe/Amsterdam", currency="EUR")
    run = Run(machine(root), database=str(after), service="no")
    plan, _, end = run.text.partition("\n+ ")
    plan, end = ("".join(each.split()) for each in (plan, end))
    stays = f"{before}haswhat{after}hasnot,anditstaysthere:"
    assert f"{stays}76calls(whatthelogholdsofthemcomesfromit),1sale,1customer,2follow-ups(number1:due" in plan
    assert "2actsonfollow-ups;nothingreads" in plan
    assert f"{stays}1sale,1customer,2follow-ups(number1:due" in end
    added = f"follow-upaddCUSTOMERTIME--db{after}"
    assert added in plan.replace("\\", "")
    assert "follow-uphistory" not in plan, "there is nothing to do again where the follow-up is not"


def test_the_doctor_tells_of_open_follow_ups_that_were_left(
    root: Path, tmp_path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = tmp_path / "calls.db"
    creation.create(after, time_zone="Europe/Amsterdam", currency="EUR")
    Run(machine(root), database=str(after), service="no")
    assert not history(after).is_empty
    said = told_by_doctor(root, monkeypatch)
    assert f"? note follow-ups {before}, the former database, has 2 open follow-ups that this one has not (" in said
    command = re.search(
        rf"to have them here, and no more there: (\S+ follow-up) add CUSTOMER TIME; "
        rf"\1 done ID --db {before}",
        said,
    )
    assert command is not None
    follow_ups.settle(before, "1", who="anna")
    assert "has 1 open follow-up that this one has not (number 2: due" in told_by_doctor(root, monkeypatch)
    follow_ups.settle(before, "2", who="anna")
    assert "the former database" not in told_by_doctor(root, monkeypatch)


def test_what_was_settled_in_the_database_of_before_is_told_until_it_is_settled_here(
    root: Path, tmp_path: Path, before: Path
) -> None:
    after = tmp_path / "calls.db"
    Run(machine(root), database=str(after), service="no")
    assert [*place.findings(after, is_root=False)] == []
    follow_ups.settle(after, "2", who="anna")
    assert [*place.findings(after, is_root=False)] == [], "what is settled here alone is as it is to be"
    follow_ups.settle(before, "1", who="bert", outcome="reached")  # by a screen that was still open
    (finding,) = place.findings(after, is_root=False)
    assert f"in {before}, the former database, 1 follow-up was settled that is open in this one (number 1: reached" in (
        finding.text
    )
    assert finding.text.endswith(" follow-up done ID")
    follow_ups.settle(after, "1", who="anna", outcome="reached")
    assert [*place.findings(after, is_root=False)] == []


@pytest.mark.usefixtures("before", "systemctl")
def test_a_move_that_fails_says_that_the_service_stands_still(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run(machine(root), service="yes")

    def fail(self: WriteSettings) -> str:
        answer(tmp_path, 'case "$*" in *show*) echo ActiveState=inactive;; esac')
        raise CcmonError("the disk is full.")

    monkeypatch.setattr(WriteSettings, "do", fail)
    with pytest.raises(CcmonError, match=r"from there\. Until then ccmon-follow is stopped: no calls come in\.$"):
        Run(machine(root), database=str(tmp_path / "calls.db"))
