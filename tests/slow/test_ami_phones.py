"""Two agents at one telephone, as a follower of the manager sees them."""

from __future__ import annotations

from pathlib import Path

from ccmon.sources.ami.follow import ManagerSession
from tests.sources.follower_thread import call_database, following
from tests.sources.manager_packets import complete, connect, join
from tests.sources.manager_packets import member as queue_member
from tests.sources.manager_server import ManagerServer, lines


def status(name: str, queue: str, state: int) -> bytes:
    return lines(
        Event="QueueMemberStatus",
        Queue=queue,
        MemberName=name,
        Interface="PJSIP/7",
        StateInterface="PJSIP/7",
        Membership="static",
        Status=str(state),
        Paused="0",
    )


def test_while_one_talks_the_other_at_the_telephone_is_not_ready(tmp_path: Path) -> None:
    both = queue_member("ann", "sales", Location="PJSIP/7", StateInterface="PJSIP/7") + queue_member(
        "bob", "support", Location="PJSIP/7", StateInterface="PJSIP/7"
    )
    with (
        ManagerServer(status=lambda: both) as server,
        following(call_database(tmp_path), lambda say: ManagerSession(server.login(), say=say), "ami") as follower,
    ):

        def states() -> dict[str, str]:
            return {agent.login: str(agent.state) for agent in follower.snapshot().agents}

        def ready() -> dict[str, int | None]:
            return {queue.name: queue.agents_ready for queue in follower.snapshot().queues}

        follower.wait_for(lambda: states() == {"ann": "ready", "bob": "ready"}, "two who are ready")
        server.send(join("1.1") + connect("1.1", "ann").replace(b"PJSIP/ann", b"PJSIP/7"))
        server.send(status("ann", "sales", 2) + status("bob", "support", 2))
        follower.wait_for(lambda: states() == {"ann": "talking", "bob": "talking"}, "one telephone in use")
        assert ready() == {"sales": 0, "support": 0}
        server.send(complete("1.1", "ann").replace(b"PJSIP/ann", b"PJSIP/7"))
        server.send(status("ann", "sales", 1))
        follower.wait_for(lambda: states() == {"ann": "ready", "bob": "ready"}, "a telephone that is free again")
        assert ready() == {"sales": 1, "support": 1}
    assert follower.error is None
