"""Services under a real systemd: a site set up from the recorded log, followed, killed, stopped, backed up, removed."""

from __future__ import annotations

import json
import lzma
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.databases import afternoon_zone
from benchmarks.terminal import Terminal
from tests.processes import CCMON, wait_until
from tests.slow import machine, systemd_machine
from tests.slow.systemd_machine import SystemdMachine
from tests.sources.asterisk_recording import FOLDER

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "administration.md").read_text(encoding="utf-8")
LOG = "/var/log/asterisk/queue_log"
DATABASE = "/var/lib/ccmon/calls.db"
CALLS = 272
SERVICE = "ccmon-follow"

pytestmark = pytest.mark.skipif(bool(systemd_machine.missing()), reason=systemd_machine.missing())


def recorded_log() -> str:
    """The recorded Asterisk's, as if it had ended two minutes ago."""
    with lzma.open(FOLDER / "queue_log.xz", "rt") as lines:
        fields = [line.split("|", 1) for line in lines]
    later_s = int(time.time()) - 120 - int(fields[-1][0])
    return "".join(f"{int(at) + later_s}|{rest}" for at, rest in fields)


@contextmanager
def prepared() -> Iterator[SystemdMachine]:
    """With Asterisk's log, which only its group may read, and accounts for anna and bert."""
    with SystemdMachine() as made:
        machine.install(made)
        made.write(LOG, recorded_log())
        ran(made, "groupadd --system asterisk; useradd --create-home anna; useradd bert")
        ran(made, f"chgrp -R asterisk {Path(LOG).parent}; chmod 750 {Path(LOG).parent}; chmod 640 {LOG}")
        yield made


def set_up(made: SystemdMachine) -> SystemdMachine:
    """Have it set up, and followed by a service."""
    told = ran(made, f"ccmon setup --yes --time-zone {afternoon_zone()} --currency EUR --look anna")
    assert f"{CALLS} calls from" in told
    assert "with the group asterisk, which may read its records" in " ".join(told.split())
    return made


@pytest.fixture
def made() -> Iterator[SystemdMachine]:
    """A machine of the test's own, without ccmon's service."""
    with prepared() as made:
        yield made


@pytest.fixture
def site(made: SystemdMachine) -> SystemdMachine:
    """A site of the test's own."""
    return set_up(made)


@pytest.fixture(scope="module")
def shared() -> Iterator[SystemdMachine]:
    """A site for tests that leave its service running, and its calls as they were."""
    with prepared() as made:
        yield set_up(made)


def ran(on: SystemdMachine, script: str, user: str = "root") -> str:
    done = on.run(script, user=user)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}\n{on.run('journalctl -n 30').stdout}"
    return done.stdout


def calls(on: SystemdMachine, user: str = "anna") -> int:
    return int(json.loads(ran(on, "ccmon status --json", user))["total"]["offered"])


def value(on: SystemdMachine, name: str) -> str:
    return ran(on, f"systemctl show --property={name} --value {SERVICE}").strip()


def test_a_site_is_followed_through_kills_and_rotations(site: SystemdMachine) -> None:
    assert calls(site) == CALLS
    assert re.fullmatch(rf"{SERVICE}: runs since \S+ \S+ \S+ \S+\n", ran(site, "ccmon service status"))
    ran(site, "ccmon doctor")
    asked = site.run("ccmon service status", user="anna")
    assert f"The system has 1 service: {SERVICE}" in asked.stderr, "its unit can be read by those who look"

    ran(site, f"echo $(date +%s)'|c-1|Sales|NONE|ENTERQUEUE||+31201234567|1' >>{LOG}")
    wait_until(lambda: calls(site) == CALLS + 1, what="a call while it follows")
    ran(site, f"kill -KILL {value(site, 'MainPID')}; echo $(date +%s)'|c-2|Sales|NONE|ENTERQUEUE|||1' >>{LOG}")
    wait_until(lambda: calls(site) == CALLS + 2, what="a call while it was dead")
    assert ran(site, "ccmon service status").endswith("; restarted once\n")
    ran(site, f"mv {LOG} {LOG}.1; touch {LOG}; chgrp asterisk {LOG}; chmod 640 {LOG}")
    ran(site, f"echo $(date +%s)'|c-3|Sales|NONE|ENTERQUEUE|||1' >>{LOG}")
    wait_until(lambda: calls(site) == CALLS + 3, what="a call after a rotation")


