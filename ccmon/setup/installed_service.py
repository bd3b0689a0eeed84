"""The service that is there already: the answers for which it stands, and the files that it reads."""

from __future__ import annotations

from pathlib import Path

from ccmon.model.sources import DEFAULT_SERVICE
from ccmon.services.followed import followed
from ccmon.services.specifiers import UnknownWord
from ccmon.services.systemd import Systemd
from ccmon.services.unit import FollowArguments
from ccmon.setup.source import FollowedSource


def answers(services: Systemd) -> dict[str, str]:
    """Source, user and password file of the unit that ccmon has written; empty if there is none."""
    unit = services.unit(DEFAULT_SERVICE)
    found = followed(services, DEFAULT_SERVICE) if unit in services.ours() else None
    if found is None:
        return {}
    source = FollowedSource.from_follow_arguments(found)
    given = {
        "switch_user": found.options.get("--user"),
        "source": source.answer if source else None,
        "password_file": found.password_file,
    }
    return {name: text for name, text in given.items() if text and not isinstance(text, UnknownWord)}


def followed_files(found: FollowArguments) -> list[Path]:
    """The files of a switch that a service reads."""
    source, members = FollowedSource.from_follow_arguments(found), found.options.get("--queues-conf")
    return [*(source.files if source else []), *([Path(members)] if members else [])]
