"""The part of sshd's configuration that lets supervisors in, and whether it is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from ccmon import settings
from ccmon.database.doctor import CheckResult, Finding
from ccmon.errors import CcmonError
from ccmon.services.program import name_of_program, program
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
MAIN_FILE, OWN_FILE = "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/ccmon.conf"
CONFIGURATION = (MAIN_FILE, "/etc/ssh/sshd_config.d/*.conf")
SERVICES = ("ssh", "sshd")
"""What the service of sshd is called: by Debian and its kin, and elsewhere."""
_UNITS = ("/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system")
_INCLUDES_FOLDER = re.compile(r"^\s*Include[\s=].*/?sshd_config\.d/\*\.conf", re.IGNORECASE | re.MULTILINE)
_FORCED = re.compile(r"\s*ForceCommand[\s=]+(.*)", re.IGNORECASE)


def file_for_lines(machine: Machine) -> str:
    """The file that the lines belong in: one of their own where sshd reads its folder, else its only one."""
    with suppress(OSError):
        text = machine.path(MAIN_FILE).read_text(encoding="utf-8", errors="replace")
        return OWN_FILE if _INCLUDES_FOLDER.search(text) else MAIN_FILE
    return OWN_FILE


def reload_command(machine: Machine) -> str:
    """What has sshd read its configuration again."""
    there = (name for name in SERVICES if any(machine.path(f"{place}/{name}.service").exists() for place in _UNITS))
    return f"sudo systemctl reload {next(there, SERVICES[0])}"


def _needed_lines(database: Path) -> list[str]:
    """What lets the group in: it gets the screen, and nothing else, not even a port that is forwarded.

    The database is named, since a settings file of a supervisor's own would else choose another.
    """
    return [f"Match Group {LOOKING_GROUP}", f"    {_forcing(database)}", f"    {FORWARDING} yes"]


def _forcing(database: Path) -> str:
    """The line that forces the screen of a database."""
    named = name_of_program(is_root=True)
    words = program() if named is None else [str(named)]
    return f"ForceCommand {shlex.join([*words, 'monitor', '--db', str(database.absolute())])}"


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


class SentElsewhere(Struct, frozen=True):
    """Members of the group whom sshd sends to another database."""

    names: tuple[str, ...]
    database: Path
    """The one that they see."""
    places: tuple[str, ...]
    """The lines that send them there: file and number."""

    def what(self, database: Path) -> str:
        """That they do not see a database, in a clause."""
        return f"{', '.join(self.names)}: sshd's lines name {self.database}, not {database}, which is in force"


def sent_elsewhere(machine: Machine, database: Path) -> list[SentElsewhere]:
    """Members of the group whom sshd sends to another database than this one; only root can ask it."""
    sshd = _sshd(machine)
    if not machine.is_root or sshd is None:
        return []
    of_others: dict[Path, list[str]] = {}
    with suppress(CcmonError):
        for name in machine.members(LOOKING_GROUP) or ():
            named = _database_of(_in_force(_ask(machine, sshd, name)).get("forcecommand", ""))
            if named is not None and named.resolve() != database.resolve():
                of_others.setdefault(named, []).append(name)
    return [
        SentElsewhere(tuple(names), named, tuple(lines_for(machine, named) or [file_for_lines(machine)]))
        for named, names in of_others.items()
    ]


def sent_elsewhere_than_in_force(machine: Machine, database: Path) -> list[SentElsewhere]:
    """The same of the database of this machine; nothing of another one."""
    site = [each.value for each in settings.given() if (each.name, each.where) == ("database", site_file())]
    is_in_force = Path(str(site[-1] if site else "")).resolve() == database.resolve()
    return sent_elsewhere(machine, database) if is_in_force else []


def line_to_be(database: Path, elsewhere: Sequence[SentElsewhere], machine: Machine) -> list[str]:
    """What to change so that they see a database: sentences, and indented what is to be copied."""
    places = dict.fromkeys(place for each in elsewhere for place in each.places)
    return [
        f"For that, the line in {' and '.join(places)} must be",
        f"    {_forcing(database)}",
        "and sshd must read it:",
        f"    {reload_command(machine)}",
    ]


def findings(database: Path) -> Iterator[Finding]:
    """What ``ccmon doctor`` tells of sshd: whom it sends to another database; for root alone."""
    machine = Machine(is_root=os.geteuid() == 0)
    for each in sent_elsewhere_than_in_force(machine, database):
        yield found_elsewhere(each, database, machine)


def found_elsewhere(each: SentElsewhere, database: Path, machine: Machine) -> Finding:
    """What ``ccmon doctor`` tells of those whom sshd sends to another database, with what to do."""
    places = " and ".join(each.places)
    return _found(
        "wrong",
        f"{each.what(database)}: the line in {places} must be: {_forcing(database)}; then: {reload_command(machine)}",
    )


def site_file() -> Path:
    """The settings file of everybody on this machine."""
    return settings.settings_files()[0]


def lines_for(machine: Machine, database: Path) -> list[str]:
    """The lines of sshd's configuration that force the screen of a database: files, with the numbers of lines."""
    found = []
    for pattern in CONFIGURATION:
        for file in sorted(machine.root.glob(pattern.lstrip("/"))):
            with suppress(OSError):
                lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
                forced = [(number, _FORCED.fullmatch(line)) for number, line in enumerate(lines, start=1)]
                place = f"/{file.relative_to(machine.root)}"
                found += [f"{place}:{number}" for number, each in forced if each and _database_of(each[1]) == database]
    return found


def _sshd(machine: Machine) -> str | None:
    """The path of sshd on a machine."""
    found = next((place for place in PLACES if machine.path(place).exists()), None)
    return shutil.which("sshd") if found is None and machine.root == Path("/") else found


def _ask(machine: Machine, sshd: str, name: str) -> subprocess.CompletedProcess[str]:
    return machine.run([sshd, "-T", "-C", f"user={name},host=localhost,addr=127.0.0.1"])


def _in_force(asked: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What is in force for sessions of an account, by the keyword in small letters."""
    return dict(line.split(" ", 1) for line in asked.stdout.splitlines() if " " in line)


def check(machine: Machine, database: Path) -> Iterator[Finding]:
    """Whether sshd on this machine does what the lines for this database say."""
    found = _sshd(machine)
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
        asked = _ask(machine, sshd, name)
        if asked.returncode:
            yield _found("wrong", f"{name}: sshd does not answer: {_one_line(asked.stderr)}")
            continue
        yield from _of_member(name, _in_force(asked), database.absolute())


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
        yield _found("wrong", f"{name} gets the screen of {named}, not of {database}: the line in force names another")
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
