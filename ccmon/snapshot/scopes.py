"""Scopes that figures are of: the centre, a client, a team, a campaign, a queue, an agent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from ccmon.snapshot.directory import Directory

Scope = tuple[str, int]
"""The kind of scope and its id; 0 for the centre."""


class _Entry(Protocol):
    """An entry of the directory."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def client(self) -> str | None: ...


class NamedScope(Struct, frozen=True):
    """A scope with the names that a reader sees."""

    kind: str
    id: int | None
    """None for the centre."""
    name: str
    client: str | None
    """The client company it works for."""

    @classmethod
    def of(cls, kind: str, entry: _Entry) -> NamedScope:
        """The scope of an entry of the directory."""
        return cls(kind, entry.id, entry.name, entry.client)

    @classmethod
    def centre(cls, site: str | None) -> NamedScope:
        """The whole centre, by the name of the site."""
        return cls("centre", None, site or "All", None)

    @property
    def key(self) -> Scope:
        """The scope without its names."""
        return self.kind, self.id or 0


def scopes(directory: Directory, agent_id: int, campaign_id: int | None = None) -> Iterable[Scope]:
    """The scopes that an agent's work counts for: what is for a client's campaign is the client's, by any agent.

    What is no client's counts for the client 0.
    """
    yield "centre", 0
    campaign = directory.campaigns.get(campaign_id or 0)
    client_id = campaign.client_id if campaign is not None else None
    agent = directory.agents.get(agent_id)
    if agent is not None:
        yield "agent", agent_id
        if agent.team_id is not None:
            yield "team", agent.team_id
            if client_id is None:
                client_id = directory.teams[agent.team_id].client_id
    yield "client", client_id or 0
