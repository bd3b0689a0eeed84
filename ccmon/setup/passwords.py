"""The password of the switch: kept only if the switch accepts it, and asked for anew if it does so no longer."""

from __future__ import annotations

from pathlib import Path

from ccmon.configuration.file_settings import file_to_change
from ccmon.errors import UsageError
from ccmon.setup import freeswitch_files, manager_conf
from ccmon.setup.question import UNSET, Case, Choice, WrongSourceError
from ccmon.setup.source import SourceKind
from ccmon.sources.connection import ConnectionLostError, Login
from ccmon.whole_file import write_whole

NAMES = ("switch-password", "ami-password", "freeswitch-password")
"""Names of files beside the settings."""
TYPED = "type it"


def place(case: Case) -> Path:
    """Where a password is kept that is typed."""
    return _beside_settings(case, NAMES[0])


def check(password: str, case: Case) -> None:
    """Ask the switch whether it accepts a password; one that is followed already may be down at this moment.

    Raises:
        UsageError: it refuses, or would tell nothing, or does not answer.
    """
    if not password.strip():
        raise UsageError("No password was typed.")
    kind = case.source.kind
    host, port = case.source.host_and_port
    login = Login(host, port, case.answers.get("switch_user", UNSET), password)
    try:
        refused = case.machine.refusal(kind, login)
    except ConnectionLostError as error:
        if _is_followed_already(case):
            return
        what = "Asterisk's manager" if kind is SourceKind.AMI else "FreeSWITCH's event socket"
        raise WrongSourceError(f"{what} does not answer ({error}): start it first, or follow another source.") from None
    if kind is SourceKind.AMI:
        refused = manager_conf.advice(case.machine, login, refused)
    if refused is not None:
        is_no_switch = refused.startswith(f"{login.address} is not ")
        raise WrongSourceError(refused) if is_no_switch else UsageError(refused)


def _is_followed_already(case: Case) -> bool:
    if case.findings.service.get("source") == case.answers.get("source"):
        return True
    sources = case.in_force.sources if case.in_force else ()
    kind = case.source.kind.follow_command
    return any((row.name, row.kind) == (case.source.name, kind) and row.checked_at is not None for row in sources)


def read(typed: str, before: str, case: Case) -> str:
    """A file that holds a password with which the switch lets us in, as far as it answers."""
    path = Path(typed.strip()).expanduser().absolute()
    if not path.exists() and "/" not in typed:
        raise UsageError(f"There is no file {path}. To type the password itself, answer 1: then nobody can see it.")
    try:
        password = path.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path} cannot be read; write the password in its first line, with mode 600.") from None
    if not password.strip():
        raise UsageError(f"{path} holds no password; write it in the first line.")
    check(password, case)
    return str(path)


def keep(password: str, case: Case) -> Path:
    """Write a password that was typed, once the switch has accepted it; return the file.

    Raises:
        UsageError: it refuses; what the file holds stays.
        CcmonError: the file cannot be written.
    """
    check(password, case)
    path = place(case)
    write_whole(path, f"{password}\n", mode=0o600, folder_mode=0o755 if case.machine.is_root else 0o700)
    return path


def default(case: Case) -> str | None:
    """The file of the service that is there, or one beside the settings; None if the switch refuses what it holds."""
    path = _found(case)
    return None if path is None or _fault(path, case) else path


def about(case: Case) -> str:
    """What one must know to answer."""
    path = _found(case)
    fault = "" if path is None else _fault(path, case)
    is_of_socket = case.source.kind is SourceKind.EVENT_SOCKET and not case.answers.get("switch_user")
    where = freeswitch_files.place_of_socket(case.machine) if is_of_socket else ""
    return "\n".join(
        filter(
            None,
            (
                "Type it, unseen, or name a file whose first line it is. "
                f"What is typed is kept in {place(case)}, which nobody else may read.",
                where and f"That of the socket itself is in {where}.",
                fault and f"That in {path} will not do. {fault}",
            ),
        )
    )


def lacks(case: Case) -> str:
    """Why there is no default, in one sentence."""
    path = _found(case)
    if path is not None:
        return _fault(path, case)
    what = "FreeSWITCH's event socket" if case.source.kind is SourceKind.EVENT_SOCKET else "the Asterisk manager"
    return f"calls are to come from {what}, which needs a password; --source none sets the site up without a switch."


def choices(case: Case) -> list[Choice]:
    """To type it, or to do without."""
    offered = [Choice(TYPED, "type it")]
    if case.source.log is not None:
        alone = ("source", str(case.source.log))
        offered.append(Choice(alone[1], "do without the manager: the queue log alone needs no password", alone))
    elif case.source.kind is SourceKind.EVENT_SOCKET and case.findings.callcenter_is_readable:
        alone = ("source", str(case.findings.callcenter_database))
        offered.append(Choice(alone[1], "do without the socket: callcenter.db needs no password, and says less", alone))
    return offered


def _beside_settings(case: Case, name: str) -> Path:
    return file_to_change(site=case.machine.is_root).with_name(name)


def _found(case: Case) -> str | None:
    if "password_file" in case.findings.service:
        return case.findings.service["password_file"]
    found = (path for path in (_beside_settings(case, name) for name in NAMES) if path.is_file())
    return next(map(str, found), None)


def _fault(path: str, case: Case) -> str:
    """Why a file will not do; empty: it will. The switch is asked once for each file, user and source."""
    asked = (path, case.answers.get("source", ""), case.answers.get("switch_user", ""))
    if asked not in case.faults:
        case.faults[asked] = ""
        try:
            read(path, UNSET, case)
        except UsageError as error:
            case.faults[asked] = str(error)
    return case.faults[asked]
