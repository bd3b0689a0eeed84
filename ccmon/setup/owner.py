"""Whose a database that setup has made is: whoever may act can put a copy in its place, which is theirs then."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ccmon.database.doctor import Finding
from ccmon.database.owners import with_copies
from ccmon.setup.machine import Machine, owner_of


def findings(database: Path) -> Iterator[Finding]:
    """What ``ccmon doctor`` tells root of a database, or of copies, that belong to another account than their place."""
    account, path = Machine(is_root=True).account, database.resolve()
    with suppress(OSError):
        if os.geteuid() != 0 or owner_of(path.parent) != account:
            return
        files = [each for each in with_copies(path) if owner_of(each) not in {"root", account}]
        if not files:
            return
        owners = " and ".join(dict.fromkeys(map(owner_of, files)))
        copies = [each for each in files if each != path]
        of_database = [path.name] if path in files else []
        what = " and ".join(
            [*of_database, *(["1 copy" if len(copies) == 1 else f"{len(copies)} copies"] if copies else [])]
        )
        command = shlex.join(["sudo", "chown", "-h", account, *map(str, files)])
        yield Finding(
            "wrong" if of_database else "note",
            "owner",
            f"{what} {'belongs' if len(files) == 1 else 'belong'} to {owners}, who put a copy back or made one; give "
            f"{'it' if len(files) == 1 else 'them'} to {account} again: {command}",
        )
