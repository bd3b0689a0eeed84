"""Setup as root, on a made-up machine whose commands are only noted; its service; the part of sshd."""

from __future__ import annotations

import grp
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from ccmon import settings
from ccmon.database import access_list
from ccmon.errors import CcmonError, UsageError
from ccmon.services import systemd
from ccmon.setup import discovery, question, questions, ssh, system_steps
from ccmon.setup import machine as machine_module
from ccmon.setup.questions import QUESTIONS
from tests.accounts import give_list
from tests.commands import ccmon
from tests.setup.machines import Notes, Run, files, machine

ACCOUNT = "useradd --system --gid supervisors --home-dir {} --no-create-home --shell /usr/sbin/nologin ccmon"


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> str:
    """The group of each file, which a test cannot change."""
    monkeypatch.setattr(system_steps, "group_of", lambda path: "supervisors")
    return "supervisors"


def on_one_line(text: str) -> str:
    """Commands as a shell joins their lines."""
    return " ".join(text.replace("\\\n", " ").split())


def commands(run: Notes) -> list[str]:
    return [" ".join(words) for words in run.commands]


def test_root_makes_account_group_directory_and_rights(root: Path, group: str) -> None:
    run = Notes()
    log = root / "var/log/asterisk/queue_log"
    log.chmod(0o640)
    of_log = 4 if os.geteuid() == 0 else os.getegid()
    os.chown(log, -1, of_log)
    Run(machine(root, is_root=True, run=run), look="anna,bert", service="no")
    folder = root / "var/lib/ccmon"
    beside = [folder / f"calls.db{end}" for end in ("", "-queue-log.lock", "-shm", "-wal")]
    done = commands(run)
    assert done[:6] == [
        "groupadd --system supervisors",
        ACCOUNT.format(folder),
        "usermod -aG supervisors anna",
        "usermod -aG supervisors bert",
        f"usermod -aG {grp.getgrgid(of_log).gr_name} ccmon",
        f"install -d -o ccmon -g supervisors -m 2750 {folder}",
    ]
    closed, owned, *modes = done[6:]
    assert closed == f"chmod 600 {beside[1]}"
    assert owned.startswith(f"chown --no-dereference ccmon:supervisors {folder} {beside[0]}")
    assert modes[0] == f"chmod 2750 {folder}"
    assert modes[1].startswith(f"chmod 640 {beside[0]}")
    assert (root / "etc/ccmon/settings.toml").read_text() == f'database = "{folder}/calls.db"\n'
    assert (root / "etc/ccmon").stat().st_mode & 0o777 == 0o755
    assert (root / "etc/ccmon/settings.toml").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("act", "modes", "owner"),
    [
        ("nobody", ("600", "2750", "640"), "ccmon:supervisors"),
        ("all", ("600", "2770", "660", "660"), "ccmon:supervisors"),
        ("anna,bert", ("600", "2770", "660", "660"), "ccmon:supervisors"),
        ("anna", ("600", "2770", "660", "660"), "ccmon:ccmon-act"),
    ],
)
@pytest.mark.usefixtures("group")
def test_who_may_act(root: Path, monkeypatch: pytest.MonkeyPatch, act: str, modes: tuple[str, ...], owner: str) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    run = Notes()
    Run(machine(root, is_root=True, run=run), look="anna,bert", act=act, service="no")
    done = commands(run)
    assert any(line.startswith(f"chown --no-dereference {owner} ") for line in done)
    assert [line.split()[1] for line in done if line.startswith("chmod ")] == list(modes)
    assert ("usermod -aG ccmon-act anna" in done) == (owner == "ccmon:ccmon-act")
    assert any(line.startswith("setfacl -m g:supervisors:r ") for line in done) == (owner == "ccmon:ccmon-act")
    lock = root / "var/lib/ccmon/calls.db-queue-log.lock"
    without_list = done.index(f"setfacl -b {lock}")
    assert without_list < min(number for number, line in enumerate(done) if line.startswith("chown "))


