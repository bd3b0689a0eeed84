"""The part of sshd's configuration that lets supervisors in, and whether it is there."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from ccmon.errors import CcmonError
from ccmon.services.account import program
from ccmon.setup.machine import Machine
from ccmon.setup.questions import GROUP

FORWARDING = "DisableForwarding"
FURTHER = {
    "permittty": ("PermitTTY", "yes"),
    "clientaliveinterval": ("ClientAliveInterval", "15"),
    "clientalivecountmax": ("ClientAliveCountMax", "4"),
}
"""By the name in which ``sshd -T`` shows it: the keyword, and the value that is advised."""
PLACES = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd")


class Said(Struct, frozen=True):
    """What was found, in one line."""

    verdict: str
    """ok, note or wrong."""
    text: str


def needed_lines(database: Path) -> list[str]:
    """What lets the group in: it gets the screen, and nothing else, not even a port that is forwarded.

    The database is named, since a settings file of a supervisor's own would else choose another.
    """
    command = [*program(), "monitor", "--db", str(database.absolute())]
    return [f"Match Group {GROUP}", f"    ForceCommand {shlex.join(command)}", f"    {FORWARDING} yes"]


def whole(database: Path) -> list[str]:
    """The lines that are needed, and what else is advised for these sessions."""
    return [*needed_lines(database), *(f"    {keyword} {value}" for keyword, value in FURTHER.values())]


def about_leaving(names: Sequence[str]) -> list[str]:
    """What must be known before accounts leave the group, and the command against it; nothing of none."""
    if not names:
        return []
    each = f"sudo usermod --lock --expiredate 1 {names[0]}"
    if len(names) > 1:
        each = f"for name in {' '.join(names)}; do sudo usermod --lock --expiredate 1 $name; done"
    return [
        f"Careful: sshd's lines force the screen on members of {GROUP} alone: the key or password of "
        f"{', '.join(names)} then opens a shell. Lock whoever is to have none, or take the key out of "
        "~/.ssh/authorized_keys:",
        f"    {each}",
    ]


def check(machine: Machine) -> Iterator[Said]:
    """Whether sshd on this machine does what the lines say."""
    found = next((place for place in PLACES if machine.path(place).exists()), None) or shutil.which("sshd")
    if found is None:
        yield Said("note", "There is no sshd on this machine: install openssh-server, and run this again.")
        return
    try:
        tested = machine.run([found, "-t"])
    except CcmonError as error:
        yield Said("note", f"sshd cannot be asked: {error}")
        return
    if tested.returncode:
        reason = _one_line(tested.stderr)
        if not machine.is_root:
            yield Said("note", f"Only root can check it: sudo ccmon setup ssh (sshd: {reason})")
        else:
            yield Said("wrong", f"sshd finds a fault in its configuration: {reason}")
        return
    yield Said("ok", "sshd reads its configuration without a fault")
    yield from _members(machine, found)


def _members(machine: Machine, sshd: str) -> Iterator[Said]:
    members = machine.members(GROUP)
    if members is None:
        yield Said("wrong", f"There is no group {GROUP}: groupadd --system {GROUP}, or run ccmon setup as root.")
        return
    if not members:
        yield Said("note", f"Nobody is in the group {GROUP}: usermod -aG {GROUP} NAME")
    for name in members:
        asked = machine.run([sshd, "-T", "-C", f"user={name},host=localhost,addr=127.0.0.1"])
        if asked.returncode:
            yield Said("wrong", f"{name}: sshd does not answer: {_one_line(asked.stderr)}")
            continue
        yield from _of_member(name, dict(line.split(" ", 1) for line in asked.stdout.splitlines() if " " in line))


def _of_member(name: str, told: dict[str, str]) -> Iterator[Said]:
    forced = told.get("forcecommand", "none")
    if forced == "none":
        yield Said("wrong", f"{name} gets a shell instead of the screen: the lines above are not in force")
        return
    if "ccmon" not in forced:
        yield Said("wrong", f"{name} gets another command: {forced}")
        return
    missing = [f"{keyword} {value}" for key, (keyword, value) in FURTHER.items() if told.get(key) != value]
    yield Said("ok", f"{name} gets the screen: {forced}")
    if told.get(FORWARDING.lower()) != "yes":
        yield Said("wrong", f"{name} can forward ports ({FORWARDING} is not in force)")
    if "--db" not in forced:
        yield Said("note", f"{name}: the command names no database (--db): settings of {name} can choose another")
    if missing:
        yield Said("note", f"{name}: advised, and not in force: {', '.join(missing)}")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200] or "it says nothing"
