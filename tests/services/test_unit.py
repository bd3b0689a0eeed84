"""The text of units, as ``ccmon service install --dry-run`` shows it: what systemd reads, and what it closes off."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ccmon.services import unit
from tests.commands import ccmon, done, one_line
from tests.processes import CCMON

SYSTEMD_ANALYZE = shutil.which("systemd-analyze")


def service(*words: object, **environment: str) -> str:
    return done("service", *words, PATH=os.environ.get("PATH", ""), **environment)


def text_of(database: Path, *follow: object, system: bool = True) -> str:
    return service("install", "--dry-run", "--system" if system else "--user", "--db", database, *follow)


def values(text: str, name: str) -> list[str]:
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{name}=")]


FOLLOWED = [
    ("queue-log", "queue_log"),
    ("queue-log", "a log", "--queues-conf", "queues.conf", "--source", '100% $ours "here"'),
    ("ami", "--user", "ccmon", "--password-file", "password", "--queue-log", "queue_log"),
    ("ami", "--user", "ccmon", "--password-file=my password", "--host", "pbx.example.org", "--tls"),
    ("freeswitch", "--event-socket", "127.0.0.1:8021", "--password-file", "password"),
    ("freeswitch", "--database", "callcenter.db"),
]


@pytest.mark.parametrize("system", [True, False])
@pytest.mark.parametrize("follow", FOLLOWED, ids=" ".join)
def test_systemd_understands_the_unit_of_each_source(
    database: Path, tmp_path: Path, follow: tuple[str, ...], system: bool
) -> None:
    if SYSTEMD_ANALYZE is None:
        pytest.skip("systemd-analyze is not on this machine")
    file = tmp_path / "ccmon-follow.service"
    file.write_text(text_of(database, *follow, system=system))
    command = [SYSTEMD_ANALYZE, "verify", "--man=no", "--recursive-errors=no", str(file)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in verified.stderr.splitlines() if "ccmon-follow" in line]
    assert (verified.returncode, told) == (0, [])


@pytest.mark.parametrize("follow", FOLLOWED, ids=" ".join)
def test_a_service_of_the_system_is_closed_off(database: Path, tmp_path: Path, follow: tuple[str, ...]) -> None:
    """By systemd's own measure, from 0 to 10, at most 1.0 (1.5 with a network)."""
    if SYSTEMD_ANALYZE is None:
        pytest.skip("systemd-analyze is not on this machine")
    file = tmp_path / "ccmon-follow.service"
    # Of root's own service systemd assumes that nothing closes it off.
    file.write_text(text_of(database, *follow).replace("User=root\n", "User=ccmon\n"))
    limit = "15" if "PrivateNetwork=no" in file.read_text() else "10"
    command = [SYSTEMD_ANALYZE, "security", "--no-pager", "--offline=true", f"--threshold={limit}", str(file)]
    measured = subprocess.run(command, capture_output=True, text=True, check=False)
    assert measured.returncode == 0, measured.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
def test_what_an_account_shares_with_others_is_left_to_it(database: Path) -> None:
    """Of an account that does not own the database, a user namespace would hide whose lock files lie beside it."""
    log = ("queue-log", "log")
    os.chown(database, pwd.getpwnam("daemon").pw_uid, 4)
    own = text_of(database, *log)
    assert (values(own, "PrivateUsers"), values(own, "RemoveIPC")) == (["yes"], ["yes"])
    other = service("install", "--dry-run", "--system", "--account", "nobody", "--db", database, *log)
    assert (values(other, "PrivateUsers"), values(other, "RemoveIPC")) == (["no"], ["no"])


@pytest.mark.parametrize(
    ("place", "home", "temporary"),
    [("/usr/bin", "yes", "yes"), ("/home/anna/.pyenv", "read-only", "yes"), ("/tmp/ccmon", "yes", "no")],
)
def test_the_python_that_runs_it_is_not_closed_off(place: str, home: str, temporary: str) -> None:
    """systemd would not find it (203/EXEC): the program's own path only leads to it."""
    text = unit.FollowUnit(
        command=("/usr/local/bin/ccmon", "follow", "queue-log", "/var/log/queue_log"),
        database=Path("/var/lib/ccmon/calls.db"),
        needs_network=False,
        account=unit.Account("ccmon", "supervisors"),
        program_files=(Path("/usr/local/bin/ccmon"), Path(place, "python3")),
    ).text()
    assert (values(text, "ProtectHome"), values(text, "PrivateTmp")) == ([home], [temporary])


