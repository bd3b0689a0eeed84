"""The part of sshd's configuration: its lines, and what is found of them."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console

from ccmon.cli.setup import ssh as setup_ssh
from ccmon.database.doctor import Finding
from ccmon.services import program
from ccmon.setup import finish, ssh
from tests.commands import ccmon
from tests.setup.machines import Notes, Run, files, machine

DB = " --db /x.db"


ANSWER = f"forcecommand /usr/local/bin/ccmon monitor{DB}\npermittty yes\n"


ANSWER += "disableforwarding {}\nclientaliveinterval 15\n"


def said(root: Path, run: Notes, *, is_root: bool = True) -> list[tuple[str, str]]:
    return [(each.verdict, each.text) for each in ssh.check(machine(root, is_root=is_root, run=run), Path("/x.db"))]


def test_no_sshd(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert said(root, Notes()) == [
        ("note", "There is no sshd on this machine: install openssh-server, and run this again.")
    ]


def test_what_sshd_does_with_each_member(root: Path) -> None:
    files(root, usr__sbin__sshd="", etc__group="supervisors:x:994:anna,bert,carl,dora\n")
    run = Notes(**{
        "user=anna,host=localhost,addr=127.0.0.1": ANSWER.format("yes") + "clientalivecountmax 4\n",
        "user=bert,host=localhost,addr=127.0.0.1": ANSWER.format("no"),
        "user=carl,host=localhost,addr=127.0.0.1": "forcecommand none\n",
        "user=dora,host=localhost,addr=127.0.0.1": (ANSWER.format("yes") + "clientalivecountmax 4\n").replace(DB, ""),
    })  # fmt: skip
    assert said(root, run) == [
        ("ok", "sshd reads its configuration without a fault"),
        ("ok", "anna gets the screen: /usr/local/bin/ccmon monitor --db /x.db"),
        ("ok", "bert gets the screen: /usr/local/bin/ccmon monitor --db /x.db"),
        ("wrong", "bert can forward ports (DisableForwarding is not in force)"),
        ("note", "bert: advised, and not in force: ClientAliveCountMax 4"),
        ("wrong", "carl gets a shell instead of the screen: the lines above are not in force"),
        ("ok", "dora gets the screen: /usr/local/bin/ccmon monitor"),
        ("note", "dora: the command names no database (--db): settings of dora can choose another"),
    ]


@pytest.mark.parametrize("form", ["--db {}", "--db={}", "--db '{}'"])
def test_the_screen_of_another_database_is_told(root: Path, tmp_path: Path, form: str) -> None:
    files(root, usr__sbin__sshd="", etc__group="supervisors:x:994:anna\n")
    other = tmp_path / "other.db"
    forced = ANSWER.format("yes").replace("--db /x.db", form.format(other)) + "clientalivecountmax 4\n"
    run = Notes(**{"user=anna,host=localhost,addr=127.0.0.1": forced})
    gone = f"anna gets no screen: the lines in force name {other}, and there is no such database"
    assert said(root, run)[1:] == [("wrong", gone)]
    other.touch()
    another = f"anna gets the screen of {other}, not of /x.db: the line in force names another"
    assert said(root, run)[1:] == [("wrong", another)]


@pytest.mark.parametrize(("database", "is_in_force"), [("", True), ("/another", False)])
def test_the_end_shows_all_lines_for_sshd_unless_they_are_in_force(
    root: Path, database: str, is_in_force: bool
) -> None:
    files(root, usr__sbin__sshd="", etc__group="supervisors:x:994:anna\n")
    path = root / "var/lib/ccmon/calls.db"
    forced = ANSWER.format("yes").replace("/x.db", database or str(path)) + "clientalivecountmax 4\n"
    run = Notes(**{"user=anna,host=localhost,addr=127.0.0.1": forced})
    shown = Run(machine(root, is_root=True, run=run), service="no", look="anna").text
    assert ("sshd lets supervisors in to the screen already" in shown) == is_in_force
    assert (f"\n    {ssh.whole(path)[1].strip()}\n" in shown) != is_in_force


def test_the_end_shows_all_lines_their_file_and_what_has_sshd_read_them(root: Path) -> None:
    files(root, etc__ssh__sshd_config="# Include /etc/ssh/sshd_config.d/*.conf\n")
    shown = Run(machine(root, is_root=True), service="no", look="anna").text
    assert all(f"\n    {line}\n" in shown for line in ssh.whole(root / "var/lib/ccmon/calls.db"))
    assert "These lines in /etc/ssh/sshd_config let supervisors in" in shown
    assert shown.count("\n    sudo systemctl reload ssh\n") == 1


@pytest.mark.parametrize(
    ("configuration", "file"),
    [
        ("Include /etc/ssh/sshd_config.d/*.conf\n", "/etc/ssh/sshd_config.d/ccmon.conf"),
        ("Port 22\n include=sshd_config.d/*.conf\n", "/etc/ssh/sshd_config.d/ccmon.conf"),
        ("# Include /etc/ssh/sshd_config.d/*.conf\n", "/etc/ssh/sshd_config"),
        ("Include /etc/ssh/other.d/*.conf\n", "/etc/ssh/sshd_config"),
        (None, "/etc/ssh/sshd_config.d/ccmon.conf"),
    ],
)
def test_the_lines_are_for_a_file_of_their_own_where_sshd_reads_it(
    root: Path, configuration: str | None, file: str
) -> None:
    if configuration is not None:
        files(root, etc__ssh__sshd_config=configuration)
    assert ssh.file_for_lines(machine(root)) == file


@pytest.mark.parametrize(
    ("units", "name"),
    [((), "ssh"), (("ssh",), "ssh"), (("sshd",), "sshd"), (("ssh", "sshd"), "ssh")],
)
@pytest.mark.parametrize("folder", ["usr/lib/systemd/system", "lib/systemd/system", "etc/systemd/system"])
def test_the_service_of_sshd_is_called_as_on_this_machine(
    root: Path, units: tuple[str, ...], name: str, folder: str
) -> None:
    for unit in units:
        files(root, **{f"{folder.replace('/', '__')}__{unit}_dot_service": ""})
    assert ssh.reload_command(machine(root)) == f"sudo systemctl reload {name}"


@pytest.mark.parametrize("is_same", [True, False])
def test_sshds_line_names_the_program_as_root_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_same: bool
) -> None:
    installed, on_path = tmp_path / "lib/ccmon/bin/ccmon", tmp_path / "bin/ccmon"
    for path in (installed, on_path):
        path.parent.mkdir(parents=True)
    installed.touch()
    if is_same:
        on_path.symlink_to(installed)
    else:
        on_path.touch()
    monkeypatch.setattr(program, "SUDO_PATHS", (str(on_path.parent),))
    for module in (program, ssh):
        monkeypatch.setattr(module, "program", lambda: [str(installed)])
    expected = on_path if is_same else installed
    assert ssh.whole(Path("/x.db"))[1] == f"    ForceCommand {expected} monitor --db /x.db"


def test_lines_for_another_database_are_told_as_wrong_with_what_they_must_be(root: Path) -> None:
    forced = ANSWER.format("yes").replace("/x.db", "/var/lib/ccmon/calls.db") + "clientalivecountmax 4\n"
    line = "    ForceCommand /usr/local/bin/ccmon monitor --db /var/lib/ccmon/calls.db\n"
    files(root, usr__sbin__sshd="", etc__group="supervisors:x:994:anna\n")
    files(root, etc__ssh__sshd_config_dot_d__ccmon_dot_conf=f"Match Group supervisors\n{line}")
    run = Notes(**{"user=anna,host=localhost,addr=127.0.0.1": forced})
    on = machine(root, is_root=True, run=run)
    other = root / "srv/ccmon/calls.db"
    place = "/etc/ssh/sshd_config.d/ccmon.conf:2"
    assert "until you change" not in Run(on, service="no", look="anna").text
    shown = Run(on, service="no", look="anna", database=str(other)).text
    told = "".join(shown.split())  # a long path is broken
    before = f"sshdsendsannato/var/lib/ccmon/calls.dbuntilyouchange{place}:theendsayshow"
    assert told.count(before) == 1
    assert f"!sshd:anna:sshd'slinesname/var/lib/ccmon/calls.db,not{other},whichisinforce(below)" in told
    must_be = f"Forthat,thelinein{place}mustbeForceCommand"
    assert told.count(must_be) == told.count("ForceCommand") == 1
    assert told.index(before) < told.index(must_be)
    assert f"monitor --db {other}\n" in shown
    assert "all well" not in shown
    assert "\nSupervisors do not see this database yet.\n" in shown
    (elsewhere,) = ssh.sent_elsewhere_than_in_force(on, other)
    finding = ssh.found_elsewhere(elsewhere, other, on)
    assert finding.verdict == "wrong"
    assert f"the line in {place} must be: ForceCommand " in finding.text
    assert finding.text.endswith("; then: sudo systemctl reload ssh")
    assert ssh.sent_elsewhere_than_in_force(on, root / "another.db") == []  # not that of this machine
    assert ssh.sent_elsewhere_than_in_force(machine(root, run=run), other) == []


@pytest.mark.parametrize("members", ["anna", ""])
@pytest.mark.parametrize("has_line", [True, False])
def test_a_move_says_which_line_of_sshds_still_shows_the_database_that_is_left(
    root: Path, members: str, has_line: bool
) -> None:
    before, after = root / "var/lib/ccmon/calls.db", root / "srv/ccmon/calls.db"
    files(root, usr__sbin__sshd="", etc__group=f"supervisors:x:994:{members}\n")
    on = machine(root, is_root=True, run=Notes())
    Run(on, service="no", look=members)
    line = f"    ForceCommand /usr/local/bin/ccmon monitor --db {before if has_line else '/x.db'}\n"
    files(root, etc__ssh__sshd_config_dot_d__ccmon_dot_conf=f"Match Group supervisors\n{line}")
    shown = "".join(Run(on, service="no", look=members, database=str(after)).text.split())
    stay, until = (
        "andscreensthatareopensayso,andstayonituntiltheyareopenedagain.",
        "nosourcewritesitanymore,butsshdshowsituntil",
    )
    if has_line:
        place = "/etc/ssh/sshd_config.d/ccmon.conf:2"
        assert shown.count(f"{before}staysasitis:{until}youchange{place},{stay}") == 2
        assert shown.count(place) == 2, "once in the plan, and once at the end"
    else:
        assert shown.count(f"{before}staysasitis:nothingthatstartsfromnowonreadsorwritesit,{stay}") == 2


def test_a_fault_in_sshds_configuration(root: Path) -> None:
    files(root, usr__sbin__sshd="")
    run = Notes()
    run.failing = "-t"
    assert said(root, run) == [("wrong", "sshd finds a fault in its configuration: it failed")]
    assert said(root, run, is_root=False) == [
        ("note", "Only root can check it: sudo ccmon setup ssh (sshd: it failed)")
    ]


def test_no_group_or_nobody_in_it(root: Path) -> None:
    files(root, usr__sbin__sshd="")
    assert said(root, Notes())[-1][0] == "wrong"
    files(root, etc__group="supervisors:x:994:\n")
    assert said(root, Notes())[-1] == ("note", "Nobody is in the group supervisors: usermod -aG supervisors NAME")


def test_sshds_lines_name_the_database(root: Path, tmp_path: Path) -> None:
    """A supervisor's own settings file cannot show another floor."""
    shown = Run(machine(root, is_root=True), service="no").text
    assert f" monitor --db {root}/var/lib/ccmon/calls.db\n        DisableForwarding yes\n" in shown
    told = ccmon("setup", "ssh", "--db", tmp_path / "a floor.db").stdout
    assert f" monitor --db '{tmp_path}/a floor.db'\n    DisableForwarding yes\n" in told


