"""After the steps: is all well, the floor as it is now, and what comes next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from ccmon import settings
from ccmon.database import doctor, reader
from ccmon.database.database_file import open_for_reading
from ccmon.database.site import site_zone
from ccmon.formatting import date_and_time, plural
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.report.text import print_status
from ccmon.services import outdated, systemd
from ccmon.services.installed import service_of
from ccmon.setup import access, follow_command, owner, screen, ssh
from ccmon.setup.existing import history
from ccmon.setup.groups import LOOKING_GROUP
from ccmon.setup.question import YES, SetupContext
from ccmon.setup.source import SourceKind
from ccmon.time_units import DAY_MS

_COMMANDS_AT_END = re.compile(r"(.*?:) ((?:sudo|systemctl) .+)")
"""What is wrong, and after a colon what cures it; between commands stand semicolons."""
STOPPED = "Stopped checking; all that was to be done is done. ccmon doctor checks it, ccmon status shows the figures."
"""Said where somebody has had enough of the check."""


def show_result(
    context: SetupContext, console: Console, warnings: Sequence[str], where_calls_are: Sequence[str] = ()
) -> None:
    """Check what was made, show the floor, and say what to do next.

    Args:
        context: what was found and answered.
        console: where to.
        warnings: of the steps that were done; what is indented is a command to copy.
        where_calls_are: the same of a former database that has calls, where this one has none yet.

    Raises:
        KeyboardInterrupt: somebody has stopped the check or the figures; what to do next has been told all the same.
    """
    elsewhere, is_stopped = None, False
    try:
        elsewhere = ssh.sent_elsewhere_than_in_force(context.machine, context.database)
        _show_check_and_floor(context, elsewhere, console)
    except KeyboardInterrupt:
        is_stopped = True
        screen.paragraph(console, "")
        screen.paragraph(console, STOPPED)
    if elsewhere is None:
        elsewhere = ssh.sent_elsewhere_than_in_force(context.machine, context.database)
    screen.paragraph(console, "")
    width = screen.width(console)
    of_calls = where_calls_are or _how_calls_come(context, width)
    next_steps = [_opens_screen(context), *of_calls, *_remote_access(context, elsewhere), *warnings]
    for line in screen.with_commands(next_steps, width):
        console.print(Text(line))
    if is_stopped:
        raise KeyboardInterrupt


def _show_check_and_floor(context: SetupContext, elsewhere: Sequence[ssh.SentElsewhere], console: Console) -> None:
    of_sshd = [doctor.Finding("wrong", "sshd", f"{each.what(context.database)} (below)") for each in elsewhere]
    # How calls come in is told below, for this source.
    checked = [each for each in _check(context.database) if each.text != doctor.NO_DATA]
    _show_findings([*checked, *of_sshd], console)
    screen.paragraph(console, "")
    _show_floor(context.database, console)


def _show_findings(findings: list[doctor.Finding], console: Console) -> None:
    odd = [finding for finding in findings if finding.verdict != "ok"]
    for finding in odd:
        text = f"{doctor.SIGNS[finding.verdict]} {finding.subject}: {finding.text}"
        for line in screen.with_commands(_commands_apart(text), screen.width(console)):
            console.print(Text(line))
    if not odd:
        screen.paragraph(console, f"+ Checked: {len(findings)} things, all well (ccmon doctor).")


def _commands_apart(text: str) -> list[str]:
    """A sentence that ends in commands, and each of these indented: so they can be copied as they are."""
    found = _COMMANDS_AT_END.fullmatch(text)
    return [text] if found is None else [found[1], *(f"    {command}" for command in found[2].split("; "))]


def _show_floor(database: Path, console: Console) -> None:
    floor, remark = _floor_or_last_moment(database)
    if remark:
        screen.paragraph(console, remark)
    elif floor.data_at is None:
        screen.paragraph(console, "No calls yet: the figures are empty until the first.")
    print_status(floor, output=console.file, only_panels=1)  # type: ignore[arg-type]


def _check(path: Path) -> list[doctor.Finding]:
    """What ``ccmon doctor`` says of the database."""
    with open_for_reading(path) as connection:
        examined = doctor.examine(path, connection, reader.floor_now(connection), service_of)
        return [*examined, *outdated.findings(path), *access.findings(path), *owner.findings(path)]


def _floor_or_last_moment(path: Path) -> tuple[FloorSnapshot, str]:
    """The floor now, or if its newest record is over 24 hours old, at that moment; and what to say about it."""
    floor = reader.snapshot(path)
    newest = floor.data_at
    if newest is None:
        return floor, ""
    with open_for_reading(path) as connection:
        zone: ZoneInfo = site_zone(connection)
    if newest > real_now() - DAY_MS:
        return floor, ""
    moment = date_and_time(newest, zone)
    return reader.snapshot(path, newest), f"The newest record is of {moment}: the floor at that moment."


def _opens_screen(context: SetupContext) -> str:
    """What opens the screen."""
    ccmon = shlex.join(follow_command.typed_program(is_root=context.machine.is_root))
    return f"{ccmon} monitor{'' if _is_found(context) else f' --db {context.database}'} opens the screen."


def _is_found(context: SetupContext) -> bool:
    """Whether commands find the database by themselves."""
    return settings.load().database == context.database


def _how_calls_come(context: SetupContext, width: int) -> list[str]:
    """What brings calls in, or keeps doing so."""
    is_root = context.machine.is_root
    if context.source.kind is SourceKind.NONE:
        return _how_tables_come(context, width)
    if context.answers.get("service") != YES:
        as_account = ["sudo", "-u", context.account] if is_root else []
        following = [*as_account, *follow_command.command(context, names_database=not _is_found(context))]
        return ["Keep this running, it follows the switch:", *_to_copy(following, width)]
    if not is_root and (ends := systemd.how_to_stay(context.account)):
        return [f"A service follows the switch. {ends}"]
    return []


def _how_tables_come(context: SetupContext, width: int) -> list[str]:
    """How calls come where no switch is followed; shorter where some have come already."""
    is_root = context.machine.is_root
    program = follow_command.typed_program(is_root=is_root)
    command = [*program, "import", "table", "calls", "FILE"]
    database = [] if _is_found(context) else ["--db", str(context.database)]
    importing = [*(["sudo"] if is_root else []), *command, "--mapping", "columns.toml", *database]
    recorded = history(context.database)
    if recorded.calls:
        calls = plural(recorded.calls, "{n} call", "{n} calls")
        return [f"No switch is followed. There are {calls}; more come as these did."]
    return [
        "Nothing is followed. Calls come from a table that another system exports; the first line writes down "
        "what its columns mean, the second imports it:",
        f"    {shlex.join([*command, '--guess'])} > columns.toml",
        *_to_copy(importing, width),
        f"or by SQL ({shlex.join(program)} templates DIR copies the documents, and tables to fill in), or from a "
        f"switch: run setup again where it can be reached. {shlex.join(program)} demo shows what a busy floor looks "
        "like.",
    ]


def _to_copy(words: Sequence[str], width: int) -> list[str]:
    return [f"    {line}" for line in follow_command.to_copy(words, width - 4)]


def _remote_access(context: SetupContext, elsewhere: Sequence[ssh.SentElsewhere]) -> list[str]:
    """How supervisors come to the screen."""
    machine = context.machine
    ccmon = shlex.join(follow_command.typed_program(is_root=machine.is_root))
    of_all = [each.value for each in settings.given() if (each.name, each.where) == ("database", ssh.site_file())]
    if not machine.is_root and of_all:
        return [f"This is for your account alone. What everybody on this machine sees is {of_all[-1]}."]
    if not machine.is_root:
        return [
            f"This is for your account alone. To let supervisors in over SSH, an administrator runs sudo {ccmon} "
            f"setup: it makes an account that follows the switch, the group {LOOKING_GROUP} that may look, and a "
            "database in /var/lib/ccmon, and shows the lines for sshd."
        ]
    checks = f"Then sudo {ccmon} setup ssh checks it."
    if ssh.is_in_force(machine, context.database):
        return [f"sshd lets supervisors in to the screen already (sudo {ccmon} setup ssh)."]
    if elsewhere:
        return [
            "Supervisors do not see this database yet.",
            *ssh.line_to_be(context.database, elsewhere, machine),
            checks,
        ]
    return [
        f"These lines in {ssh.file_for_lines(machine)} let supervisors in, to the screen and nothing else:",
        *(f"    {line}" for line in ssh.whole(context.database)),
        "once sshd has read them:",
        f"    {ssh.reload_command(machine)}",
        checks,
    ]
