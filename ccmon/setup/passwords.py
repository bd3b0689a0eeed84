"""The password of the switch: kept only if the switch accepts it, and asked for anew if it does so no longer."""

from __future__ import annotations

from pathlib import Path

from ccmon.configuration.file_settings import file_to_change
from ccmon.errors import UsageError
from ccmon.setup import freeswitch_files, manager_conf
from ccmon.setup.question import UNSET, Choice, SetupContext, WrongSourceError
from ccmon.setup.source import SourceKind
from ccmon.sources.connection import ConnectionLostError, Login
from ccmon.whole_file import write_whole

NAMES = ("switch-password", "ami-password", "freeswitch-password")
"""Names of files beside the settings."""
TYPED = "type it"


def place(context: SetupContext) -> Path:
    """Where a password is kept that is typed."""
    return _beside_settings(context, NAMES[0])


def check(password: str, context: SetupContext) -> None:
    """Ask the switch whether it accepts a password; one that is followed already may be down at this moment.

    Raises:
        UsageError: it refuses, or would tell nothing, or does not answer.
    """
    if not password.strip():
        raise UsageError("No password was typed.")
    kind = context.source.kind
    host, port = context.source.host_and_port
    login = Login(host, port, context.answers.get("switch_user", UNSET), password)
    try:
        refused = context.machine.refusal(kind, login)
    except ConnectionLostError as error:
        if _is_followed_already(context):
            return
        what = "Asterisk's manager" if kind is SourceKind.AMI else "FreeSWITCH's event socket"
        raise WrongSourceError(f"{what} does not answer ({error}): start it first, or follow another source.") from None
    if kind is SourceKind.AMI:
        refused = manager_conf.advice(context.machine, login, refused)
    if refused is not None:
        is_no_switch = refused.startswith(f"{login.address} is not ")
        raise WrongSourceError(refused) if is_no_switch else UsageError(refused)


def _is_followed_already(context: SetupContext) -> bool:
    if context.findings.service.get("source") == context.answers.get("source"):
        return True
    sources = context.in_force.sources if context.in_force else ()
    kind = context.source.kind.follow_command
    return any((row.name, row.kind) == (context.source.name, kind) and row.checked_at is not None for row in sources)


def read(typed: str, before: str, context: SetupContext) -> str:
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
    check(password, context)
    return str(path)


def keep(password: str, context: SetupContext) -> Path:
    """Write a password that was typed, once the switch has accepted it; return the file.

    Raises:
        UsageError: it refuses; what the file holds stays.
        CcmonError: the file cannot be written.
    """
    check(password, context)
    path = place(context)
    write_whole(path, f"{password}\n", mode=0o600, folder_mode=0o755 if context.machine.is_root else 0o700)
    return path


def default(context: SetupContext) -> str | None:
    """The file of the service that is there, or one beside the settings; None if the switch refuses what it holds."""
    path = _found(context)
    return None if path is None or _fault(path, context) else path


def about(context: SetupContext) -> str:
    """What one must know to answer."""
    path = _found(context)
    fault = "" if path is None else _fault(path, context)
    is_of_socket = context.source.kind is SourceKind.EVENT_SOCKET and not context.answers.get("switch_user")
    where = freeswitch_files.place_of_socket(context.machine) if is_of_socket else ""
    return "\n".join(
        filter(
            None,
            (
                "Type it, unseen, or name a file whose first line it is. "
                f"What is typed is kept in {place(context)}, which nobody else may read.",
                where and f"That of the socket itself is in {where}.",
                fault and f"That in {path} will not do. {fault}",
            ),
        )
    )


def lacks(context: SetupContext) -> str:
    """Why there is no default, in one sentence."""
    path = _found(context)
    if path is not None:
        return _fault(path, context)
    what = "FreeSWITCH's event socket" if context.source.kind is SourceKind.EVENT_SOCKET else "the Asterisk manager"
    return f"calls are to come from {what}, which needs a password; --source none sets the site up without a switch."


def choices(context: SetupContext) -> list[Choice]:
    """To type it, or to do without."""
    offered = [Choice(TYPED, "type it")]
    if context.source.log is not None:
        alone = ("source", str(context.source.log))
        offered.append(Choice(alone[1], "do without the manager: the queue log alone needs no password", alone))
    elif context.source.kind is SourceKind.EVENT_SOCKET and context.findings.callcenter_is_readable:
        alone = ("source", str(context.findings.callcenter_database))
        offered.append(Choice(alone[1], "do without the socket: callcenter.db needs no password, and says less", alone))
    return offered


def _beside_settings(context: SetupContext, name: str) -> Path:
    return file_to_change(site=context.machine.is_root).with_name(name)


def _found(context: SetupContext) -> str | None:
    if "password_file" in context.findings.service:
        return context.findings.service["password_file"]
    found = (path for path in (_beside_settings(context, name) for name in NAMES) if path.is_file())
    return next(map(str, found), None)


def _fault(path: str, context: SetupContext) -> str:
    """Why a file will not do; empty: it will. The switch is asked once for each file, user and source."""
    asked = (path, context.answers.get("source", ""), context.answers.get("switch_user", ""))
    if asked not in context.faults:
        context.faults[asked] = ""
        try:
            read(path, UNSET, context)
        except UsageError as error:
            context.faults[asked] = str(error)
    return context.faults[asked]
