"""docs/administration.md as it is printed: each of its shell blocks is run, in order, on a machine made for it.

Not word for word: packages come from an index that a test need not reach, so ccmon is there already (.ci/run installs
the wheel); the questions of setup are answered by its options (tests/slow/test_setup.py types the answers); and the
site lies in a time zone where it is the afternoon.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.databases import afternoon_zone
from benchmarks.terminal import Terminal
from tests.processes import wait_until
from tests.slow import machine as machines
from tests.slow.machine import Machine

PAGE = (Path(__file__).parents[2] / "docs" / "administration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
LOG = "/var/log/asterisk/queue_log"
INSTALLS = re.compile(r".*(-m venv|pip install|ln -s).*")

pytestmark = pytest.mark.skipif(bool(machines.missing()), reason=machines.missing())


def block(words: str) -> str:
    (found,) = [each for each in BLOCKS if words in each]
    text = "\n".join(line for line in found.splitlines() if not INSTALLS.fullmatch(line))
    return text.replace("Europe/Amsterdam", afternoon_zone())


@pytest.fixture
def machine() -> Iterator[Machine]:
    """With Asterisk's log, which only its group may read, and an account for anna."""
    with Machine() as made:
        machines.install(made)
        now = int(time.time()) - 600
        text = (
            f"{now}|NONE|NONE|NONE|QUEUESTART|\n"
            f"{now + 1}|c-1|Sales|NONE|ENTERQUEUE||+31201234567|1\n"
            f"{now + 5}|c-1|Sales|SIP/anna|CONNECT|4|c-1|2\n"
            f"{now + 65}|c-1|Sales|SIP/anna|COMPLETECALLER|4|60|1\n"
        )
        made.write(LOG, text)
        done = made.run(
            "groupadd --system asterisk; useradd --create-home anna\n"
            f"chgrp -R asterisk {Path(LOG).parent}; chmod 750 {Path(LOG).parent}; chmod 640 {LOG}"
        )
        assert done.returncode == 0, done.stderr
        yield made


def ran(machine: Machine, script: str, user: str = "root") -> str:
    done = machine.run(script, user=user)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def calls_seen_by(machine: Machine, user: str) -> int:
    told = machine.run("ccmon status --json", user=user)
    return int(json.loads(told.stdout)["total"]["offered"]) if told.returncode == 0 else -1


def test_every_block_is_run_by_one_of_these_tests() -> None:
    source = Path(__file__).read_text()
    run = re.findall(r"block\(\"(.*?)\"\)", source)
    left = [each for each in BLOCKS if sum(words in each for words in run) != 1]
    assert left == []


def test_a_site_set_up_by_hand_as_the_page_says(machine: Machine) -> None:
    assert block("-m venv") == ""
    ran(machine, block("groupadd --system supervisors"))
    ran(machine, block("config set --site database"))
    ran(machine, block("ccmon init --time-zone"))
    ran(machine, block("--groups asterisk ccmon"))
    ran(machine, block("ccmon import queue-log"))
    told = ran(machine, block("ccmon service install queue-log"))
    assert "ccmon-follow: runs" in told
    assert calls_seen_by(machine, "anna") == -1
    ran(machine, block("--groups supervisors anna"))
    assert calls_seen_by(machine, "anna") == 1

    ran(machine, f"echo '{int(time.time())}|c-2|Sales|NONE|ENTERQUEUE||+31207654321|1' >>{LOG}")
    wait_until(lambda: calls_seen_by(machine, "anna") == 2)

    ran(machine, block("ccmon backup"))
    ran(machine, f"echo '{int(time.time())}|c-2|Sales|NONE|ABANDON|1|1|3' >>{LOG}")
    ran(machine, block("ccmon restore"))
    wait_until(lambda: calls_seen_by(machine, "anna") == 2)
    ran(machine, block("pip install --upgrade"))
    wait_until(lambda: calls_seen_by(machine, "anna") == 2)

    promise = "reference,due_at,kind\\nF1,2026-01-01,call back\\n"
    ran(
        machine, f"printf '{promise}' >/tmp/promises.csv; sudo -u ccmon ccmon import table follow-ups /tmp/promises.csv"
    )
    assert machine.run("ccmon follow-up done F1", user="anna").returncode == 1
    ran(machine, block("chmod 2770"))
    ran(machine, "ccmon follow-up done F1", user="anna")


def test_sshd_takes_the_lines_for_supervisors(machine: Machine) -> None:
    ran(machine, "groupadd --system supervisors; usermod --append --groups supervisors anna; ssh-keygen -A >/dev/null")
    ran(machine, block("Match Group supervisors"))
    effective = ran(machine, "sshd -T -C user=anna,host=floor,addr=127.0.0.1")
    assert "forcecommand /usr/local/bin/ccmon monitor" in effective
    assert "disableforwarding yes" in effective


