"""Which agents' figures have changed from one snapshot to the next: what is kept of all agents is corrected by them."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.model.agents import AgentFigures


def changed_agents(
    before: Sequence[AgentFigures], now: Sequence[AgentFigures]
) -> list[tuple[AgentFigures, AgentFigures]] | None:
    """Each agent whose record is another one, as it was and as it is; None where they are not the same agents."""
    if len(before) != len(now):
        return None
    found = [(old, new) for old, new in zip(before, now, strict=True) if old is not new]
    return found if all(old.id == new.id for old, new in found) else None
