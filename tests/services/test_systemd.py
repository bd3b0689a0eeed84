"""What systemd says of a service, and what is done with its units."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ccmon.errors import CcmonError
from ccmon.services import systemd, unit


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


def test_a_unit_that_cannot_be_written_whole_stays_as_it_was(
    systemctl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = f"{unit.MARK}\nbefore\n"
    path = tmp_path / "units" / "ccmon-follow.service"
    path.parent.mkdir()
    path.write_text(before)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CcmonError, match=r"ccmon-follow\.service cannot be written: No space left on device"):
            systemd.Systemd(is_user=False).install("ccmon-follow", "after")
    assert path.read_text() == before
    assert list(path.parent.iterdir()) == [path]
    assert not systemctl.exists()


@pytest.mark.usefixtures("systemctl")
def test_each_error_of_systemd_names_the_journal_that_says_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(CcmonError, match=r"broken\.service failed\. journalctl --user -u broken says more\.$"):
        systemd.Systemd(is_user=True).install("broken", unit.MARK)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "refused").touch()
    with pytest.raises(CcmonError, match=r"^systemctl --user daemon-reload failed: Access denied\.$"):
        systemd.Systemd(is_user=True).install("other", unit.MARK)