def test_setup_does_the_same(machine: Machine) -> None:
    assert block("ccmon setup") == "sudo ccmon setup"
    told = ran(machine, f"sudo ccmon setup --yes --time-zone {afternoon_zone()} --currency EUR --look anna")
    assert "Sales" in told
    assert calls_seen_by(machine, "anna") == 1
    assert "runs" in ran(machine, "ccmon service status")
    ran(machine, block("config set --site report_folder"))
    assert ran(machine, "stat --format '%A %G' /srv/ccmon-reports") == "drwxrws--- supervisors\n"

    places = "/etc /root /run/systemd /usr/local /var/lib /var/spool/cron"
    made = f"find {places} -xdev -path '*ccmon*' -newer {LOG} 2>/dev/null || true"
    assert {"/etc/ccmon/settings.toml", "/var/lib/ccmon/calls.db"} <= {*ran(machine, made).split()}
    ran(machine, block("usermod --lock"))
    assert ran(machine, "getent shadow anna").split(":")[1].startswith("!")
    assert ran(machine, "getent shadow anna").split(":")[7] == "1"  # by day 1 of 1970, also for a key
    ran(machine, block("ccmon service remove"))
    assert "nothing was changed" in ran(machine, "sudo ccmon setup --yes")
    assert "ccmon has written no service" in machine.run("ccmon service status").stderr
    ran(machine, block("userdel ccmon"))
    ran(machine, block("rm -rf /usr/local/bin/ccmon"))
    assert ran(machine, made) == ""
    assert "supervisors" not in ran(machine, "getent group; id anna")


@machines.needs_access_lists
def test_setup_run_again_takes_rights_away(machine: Machine) -> None:
    ran(machine, "useradd bert; useradd carl")
    setup = "sudo ccmon setup --yes --time-zone UTC --currency EUR --no-service"
    ran(machine, f"{setup} --look anna,bert,carl --act anna,bert")
    assert ran(machine, "id -nG bert").split() == ["bert", "supervisors", "ccmon-act"]
    assert "ccmon-act" in ran(machine, "id -nG ccmon")  # whose copies then belong to that group, too
    told = ran(machine, f"{setup} --look anna,carl")
    assert "bert may not look any more: gpasswd -d bert supervisors" in told
    assert "bert may not act any more: gpasswd -d bert ccmon-act" in told
    assert ran(machine, "id -nG bert").split() == ["bert"]
    assert ran(machine, "id -nG anna").split() == ["anna", "supervisors", "ccmon-act"]
    assert "nothing was changed" in ran(machine, setup)


@machines.needs_access_lists
def test_a_change_of_rights_is_shown_in_the_unit_and_written_in_the_same_run(machine: Machine) -> None:
    ran(machine, "useradd bert")
    setup, unit = "sudo ccmon setup --yes", "/etc/systemd/system/ccmon-follow.service"
    ran(machine, f"{setup} --time-zone UTC --currency EUR --look anna,bert")
    made = ran(machine, f"cat {unit}")
    told = ran(machine, f"{setup} --act anna")
    assert re.search(r"^ +-Group=supervisors\n +\+Group=ccmon-act$", told, re.MULTILINE)
    assert ran(machine, f"cat {unit}") == made.replace("Group=supervisors", "Group=ccmon-act")
    assert "nothing was changed" in ran(machine, setup)

    ran(machine, "sudo ccmon service remove; chown root /var/lib/ccmon /var/lib/ccmon/calls.db")
    ran(machine, "sudo ccmon service install queue-log /var/log/asterisk/queue_log --db /var/lib/ccmon/calls.db")
    told = ran(machine, setup)
    assert "+User=ccmon" in told
    assert "Give /var/lib/ccmon/calls.db to ccmon" in told
    assert "nothing was changed" in ran(machine, setup)


