"""Answers about queues and teams, as people type them."""

from __future__ import annotations

import pytest

from ccmon.errors import UsageError
from ccmon.setup import queue_answers, team_answers
from ccmon.setup.existing import QueueSetup

SALES = QueueSetup("Sales", "sales", 0.8, 20_000)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["service"], QueueSetup("Sales", "service", 0.8, 20_000)),
        (["85%", "15"], QueueSetup("Sales", "sales", 0.85, 15_000)),
        (["0.9", "2m"], QueueSetup("Sales", "sales", 0.9, 120_000)),
    ],
)
def test_a_queues_purpose_share_and_time_may_come_in_any_order(words: list[str], expected: QueueSetup) -> None:
    assert queue_answers._changed(SALES, words) == expected
    assert queue_answers._changed(SALES, words[::-1]) == expected


def test_of_two_bare_numbers_none_is_lost() -> None:
    with pytest.raises(UsageError, match="Which of 85 and 15 is the share"):
        queue_answers._changed(SALES, ["85", "15"])


def test_a_first_name_stands_for_the_only_agent_who_has_it() -> None:
    known = ["Alice Martin", "Bob O'Brien", "Eve Lévy", "Eve Stone", "agent04"]
    assert team_answers._as_known(["alice", "Bob", "agent04", "New Person"], known) == [
        "Alice Martin",
        "Bob O'Brien",
        "agent04",
        "New Person",
    ]
    assert team_answers._as_known(["eve lévy"], known) == ["Eve Lévy"]
    with pytest.raises(UsageError, match="did you mean 'Eve Lévy'"):
        team_answers._as_known(["Eve Levy"], known)
