"""Who can take calls, as agents change one after another."""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.model.agents import AgentState
from ccmon.snapshot.staffing import StaffingByQueue, StaffingCount
from tests.floors import floor


def test_an_agent_whose_state_changes_counts_once() -> None:
    ready = replace(floor(1).agents[0], id=1, state=AgentState.READY)
    staffing = StaffingByQueue((), (ready,))
    assert staffing.together == StaffingCount(1, 1)
    staffing.update(1, replace(ready, state=AgentState.TALKING), ())
    assert staffing.together == StaffingCount(0, 1)
    staffing.update(1, None, ())
    assert staffing.together == StaffingCount(0, 0)
