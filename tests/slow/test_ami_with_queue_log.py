"""One switch by its manager and its queue log at once: the log's calls, each once, and the manager's ringing."""

from __future__ import annotations

import lzma
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ccmon.database import reader
from ccmon.model.snapshot import FloorSnapshot
from ccmon.sources.ami.with_queue_log import LogAndManager
from ccmon.sources.queue_log.import_files import import_logs
from tests.processes import join
from tests.sources import asterisk_recording as recording
from tests.sources.follower_thread import Follower, call_database
from tests.sources.manager_packets import caller, first_status, member
from tests.sources.manager_server import ManagerServer


def counts(shown: FloorSnapshot) -> list[tuple[Any, ...]]:
    queues = [
        (q.name.casefold(), q.offered, q.answered, q.abandoned, q.timed_out, q.no_agents, q.diverted, q.unknown, q.open)
        for q in shown.queues
    ]
    return sorted(queues)


def ringing(shown: FloorSnapshot, interfaces: recording.Interfaces) -> set[str]:
    return {interfaces[agent.login] for agent in shown.agents if agent.state == "ringing"}


def test_a_manager_that_sends_no_events_beside_the_log_is_told_of(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text("")
    path = call_database(tmp_path)
    seen = Follower(path)
    with (
        ManagerServer(status=lambda: member("ann")) as server,
        patch("ccmon.sources.ami.with_queue_log.CHECK_S", 0.2),
    ):
        running: list[LogAndManager] = []

        def run() -> None:
            running.append(LogAndManager(path, log, server.login(), source="pbx", say=seen.said.append))
            running[0].run()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            seen.wait_for(lambda: any("connected" in said for said in seen.said), "a connection")
            server.status = lambda: member("ann") + caller("1.1", 90)
            seen.wait_for(lambda: any("does not send the queues' events" in said for said in seen.said), "a sentence")
        finally:
            seen.wait_for(lambda: bool(running), "a start")
            running[0].stopping.ask()
            join(thread)


def test_both_give_the_logs_calls_and_the_managers_ringing(tmp_path: Path) -> None:
    later_s = int(time.time()) - recording.arrivals()[0].at // 1000
    with lzma.open(recording.FOLDER / "queue_log.xz") as recorded:
        whole = b"".join(b"%d" % (int(line[:10]) + later_s) + line[10:] for line in recorded)
    log = tmp_path / "queue_log"
    log.write_bytes(b"")
    path = call_database(tmp_path)
    interfaces = recording.Interfaces()
    arrivals, packets = recording.arrivals()[1:], [packet for _, packet in recording.packets()]
    sent = logged = 0
    with ManagerServer(status=first_status) as server, patch("ccmon.sources.queue_log.follow.POLL_S", 0.02):
        seen = Follower(path)
        running: list[LogAndManager] = []

        def run() -> None:
            running.append(LogAndManager(path, log, server.login(), source="pbx", say=seen.said.append))
            running[0].run()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            seen.wait_for(lambda: any("connected" in said for said in seen.said), "a connection")
            for moment in recording.moments():
                upto = next((i for i, arrival in enumerate(arrivals) if arrival.at > moment.at), len(arrivals))
                for packet in packets[sent:upto]:
                    interfaces.learn(packet)
                with log.open("ab") as file:
                    file.write(whole[logged : moment.log_size])
                server.send(recording.stream()[arrivals[sent].start : arrivals[upto - 1].end])
                sent, logged = upto, moment.log_size
                seen.wait_for(_shows(seen, moment, later_s, interfaces), f"moment {moment.number}")
        finally:
            seen.wait_for(lambda: bool(running), "a start")
            running[0].stopping.ask()
            join(thread)
    (tmp_path / "alone").mkdir()
    alone = call_database(tmp_path / "alone")
    import_logs(alone, [str(log)], source="pbx")
    at = recording.moments()[-1].at + later_s * 1000
    assert counts(reader.snapshot(path, at)) == counts(reader.snapshot(alone, at))


def _shows(
    seen: Follower, moment: recording.Moment, later_s: int, interfaces: recording.Interfaces
) -> Callable[[], bool]:
    def shows() -> bool:
        shown = reader.snapshot(seen.path, moment.at + later_s * 1000)
        waiting = sorted(call.queue.casefold() for call in shown.waiting)
        return (
            waiting == sorted(queue.casefold() for queue, _ in moment.waiting)
            and ringing(seen.snapshot(), interfaces) == moment.ringing
        )

    return shows
