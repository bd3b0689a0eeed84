"""The time zone of this machine."""

from __future__ import annotations

import os
from pathlib import Path

UNLIKELY = {"UTC", "Etc/UTC", "Etc/UCT", "UCT", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"}
"""What servers are set to: rarely the zone of a floor."""


def machine_time_zone(root: Path = Path("/")) -> str:
    """IANA name of this machine's time zone; UTC where it has none.

    Args:
        root: stands for ``/``. With another than that, the environment is not looked at.
    """
    named = os.environ.get("TZ", "").lstrip(":") if root == Path("/") else ""
    if named and not named.startswith("/"):
        return named
    place = root / "etc/localtime"
    if root == Path("/"):
        place = place.resolve()
    elif place.is_symlink():
        place = place.readlink()
    _, found, zone = str(place).partition("zoneinfo/")
    if found:
        return zone.removeprefix("posix/").removeprefix("right/")
    try:
        return (root / "etc/timezone").read_text(encoding="utf-8").strip() or "UTC"
    except OSError:
        return "UTC"
