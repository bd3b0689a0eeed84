"""Whose a database that setup has made is: whoever may act can put a copy in its place, which is theirs then."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ccmon.database.doctor import Finding
from ccmon.setup.machine import Machine, owner_of


def findings(database: Path) -> Iterator[Finding]:
    """What ``ccmon doctor`` tells of a database of another account than its directory, which is setup's; for root."""
    account, path = Machine(is_root=True).account, database.resolve()
    with suppress(OSError):
        if os.geteuid() != 0 or owner_of(path.parent) != account or owner_of(path) in {"root", account}:
            return
        yield Finding(
            "wrong",
            "owner",
            f"it belongs to {owner_of(path)}, not to {account}, and so do its rights, as after a restore by somebody "
            f"who may act: {shlex.join(['sudo', 'chown', account, str(path)])}",
        )
