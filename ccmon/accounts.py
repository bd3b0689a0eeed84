"""Who runs this program, as what is noted names a person."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress


def account_name() -> str:
    """The account that runs this; its number where it has no name, as in a container."""
    with suppress(KeyError):
        return pwd.getpwuid(os.geteuid()).pw_name
    return str(os.geteuid())


def acting_person() -> str:
    """The account that runs this; under sudo the one that called it, with the other in brackets: ``maria (root)``."""
    own = account_name()
    caller = os.environ.get("SUDO_USER") or os.environ.get("DOAS_USER")
    return f"{caller} ({own})" if caller and caller != own else own
