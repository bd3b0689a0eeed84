"""Whoever has no terminal is told what to do instead; over ssh, only what somebody without a shell can do."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from unittest.mock import Mock

import pytest

from ccmon.errors import CcmonError
from ccmon.monitor.shutdown import check_terminal

SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
STATUS = "`ccmon status` prints the same figures once."


@pytest.mark.parametrize(
    ("terminal", "environment", "said"),
    [
        (False, {}, f"The monitor needs a terminal for its input and its output (ssh -t); {STATUS}"),
        (False, SSH, "The monitor needs a terminal for its input and its output: connect with ssh -t."),
        (False, {**SSH, "SSH_TTY": "/dev/pts/0"}, f"needs a terminal for its input and its output (ssh -t); {STATUS}"),
        (
            False,
            {**SSH, "SSH_ORIGINAL_COMMAND": "ccmon config set theme dark --user"},
            "This account opens the screen and runs no other command: connect with ssh -t alone.",
        ),
        (True, {"TERM": "dumb"}, f"This terminal (TERM=dumb) cannot show a screen; {STATUS}"),
        (True, {**SSH, "TERM": "dumb"}, "This terminal (TERM=dumb) cannot show a screen; connect from another one."),
        (True, {**SSH, "TERM": "xterm"}, None),
    ],
)
def test_what_is_said_can_be_done(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, environment: dict[str, str], said: str | None
) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_ORIGINAL_COMMAND", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as patch, nullcontext() if said is None else pytest.raises(CcmonError) as told:
        for name in ("__stdin__", "__stdout__"):  # pytest asks them, too, as soon as the test is over
            patch.setattr(sys, name, Mock(closed=False, isatty=Mock(return_value=terminal)))
        check_terminal()
    assert said is None or (told is not None and str(told.value).endswith(said))
