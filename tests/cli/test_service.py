"""``ccmon service``: units written, started, shown and removed by a systemctl that only notes its calls."""

from __future__ import annotations

import os
import pwd
import shlex
from pathlib import Path

import pytest

from ccmon.services import followed, program, systemd
from tests.commands import ccmon, done, one_line
from tests.databases import new_database
from tests.processes import CCMON
from tests.systemctl import answer, noting_systemctl


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC")


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which its calls are noted; units lie in ``units`` beside it."""
    return noting_systemctl(tmp_path, monkeypatch)


def service(*words: object, **environment: str) -> str:
    return done("service", *words, PATH=os.environ.get("PATH", ""), **environment)


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
    drop_in = file.with_name("ccmon-follow.service.d") / "override.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Service]\nNice=7\n")
    assert service("show", "--system") == f"# {file}\n{file.read_text()}\n# {drop_in}\n[Service]\nNice=7\n\n"
    assert service("status", "--system") == "ccmon-follow: runs since Mon 2026-11-30 02:00:00 CET\n"
    assert service("remove", "--system") == "Removed ccmon-follow.\n"
    assert systemctl.read_text().splitlines()[-2:] == ["disable --now ccmon-follow.service", "daemon-reload"]
    assert not file.exists()
    assert "has written no service" in one_line(ccmon("service", "show", "--system"))


def test_what_changes_of_a_unit_is_broken_between_its_words(
    database: Path, systemctl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--system", "--db", database, "queue-log", tmp_path / "queue_log")
    service("install", *options)
    whole = service("install", *options, "--source", "pbx")
    service("install", *options)
    monkeypatch.setattr("ccmon.cli.sentences.width_of_terminal", lambda _: 60)
    lines = service("install", *options, "--source", "pbx").splitlines()[:-1]
    assert [line for line in lines if len(line) > 60 and len(line.split()) > 1] == []
    assert any("--source pbx" in line for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(whole.splitlines()[:-1]).split())


def test_a_service_that_runs_otherwise_than_its_unit_says_is_told_of(
    database: Path, systemctl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service("install", "--system", "--db", database, "queue-log", tmp_path / "queue_log")
    monkeypatch.setattr(followed, "PROCESSES", tmp_path / "proc")
    answer(tmp_path, "echo ActiveState=active; echo UnitFileState=enabled; echo MainPID=77\n")
    words = (tmp_path / "proc/77/cmdline", "ccmon", "follow", "queue-log", "log", "--db")
    words[0].parent.mkdir(parents=True)
    for writes, status in ((database, 0), (tmp_path / "before.db", 1)):
        words[0].write_text("\0".join([*words[1:], str(writes), ""]))
        told = ccmon("service", "status", "--system", PATH=os.environ.get("PATH", ""))
        first, *more = told.stdout.splitlines()
        assert (told.returncode, first) == (status, "ccmon-follow: runs")
    restart = "sudo systemctl daemon-reload; sudo systemctl restart ccmon-follow"
    assert more == [f"    it still writes {writes}, not {database}, which its unit names: {restart}"]


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
