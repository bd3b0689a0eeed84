"""Which program a service runs, and whether other accounts can run it."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import sys
from pathlib import Path

from ccmon.errors import CcmonError


def program() -> list[str]:
    """The words that start this ccmon."""
    beside = Path(sys.executable).with_name("ccmon")
    if beside.exists():
        return [str(beside)]
    found = shutil.which("ccmon")
    return [found] if found else [sys.executable, "-P", "-m", "ccmon"]


def program_files() -> tuple[Path, ...]:
    """What starts this ccmon, and the Python that runs it, by their names and behind all links."""
    first = Path(program()[0])
    return tuple(dict.fromkeys((first, first.resolve(), Path(sys.executable).resolve())))


def closed_folder(path: Path, account: pwd.struct_passwd | None = None) -> Path | None:
    """The folder above a program that an account may not enter; None if it can run it.

    Args:
        path: of the program.
        account: whose; None: any account but the owners of the folders.
    """
    for folder in reversed(path.parents):
        found = folder.stat()
        if account is not None and account.pw_uid in {0, found.st_uid}:
            bit = stat.S_IXUSR
        elif account is not None and found.st_gid in os.getgrouplist(account.pw_name, account.pw_gid):
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if not found.st_mode & bit:
            return folder
    return None


def check_program(account: str | None = None, *, other_cure: str = "") -> None:
    """Refuse a ccmon that other accounts cannot run.

    Args:
        account: the only one that has to; None: all.
        other_cure: what else can be done.

    Raises:
        CcmonError: they cannot.
    """
    whose = None if account is None else pwd.getpwnam(account)
    for path in program_files():
        closed = closed_folder(path, whose)
        if closed is not None:
            who = "other accounts" if account is None else f"the account {account}"
            raise CcmonError(
                f"{path} is in {closed}, which {who} may not enter: install ccmon where all can run it, by "
                "sudo pipx install --global --python /usr/bin/python3, or by uv tool install --python /usr/bin/python3 "
                "with UV_TOOL_DIR=/usr/local/lib and UV_TOOL_BIN_DIR=/usr/local/bin, and run that ccmon"
                + (f"; {other_cure}" if other_cure else ".")
            )
