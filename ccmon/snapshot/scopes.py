"""What figures are about: the centre, a client, a team, a campaign, a queue or an agent."""

from __future__ import annotations

from ccmon.model.scopes import NamedScope
from ccmon.snapshot.directory import AgentEntry, Campaign, Directory, Queue, Team

Scope = tuple[str, int]
"""The kind of scope and its id; 0 for the centre."""
CENTRE: Scope = ("centre", 0)


def named(kind: str, entry: Team | Campaign | Queue | AgentEntry) -> NamedScope:
    """The named scope of a directory entry."""
    return NamedScope(kind=kind, id=entry.id, name=entry.name, client=entry.client)


def centre(site: str | None) -> NamedScope:
    """The whole centre, under the site's name."""
    return NamedScope(kind="centre", id=None, name=site or "All", client=None)


def scope_of(named: NamedScope) -> Scope:
    """A scope without its names."""
    return named.kind, named.id or 0


def is_agent(scope: Scope) -> bool:
    """Whether it is one agent."""
    kind, _ = scope
    return kind == "agent"


def scopes(directory: Directory, agent_id: int, campaign_id: int | None = None) -> tuple[Scope, ...]:
    """The scopes for which an agent's work counts; work for a client's campaign is the client's, whoever does it.

    Work for no client counts for client 0.
    """
    campaign = None if campaign_id is None else directory.campaigns.get(campaign_id)
    client_id = campaign.client_id if campaign is not None else None
    agent = directory.agents.get(agent_id)
    if agent is None:
        return CENTRE, ("client", client_id or 0)
    if agent.team_id is None:
        return CENTRE, ("agent", agent_id), ("client", client_id or 0)
    if client_id is None:
        client_id = directory.teams[agent.team_id].client_id
    return CENTRE, ("agent", agent_id), ("team", agent.team_id), ("client", client_id or 0)