class TerminalText(StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_is_no_terminal_gets_sshds_lines_alone(tmp_path: Path) -> None:
    database = tmp_path / "calls.db"
    ran = ccmon("setup", "ssh", "--db", database)
    assert ran.stdout.splitlines() == ssh.whole(database)
    assert ran.stderr.startswith("These lines belong in /etc/ssh/sshd_config")
    assert "\nThe first three give supervisors the screen and nothing else. Then:\n\n    sudo systemctl" in ran.stderr
    assert re.search(r"^[!?+] (wrong|note |ok   )  ", ran.stderr, re.MULTILINE)


def test_a_terminal_gets_sshds_lines_between_the_prose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = TerminalText()
    monkeypatch.setattr(sys, "stdout", out)
    with suppress(typer.Exit):
        setup_ssh(tmp_path / "calls.db")
    told = out.getvalue()
    assert told.startswith("In /etc/ssh/sshd_config")
    lines = "".join(f"    {line}\n" for line in ssh.whole(tmp_path / "calls.db"))
    assert f":\n\n{lines}\nThe first three" in told
    assert re.search(r"^[!?+] (wrong|note |ok   )  ", told, re.MULTILINE)


def test_of_lines_that_sshds_files_have_it_is_said_that_they_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "is_in_force", lambda machine, database: database == tmp_path / "calls.db")
    said = ccmon("setup", "ssh", "--db", tmp_path / "calls.db").stderr
    assert "nothing else. sshd's files have them already. If they were written just now, sshd reads them by:\n" in said
    assert "Then:" not in said
    assert "Then:" in ccmon("setup", "ssh", "--db", tmp_path / "other.db").stderr


def test_what_cures_a_finding_is_on_lines_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = f"sudo chgrp supervisors {'/srv/a/long/place' * 4}/calls.db", "sudo chmod g+r /srv/calls.db"
    out = StringIO()
    found = [
        Finding("wrong", "rights", f"the group cannot read it: {'; '.join(commands)}"),
        Finding("note", "data", "none yet: ccmon setup or ccmon import brings in your own calls; sudo is not needed"),
    ]
    finish._show_findings(found, Console(file=out, width=80, soft_wrap=True))
    assert out.getvalue().splitlines() == [
        "! rights: the group cannot read it:",
        *(f"    {command}" for command in commands),
        "? data: none yet: ccmon setup or ccmon import brings in your own calls; sudo is",
        "not needed",
    ]
