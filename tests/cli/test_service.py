"""``ccmon service``: units that systemd understands, handed to a systemctl that only notes its calls."""

from __future__ import annotations

import errno
import os
import pwd
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ccmon.errors import CcmonError
from ccmon.services import program, systemd, unit
from tests.commands import ccmon, done, one_line
from tests.databases import new_database
from tests.processes import CCMON

SYSTEMD_ANALYZE = shutil.which("systemd-analyze")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC")


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemctl first on the path, and directories of its own; returns the file in which its calls are noted."""
    calls = tmp_path / "calls.txt"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {calls}\n'
        'case "$*" in\n'
        "*restart?broken*) echo 'Job for broken.service failed.' >&2; exit 1;;\n"
        "*reload*) test ! -e refused || { echo 'Access denied' >&2; exit 1; };;\n"
        "*stopped*) printf 'ActiveState=failed\\nSubState=failed\\nResult=exit-code\\nNRestarts=7\\n';;\n"
        "*show*) printf 'ActiveState=active\\nActiveEnterTimestamp=Mon 2026-11-30 02:00:00 CET\\n'\n"
        "        printf 'NRestarts=0\\nUnitFileState=enabled\\n';;\n"
        "esac\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(systemd, "SYSTEM_UNITS", tmp_path / "units")
    monkeypatch.setattr(systemd, "RUNNING", tmp_path)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ.get('PATH')}")
    return calls


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
    assert "50" not in command
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


def test_a_service_is_written_started_shown_and_removed(database: Path, systemctl: Path, tmp_path: Path) -> None:
    options = ("--system", "--db", database, "queue-log", tmp_path / "queue_log")
    before = os.umask(0o077)
    try:
        said = service("install", *options)
    finally:
        os.umask(before)
    file = tmp_path / "units" / "ccmon-follow.service"
    assert file.read_text() == service("install", "--dry-run", *options)
    assert file.stat().st_mode & 0o777 == 0o644, "who looks reads in it which service it is"
    assert systemctl.read_text().splitlines() == [
        "daemon-reload", "enable ccmon-follow.service", "restart ccmon-follow.service",
    ]  # fmt: skip
    assert f"Wrote {file}." in said
    assert "Started ccmon-follow" in said
    assert service("install", *options).startswith("Started")
    changed = service("install", *options, "--source", "pbx")
    assert [line[0] for line in changed.splitlines() if "ExecStart" in line] == ["-", "+"]
    assert service("show", "--system") == f"# {file}\n{file.read_text()}\n"
    assert service("status", "--system") == "ccmon-follow: runs since Mon 2026-11-30 02:00:00 CET\n"
    assert service("remove", "--system") == "Removed ccmon-follow.\n"
    assert systemctl.read_text().splitlines()[-2:] == ["disable --now ccmon-follow.service", "daemon-reload"]
    assert not file.exists()
    assert "has written no service" in one_line(ccmon("service", "show", "--system"))


def test_a_unit_that_cannot_be_written_whole_stays_as_it_was(
    database: Path, systemctl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = f"{unit.MARK}\nbefore\n"
    path = tmp_path / "units" / "ccmon-follow.service"
    path.parent.mkdir()
    path.write_text(before)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CcmonError, match=r"ccmon-follow\.service cannot be written: No space left on device"):
            systemd.Systemd(is_user=False).install("ccmon-follow", "after")
    assert path.read_text() == before
    assert list(path.parent.iterdir()) == [path]
    assert not systemctl.exists()


def test_a_service_that_does_not_run_is_told_of(database: Path, systemctl: Path) -> None:
    assert not systemctl.exists()
    options = ("--system", "--db", database, "--name")
    service("install", *options, "stopped", "queue-log", "log")
    told = ccmon("service", "status", "--system", PATH=os.environ.get("PATH", ""))
    assert told.returncode == 1
    assert "stopped: does not run; restarted 7 times; it is not started at boot (failed, exit-code)" in told.stdout
    assert told.stdout.endswith("; see journalctl -u stopped\n")
    assert "No such option: --db" in ccmon("service", "status", "--db", "nowhere.db").stderr
    line = ccmon("service", "install", *options, "broken", "queue-log", "log", PATH=os.environ.get("PATH", "")).stderr
    assert "restart broken.service failed: Job for broken.service failed. journalctl -u broken says more." in line


@pytest.mark.usefixtures("systemctl")
def test_each_error_of_systemd_names_the_journal_that_says_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(CcmonError, match=r"broken\.service failed\. journalctl --user -u broken says more\.$"):
        systemd.Systemd(is_user=True).install("broken", unit.MARK)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "refused").touch()
    with pytest.raises(CcmonError, match=r"^systemctl --user daemon-reload failed: Access denied\.$"):
        systemd.Systemd(is_user=True).install("other", unit.MARK)


def test_each_place_tells_of_the_other(database: Path, systemctl: Path, tmp_path: Path) -> None:
    """Who asks as a user would else be told that there is no service, where the system's runs."""
    places = {"PATH": os.environ.get("PATH", ""), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    follow = ("--db", database, "queue-log", "log")
    ccmon("service", "install", "--system", "--name", "ccmon-pbx", *follow, **places)
    for command in ("status", "show"):
        line = one_line(ccmon("service", command, "--user", **places))
        assert line.endswith(
            "write one by: ccmon service install. The system has 1 service: ccmon-pbx (ccmon service status --system)."
        )
    line = one_line(ccmon("service", "remove", "--user", "--name", "ccmon-pbx", **places))
    assert line.endswith(
        "no service ccmon-pbx; there are: none. The system has 1 service: ccmon-pbx (ccmon service status --system)."
    )
    ccmon("service", "install", "--user", *follow, **places)
    for command in ("status", "show"):
        of_user = ccmon("service", command, "--user", **places)
        assert of_user.stderr == "The system has 1 service: ccmon-pbx (ccmon service status --system).\n"
        of_system = ccmon("service", command, "--system", **places)
        assert of_system.stderr == (
            "This account has, of its own, 1 service: ccmon-follow (ccmon service status --user).\n"
        )
        assert of_system.returncode == of_user.returncode == 0


def test_by_sudo_it_tells_of_services_of_who_asks(
    database: Path, systemctl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = ("--db", database, "queue-log", "log")
    path, own = os.environ.get("PATH", ""), tmp_path / "home/.config"
    ccmon("service", "install", "--user", *follow, PATH=path, XDG_CONFIG_HOME=str(own))
    anna = pwd.struct_passwd(("anna", "x", 1, 1, "", str(tmp_path / "home"), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwnam", {"anna": anna}.__getitem__)
    line = one_line(ccmon("service", "status", "--system", PATH=path, SUDO_USER="anna"))
    assert line.endswith("anna has, of their own, 1 service: ccmon-follow (ccmon service status, without sudo).")


def test_a_service_whose_account_cannot_run_this_ccmon_is_not_installed(
    database: Path, systemctl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    (closed / "bin").mkdir(parents=True)
    closed.chmod(0o700)
    tmp_path.chmod(0o755)
    monkeypatch.setattr(program, "program", lambda: [str(closed / "bin/ccmon")])
    options = ("install", "--system", "--db", database, "--account")
    path = os.environ.get("PATH", "")
    line = one_line(ccmon("service", *options, "nobody", "queue-log", "log", PATH=path))
    assert "which the account nobody may not enter: install ccmon where all can run it, by" in line
    assert "sudo pipx install --global" in line
    assert not (tmp_path / "units").exists()
    assert "Started" in service(*options, pwd.getpwuid(os.geteuid()).pw_name, "queue-log", "log")


@pytest.mark.parametrize(
    ("follow", "sentence"),
    [
        (("ami", "--user", "x", "--password-file", "{}/none"), "There is no file {}/none; check its path."),
        (("queue-log", "log", "--queues-conf", "{}/none"), "There is no file {}/none; check its path."),
        (("freeswitch", "--database", "{}/none"), "There is no file {}/none; check its path."),
        (("queue-log", "{}"), "{} is a directory; name the file in it."),
        (("queue-log", "log", "--db", "{}/text"), "{}/text is no call database: it is not even an SQLite file"),
        (("queue-log", "log", "--db", "{}"), "{} is a directory; name the database file in it."),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_a_service_that_would_end_at_once_is_not_installed(
    database: Path, systemctl: Path, tmp_path: Path, follow: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "text").write_text("no database" * 100)
    options = ("install", "--system", "--account", "root", "--db", database)
    line = one_line(
        ccmon("service", *options, *(word.format(tmp_path) for word in follow), PATH=os.environ.get("PATH", ""))
    )
    assert sentence.format(tmp_path) in line
    assert not (tmp_path / "units").exists()


def test_a_unit_of_somebody_else_stays(database: Path, systemctl: Path, tmp_path: Path) -> None:
    file = tmp_path / "units" / "ccmon-follow.service"
    file.parent.mkdir()
    file.write_text("[Service]\nExecStart=/bin/true\n")
    run = ccmon("service", "install", "--system", "--db", database, "queue-log", "log", PATH=os.environ.get("PATH", ""))
    assert "was not written by ccmon; give another --name" in run.stderr
    assert "ccmon has written no service ccmon-follow; there are: none." in one_line(
        ccmon("service", "remove", "--system")
    )
    assert file.read_text().startswith("[Service]")
    assert not systemctl.exists()


def test_without_systemd_it_says_what_to_run(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemd, "RUNNING", tmp_path / "none")
    line = one_line(ccmon("service", "install", "--system", "--db", database, "queue-log", tmp_path / "a log"))
    _, command = line.split("keep this running: ")
    assert shlex.split(command) == [
        str(CCMON), "follow", "queue-log", str(tmp_path / "a log"), "--db", str(database),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("follow", "sentence"),
    [
        (["cdr"], "there is no source cdr; there are queue-log, ami, freeswitch"),
        (["queue-log"], "Missing argument 'FILE'. Try: ccmon follow queue-log --help"),
        (["ami", "--nothing", "3"], "No such option: --nothing"),
        ([], "Missing argument 'SOURCE…'"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_written(database: Path, follow: list[str], sentence: str) -> None:
    assert sentence in one_line(ccmon("service", "install", "--db", database, *follow), 2)


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
