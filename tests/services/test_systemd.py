"""What systemd says of a service, and what is done with its units."""

from __future__ import annotations

import pytest

from ccmon.services import systemd


@pytest.mark.parametrize(
    ("active", "sub", "is_running"),
    [
        ("active", "running", True),
        ("reloading", "reload", True),
        ("activating", "start", True),
        ("activating", "auto-restart", False),
        ("deactivating", "stop-sigterm", False),
        ("inactive", "dead", False),
        ("failed", "failed", False),
    ],
)
def test_a_service_runs_unless_it_has_ended_or_is_to_end(active: str, sub: str, is_running: bool) -> None:
    assert systemd.is_running({"ActiveState": active, "SubState": sub}) == is_running


def test_of_a_service_that_systemd_does_not_know_it_is_not_said_that_it_runs() -> None:
    assert not systemd.is_running({})