@pytest.fixture
def in_groups(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site that is set up, where anna and bert may look and act, and carl only looks; returns the machine."""
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    for module in (questions, system_steps):
        monkeypatch.setattr(module, "group_of", lambda path: "ccmon-act" if "calls.db" in path.name else "supervisors")
    with (root / "etc/passwd").open("a") as accounts:
        accounts.write("carl:x:1003:1003\n")
    Run(machine(root, is_root=True), look="anna,bert,carl", act="anna,bert", service="no")
    for name in ("calls.db", "calls.db-queue-log.lock"):
        (root / "var/lib/ccmon" / name).chmod(0o660)
    members = "supervisors:x:994:anna,bert,carl\nccmon-act:x:993:anna,bert,ccmon\nasterisk:x:995:anna,bert\n"
    (root / "etc/group").write_text(members)
    return root


def taken_away(run: Notes) -> list[str]:
    return [line for line in commands(run) if line.startswith("gpasswd")]


@pytest.mark.parametrize(
    ("given", "taken", "told"),
    [
        ({}, [], []),
        (
            {"look": "anna,carl"},
            ["gpasswd -d bert supervisors", "gpasswd -d bert ccmon-act"],
            ["bert may not look any more: gpasswd -d bert supervisors", "bert may not act any more: gpasswd"],
        ),
        ({"act": "anna"}, ["gpasswd -d bert ccmon-act"], ["bert may not act any more"]),
        ({"act": "nobody"}, ["gpasswd -d anna ccmon-act", "gpasswd -d bert ccmon-act"], []),
        ({"look": "nobody"}, 3 * ["gpasswd -d"] + 2 * ["gpasswd -d"], ["carl may not look any more"]),
    ],
)
def test_who_is_not_named_any_more_loses_the_right(
    in_groups: Path, given: dict[str, str], taken: list[str], told: list[str]
) -> None:
    run = Notes()
    shown = Run(machine(in_groups, is_root=True, run=run), service="no", **given).text
    done = taken_away(run)
    assert len(done) == len(taken)
    assert all(line.startswith(start) for line, start in zip(done, taken, strict=True))
    assert all(line in shown for line in told)
    assert ("Take rights away" in shown) == bool(taken)


@pytest.mark.parametrize(
    ("look", "command"),
    [
        ("anna,carl", "sudo usermod --lock --expiredate 1 bert"),
        ("carl", "for name in anna bert; do sudo usermod --lock --expiredate 1 $name; done"),
    ],
)
def test_who_may_not_look_any_more_gets_a_shell_unless_locked_which_is_told_twice(
    in_groups: Path, look: str, command: str
) -> None:
    shown = Run(machine(in_groups, is_root=True), service="no", look=look).text
    plan, _, end = shown.partition("+  1  ")
    for part in (plan, end):
        assert "then opens a shell" in on_one_line(part)
        assert re.search(rf"^ +{re.escape(command)}$", part, re.MULTILINE)
    assert "opens a shell" not in Run(machine(in_groups, is_root=True), service="no", act="nobody").text


def test_a_right_is_taken_away_after_all_that_may_fail(in_groups: Path) -> None:
    run = Notes()
    run.failing = "chown"
    with pytest.raises(CcmonError, match=r"Step .* failed \(Give .*chown"):
        Run(machine(in_groups, is_root=True, run=run), service="no", look="anna,carl")
    assert taken_away(run) == []


def test_a_place_where_nothing_can_be_made_is_told_before_anything_is_done(in_groups: Path) -> None:
    run = Notes()
    with pytest.raises(UsageError, match=r"--database: /proc/x/calls\.db cannot be made: "):
        Run(machine(in_groups, is_root=True, run=run), service="no", look="anna", database="/proc/x/calls.db")
    assert run.commands == []


def test_who_may_not_look_any_more_may_not_act(in_groups: Path) -> None:
    run = Notes()
    with pytest.raises(UsageError, match="--act: bert may not look: first add bert"):
        Run(machine(in_groups, is_root=True, run=run), service="no", look="anna", act="anna,bert")
    assert run.commands == []


def test_in_a_group_for_those_who_act_without_anybody_in_it_nobody_acts(in_groups: Path) -> None:
    (in_groups / "etc/group").write_text("supervisors:x:994:anna\nccmon-act:x:993:\n")
    on = machine(in_groups, is_root=True)
    assert questions.question("act").default(question.Case(on, discovery.find(on))) == "nobody"


def test_a_change_of_who_may_look_asks_again_who_may_act(in_groups: Path) -> None:
    on = machine(in_groups, is_root=True)
    case = question.Case(on, discovery.find(on))
    questions.complete(case, {"service": "no"}, {})
    assert (case.answers["look"], case.answers["act"]) == ("anna,bert,carl", "anna,bert")
    case.answers["look"] = "anna"
    questions.forget_wrong(case, "name")
    assert "act" in case.answers
    questions.forget_wrong(case, "look")
    assert "act" not in case.answers
    assert questions.question("act").default(case) == "anna"


def test_a_directory_that_holds_other_things_keeps_its_rights(root: Path, tmp_path: Path) -> None:
    run, shared = Notes(), tmp_path / "shared"
    shared.mkdir()
    (shared / "calls.db-wal").touch()
    Run(machine(root, is_root=True, run=run), database=str(shared / "calls.db"), service="no", source="none")
    (shared / "something else").touch()
    run = Notes()
    with pytest.raises(UsageError, match=f"--database: {shared} holds other things"):
        Run(machine(root, is_root=True, run=run), database=str(shared / "calls.db"), service="no", source="none")
    assert run.commands == []


@pytest.mark.parametrize(
    ("mode", "is_of_group", "is_refused"),
    [(0o700, False, True), (0o750, True, False), (0o750, False, True), (0o711, False, False), (0o701, True, True)],
)
def test_a_place_that_those_who_look_cannot_reach_is_refused(
    root: Path, mode: int, is_of_group: bool, is_refused: bool
) -> None:
    files(root, etc__group=f"supervisors:x:{os.getegid() if is_of_group else 61_003}:\n")
    closed = root / "srv/closed"
    closed.mkdir(parents=True)
    closed.chmod(mode)
    case = question.Case(machine(root, is_root=True), discovery.Findings())
    name = str(closed / "floor/calls.db")
    if not is_refused:
        assert questions.question("database").parse(name, "", case) == name
        return
    told = f"^{name} is in {closed}, which the account ccmon and the group supervisors may not enter: name another"
    with pytest.raises(UsageError, match=told):
        questions.question("database").parse(name, "", case)
    assert questions.question("database").parse(name, "", question.Case(machine(root), discovery.Findings())) == name


@pytest.mark.parametrize(("named", "is_refused"), [("supervisors", False), ("others", True)])
def test_an_access_list_lets_those_who_look_reach_a_place(root: Path, named: str, is_refused: bool) -> None:
    numbers = {"supervisors": 61_003, "others": 61_004}
    files(root, etc__group="".join(f"{name}:x:{number}:\n" for name, number in numbers.items()))
    closed = root / "srv/closed"
    closed.mkdir(parents=True)
    give_list(closed, (access_list.NAMED_GROUP, 1, numbers[named]), mask=7, owner=7)
    case = question.Case(machine(root, is_root=True), discovery.Findings())
    name = str(closed / "floor/calls.db")
    if is_refused:
        with pytest.raises(UsageError, match=f"is in {closed}, which the account ccmon and the group supervisors may"):
            questions.question("database").parse(name, "", case)
    else:
        assert questions.question("database").parse(name, "", case) == name


@pytest.mark.usefixtures("in_groups")
def test_another_place_takes_no_right_away(root: Path) -> None:
    on = machine(root, is_root=True)
    case = question.Case(on, discovery.find(on), {"database": str(root / "srv/ccmon/calls.db")})
    assert questions.question("act").default(case) == "anna,bert"


@pytest.mark.usefixtures("group")
def test_what_somebody_has_set_up_by_hand_keeps_its_owner(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Run(machine(root, is_root=True), service="no")
    monkeypatch.setattr(question, "owner_of", lambda path: "anna")
    run = Notes()
    shown = Run(machine(root, is_root=True, run=run), service="no", look="bert").text
    assert commands(run) == ["groupadd --system supervisors", "usermod -aG supervisors bert"]
    assert "    sudo -u anna " in shown
    with pytest.raises(UsageError, match="--act does not go with the other answers"):
        Run(machine(root, is_root=True), service="no", act="all")


@pytest.mark.usefixtures("group")
def test_the_password_is_for_the_account_that_reads_it(root: Path) -> None:
    run, file = Notes(), files_with_password(root)
    Run(machine(root, is_root=True, run=run), source="ami", password_file=str(file), service="no")
    assert f"chown ccmon {file}" in commands(run)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"look": "carla"}, "--look: There is no account 'carla' on this machine"),
        ({"look": "anna; rm -rf /"}, "--look: There is no account 'anna;'"),
        ({"look": "anna", "act": "bert"}, "--act: bert may not look: first add bert"),
        (
            {"look": "anna,bert", "act": "anna"},
            "--act: That some may act and others only look needs the program setfacl",
        ),
    ],
)
def test_a_wrong_account_is_one_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], sentence: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    run = Notes()
    with pytest.raises(UsageError) as refused:
        Run(machine(root, is_root=True, run=run), **given)
    assert str(refused.value).startswith(sentence)
    assert run.commands == []


def test_what_is_missing_for_rights_in_force_is_told_before_anything_is_done(
    root: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    """The default is what is in force already; the program that gave those rights has been removed since."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    in_force = [replace(each, default=lambda case: "anna") if each.name == "act" else each for each in QUESTIONS]
    monkeypatch.setattr(questions, "QUESTIONS", tuple(in_force))
    run = Notes()
    with pytest.raises(UsageError, match="needs the program setfacl"):
        Run(machine(root, is_root=True, run=run), look="anna,bert", service="no")
    assert run.commands == []
    assert not (root / "var/lib/ccmon").exists()


@pytest.mark.parametrize(("found", "is_told"), [("/usr/bin/setfacl", False), (None, True)])
def test_the_question_who_may_act_says_what_is_missing(
    root: Path, monkeypatch: pytest.MonkeyPatch, found: str | None, is_told: bool
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: found)
    on = machine(root, is_root=True)
    case = question.Case(on, discovery.find(on))
    assert ("install the program setfacl first" in questions.question("act").text(case)) == is_told
    assert ("Accounts can be named" in questions.question("act").text(case)) != is_told


def test_setfacl_may_be_installed_while_setup_asks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    on = machine(root, is_root=True)
    case = question.Case(on, discovery.find(on), {"look": "anna,bert"})
    act = questions.question("act")
    with pytest.raises(UsageError, match="install it"):
        act.parse("anna", "", case)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert act.parse("anna", "", case) == "anna"
    assert "Accounts can be named" in act.text(case)


def test_the_question_who_may_act_explains_what_else_that_allows() -> None:
    explained = questions.question("act").help
    assert "may also change settings of the site" in explained
    assert "delete the copies" in explained


def test_a_command_that_fails_is_told_and_the_rest_waits(root: Path, group: str) -> None:
    run = Notes()
    run.failing = "useradd"
    with pytest.raises(CcmonError, match=r"Step 1 failed \(Make accounts and groups\): useradd .* failed: it failed"):
        Run(machine(root, is_root=True, run=run), service="no")
    assert not (root / "var/lib/ccmon").exists()


# The service


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
    program = systemctl.parent / "bin/systemctl"
    program.write_text("#!/bin/sh\necho ActiveState=activating\necho SubState=auto-restart\necho NRestarts=1\n")
    with pytest.raises(CcmonError, match="it does not go on running: journalctl --user -u ccmon-follow says why"):
        Run(machine(root))
    said = "ccmon: /var/log/asterisk/queue_log cannot be read: Permission denied.\n"
    with pytest.raises(
        CcmonError, match=r"Step 1 failed .*: it does not go on running: /var/log/asterisk/queue_log can"
    ):
        Run(machine(root, run=Notes(journalctl=said)))  # it is all that is left
    with pytest.raises(CcmonError, match="journalctl --user -u ccmon-follow says why"):
        Run(machine(root, run=Notes(journalctl="-- No entries --\n")))
    program.write_text("#!/bin/sh\necho ActiveState=active\n")
    assert "nothing was changed" in Run(machine(root)).text
    program.write_text("#!/bin/sh\necho ActiveState=active\necho NRestarts=3\n")
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


def files_with_password(root: Path) -> Path:
    files(root, etc__ccmon__password="a long password\n")
    return root / "etc/ccmon/password"


# What may be followed


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


# sshd


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
    assert said(root, run)[1:] == [("note", f"anna gets the screen of {other}, not of /x.db")]


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
    assert all((f"\n    {line}\n" in shown) != is_in_force for line in ssh.whole(path))


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


def test_this_machine_has_its_accounts() -> None:
    here = machine_module.Machine()
    assert here.has_account("root")
    assert not here.has_account("no such account")
    assert here.members("no such group") is None


def test_sshds_lines_name_the_database(root: Path, tmp_path: Path) -> None:
    """A supervisor's own settings file cannot show another floor."""
    shown = Run(machine(root, is_root=True), service="no").text
    assert f" monitor --db {root}/var/lib/ccmon/calls.db\n        DisableForwarding yes\n" in shown
    told = ccmon("setup", "ssh", "--db", tmp_path / "a floor.db").stdout
    assert f" monitor --db '{tmp_path}/a floor.db'\n        DisableForwarding yes\n" in told