@machines.needs_access_lists
def test_a_change_of_who_may_look_changes_who_may_act_and_is_shown_before_it_is_done(machine: Machine) -> None:
    ran(machine, "useradd bert; useradd carl")
    options = "--yes --time-zone UTC --currency EUR --no-service --source none"
    ran(machine, f"sudo ccmon setup {options} --look anna,bert,carl --act anna,bert")
    inside = ["env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8", "TERM=xterm-256color"]
    with Terminal([*machine.enter, *inside, "ccmon", "setup"], size=(80, 24)) as terminal:
        screen = terminal.wait_for("keep all")
        line = re.search(r"^ *(\d+)  May look +anna, bert, carl\n *\d+  May act +anna, bert$", screen, re.MULTILINE)
        assert line is not None, screen
        terminal.send(f"{line[1]}\r")
        terminal.wait_for("Who may look at the screen")
        terminal.send("anna, carl\r")
        terminal.wait_for(
            re.compile(
                r"May look +anna, carl \(changed\)\n *\d+  May act +anna \(changed\)$[\s\S]*keep all", re.MULTILINE
            )
        )
        terminal.send(f"{int(line[1]) + 1}\r")
        terminal.wait_for("Who may settle")
        terminal.send("bert\r")
        terminal.wait_for("bert may not look: first add bert")
        terminal.send("\r")
        terminal.wait_for(
            re.compile(
                r"May look +anna, carl \(changed\)\n *\d+  May act +anna \(changed\)$[\s\S]*keep all", re.MULTILINE
            )
        )
        terminal.send("\r")
        plan = terminal.wait_for("Do it?")
        assert "bert may not look any more: gpasswd -d bert supervisors" in plan
        assert "bert may not act any more: gpasswd -d bert ccmon-act" in plan
        assert ran(machine, "id -nG bert").split() == ["bert", "supervisors", "ccmon-act"]
        terminal.send("\r")
        assert terminal.wait_for_exit() == 0
    assert ran(machine, "id -nG bert").split() == ["bert"]


FOLDER, DATABASE = "/var/lib/ccmon", "/var/lib/ccmon/calls.db"


@pytest.mark.parametrize(
    "service",
    ["--service", "--no-service"],
)
def test_the_doctor_looks_as_those_who_use_the_database(machine: Machine, service: str) -> None:
    """What is wrong for the account or the group is told with the command that mends it, and all that goes with it."""
    ran(machine, f"sudo ccmon setup --yes --time-zone UTC --currency EUR --look anna {service}")
    told = ran(machine, "ccmon doctor")
    follows = ", and read what it follows" if service == "--service" else ""
    assert re.search(rf"\+ ok +account ccmon +can write the database{follows}\n", told)
    assert re.search(r"\+ ok +group supervisors +can read the database\n", told)
    wrong = {
        f"chown root {DATABASE}": f"account ccmon cannot write {DATABASE}",
        f"chown root {FOLDER}": f"account ccmon cannot write {FOLDER}",
        f"chmod 440 {DATABASE}": f"account ccmon cannot write {DATABASE}",
        f"chgrp root {DATABASE}": f"group supervisors cannot read {DATABASE}",
    }
    if service == "--service":  # what the group may does not depend on who follows
        wrong |= {
            f"chmod 700 {FOLDER}": f"group supervisors cannot enter {FOLDER}",
            f"chmod 600 {DATABASE}": f"group supervisors cannot read {DATABASE}",
            f"chgrp root {FOLDER}": f"group supervisors cannot enter {FOLDER}",
        }
    for fault, sentence in wrong.items():
        ran(machine, fault)
        asked = machine.run("ccmon doctor")
        assert asked.returncode == 1
        assert f"! wrong {sentence}: sudo ccmon setup\n" in re.sub(" +", " ", asked.stdout)
        ran(machine, "sudo ccmon setup --yes; ccmon doctor")
    ran(machine, "chmod 700 /var/lib")
    assert machine.run("ccmon doctor").stdout.count("cannot enter /var/lib: sudo chmod a+x /var/lib\n") == 2
    ran(machine, "chmod a+x /var/lib; ccmon doctor")
    if service == "--service":
        ran(machine, f"groupadd telephones; chgrp telephones {LOG}")
        assert f"cannot read {LOG}: sudo ccmon setup\n" in machine.run("ccmon doctor").stdout
        ran(machine, "sudo ccmon setup --yes; ccmon doctor")
        ran(machine, f"systemctl stop ccmon-follow; chmod 600 {LOG}")
        cure = f"sudo setfacl -m u:ccmon:r {LOG}; sudo systemctl restart ccmon-follow"
        first, *_ = re.findall("! wrong +(.*)", machine.run("ccmon doctor").stdout)
        assert re.sub(" +", " ", first) == f"account ccmon cannot read {LOG}: {cure}"
        ran(machine, cure)
        wait_until(lambda: machine.run("ccmon doctor").returncode == 0)


