"""What other people's switches sent: packets of other versions, and of calls whose beginning was not seen."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from ccmon.calls.state_machine import CallStateMachine
from ccmon.sources.ami.protocol import Packet, PacketParser
from ccmon.sources.ami.reconcile import Reconciliation
from ccmon.sources.ami.translator import ManagerTranslator

DATA = Path(__file__).parents[1] / "data"
NOW = 1_795_422_000_000


def replayed(name: str) -> tuple[CallStateMachine, int]:
    """A recording of cacofonisk, packet by packet, half a second apart; and how many of its packets were of use."""
    translator, floor, used = ManagerTranslator(), CallStateMachine(), 0
    for number, each in enumerate(
        json.loads(lzma.decompress((DATA / "ami_cacofonisk_queue" / f"{name}.json.xz").read_bytes()))
    ):
        packet = Packet(tuple((name, str(value)) for name, value in each.items()))
        used += translator.understands(packet)
        at = NOW + 500 * number
        floor.apply([*translator.expire(at), *translator.translate(at, packet)])
    return floor, used


def test_a_caller_whose_coming_was_not_seen_gives_up() -> None:
    floor, _ = replayed("queue_a_cancel")
    (visit,) = (visit for visits in floor.calls.values() for visit in visits)
    assert (visit.queue, visit.outcome, visit.agent) == ("670100-540100", "abandoned", None)
    assert visit.ended_at is not None
    assert visit.ended_at - visit.entered_at == 11_000  # HoldTime of its QueueCallerAbandon


@pytest.mark.parametrize("name", ["queue_simple", "queue_group", "queue_attn_xfer", "queue_blind_xfer"])
def test_a_site_that_keeps_its_queue_events_back_tells_of_no_call(name: str) -> None:
    floor, used = replayed(name)
    assert used > 0
    assert not floor.calls
    assert not floor.agent_tracker.agents


def test_members_of_an_older_switch_are_taken_up() -> None:
    text = (DATA / "ami_panoramisk" / "queue_status.yaml").read_text(encoding="utf-8")
    parser = PacketParser()
    parser.banner = ""
    packets = list(parser.feed(text.strip().replace("\n", "\r\n").encode() + b"\r\n\r\n"))
    translator, floor = ManagerTranslator(), CallStateMachine()
    floor.apply(Reconciliation(translator, floor, NOW, packets[1:]).events())
    agents = {agent.login: agent for agent in floor.agent_tracker.agents.values()}
    assert set(agents) == {"220", "213", "859", "214", "333", "999"}
    assert {login: agent.situation()[0] for login, agent in agents.items() if login != "999"} == dict.fromkeys(
        ["220", "213", "859", "214", "333"], "ready"
    )
    assert agents["999"].situation()[0] in {"unavailable", "paused"}
    assert {queue for agent in agents.values() for queue in agent.memberships} == {"xxxxxxxxxxxxxxxx-tous"}
