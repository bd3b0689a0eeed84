"""How many agents work for each queue when agents serve several: each is counted once (metrics.md 11.8)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter

from ccmon.metrics.ratios import spread

Group = tuple[int, ...]
"""All queues that each agent of a group serves, in ascending order."""
STEPS = 10
CACHED_SHARES = 256
"""Needs and the agents left over are mostly those of the last time."""


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
    in_order = sorted(groups.items())
    flow = _Flow(needed, in_order)
    # Sorting keeps the order of equal ones: that of the ids.
    by_need = sorted(flow.needed, key=flow.needed.__getitem__, reverse=True)
    open_ = [queue for queue in by_need if flow.needed[queue]]
    for step in range(1, STEPS + 1):
        # A queue that gets nobody now gets nobody later: the others only take more.
        open_ = [queue for queue in open_ if flow.fill(queue, -(-flow.needed[queue] * step // STEPS))]
    flow.add_the_rest(in_order)
    return flow.given


class _Flow:
    """A flow of agents from groups to queues that grows along augmenting paths."""

    def __init__(self, needed: Mapping[int, int], groups: list[tuple[Group, int]]) -> None:
        self.left: list[int] = [*map(itemgetter(1), groups)]
        self.needed = {queue: needed.get(queue, 0) for queue in sorted(set(needed).union(*map(itemgetter(0), groups)))}
        self.given = dict.fromkeys(self.needed, 0)
        self.sent: list[dict[int, int]] = [{} for _ in groups]
        """By group: how many agents it gives each of its queues."""
        self.groups_of: dict[int, list[int]] = {queue: [] for queue in self.needed}
        for group, (served, _) in enumerate(groups):
            for queue in served:
                self.groups_of[queue].append(group)
        self.with_people = {queue: all_groups[::-1] for queue, all_groups in self.groups_of.items()}
        """By queue: its groups; the last may have people left, and those already removed after it have none."""

    def fill(self, queue: int, target: int) -> bool:
        """Bring agents to a queue until it has ``target``; False where that is impossible."""
        left, waiting, lacking = self.left, self.with_people[queue], target - self.given[queue]
        while lacking > 0:
            if waiting:
                number = left[group := waiting[-1]]
                if number <= lacking:
                    waiting.pop()
                    if not number:
                        continue
                    left[group] = 0
                else:
                    number = lacking
                    left[group] -= number
                sent = self.sent[group]
                sent[queue] = sent.get(queue, 0) + number
            else:
                number = self._replace(queue, lacking)
                if not number:
                    return False
            self.given[queue] += number
            lacking -= number
        return True

    def _replace(self, queue: int, at_most: int) -> int:
        """Bring agents to a queue by the shortest chain of replacements; return how many came: 0 where nobody can.

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
                return self._move(waiting[-1], place, came_by, queue, at_most)
            for group in self.groups_of[place]:
                if len(reached) == len(self.given):
                    break
                for other, number in sorted(self.sent[group].items()):
                    if number and other != queue and other not in came_by:
                        came_by[other] = group, place
                        reached.append(other)
        return 0

    def _move(self, source: int, first: int, came_by: Mapping[int, tuple[int, int]], queue: int, at_most: int) -> int:
        number, place = min(self.left[source], at_most), first
        while place != queue:
            group, onward = came_by[place]
            number = min(number, self.sent[group][place])
            place = onward
        self.left[source] -= number
        self.sent[source][first] = self.sent[source].get(first, 0) + number
        place = first
        while place != queue:
            group, onward = came_by[place]
            self.sent[group][place] -= number
            self.sent[group][onward] = self.sent[group].get(onward, 0) + number
            place = onward
        return number

    def add_the_rest(self, groups: list[tuple[Group, int]]) -> None:
        """Share out the agents left over."""
        given, needed = self.given, self.needed.__getitem__
        for number, (queues, _) in zip(self.left, groups, strict=True):
            if number and queues:
                for queue, share in _shares(number, queues, tuple(map(needed, queues))):
                    given[queue] += share


@lru_cache(maxsize=CACHED_SHARES)
def _shares(number: int, queues: Group, needs: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Agents of one group left over, for its queues: whole agents in proportion to need, by the largest remainder."""
    by_need = sorted(zip(queues, needs, strict=True), key=itemgetter(1), reverse=True)
    if number == 1:  # the largest part has the largest remainder
        return ((by_need[0][0], 1),)
    return tuple(spread(number, dict(by_need) if any(needs) else dict.fromkeys(queues, 1)).items())