@machines.needs_access_lists
def test_the_doctor_gives_all_commands_at_once_for_a_database_that_setup_has_not_made(machine: Machine) -> None:
    """In a home directory, where the way is closed, too."""
    folder = "/home/anna/floor/calls"
    database = f"{folder}/calls.db"
    ran(machine, f"groupadd --system supervisors; useradd -g supervisors bert; install -d -o anna -g anna {folder}")
    ran(machine, f"HOME=/home/anna sudo -u anna ccmon init --db {database} --time-zone UTC; mkdir -p /etc/ccmon")
    ran(machine, f"ccmon config set --site database {database}")
    ran(machine, f"chmod 700 /home/anna /home/anna/floor {folder}; chmod 600 {database}*; chown root {folder}")
    told = re.sub(" +", " ", machine.run("ccmon doctor").stdout)
    way = "sudo chmod a+x /home/anna /home/anna/floor"
    mine = f"sudo chmod a+x /home/anna/floor; sudo chown anna {folder}"
    assert f"! wrong account anna cannot enter /home/anna/floor: {mine}\n" in told
    files = f"{database} {database}-wal {database}-shm"
    cure = f"{way}; sudo chgrp supervisors {folder} {files}; sudo chmod g+rxs {folder}; sudo chmod g+r {files}"
    assert f"! wrong group supervisors cannot enter /home/anna: {cure}\n" in told
    for _, command in re.findall("^! wrong (.*): (sudo .*)$", told, re.MULTILINE):
        ran(machine, command)
    ran(machine, "ccmon doctor")
    ran(machine, "ccmon status", user="bert")

    ran(machine, f"groupadd ccmon-act; useradd -g supervisors -G ccmon-act carl; chgrp ccmon-act {folder} {database}")
    told = re.sub(" +", " ", machine.run("ccmon doctor").stdout)
    wrong = re.findall("^! wrong (group .*): (sudo .*)$", told, re.MULTILINE)
    assert [sentence for sentence, _ in wrong] == [
        f"group supervisors cannot enter {folder}", f"group ccmon-act cannot write {folder}"
    ]  # fmt: skip
    assert len({command for _, command in wrong}) == 1
    ran(machine, wrong[0][1])
    ran(machine, "ccmon doctor; ccmon status", user="carl")
    ran(machine, "ccmon doctor")
    ran(machine, "ccmon config set --db /home/anna/floor/calls/calls.db site.name Bert", user="carl")


@machines.needs_access_lists
def test_root_and_the_account_back_up_into_one_directory(machine: Machine) -> None:
    """The first left a lock behind that the other could not open, and a copy that was not of the database's group."""
    ran(machine, "useradd bert")
    options = "--yes --time-zone UTC --currency EUR --no-service --look anna,bert --act anna"
    ran(machine, f"sudo ccmon setup {options}")
    for number, first in enumerate(("root", "ccmon")):
        folder = f"/var/lib/ccmon/backups{number}"
        for account in (first, {"root": "ccmon", "ccmon": "root"}[first]):
            ran(machine, f"sudo -u {account} ccmon backup {folder}")
        assert ran(machine, f"stat -c '%U:%G %a' {folder}") == "ccmon:ccmon-act 2750\n"
        assert ran(machine, f"stat -c '%U:%G %a' {folder}/*.db") == "ccmon:ccmon-act 660\n" * 2
        assert ran(machine, f"ls -A {folder} | grep -vc '^calls-.*Z.db$' || true") == "0\n"
    made = "ls /var/lib/ccmon/backups1/*.db | tail -n 1"
    ran(machine, f"rm /var/lib/ccmon/calls.db*; sudo -u ccmon sh -c 'ccmon restore --yes $({made})'")
    promise = "reference,due_at,kind\\nF1,2026-01-01,call back\\n"
    table = "/tmp/promises.csv"
    ran(machine, f"printf '{promise}' >{table}; sudo -u ccmon ccmon import table follow-ups {table}")
    ran(machine, "sudo -u anna ccmon follow-up done F1")


def test_an_account_that_may_not_enter_the_logs_directory_is_told_its_group(machine: Machine) -> None:
    options = f"--yes --time-zone {afternoon_zone()} --no-service"
    home = "export HOME=/home/anna"
    refused = machine.run(f"{home}; ccmon setup {options} --source /var/log/asterisk/queue_log", user="anna")
    assert "cannot be read: this account has no right to it" in refused.stderr
    told = machine.run(f"{home}; ccmon setup {options} --source none", user="anna")
    assert told.returncode == 0, told.stderr
    found = machine.run(f"{home}; ccmon setup", user="anna")
    assert "Traceback" not in found.stderr
    ran(machine, "usermod --append --groups asterisk anna")
    told = machine.run(f"{home}; ccmon setup {options} --source /var/log/asterisk/queue_log", user="anna")
    assert told.returncode == 0, told.stderr
    assert "Sales" in told.stdout
