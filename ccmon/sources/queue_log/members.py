"""Agents' identities from Asterisk's queues.conf: ``member => interface,penalty,name,state interface``.

The log names the same agent by the member's name in some records and by the interface in others; only the configuration
shows that they are the same.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ccmon.database.writer import Writer
from ccmon.errors import CcmonError, os_error
from ccmon.events import AgentKnownAs
from ccmon.sources.agent_key import agent_key
from ccmon.sources.asterisk_conf import read_sections


class ConfiguredMember(NamedTuple):
    """A member's two names."""

    key: str
    """The key of the interface."""
    name: str
    """Empty if the interface has none, or one that is useless because another interface has it, too."""


def read_members(path: Path) -> list[ConfiguredMember]:
    """The members that a queues.conf, with what it includes, configures.

    Raises:
        CcmonError: the file cannot be read.
    """
    try:
        sections = read_sections(path)
    except IsADirectoryError:
        raise CcmonError(f"{path} is a directory; name the queues.conf in it.") from None
    except OSError as error:
        raise CcmonError(os_error(f"{path} cannot be read", error)) from None
    keys: dict[str, None] = {}
    named: dict[ConfiguredMember, None] = {}
    for member in (value for section in sections for name, value in section.settings if name == "member"):
        fields = [field.strip() for field in member.split(",")]
        key = agent_key(fields[0])
        name = fields[2].strip('"') if len(fields) > 2 else ""
        if key:
            keys[key] = None
        if key and name and agent_key(name) != key:
            named[ConfiguredMember(key, name)] = None
    of_name = Counter(member.name for member in named)
    of_key = Counter(member.key for member in named)
    name_of = {m.key: m.name for m in named if of_name[m.name] == 1 and of_key[m.key] == 1}
    return [ConfiguredMember(key, name_of.get(key, "")) for key in keys]


def write_aliases(writer: Writer, members: list[ConfiguredMember]) -> None:
    """Tell the writer which names belong together. An agent known by the member's name keeps it as login."""
    known = writer.state_machine.agent_tracker.agents
    writer.state_machine.agent_tracker.configured.update(name for member in members for name in member if name)
    for member in members:
        if not member.name:
            continue
        login, alias = member if member.key in known or member.name not in known else reversed(member)
        writer.apply([AgentKnownAs(writer.state_machine.now, login, alias)])
        writer.name_agent(login, member.name)
