"""Rights that were changed by hand, and what setup and the doctor's advice make of them, by the real setfacl."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.slow import machine as machines
from tests.slow.machine import Machine

FOLDER, DATABASE = "/var/lib/ccmon", "/var/lib/ccmon/calls.db"
LOG = "/var/log/asterisk/queue_log"

pytestmark = [pytest.mark.skipif(bool(machines.missing()), reason=machines.missing()), machines.needs_access_lists]


@contextmanager
def site() -> Iterator[Machine]:
    """A machine that setup has set up: bert may act, anna and carl only look; its service follows a log."""
    with Machine() as made:
        machines.install(made)
        made.write(LOG, "1795422000|NONE|NONE|NONE|QUEUESTART|\n")
        ran(made, "groupadd --system asterisk; useradd anna; useradd bert; useradd carl")
        ran(made, f"chgrp -R asterisk /var/log/asterisk; chmod 750 /var/log/asterisk; chmod 640 {LOG}")
        ran(made, "ccmon setup --yes --time-zone UTC --currency EUR --look anna,bert,carl --act bert")
        yield made


@pytest.fixture(scope="module")
def shared() -> Iterator[Machine]:
    """A site for tests that leave all rights as they were, with a copy that root may put back."""
    with site() as made:
        ran(made, "ccmon doctor; ccmon backup /srv/copies; cp /srv/copies/*.db /srv/copy; chmod 640 /srv/copy")
        yield made


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A site of the test's own."""
    with site() as made:
        yield made


def ran(machine: Machine, script: str, user: str = "root") -> str:
    done = machine.run(script, user=user)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def check_rights(machine: Machine) -> None:
    """Bert may act, anna and carl only look, also when the follower has made the files beside the database anew."""
    files = f"{DATABASE} {DATABASE}-wal {DATABASE}-shm"
    reads = "".join(f"test -r {file} && " for file in files.split())
    acts = f"test -w {DATABASE} && test -w {DATABASE}-wal && test -w {FOLDER}"
    tried = "".join(
        f"runuser -u {name} -- sh -c '{reads} echo {name} reads; {acts} && echo {name} acts' || true\n"
        for name in ("anna", "bert", "carl")
    )
    for _ in range(2):
        found = ran(machine, tried).splitlines()
        rights = ran(machine, f"getfacl -p {FOLDER} {files}")
        assert found == ["anna reads", "bert reads", "bert acts", "carl reads"], rights
        ran(machine, "systemctl restart ccmon-follow; until test -e /var/lib/ccmon/calls.db-wal; do sleep 0.02; done")
    for name in ("anna", "bert", "carl"):
        ran(machine, "ccmon status", user=name)


CHANGES = {
    "made anew by root": f"systemctl stop ccmon-follow; rm {DATABASE}*; ccmon init; chown ccmon {DATABASE}",
    "directory without its list": f"setfacl -b {FOLDER}; chmod 2750 {FOLDER}; setfacl -m g:supervisors:rx {FOLDER}",
    "directory without its default list": f"setfacl -k {FOLDER}",
    "files without their lists": f"setfacl -b {DATABASE} {DATABASE}-wal {DATABASE}-shm",
    "put back by root's cp": f"systemctl stop ccmon-follow; cd {FOLDER}; rm calls.db; cp /srv/copy calls.db",
    "directory that keeps no group": f"chmod g-s {FOLDER}",
    "to be read alone": f"chmod 640 {DATABASE}",
    "not to be entered by those who act": f"setfacl -b {FOLDER}; chown ccmon:adm {FOLDER}; chmod 750 {FOLDER}",
    "root's alone": f"chown root:root {DATABASE}; chmod 600 {DATABASE}",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_the_doctor_notices_each_change_and_setup_gives_the_rights_again(shared: Machine, change: str) -> None:
    """By the groups' members, whatever the modes are; and so that they last when the follower makes files anew."""
    ran(shared, change)
    asked = shared.run("ccmon doctor")
    wrong = [line for line in asked.stdout.splitlines() if re.match("! wrong  (group|account) ", line)]
    assert asked.returncode == 1
    assert wrong
    assert {line.rpartition(": ")[2] for line in wrong} == {"sudo ccmon setup"}, wrong
    told = ran(shared, "sudo ccmon setup --yes")
    assert "ccmon-act (bert) may act, supervisors (anna, carl) may look" in " ".join(told.split())
    assert "gpasswd" not in told
    assert "nothing was changed" in ran(shared, "ccmon setup --yes")
    assert ran(shared, f"stat -c %a {DATABASE} {FOLDER}").split() == ["660", "2770"]
    check_rights(shared)
    ran(shared, "ccmon doctor")


def test_rights_that_do_not_stay_end_setup_with_the_file_that_lacks_them(machine: Machine) -> None:
    machine.write("/usr/local/bin/setfacl", "#!/bin/sh\n", mode="755")
    asked = machine.run(f"/usr/bin/setfacl -k {FOLDER}; ccmon setup --yes")
    assert asked.returncode == 1
    assert f"{FOLDER} has not got these rights" in " ".join(asked.stderr.split())


def test_on_a_file_system_that_is_mounted_to_be_read_root_is_told_to_mount_it(machine: Machine) -> None:
    ran(machine, f"systemctl stop ccmon-follow; cp -a {FOLDER} /srv/moved; mount -t tmpfs -o mode=755 tmpfs {FOLDER}")
    ran(machine, f"cp -a /srv/moved/. {FOLDER}; mount -o remount,ro {FOLDER}")
    cure = "mount it so that it can be written"
    asked = machine.run("ccmon setup --yes")
    assert asked.stderr == f"ccmon: {DATABASE} cannot be written: its file system is mounted read-only; {cure}.\n"
    assert "sudo ccmon setup changes it" in machine.run("HOME=/tmp ccmon setup --yes", user="carl").stderr
    first, *_ = re.findall("! wrong +(.*)", machine.run("ccmon doctor").stdout)
    cure = "mount its file system so that it can be written"
    assert re.sub(" +", " ", first) == f"account ccmon cannot write {FOLDER}: {cure}"


def test_where_all_may_act_setup_gives_that_right_again(machine: Machine) -> None:
    ran(machine, "ccmon setup --yes --act all")
    ran(machine, f"chmod 640 {DATABASE}")
    ran(machine, "ccmon setup --yes")
    assert ran(machine, f"stat -c '%G %a' {DATABASE} {FOLDER}") == "supervisors 660\nsupervisors 2770\n"
    ran(machine, "ccmon setup --yes --act nobody")
    assert ran(machine, f"stat -c '%G %a' {DATABASE} {FOLDER}") == "supervisors 640\nsupervisors 2750\n"
    assert "nothing was changed" in ran(machine, "ccmon setup --yes")
