"""Runs ``ccmon demo``: a simulated floor on the live screen."""

from __future__ import annotations

from pathlib import Path

from ccmon.errors import CcmonError

SPEEDS = (0.1, 600.0)
AGENTS = (10, 5000)
PAST_DAYS = (0, 400)
"""The least and the most allowed of each."""


def run_demo(
    db: Path | None = None, *, speed: float = 1.0, agents: int = 40, seed_number: int = 1, days: int = 35
) -> int:
    """Show a simulated floor until it is ended; its database is deleted at the end if no path is given.

    Returns the exit status.

    Raises:
        CcmonError: the floor cannot be simulated, or its process ended before the screen.
    """
    from ccmon import settings
    from ccmon.setup.time_zone import machine_time_zone
    from ccmon.simulator.process import ENDED_EARLY, running_floor

    zone, site = machine_time_zone(), settings.load()
    with running_floor(db, time_zone=zone, agents=agents, seed=seed_number, speed=speed, days=days) as (where, floor):
        from ccmon.monitor import run  # Textual loads while the floor is being made
        from ccmon.monitor.poller import Preparation

        coming = Preparation(floor.is_ready, "The floor is being simulated up to this minute …")
        status = run(
            where,
            alarm_signal=site.alarm_signal,
            own_limits=site.alarms,
            keys=site.keys,
            keeps_views=False,
            preparation=coming,
            on_forced_exit=floor.on_forced_exit,
        )
        reason = floor.exit_reason()
    if reason is not None:
        raise CcmonError(f"{ENDED_EARLY}{reason}")
    return status
