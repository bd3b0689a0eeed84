"""The part of sshd's configuration that lets supervisors in, and whether it is there."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from ccmon.database.doctor import CheckResult, Finding
from ccmon.errors import CcmonError
from ccmon.services.program import program
from ccmon.setup.groups import LOOKING_GROUP
from ccmon.setup.machine import Machine

FORWARDING = "DisableForwarding"
FURTHER = {
    "permittty": ("PermitTTY", "yes"),
    "clientaliveinterval": ("ClientAliveInterval", "15"),
    "clientalivecountmax": ("ClientAliveCountMax", "4"),
}
"""By the name in which ``sshd -T`` shows it: the keyword, and the value that is advised."""
PLACES = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd")


def _needed_lines(database: Path) -> list[str]:
    """What lets the group in: it gets the screen, and nothing else, not even a port that is forwarded.

    The database is named, since a settings file of a supervisor's own would else choose another.
    """
    command = [*program(), "monitor", "--db", str(database.absolute())]
    return [f"Match Group {LOOKING_GROUP}", f"    ForceCommand {shlex.join(command)}", f"    {FORWARDING} yes"]


def whole(database: Path) -> list[str]:
    """The lines that are needed, and what else is advised for these sessions."""
    return [*_needed_lines(database), *(f"    {keyword} {value}" for keyword, value in FURTHER.values())]


def about_leaving(names: Sequence[str]) -> list[str]:
    """What must be known before accounts leave the group, and the command against it; nothing of none."""
    if not names:
        return []
    each = f"sudo usermod --lock --expiredate 1 {names[0]}"
    if len(names) > 1:
        each = f"for name in {' '.join(names)}; do sudo usermod --lock --expiredate 1 $name; done"
    return [
        f"Careful: sshd's lines force the screen on members of {LOOKING_GROUP} alone: the key or password of "
        f"{', '.join(names)} then opens a shell. Lock whoever is to have none, or take the key out of "
        "~/.ssh/authorized_keys:",
        f"    {each}",
    ]


def is_in_force(machine: Machine, database: Path) -> bool:
    """Whether sshd lets each member of the group come to the screen of this database, and to nothing else."""
    verdicts = [finding.verdict for finding in check(machine, database)]
    members = machine.members(LOOKING_GROUP) or ()
    return bool(members) and "wrong" not in verdicts and verdicts.count("ok") == 1 + len(members)


def check(machine: Machine, database: Path) -> Iterator[Finding]:
    """Whether sshd on this machine does what the lines for this database say."""
    found = next((place for place in PLACES if machine.path(place).exists()), None)
    if found is None and machine.root == Path("/"):
        found = shutil.which("sshd")
    if found is None:
        yield _found("note", "There is no sshd on this machine: install openssh-server, and run this again.")
        return
    try:
        tested = machine.run([found, "-t"])
    except CcmonError as error:
        yield _found("note", f"sshd cannot be asked: {error}")
        return
    if tested.returncode:
        reason = _one_line(tested.stderr)
        if not machine.is_root:
            yield _found("note", f"Only root can check it: sudo ccmon setup ssh (sshd: {reason})")
        else:
            yield _found("wrong", f"sshd finds a fault in its configuration: {reason}")
        return
    yield _found("ok", "sshd reads its configuration without a fault")
    yield from _members(machine, found, database)


def _members(machine: Machine, sshd: str, database: Path) -> Iterator[Finding]:
    members = machine.members(LOOKING_GROUP)
    if members is None:
        yield _found(
            "wrong",
            f"There is no group {LOOKING_GROUP}: groupadd --system {LOOKING_GROUP}, or run ccmon setup as root.",
        )
        return
    if not members:
        yield _found("note", f"Nobody is in the group {LOOKING_GROUP}: usermod -aG {LOOKING_GROUP} NAME")
    for name in members:
        asked = machine.run([sshd, "-T", "-C", f"user={name},host=localhost,addr=127.0.0.1"])
        if asked.returncode:
            yield _found("wrong", f"{name}: sshd does not answer: {_one_line(asked.stderr)}")
            continue
        told = dict(line.split(" ", 1) for line in asked.stdout.splitlines() if " " in line)
        yield from _of_member(name, told, database.absolute())


def _of_member(name: str, told: dict[str, str], database: Path) -> Iterator[Finding]:
    forced = told.get("forcecommand", "none")
    if forced == "none":
        yield _found("wrong", f"{name} gets a shell instead of the screen: the lines above are not in force")
        return
    if "ccmon" not in forced:
        yield _found("wrong", f"{name} gets another command: {forced}")
        return
    missing = [f"{keyword} {value}" for key, (keyword, value) in FURTHER.items() if told.get(key) != value]
    named = _database_of(forced)
    if named in {None, database}:
        yield _found("ok", f"{name} gets the screen: {forced}")
    elif named is not None and named.exists():
        yield _found("note", f"{name} gets the screen of {named}, not of {database}")
    else:
        yield _found("wrong", f"{name} gets no screen: the lines in force name {named}, and there is no such database")
    if told.get(FORWARDING.lower()) != "yes":
        yield _found("wrong", f"{name} can forward ports ({FORWARDING} is not in force)")
    if named is None:
        yield _found("note", f"{name}: the command names no database (--db): settings of {name} can choose another")
    if missing:
        yield _found("note", f"{name}: advised, and not in force: {', '.join(missing)}")


def _database_of(command: str) -> Path | None:
    """The database that a forced command names."""
    with suppress(ValueError):  # a quote that is not closed
        words = shlex.split(command)
        after = [value for word, value in pairwise(words) if word == "--db"]
        of_one_word = [word.removeprefix("--db=") for word in words if word.startswith("--db=")]
        return next(map(Path, [*after, *of_one_word]), None)
    return None


def _found(verdict: CheckResult, text: str) -> Finding:
    return Finding(verdict, "sshd", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200] or "it says nothing"
