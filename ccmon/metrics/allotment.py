"""How many agents work for each queue when agents serve several: each is counted once (metrics.md 11.8)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ccmon.metrics.ratios import spread

Group = frozenset[int]
"""All queues that each agent of a group serves."""
STEPS = 10


def allot(needed: Mapping[int, int], groups: Mapping[Group, int]) -> dict[int, int]:
    """Agents for each queue, so that together the queues lack as few agents as possible.

    Where not every queue can have enough, they are filled together, by tenths of what each needs: no queue has nobody
    while others have enough. At each step the queue that needs most comes first; of equal needs, the lower id. Agents
    left over are added to their group's queues in proportion to the needs. It works on groups, so that its cost does
    not grow with the number of agents.

    Args:
        needed: agents that each queue needs; a queue whose need is unknown needs none.
        groups: by set of queues, how many agents serve exactly these. Agents without a queue are allotted to none.

    Returns:
        The agents of every queue in either argument. Every agent who serves a queue is counted exactly once.
    """
    given = tuple(sorted((tuple(sorted(group)), number) for group, number in groups.items() if group and number > 0))
    return dict(_allotted(tuple(sorted(needed.items())), given))


@lru_cache(maxsize=2)  # a poll asks for the same as the last one or, on a busy floor, for something new
def _allotted(
    needed: tuple[tuple[int, int], ...], groups: tuple[tuple[tuple[int, ...], int], ...]
) -> tuple[tuple[int, int], ...]:
    flow = _Flow(dict(needed), groups)
    open_ = sorted(flow.needed, key=lambda each: (-flow.needed[each], each))
    for step in range(1, STEPS + 1):
        # A queue that gets nobody now gets nobody later: the others only take more.
        open_ = [queue for queue in open_ if flow.fill(queue, -(-flow.needed[queue] * step // STEPS))]
    flow.add_the_rest()
    return tuple(flow.given.items())


class _Flow:
    """A flow of agents from groups to queues that grows along augmenting paths."""

    def __init__(self, needed: dict[int, int], groups: tuple[tuple[tuple[int, ...], int], ...]) -> None:
        self.queues_of = [queues for queues, _ in groups]
        self.left = [number for _, number in groups]
        queues = needed.keys() | {queue for served in self.queues_of for queue in served}
        self.needed = {queue: needed.get(queue, 0) for queue in sorted(queues)}
        self.given = dict.fromkeys(self.needed, 0)
        self.sent = [dict.fromkeys(queues, 0) for queues in self.queues_of]
        """By group: how many agents it gives each of its queues."""
        self.groups_of: dict[int, list[int]] = {queue: [] for queue in self.needed}
        for group, served in enumerate(self.queues_of):
            for queue in served:
                self.groups_of[queue].append(group)
        self.with_people = {queue: list(reversed(served)) for queue, served in self.groups_of.items()}
        """By queue: its groups; the last may have people left, and those already removed after it have none."""

    def fill(self, queue: int, target: int) -> bool:
        """Bring agents to a queue until it has ``target``; False where that is impossible."""
        while self.given[queue] < target:
            if not self._bring(queue, target - self.given[queue]):
                return False
        return True

    def _bring(self, queue: int, at_most: int) -> bool:
        """Bring agents to a queue by the shortest chain of replacements; False where nobody can be brought.

        A group with people left sends some to a queue, which lets as many of another group go to the next one.
        """
        came_by: dict[int, tuple[int, int]] = {}
        """By queue on the path: the group that leaves it, and the queue to which that group goes."""
        reached = [queue]
        for place in reached:
            waiting = self.with_people[place]
            while waiting and not self.left[waiting[-1]]:
                waiting.pop()
            if waiting:
                self._move(waiting[-1], place, came_by, queue, at_most)
                return True
            for group in self.groups_of[place]:
                for other, number in self.sent[group].items():
                    if number and other != queue and other not in came_by:
                        came_by[other] = group, place
                        reached.append(other)
        return False

    def _move(self, source: int, first: int, came_by: Mapping[int, tuple[int, int]], queue: int, at_most: int) -> None:
        number, place = min(self.left[source], at_most), first
        while place != queue:
            group, onward = came_by[place]
            number = min(number, self.sent[group][place])
            place = onward
        self.left[source] -= number
        self.sent[source][first] += number
        place = first
        while place != queue:
            group, onward = came_by[place]
            self.sent[group][place] -= number
            self.sent[group][onward] += number
            place = onward
        self.given[queue] += number

    def add_the_rest(self) -> None:
        """Share out the agents left over: whole agents in proportion to need, by the largest remainder."""
        by_need_of_all = sorted(self.needed, key=lambda each: (-self.needed[each], each))
        rank = {queue: place for place, queue in enumerate(by_need_of_all)}
        for number, queues in zip(self.left, self.queues_of, strict=True):
            if number == 1:  # the largest part has the largest remainder
                self.given[min(queues, key=rank.__getitem__)] += 1
            if number <= 1:
                continue
            by_need = sorted(queues, key=rank.__getitem__)
            weights = {queue: self.needed[queue] for queue in by_need}
            for queue, share in spread(number, weights if any(weights.values()) else dict.fromkeys(queues, 1)).items():
                self.given[queue] += share
