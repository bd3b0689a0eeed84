"""Who is who, from Asterisk's queues.conf: ``member => interface,penalty,name,state interface``.

The log names one agent by the member's name in some records and by the interface in others; only the configuration says
that they are one.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ccmon.errors import CcmonError
from ccmon.events import AgentKnownAs
from ccmon.sources.agents import agent_key
from ccmon.store.writer import Writer

_MEMBER = re.compile(r"^\s*member\s*=>?\s*(?P<fields>[^;\n]*)", re.IGNORECASE | re.MULTILINE)


class Member(NamedTuple):
    """A member's two names."""

    key: str
    """Of the interface."""
    name: str


def read_members(path: Path) -> list[Member]:
    """Members of a queues.conf who have a name of their own. A name that two interfaces share says nothing: left out.

    Raises:
        CcmonError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except IsADirectoryError:
        raise CcmonError(f"{path} is a directory; name the queues.conf in it.") from None
    except OSError as fault:
        raise CcmonError(f"{path} cannot be read: {fault.strerror}.") from None
    found: dict[Member, None] = {}
    for line in _MEMBER.finditer(text):
        fields = [field.strip() for field in line["fields"].split(",")]
        key = agent_key(fields[0])
        name = fields[2].strip('"') if len(fields) > 2 else ""
        if key and name and agent_key(name) != key:
            found[Member(key, name)] = None
    of_name = Counter(member.name for member in found)
    of_key = Counter(member.key for member in found)
    return [member for member in found if of_name[member.name] == 1 and of_key[member.key] == 1]


def introduce(writer: Writer, members: list[Member]) -> None:
    """Tell the writer who is who. An agent whom the database knows by the member's name keeps that as their login."""
    known = writer.floor.staff.agents
    for member in members:
        login, alias = member if member.key in known or member.name not in known else reversed(member)
        writer.apply([AgentKnownAs(writer.floor.now, login, alias)])
        writer.name_agent(login, member.name)
