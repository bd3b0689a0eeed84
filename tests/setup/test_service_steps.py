"""The service that setup installs for a user, watches and takes away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ccmon import settings
from ccmon.errors import CcmonError
from ccmon.services import systemd
from tests.setup.machines import Notes, Run, files, files_with_password, machine, on_one_line
from tests.systemctl import answer


def test_the_service_of_a_user(root: Path, home: Path, systemctl: Path) -> None:
    files(root, etc__asterisk__queues_dot_conf="[sales]\nmember => SIP/1,0,Eva\n")
    run = Run(machine(root))
    unit = (home / ".config/systemd/user/ccmon-follow.service").read_text()
    log, conf = root / "var/log/asterisk/queue_log", root / "etc/asterisk/queues.conf"
    assert f"follow queue-log {log} --queues-conf {conf} --db {home}/.local/share/ccmon/calls.db" in unit
    assert "--user restart ccmon-follow.service" in systemctl.read_text()
    ends = (
        "A service follows the switch. It ends when you log out, unless the administrator runs: loginctl enable-linger"
    )
    assert f"{ends} {machine(root).account}" in on_one_line(run.text)
    assert "Keep this running" not in run.text
    assert "nothing was changed" in Run(machine(root)).text
    changed = Run(machine(root), source=f"ami+{log}", password_file=str(files_with_password(root)))
    assert "-ExecStart" in changed.text
    assert "nothing was changed" in Run(machine(root)).text  # the manager stays: the unit says so
    assert "follow ami --user ccmon --password-file" in (home / ".config/systemd/user/ccmon-follow.service").read_text()
    gone = Run(machine(root), source="none")
    assert "Stop the service ccmon-follow" in gone.text
    assert not (home / ".config/systemd/user/ccmon-follow.service").exists()


@pytest.mark.usefixtures("systemctl")
def test_the_plan_names_what_changes_the_unit_besides(root: Path, home: Path) -> None:
    Run(machine(root))
    folder = home / ".config/systemd/user"
    drop_in = folder / "ccmon-follow.service.d/override.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Service]\nNice=5\n")
    (folder / "ccmon-follow.service").unlink()
    told = "".join(Run(machine(root), service="yes").text.split())
    assert f"{drop_in}changesit,andstays" in told


@pytest.mark.parametrize(("to", "is_retired"), [("ami", True), ("none", True), ("ami+{log}", False)])
@pytest.mark.usefixtures("systemctl")
def test_what_the_service_follows_no_more_is_retired(root: Path, to: str, is_retired: bool) -> None:
    log = root / "var/log/asterisk/queue_log"
    Run(machine(root))
    path = settings.default_database()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE sources SET following = 1")
    given = {} if to == "none" else {"password_file": str(files_with_password(root))}
    told = Run(machine(root), source=to.format(log=log), **given).text
    assert ("Expect no more news of queue-log; its calls stay" in told) == is_retired
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT following FROM sources").fetchone() == (0 if is_retired else 1,)
    assert "nothing was changed" in Run(machine(root), source=to.format(log=log)).text


def test_a_service_that_does_not_go_on_running_is_told(root: Path, home: Path, systemctl: Path) -> None:
    answer(systemctl.parent, "echo ActiveState=activating\necho SubState=auto-restart\necho NRestarts=1\n")
    with pytest.raises(CcmonError, match="it does not go on running: journalctl --user -u ccmon-follow says why"):
        Run(machine(root))
    said = "ccmon: /var/log/asterisk/queue_log cannot be read: Permission denied.\n"
    with pytest.raises(
        CcmonError, match=r"Step 1 failed .*: it does not go on running: /var/log/asterisk/queue_log can"
    ):
        Run(machine(root, run=Notes(journalctl=said)))  # it is all that is left
    with pytest.raises(CcmonError, match="journalctl --user -u ccmon-follow says why"):
        Run(machine(root, run=Notes(journalctl="-- No entries --\n")))
    answer(systemctl.parent, "echo ActiveState=active\n")
    assert "nothing was changed" in Run(machine(root)).text
    answer(systemctl.parent, "echo ActiveState=active\necho NRestarts=3\n")
    (home / ".config/systemd/user/ccmon-follow.service").unlink()
    assert "ccmon monitor opens" in Run(machine(root), service="yes").text, "it had been started again before this"


def test_a_service_that_was_removed_is_not_installed_again(root: Path, home: Path, systemctl: Path) -> None:
    Run(machine(root))
    unit = home / ".config/systemd/user/ccmon-follow.service"
    systemd.Systemd(is_user=True).remove("ccmon-follow")
    Run(machine(root))
    assert unit.exists(), "no follower had run yet: setup was broken off before"
    with closing(sqlite3.connect(home / ".local/share/ccmon/calls.db")) as connection, connection:
        connection.execute("UPDATE sources SET checked_at = 1795422000000")
    systemd.Systemd(is_user=True).remove("ccmon-follow")
    again = Run(machine(root))
    assert "nothing was changed" in again.text
    assert "Keep this running" in again.text
    assert not unit.exists()
    Run(machine(root), service="yes")
    assert unit.exists()
    assert "nothing was changed" in Run(machine(root)).text
    assert unit.exists()


def test_a_service_that_was_declined_is_not_proposed_again(root: Path, home: Path, systemctl: Path) -> None:
    unit = home / ".config/systemd/user/ccmon-follow.service"
    Run(machine(root), service="no")
    assert "nothing was changed" in Run(machine(root)).text
    assert not unit.exists(), "before any follower has run"
    Run(machine(root), service="yes")
    assert unit.exists()
    assert "nothing was changed" in Run(machine(root)).text
    assert unit.exists()