def test_it_runs_as_its_account_and_closed_off(shared: SystemdMachine) -> None:
    status = ran(shared, f"cat /proc/{value(shared, 'MainPID')}/status")
    ids = ran(shared, "echo $(id -u ccmon) $(getent group supervisors asterisk | cut -d: -f3)").split()
    assert re.search(rf"^Uid:(\t{ids[0]}){{4}}$", status, re.MULTILINE)
    assert re.search(rf"^Groups:\t{' '.join(sorted(ids[1:], key=int))} $", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\t2$", status, re.MULTILINE)
    ran(shared, f"systemd-analyze security --no-pager --threshold=10 {SERVICE}")


def test_a_service_of_root_reads_the_log_by_its_group(made: SystemdMachine) -> None:
    """Closed off, it has none of root's special rights."""
    ran(made, f"chown -R daemon {Path(LOG).parent}")
    ran(made, f"mkdir {Path(DATABASE).parent}; ccmon init --time-zone {afternoon_zone()} --db {DATABASE}")
    ran(made, f"ccmon service install queue-log {LOG} --db {DATABASE}; ccmon config set --site database {DATABASE}")
    assert value(made, "User") == "root"
    wait_until(lambda: calls(made, "root") == CALLS, what="the calls of the log")
    assert re.search(r"\+ ok +account root +can write the database, and read what", ran(made, "ccmon doctor"))


def test_a_stopped_follower_is_told_with_the_command_that_starts_it(shared: SystemdMachine) -> None:
    ran(shared, f"systemctl stop {SERVICE}")
    told = ran(shared, "ccmon sources")
    assert f"no ccmon follow runs for it; start it again: sudo systemctl start {SERVICE}\n" in told
    assert shared.run("ccmon service status").returncode == shared.run("ccmon doctor").returncode == 1
    ran(shared, f"rm -f {DATABASE}-shm; echo left behind | sudo -u ccmon tee {DATABASE}-wal")
    told = shared.run("ccmon status", user="anna").stderr
    assert f"or a ccmon that writes must be running; start its service: sudo systemctl start {SERVICE}\n" in told
    ran(shared, f"systemctl start {SERVICE}")
    wait_until(lambda: shared.run("ccmon doctor").returncode == 0, what="the follower's lock, and its sign of life")
    assert calls(shared) == CALLS


def test_why_a_service_does_not_run_is_told(site: SystemdMachine) -> None:
    ran(site, f"chmod 600 {LOG}; chgrp root {LOG}; systemctl restart {SERVICE}")
    wait_until(lambda: value(site, "NRestarts") != "0", what="a restart")
    refused = site.run("ccmon setup --yes").stderr
    assert f"it does not go on running: {LOG} cannot be read: this user has no right to it" in refused
    wait_until(lambda: value(site, "SubState") == "auto-restart", what="its end")
    told = rf"It said last: {LOG} cannot be read.*; mend that, then start it again: sudo systemctl start {SERVICE}\n"
    wait_until(lambda: re.search(told, ran(site, "ccmon sources")), what="this, while systemd does not just try again")
    ran(
        site, f"systemctl stop {SERVICE}; chmod 640 {LOG}; chgrp asterisk {LOG}"
    )  # else it starts by itself, or setup it
    assert "and start it: with the group asterisk" in " ".join(ran(site, "ccmon setup --yes").split())

    ran(site, f"systemctl stop {SERVICE}; chmod 700 {REPOSITORY}")
    ran(site, f"systemctl start {SERVICE}")
    wait_until(lambda: value(site, "SubState") == "auto-restart", what="its end")
    in_words_of_systemd = rf"It said last: Failed (to execute|at step EXEC spawning) {CCMON}: Permission denied"
    wait_until(
        lambda: re.search(in_words_of_systemd, ran(site, "ccmon sources")), what="this, not what ccmon has said before"
    )


LETTERS = "nNpPiIjJHlvmbCELSTVghtuGUd"
PRINTED = (
    "import sys; from ccmon.services.specifiers import Specifiers; "
    "print(*(Specifiers(sys.argv[1], is_user=False).resolved('%' + each) for each in sys.argv[2]), sep='|')"
)


@pytest.mark.parametrize("service", ["probe-one", r"probe-one@second-site\x2db"])
def test_specifiers_are_what_systemd_makes_of_them(shared: SystemdMachine, service: str) -> None:
    words = "|".join(f"%{letter}" for letter in LETTERS)
    place = f"/etc/systemd/system/{service.partition('@')[0]}{'@' if '@' in service else ''}.service"
    shared.write(place, f"[Service]\nType=oneshot\nEnvironment=A=b\nExecStart=echo '{words}' $A ${{A}}/$$ $A/x $$A\n")
    ran(shared, f"systemctl daemon-reload; systemctl start '{service}.service'")
    said = ran(shared, f"journalctl --output cat --unit '{service}.service' SYSLOG_IDENTIFIER=echo").strip()
    resolved = ran(shared, f"{sys.executable} -c \"{PRINTED}\" '{service}' {LETTERS}").strip()
    assert said == f"{resolved} b b/$ $A"


def test_a_drop_in_with_specifiers_and_variables_is_understood(site: SystemdMachine) -> None:
    """Also one that nobody but systemd knows; what it gives away is told where it is another database."""
    command = value(site, "ExecStart").partition("argv[]=")[2].partition(" ;")[0]
    folder, database = f"/etc/systemd/system/{SERVICE}.service.d", "%S/ccmon/${NAME}.db"
    for variables in ("Environment=NAME=calls", "PassEnvironment=NAME"):
        line = f"ExecStart=\nExecStart={command.replace(DATABASE, database)}"
        site.write(f"{folder}/override.conf", f"[Service]\n{variables}\n{line}\n")
        ran(site, f"systemctl set-environment NAME=calls; systemctl daemon-reload; systemctl restart {SERVICE}")
        wait_until(lambda: value(site, "SubState") == "running", what="the service")
        assert re.fullmatch(rf"{SERVICE}: runs since .*\n", ran(site, "ccmon service status"))
        assert f"service {SERVICE}" not in ran(site, "ccmon doctor")
        assert f"{SERVICE}.service" not in ran(site, "ccmon sources")
        assert "nothing was changed" in ran(site, "ccmon setup --yes")
    site.write(f"{folder}/override.conf", f"[Service]\n{line.replace('${NAME}', 'other')}\n")
    told = site.run("ccmon service status").stdout
    assert f"it still writes {DATABASE}, not /var/lib/ccmon/other.db, which its unit names" in " ".join(told.split())


def test_a_backup_each_night(shared: SystemdMachine) -> None:
    """The units as the page prints them."""
    for kind in ("service", "timer"):
        (text,) = re.findall(rf"`/etc/systemd/system/ccmon-backup\.{kind}`:?\n\n((?:    .*\n|\n)+)", PAGE)
        shared.write(f"/etc/systemd/system/ccmon-backup.{kind}", re.sub("^    ", "", text, flags=re.MULTILINE))
    ran(shared, "systemd-analyze verify /etc/systemd/system/ccmon-backup.timer")
    ran(shared, "systemctl daemon-reload; systemctl enable --now ccmon-backup.timer; systemctl start ccmon-backup")
    assert ran(shared, "systemctl list-timers --no-legend ccmon-backup.timer").split()[2] == "02:15:00"
    made = ran(shared, "stat -c '%U:%G %a %n' /var/lib/ccmon/backups/*")
    assert re.fullmatch(r"ccmon:supervisors 640 /var/lib/ccmon/backups/calls-.*Z\.db\n", made)


MANAGER = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from tests.sources.manager_server import ManagerServer
with ManagerServer() as manager:
    print(manager.port, flush=True)
    sys.stdin.read()
"""


def test_a_password_is_a_credential(site: SystemdMachine) -> None:
    manager = subprocess.Popen(
        [*site.enter, sys.executable, "-c", MANAGER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with manager:
        assert manager.stdout
        port = manager.stdout.readline().strip()
        site.write("/etc/ccmon/ami-password", "correct horse\n", mode="600")
        ran(site, "ccmon service remove")
        ran(site, f"ccmon service install ami --user ccmon --password-file /etc/ccmon/ami-password --port {port}")
        wait_until(lambda: "followed; the switch answers" in ran(site, "ccmon sources"), what="the manager's answer")
        process = value(site, "MainPID")
        assert "correct" not in ran(
            site, f"tr '\\0' ' ' </proc/{process}/cmdline; tr '\\0' ' ' </proc/{process}/environ"
        )
        handed_over = f"/run/credentials/{SERVICE}.service/switch-password"
        assert site.run(f"cat {handed_over}", user="anna").returncode != 0

        site.write("/etc/ccmon/ami-password", "wrong\n", mode="600")
        ran(site, f"systemctl restart {SERVICE}")
        refusal = "refuses the manager user ccmon"
        wait_until(lambda: refusal in ran(site, f"journalctl --unit {SERVICE}"), what="the manager's refusal")
        manager.communicate()


def test_the_monitor_tells_of_a_follower_that_was_stopped(shared: SystemdMachine) -> None:
    inside = ["env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TERM=xterm-256color"]
    with Terminal([*shared.enter, *inside, "ccmon", "monitor"]) as terminal:
        terminal.wait_for("Queue")
        ran(shared, f"systemctl stop {SERVICE}")
        terminal.wait_for("ccmon follow has stopped; ask the administrator to start it")
        ran(shared, f"systemctl start {SERVICE}")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_a_users_own_service(made: SystemdMachine) -> None:
    ran(made, "usermod -aG asterisk anna; systemctl start user@$(id -u anna)")
    session = "export HOME=/home/anna XDG_RUNTIME_DIR=/run/user/$(id -u)\n"
    setup = f"{session} ccmon setup --yes --time-zone UTC --source {LOG}"
    assert "enable-linger anna" in ran(made, setup, "anna")
    assert f"{SERVICE}: runs since" in ran(made, f"{session} ccmon service status", "anna")
    ran(made, f"echo $(date +%s)'|c-1|Sales|NONE|ENTERQUEUE||+31201234567|1' >>{LOG}")
    asked = f"{session} ccmon status --json"
    wait_until(lambda: json.loads(ran(made, asked, "anna"))["total"]["offered"] == CALLS + 1, what="a call")
    ran(made, f"{session} systemctl --user stop {SERVICE}", "anna")
    assert f"start it again: systemctl --user start {SERVICE}\n" in ran(made, f"{session} ccmon sources", "anna")
    ran(made, f"{session} ccmon service remove", "anna")
    ran(made, "mkdir -p /var/lib/systemd/linger; touch /var/lib/systemd/linger/anna")
    assert "enable-linger" not in ran(made, f"{setup} --service", "anna")


def test_what_is_removed_leaves_no_service(site: SystemdMachine) -> None:
    process = value(site, "MainPID")
    assert ran(site, "ccmon service remove") == f"Removed {SERVICE}.\n"
    ran(site, f"! test -e /proc/{process}; ! test -e /etc/systemd/system/{SERVICE}.service")
    assert value(site, "LoadState") == "not-found"
    assert ran(site, "find /etc/systemd/system -name '*ccmon*'") == ""
    assert "nothing was changed" in ran(site, "ccmon setup --yes")


BROKEN_OFF = """#!/bin/sh
case "$1" in {}) kill -INT $PPID; sleep 5; exit 1;; esac
exec /usr/bin/systemctl "$@"
"""
"""A systemctl at one of whose commands somebody types Ctrl-C."""


def test_a_move_that_is_broken_off_before_the_service_is_restarted_is_taken_up(site: SystemdMachine) -> None:
    other = "/srv/ccmon/calls.db"

    def written() -> str:
        words = ran(site, f"cat /proc/{value(site, 'MainPID')}/cmdline").rstrip("\0").split("\0")
        return words[words.index("--db") + 1]

    for command in ("daemon-reload", "restart"):
        site.write("/opt/broken/systemctl", BROKEN_OFF.format(command))
        ran(site, "chmod 755 /opt/broken/systemctl")
        # Tests that run behind a shell's & inherit a Ctrl-C that is ignored.
        setup = f"ccmon setup --yes --no-take-along --db {other}"
        broken = site.run(f"PATH=/opt/broken:$PATH env --default-signal=INT {setup}")
        assert broken.returncode == 130, broken
        assert written() == DATABASE
        told = " ".join(site.run("ccmon doctor").stdout.split())
        assert f"service {SERVICE} it still writes {DATABASE}, not {other}, which its unit names" in told
    told = " ".join(ran(site, "ccmon setup --yes").split())
    assert f"Restart {SERVICE} it still writes {DATABASE}" in told
    assert "left as it is" not in told
    assert written() == other
    assert "still writes" not in ran(site, "ccmon doctor")
    assert "nothing was changed" in ran(site, "ccmon setup --yes")


def test_a_move_that_is_broken_off_after_the_copy_starts_the_service_once_taken_up(site: SystemdMachine) -> None:
    other = "/srv/ccmon/calls.db"
    site.write("/opt/broken/systemctl", BROKEN_OFF.format("daemon-reload"))
    ran(site, "chmod 755 /opt/broken/systemctl")
    broken = site.run(f"PATH=/opt/broken:$PATH env --default-signal=INT ccmon setup --yes --db {other}")
    assert broken.returncode == 130, broken
    assert value(site, "ActiveState") == "inactive"
    told = " ".join(site.run("ccmon doctor").stdout.split())
    assert f"no ccmon follow runs for it; start it again: sudo systemctl start {SERVICE}" in told
    assert "to go on with it: sudo ccmon setup;" in told
    ran(site, "ccmon setup --yes")
    words = ran(site, f"cat /proc/{value(site, 'MainPID')}/cmdline").rstrip("\0").split("\0")
    assert words[words.index("--db") + 1] == other
    assert "nothing was changed" in ran(site, "ccmon setup --yes")