def test_a_database_behind_a_link_is_not_closed_off(tmp_path: Path) -> None:
    (tmp_path / "calls.db").symlink_to("/home/anna/the 100 calls/calls.db")
    text = unit.FollowUnit(
        command=("/usr/bin/ccmon", "follow", "queue-log", "/var/log/queue_log"),
        database=tmp_path / "calls.db",
        needs_network=False,
        account=unit.Account("ccmon", "supervisors"),
    ).text()
    assert values(text, "ProtectHome") == ["read-only"]
    assert values(text, "ReadWritePaths") == ['"/home/anna/the 100 calls"']


def test_a_service_runs_what_was_asked_for_from_any_directory(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (command,) = values(text_of(Path("calls.db"), "queue-log", "queue_log", "--queues-conf=q.conf"), "ExecStart")
    follow = f"follow queue-log {tmp_path}/queue_log --queues-conf={tmp_path}/q.conf --db {tmp_path}/calls.db"
    assert command == f"{CCMON} {follow}"
    (command,) = values(
        text_of(tmp_path / "other.db", "queue-log", "queue_log", "--db", "calls.db", system=False), "ExecStart"
    )
    assert shlex.split(command)[-2:] == ["--db", str(tmp_path / "calls.db")]


def test_a_password_is_handed_over_by_systemd(database: Path, tmp_path: Path) -> None:
    text = text_of(database, "ami", "--user", "ccmon", "--password-file", tmp_path / "50% off")
    assert values(text, "LoadCredential") == [f"switch-password:{tmp_path}/50%% off"]
    (command,) = values(text, "ExecStart")
    assert "--password-file %d/switch-password" in command
    assert "off" not in command, "the file is not named, and its number may stand in the test's own folder"
    for follow in [("ami", "--user", "ccmon"), ("freeswitch", "--event-socket", "127.0.0.1:8021")]:
        line = one_line(ccmon("service", "install", "--dry-run", "--db", database, *follow))
        assert "write it there, and add --password-file" in line


@pytest.mark.parametrize(
    ("follow", "network"),
    [(follow, "no" if "ami" in follow or "--event-socket" in follow else "yes") for follow in FOLLOWED],
)
def test_only_what_talks_with_a_switch_has_a_network(database: Path, follow: tuple[str, ...], network: str) -> None:
    text = text_of(database, *follow)
    assert values(text, "PrivateNetwork") == [network]
    assert ("AF_INET" in text) == (network == "no")
    assert values(text, "RestartSec") == ["2" if network == "yes" else "30"]


def test_a_service_of_the_system_runs_as_the_owner_of_the_database(database: Path, tmp_path: Path) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    assert values(text_of(database, "queue-log", "log"), "User") == [me]
    line = one_line(
        ccmon(
            "service",
            "install",
            "--dry-run",
            "--system",
            "--account",
            "nobody-at-all",
            "--db",
            database,
            "queue-log",
            "log",
        )
    )
    assert "There is no account nobody-at-all" in line
    missing = one_line(
        ccmon("service", "install", "--dry-run", "--system", "--db", tmp_path / "none.db", "queue-log", "x")
    )
    assert "ccmon init --db" in missing
    assert values(text_of(database, "queue-log", "log", system=False), "User") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another group")
def test_it_has_the_group_that_may_read_the_log(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.touch(0o640)
    os.chown(log, 1, 4)
    daemon, adm = pwd.getpwuid(1).pw_name, "adm"
    options = ("install", "--dry-run", "--system", "--db", database, "--account")
    assert values(service(*options, "nobody", "queue-log", log), "SupplementaryGroups") == [adm]
    assert values(service(*options, daemon, "queue-log", log), "SupplementaryGroups") == []
    log.chmod(0o644)
    assert values(service(*options, "nobody", "queue-log", log), "SupplementaryGroups") == []


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/var/log/queue_log", "/var/log/queue_log"),
        ("", '""'),
        ("a b", '"a b"'),
        ('say "x"', '"say \\"x\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("$HOME;", '"$$HOME;"'),
        ("100%", "100%%"),
        (unit.CREDENTIAL_PATH, "%d/switch-password"),
    ],
)
def test_words_reach_the_program_unchanged(word: str, written: str) -> None:
    assert unit.quoted(word) == written


UNIT = """\
[Service]
User=ccmon
Group=supervisors
SupplementaryGroups=asterisk
LoadCredential=switch-password:/etc/100%%/password
ExecStart=/usr/bin/ccmon follow ami --user a --db /unit.db
"""


@pytest.mark.parametrize(
    ("drop_in", "database"),
    [
        ("", "/unit.db"),
        ("ExecStart=\nExecStart=/usr/bin/ccmon follow ami --db /other.db", "/other.db"),
        (
            "ExecStart=\nExecStart = /usr/bin/ccmon follow ami \\\n    --db '/the other.db' \\\n  --user b",
            "/the other.db",
        ),
        ("# ExecStart=/usr/bin/ccmon follow ami --db /other.db", "/unit.db"),
        ("  ; ExecStart=/usr/bin/ccmon follow ami --db /other.db", "/unit.db"),
        ("Environment=CCMON_DB=/other.db", "/unit.db"),
        ("Environment=A=/other.db\nExecStart=\nExecStart=/usr/bin/ccmon follow ami --db ${A}", "/other.db"),
        ("Environment='A=ami --db /%p.db'\nExecStart=\nExecStart=/usr/bin/ccmon follow $A", "/ccmon-follow.db"),
        ("ExecStart=\nExecStart=/usr/bin/ccmon follow ami --db ${A}", None),
        ("ExecStart=\nExecStart=/usr/bin/ccmon $A", None),
        ("ExecStart=\nExecStart=-:/usr/bin/ccmon follow ami --db /%p/${A}", "/ccmon-follow/${A}"),
        ("ExecStart=", None),
        ("ExecStart=\nExecStart=/usr/bin/true", None),
        ("ExecStart=\nExecStart=/usr/bin/ccmon follow ami", None),
        ("ExecStart=\nExecStart=/usr/bin/ccmon follow ami 'not closed", None),
    ],
)
def test_of_a_unit_and_its_drop_ins_the_last_command_counts(drop_in: str, database: str | None) -> None:
    found = unit.follow_arguments(f"{UNIT}\n[Service]\n{drop_in}\n", "ccmon-follow", is_user=False)
    assert (found and found.database) == (database and Path(database))
    assert unit.has_command(drop_in) == ("ExecStart=\nExecStart" in drop_in)


@pytest.mark.parametrize(
    ("drop_in", "file"),
    [
        ("", "/etc/100%/password"),
        ("LoadCredential=other:/x", "/etc/100%/password"),
        ("LoadCredential=switch-password:/new", "/new"),
        ("LoadCredential=switch-password:%E/%N", "/etc/ccmon-follow"),
        ("LoadCredential=switch-password:%Z", None),
        ("LoadCredential=", None),
    ],
)
def test_a_drop_in_adds_to_the_credentials_or_takes_them_away(drop_in: str, file: str | None) -> None:
    found = unit.follow_arguments(f"{UNIT}\n{drop_in}\n", "ccmon-follow", is_user=False)
    assert found is not None
    assert found.password_file == file


@pytest.mark.parametrize(
    ("drop_in", "account"),
    [
        ("", unit.Account("ccmon", "supervisors", ("asterisk",))),
        ("User=anna\nGroup=", unit.Account("anna", "", ("asterisk",))),
        ("SupplementaryGroups=adm log", unit.Account("ccmon", "supervisors", ("asterisk", "adm", "log"))),
        ("User=%p\nGroup=%%", unit.Account("ccmon-follow", "%", ("asterisk",))),
        ("User=%Z", None),
        ("SupplementaryGroups=\nSupplementaryGroups=adm", unit.Account("ccmon", "supervisors", ("adm",))),
        ("User=", None),
    ],
)
def test_the_account_of_a_unit_and_its_drop_ins(drop_in: str, account: unit.Account | None) -> None:
    assert unit.account_of(f"{UNIT}\n{drop_in}\n", "ccmon-follow") == account
