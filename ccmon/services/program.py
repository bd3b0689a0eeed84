"""Which program a service runs, and whether other accounts can run it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from ccmon.errors import CcmonError
from ccmon.file_rights import ANYBODY, first_refused, way_to
from ccmon.services.account import identity_of
from ccmon.services.unit import Account


def program() -> list[str]:
    """The words that start this ccmon."""
    beside = Path(sys.executable).with_name("ccmon")
    if beside.exists():
        return [str(beside)]
    found = shutil.which("ccmon")
    return [found] if found else [sys.executable, "-P", "-m", "ccmon"]


SUDO_PATHS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin")
"""Where sudo, and a session of sshd's, find programs by their names."""


def name_of_program(*, is_root: bool) -> Path | None:
    """Where a person finds this ccmon by its name, such as /usr/local/bin/ccmon; None: they have to type its path.

    Args:
        is_root: whether root types it, through sudo.
    """
    whole = program()
    found = [f"{folder}/ccmon" for folder in SUDO_PATHS] if is_root else [shutil.which("ccmon") or ""]
    first = next((path for path in map(Path, found) if path.is_file()), None)
    return first if len(whole) == 1 and first is not None and first.samefile(whole[0]) else None


def program_files() -> tuple[Path, ...]:
    """What starts this ccmon, and the Python that runs it, by their names and behind all links."""
    first = Path(program()[0])
    return tuple(dict.fromkeys((first, first.resolve(), Path(sys.executable).resolve())))


def check_program(account: Account | None = None, *, other_cure: str = "") -> None:
    """Refuse a ccmon that other accounts cannot run.

    Args:
        account: as which a service is to run it; None: all have to.
        other_cure: what else can be done.

    Raises:
        CcmonError: they cannot.
    """
    identity = ANYBODY if account is None else identity_of(account)
    for path in program_files():
        refused = first_refused(identity, way_to(path))
        if refused is not None:
            who = "other accounts" if account is None else f"the account {account.user}"
            place = path if refused.path in path.parents else path.resolve()
            raise CcmonError(
                f"{place} is in {refused.path}, which {who} may not enter: install ccmon where all can run it, by "
                "sudo pipx install --global --python /usr/bin/python3, or by uv tool install --python /usr/bin/python3 "
                "with UV_TOOL_DIR=/usr/local/lib and UV_TOOL_BIN_DIR=/usr/local/bin, and run that ccmon"
                + (f"; {other_cure}" if other_cure else ".")
            )
