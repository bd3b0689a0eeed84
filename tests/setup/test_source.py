"""Where calls come from: as an answer, as words of ``ccmon follow`` in a unit, and by its name in the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from ccmon.errors import UsageError
from ccmon.services.unit import FollowArguments, FollowUnit, follow_arguments
from ccmon.setup import source
from ccmon.setup.installed_service import followed_files
from ccmon.setup.source import FollowedSource
from tests.setup.machines import Run, files_with_password, machine, on_one_line

PASSWORD = "/etc/ccmon/switch-password"


@pytest.fixture(params=["none", "log", "ami", "ami+log", "127.0.0.1:8021", "callcenter"])
def answer(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """One answer of each form."""
    log, database = tmp_path / "a 100% queue_log", tmp_path / "callcenter.db"
    log.touch()
    database.write_bytes(b"SQLite format 3\0" + bytes(84))
    form = str(request.param)
    return {"log": str(log), "ami+log": f"ami+{log}", "callcenter": str(database)}.get(form, form)


def arguments_of(text: str) -> FollowArguments | None:
    return follow_arguments(text, "ccmon-follow", is_user=False)


def unit(*words: str) -> str:
    command = ("/usr/bin/ccmon", "follow", *words, "--db", "/var/lib/ccmon/calls.db")
    return FollowUnit(command=command, database=Path("/var/lib/ccmon/calls.db"), needs_network=True).text()


def found_in(*words: str) -> FollowedSource | None:
    given = arguments_of(unit(*words))
    assert given is not None
    return FollowedSource.from_follow_arguments(given)


def test_an_answer_a_source_and_the_words_of_a_service_are_the_same(answer: str) -> None:
    followed = source.parse(answer)
    assert followed.answer == answer
    words = followed.follow_arguments("ccmon", PASSWORD, None)
    if answer == "none":
        assert words == []
        return
    given = arguments_of(unit(*words))
    assert given is not None
    assert FollowedSource.from_follow_arguments(given) == followed
    assert given.source == followed.name
    assert ("--password-file" in words) == followed.has_password
    assert followed_files(given) == followed.files


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("queue-log", "--source", "pbx", "/var/log/queue_log"), "/var/log/queue_log"),
        (("queue-log", "--source=pbx", "/var/log/queue_log", "--encoding", "latin-1"), "/var/log/queue_log"),
        (("ami", "--tls", "--user", "ccmon", "--queue-log=/var/log/queue_log"), "ami+/var/log/queue_log"),
        (("freeswitch", "--database", "/db/callcenter.db", "--event-socket", "127.0.0.1:8021"), "127.0.0.1:8021"),
    ],
)
def test_the_words_of_a_service_may_stand_in_any_order(words: tuple[str, ...], answer: str) -> None:
    followed = found_in(*words)
    assert followed is not None
    assert followed.answer == answer


@pytest.mark.parametrize("words", [("queue-log",), ("freeswitch", "--user", "x@y"), ("cdr", "/var/log/cdr")])
def test_a_unit_that_names_no_source_is_no_answer(words: tuple[str, ...]) -> None:
    assert found_in(*words) is None


@pytest.mark.parametrize(
    "words",
    [
        ("queue-log", "%Z/log"),
        ("queue-log", "$LOGS"),
        ("ami", "--queue-log", "${LOGS}/queue_log"),
        ("ami", "$OPTIONS"),
        ("freeswitch", "--event-socket=${HOST}:8021"),
        ("freeswitch", "--database", "%Z/callcenter.db"),
        ("$OPTIONS",),
    ],
)
def test_what_only_systemd_knows_of_a_unit_is_no_answer(words: tuple[str, ...]) -> None:
    given = arguments_of(f"[Service]\nExecStart=/usr/bin/ccmon follow {' '.join(words)} --db /calls.db")
    assert given is not None
    assert FollowedSource.from_follow_arguments(given) is None


def test_a_service_reads_queues_conf_and_what_lies_beside_the_event_socket() -> None:
    of_log = arguments_of(unit("queue-log", "/log", "--queues-conf", "/etc/asterisk/queues.conf"))
    assert of_log is not None
    assert followed_files(of_log) == [Path("/log"), Path("/etc/asterisk/queues.conf")]
    of_socket = arguments_of(unit("freeswitch", "--event-socket", "h:8021", "--database", "/db/callcenter.db"))
    assert of_socket is not None
    assert followed_files(of_socket) == [Path("/db/callcenter.db")]


def test_the_manager_and_freeswitch_are_offered_where_they_are(root: Path) -> None:
    (root / "var/log/asterisk/queue_log").unlink()
    files_with_password(root)
    password = str(root / "etc/ccmon/password")
    run = Run(machine(root, greetings={5038: "Asterisk Call Manager/5.0.2"}), password_file=password)
    assert f"follow ami --user ccmon --password-file {password}" in on_one_line(run.text)
    greetings = {8021: "Content-Type: auth/request"}
    run = Run(machine(root, greetings=greetings), source="127.0.0.1:8021", password_file=password)
    assert f"follow freeswitch --event-socket 127.0.0.1:8021 --password-file {password}" in on_one_line(run.text)


def test_a_password_that_the_switch_refuses_is_no_answer(root: Path) -> None:
    here = replace(machine(root), refusal=lambda kind, login: f"{login.address} refuses {login.user} {login.password}.")
    with pytest.raises(UsageError, match=r"--password-file: 127\.0\.0\.1:5038 refuses ccmon a long password\."):
        Run(here, source="ami", password_file=str(files_with_password(root)))


def test_the_database_of_freeswitch(root: Path) -> None:
    path = root / "var/lib/freeswitch/db/callcenter.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\0" + bytes(84))
    (root / "var/log/asterisk/queue_log").unlink()
    assert f"follow freeswitch --database {path}" in on_one_line(Run(machine(root)).text)


def test_a_source_that_is_gone_or_cannot_be_read_is_no_default(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    assert not source.is_usable(str(log))
    log.touch()
    assert source.is_usable(str(log))
    assert source.is_usable("none")


@pytest.mark.parametrize("form", ["{}", "ami+{}"])
def test_a_table_of_calls_is_no_queue_log(tmp_path: Path, form: str) -> None:
    table, log = tmp_path / "calls of may.csv", tmp_path / "queue_log"
    table.write_text("time,caller,queue\n2026-05-01 09:00,0612,sales\n" * 100)
    told = f"{table} is no queue log: not one of its first 200 lines is."
    with pytest.raises(UsageError, match=f"^{told}.*ccmon import table calls '{table}' .docs/tables.md"):
        source.parse(form.format(table))
    log.write_text("rubbish\n1795422000|1.1|sales|NONE|ENTERQUEUE||0612|1\n")
    assert source.parse(form.format(log)).log == log
    log.write_text("")
    assert source.parse(form.format(log)).log == log
