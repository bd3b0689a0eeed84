"""Setup as root, on a made-up machine whose commands are only noted: accounts, groups and rights."""

from __future__ import annotations

import grp
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from ccmon.errors import CcmonError, UsageError
from ccmon.setup import answering, discovery, owner, question, questions, system_steps
from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.questions import QUESTIONS
from tests.setup.machines import Notes, Run, files, files_with_password, machine, no_bar, on_one_line

ACCOUNT = "useradd --system --gid supervisors --home-dir {} --no-create-home --shell /usr/sbin/nologin ccmon"


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> str:
    """The group of each file, which a test cannot change."""
    monkeypatch.setattr(system_steps, "group_of", lambda path: "supervisors")
    return "supervisors"


def commands(run: Notes) -> list[str]:
    return [" ".join(words) for words in run.commands]


def test_root_makes_account_group_directory_and_rights(root: Path, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
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
        ("all", ("600", "660", "2770", "660"), "ccmon:supervisors"),
        ("anna,bert", ("600", "660", "2770", "660"), "ccmon:supervisors"),
        ("anna", ("600", "660", "2770", "660"), "ccmon:ccmon-act"),
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
    is_listed = any(line.startswith("setfacl -m u::rw,g::rw,g:supervisors:r,m::rw,o::- ") for line in done)
    assert is_listed == (owner == "ccmon:ccmon-act")
    lock = root / "var/lib/ccmon/calls.db-queue-log.lock"
    without_list = done.index(f"setfacl -b {lock}")
    assert without_list < min(number for number, line in enumerate(done) if line.startswith("chown "))


class _Broken(Notes):
    """Changes modes as it is told, until it is broken off before a command."""

    def __init__(self, before: int) -> None:
        super().__init__()
        self._before = before

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        if len(self.commands) == self._before:
            raise KeyboardInterrupt
        if command[0] == "chmod":
            for path in command[2:]:
                Path(path).chmod(int(command[1], 8))
        return super().__call__(command)


@pytest.mark.usefixtures("group")
def test_rights_that_are_given_are_never_less_than_before_or_after(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken off before each command: whoever acts can still import and restore, who looks can look."""
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    Run(machine(root, is_root=True, run=_Broken(-1)), look="anna,bert", act="all", service="no")
    database, lock = (root / "var/lib/ccmon" / name for name in ("calls.db", "calls.db-queue-log.lock"))
    number = 0
    while True:
        run = _Broken(number)
        with suppress(KeyboardInterrupt):
            Run(machine(root, is_root=True, run=run), look="anna,bert", act="bert", service="no")
        assert [each.stat().st_mode & 0o777 for each in (database, lock)] == [0o660, 0o660]
        done = commands(run)
        if any(line.startswith("chown ") for line in done):
            assert any(line.startswith("setfacl -n -m g:supervisors:rX ") and str(lock) not in line for line in done)
        if len(done) < number:
            break
        number += 1
    assert number > len(["chmod", "setfacl", "setfacl", "chown", "chmod", "chmod", "chmod", "setfacl", "setfacl"])
    Run(machine(root, is_root=True, run=_Broken(-1)), look="anna,bert", act="nobody", service="no")
    assert lock.stat().st_mode & 0o777 == 0o600


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


@pytest.mark.parametrize(
    ("look", "act", "told"),
    [
        ("anna,bert,carl", "anna", "ccmon-act (anna) may act, supervisors (bert, carl) may look"),
        ("anna,bert,carl", "all", "supervisors (anna, bert, carl) may look and act"),
        ("anna", "nobody", "supervisors (anna) may look\n"),
        ("nobody", "nobody", "supervisors may look\n"),
    ],
)
def test_the_plan_says_who_may_look_and_who_may_act(in_groups: Path, look: str, act: str, told: str) -> None:
    context = question.SetupContext(machine(in_groups, is_root=True), discovery.Findings(), {"look": look, "act": act})
    context.answers = {
        name: questions.question(name).parse(text, "", context) for name, text in context.answers.items()
    }
    step = system_steps.GiveRights(context, KeptAnswers(in_groups / "x"), no_bar)
    assert f"{step.describe().text}\n".endswith(f" to ccmon: {told.rstrip()}\n")


def test_who_may_look_already_is_to_be_named_again(root: Path, in_groups: Path) -> None:
    asked = questions.question("look")
    context = question.SetupContext(machine(in_groups, is_root=True), discovery.Findings())
    assert asked.text(context).splitlines()[-1] == "Name all of them: whoever is not named leaves it."
    (root / "etc/group").write_text("supervisors:x:994:\n")
    assert "Name all of them" not in asked.text(
        question.SetupContext(machine(root, is_root=True), discovery.Findings())
    )


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
    leaving = list(dict.fromkeys(line.split()[2] for line in done))
    assert (f"\n    sudo pkill -HUP -u {','.join(leaving)}\n" in shown) == bool(taken)


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
    with pytest.raises(UsageError, match=r"--db: /proc/x/calls\.db cannot be made: "):
        Run(machine(in_groups, is_root=True, run=run), service="no", look="anna", database="/proc/x/calls.db")
    assert run.commands == []


def test_who_may_not_look_any_more_may_not_act(in_groups: Path) -> None:
    run = Notes()
    with pytest.raises(UsageError, match="--act: bert may not look: first add bert"):
        Run(machine(in_groups, is_root=True, run=run), service="no", look="anna", act="anna,bert")
    assert run.commands == []


@pytest.mark.parametrize("mode", [0o660, 0o640, 0o600])
def test_who_is_in_the_group_may_act_whatever_mode_the_database_has_been_given(in_groups: Path, mode: int) -> None:
    (in_groups / "var/lib/ccmon/calls.db").chmod(mode)
    on = machine(in_groups, is_root=True)
    assert questions.question("act").default(question.SetupContext(on, discovery.find(on))) == "anna,bert"


@pytest.mark.usefixtures("group")
def test_where_the_directory_may_be_written_by_all_who_look_all_may_act(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "group_of", lambda path: "supervisors")
    Run(machine(root, is_root=True), look="anna", service="no")
    on, folder = machine(root, is_root=True), root / "var/lib/ccmon"
    for mode, act in ((0o2750, "nobody"), (0o2770, "all")):
        folder.chmod(mode)
        assert questions.question("act").default(question.SetupContext(on, discovery.find(on))) == act


def test_in_a_group_for_those_who_act_without_anybody_in_it_nobody_acts(in_groups: Path) -> None:
    (in_groups / "etc/group").write_text("supervisors:x:994:anna\nccmon-act:x:993:\n")
    on = machine(in_groups, is_root=True)
    assert questions.question("act").default(question.SetupContext(on, discovery.find(on))) == "nobody"


def test_a_change_of_who_may_look_asks_again_who_may_act(in_groups: Path) -> None:
    on = machine(in_groups, is_root=True)
    context = question.SetupContext(on, discovery.find(on))
    answering.complete(context, {"service": "no"}, {})
    assert (context.answers["look"], context.answers["act"]) == ("anna,bert,carl", "anna,bert")
    context.answers["look"] = "anna"
    answering.forget_wrong(context, "name")
    assert "act" in context.answers
    answering.forget_wrong(context, "look")
    assert "act" not in context.answers
    assert questions.question("act").default(context) == "anna"


def test_a_directory_that_holds_other_things_keeps_its_rights(root: Path, tmp_path: Path) -> None:
    run, shared = Notes(), tmp_path / "shared"
    shared.mkdir()
    (shared / "calls.db-wal").touch()
    Run(machine(root, is_root=True, run=run), database=str(shared / "calls.db"), service="no", source="none")
    (shared / "something else").touch()
    run = Notes()
    with pytest.raises(UsageError, match=f"--db: {shared} holds other things"):
        Run(machine(root, is_root=True, run=run), database=str(shared / "calls.db"), service="no", source="none")
    assert run.commands == []


def test_another_database_that_is_there_takes_no_right_away(in_groups: Path) -> None:
    """Such as one that was made by `ccmon init`, which nobody but its owner may write."""
    other = in_groups / "srv/ccmon/calls.db"
    other.parent.mkdir(parents=True)
    shutil.copy(in_groups / "var/lib/ccmon/calls.db", other)
    other.chmod(0o600)
    on = machine(in_groups, is_root=True)
    context = question.SetupContext(on, discovery.find(on), {"database": str(other)})
    assert questions.question("act").default(context) == "anna,bert"
    run = Notes()
    told = Run(machine(in_groups, is_root=True, run=run), database=str(other), service="no", act="nobody").text
    assert "\n      may act: anna, bert → nobody\n" in told
    told = Run(machine(in_groups, is_root=True, run=Notes()), service="no", act="all").text
    assert "\n      may act: anna, bert → all who may look\n" in told


def test_where_all_may_act_who_was_named_loses_no_right(in_groups: Path) -> None:
    run = Notes()
    on = machine(in_groups, is_root=True, run=run)
    told = Run(on, look="anna,bert,carl", act="all", service="no").text
    assert "gpasswd -d bert ccmon-act" in commands(run)
    assert (
        "Empty the group ccmon-act: nobody loses a right\n      anna acts as all who may look: gpasswd -d anna" in told
    )
    assert "may not act any more" not in told
    assert "terminate-user" not in told
    told = Run(machine(in_groups, is_root=True, run=Notes()), look="anna,carl", act="all", service="no").text
    assert "bert may not act any more: gpasswd -d bert ccmon-act" in told


@pytest.mark.usefixtures("in_groups")
def test_another_place_takes_no_right_away(root: Path) -> None:
    on = machine(root, is_root=True)
    context = question.SetupContext(on, discovery.find(on), {"database": str(root / "srv/ccmon/calls.db")})
    assert questions.question("act").default(context) == "anna,bert"


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
def test_a_database_that_was_put_back_by_who_may_act_is_given_back_to_the_account(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = machine(root, is_root=True)
    Run(on, service="no", look="anna", act="all")
    files(root, etc__group="root:x:0:\nsupervisors:x:994:anna\n")
    path = root / "var/lib/ccmon/calls.db"
    copy = path.with_name("calls-before-restore-2026-11-30T021500Z.db")
    copy.touch()
    owners = {path: "anna", path.parent: "ccmon", copy: "anna"}
    for module in (question, owner, system_steps):
        monkeypatch.setattr(module, "owner_of", lambda each: owners.get(each, "root"))
    (found,) = owner.findings(path)
    assert (found.verdict, found.text) == (
        "wrong",
        "calls.db and 1 copy belong to anna, who put a copy back or made one; give them to ccmon again: "
        f"sudo chown -h ccmon {path} {copy}",
    )
    run = Notes()
    Run(machine(root, is_root=True, run=run), service="no", look="anna", act="nobody")
    assert any(words.startswith("chown --no-dereference ccmon:") for words in commands(run))
    owners[path] = "ccmon"
    (found,) = owner.findings(path)
    assert (found.verdict, found.text.endswith(f"give it to ccmon again: sudo chown -h ccmon {copy}")) == ("note", True)
    owners[copy] = "root"
    assert not list(owner.findings(path))


@pytest.mark.usefixtures("group")
def test_the_password_is_for_the_account_that_reads_it(root: Path) -> None:
    run, file = Notes(), files_with_password(root)
    Run(machine(root, is_root=True, run=run), source="ami", password_file=str(file), service="no")
    assert f"chown ccmon {file}" in commands(run)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"look": "anna,carla$"},
            "--look: There is no account 'carla$' on this machine; to make it first: "
            "sudo useradd --create-home 'carla$'",
        ),
        ({"look": "anna; rm -rf /"}, "--look: 'anna;' cannot be the name of an account"),
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
    in_force = [replace(each, default=lambda context: "anna") if each.name == "act" else each for each in QUESTIONS]
    monkeypatch.setattr(answering, "QUESTIONS", tuple(in_force))
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
    context = question.SetupContext(on, discovery.find(on))
    assert ("install the program setfacl first" in questions.question("act").text(context)) == is_told
    assert ("Accounts can be named" in questions.question("act").text(context)) != is_told


def test_setfacl_may_be_installed_while_setup_asks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    on = machine(root, is_root=True)
    context = question.SetupContext(on, discovery.find(on), {"look": "anna,bert"})
    act = questions.question("act")
    with pytest.raises(UsageError, match="install it"):
        act.parse("anna", "", context)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert act.parse("anna", "", context) == "anna"
    assert "Accounts can be named" in act.text(context)


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
