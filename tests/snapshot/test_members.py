"""Memberships by agent, taken from moment to moment, are those of the moment alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from ccmon.database.row_cache import RowCache
from ccmon.model.agents import Membership
from ccmon.snapshot.members import MembersByAgent

_keys = st.tuples(st.integers(1, 4), st.integers(1, 9))
_paused = st.sampled_from([None, 1_000])


def _membership(key: tuple[int, int], paused_since: int | None) -> Membership:
    queue_id, agent_id = key
    return Membership(queue_id, f"queue{queue_id}", agent_id, f"agent{agent_id}", None, paused_since)


@given(
    first=st.dictionaries(_keys, _paused),
    steps=st.lists(st.tuples(st.dictionaries(_keys, _paused | st.just("none")), st.sampled_from(["edits", "all", ""]))),
)
def test_memberships_are_those_of_the_last_moment_that_was_taken(
    first: dict[tuple[int, int], int | None], steps: list[tuple[dict[tuple[int, int], int | str | None], str]]
) -> None:
    here = {key: _membership(key, paused_since) for key, paused_since in sorted(first.items())}
    row_cache = RowCache(here.values(), attrgetter("queue_id", "agent_id"))
    members, before = MembersByAgent(), dict[tuple[int, int], Membership]()
    for edits, taken in [({}, "all"), *steps]:
        found = {key: _membership(key, since) for key, since in edits.items() if not isinstance(since, str)}
        here = {key: row for key, row in (here | found).items() if key not in edits or key in found}
        row_cache.update(edits, found.values())
        if not taken:
            continue
        agents = members.update(row_cache.rows if taken == "edits" else list(row_cache.rows))
        differing = {key for key in before | here if before.get(key) != here.get(key)}
        assert set(agents) == {agent_id for _, agent_id in differing}
        of_agents: defaultdict[int, list[Membership]] = defaultdict(list)
        for _, row in sorted(here.items()):
            of_agents[row.agent_id].append(row)
        assert {each: members.of(each) for each in range(11)} == {each: (*of_agents[each],) for each in range(11)}
        assert list(members.all) == [row for _, row in sorted(here.items())]
        paused = Counter(row.queue_id for row in here.values() if row.paused)
        assert {queue_id: count for queue_id, count in members.paused.items() if count} == paused
        before = here


def test_memberships_that_are_equal_stay_the_same_object() -> None:
    members = MembersByAgent()
    rows = [_membership((1, 1), None)]
    assert set(members.update(rows)) == {1}
    assert not members.update([_membership((1, 1), None)])
    assert members.all is rows
