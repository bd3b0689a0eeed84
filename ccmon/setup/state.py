"""What was answered, kept until setup is finished: the defaults of the next run."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field

from ccmon.errors import CcmonError
from ccmon.whole_file import write_whole


def default_file() -> Path:
    """The file of this account.

    Raises:
        CcmonError: it has no home.
    """
    named = os.environ.get("XDG_STATE_HOME", "")
    try:
        folder = Path(named) if named.startswith("/") else Path.home() / ".local/state"
    except RuntimeError:
        raise CcmonError("this user has no home directory, and HOME is not set: set it, or XDG_STATE_HOME.") from None
    return folder / "ccmon" / "setup.json"


class State(Struct):
    """The answers of an unfinished setup."""

    file: Path
    answers: dict[str, str] = field(default_factory=dict)
    imported: bool = False
    """Whether the past has been imported to its end."""
    confirmed: bool = False
    """Whether its steps were begun: nothing is left to ask."""
    was_there: bool = False
    """Whether an earlier setup was broken off."""
    password_kept_in: Path | None = None
    """Where this run has kept a password that was typed; not kept itself."""

    def save(self) -> None:
        """Keep the answers, readable by nobody else.

        Raises:
            CcmonError: they cannot be written.
        """
        text = json.dumps({"answers": self.answers, "imported": self.imported, "confirmed": self.confirmed}, indent=1)
        write_whole(self.file, text, mode=0o600, folder_mode=0o700)

    def forget(self) -> None:
        """Setup is finished."""
        with suppress(OSError):
            self.file.unlink(missing_ok=True)


def load(file: Path) -> State:
    """The answers of an earlier setup that was broken off; none of a file that makes no sense."""
    with suppress(OSError, ValueError, AttributeError):
        found = json.loads(file.read_text(encoding="utf-8"))
        answers = {str(name): text for name, text in found["answers"].items() if isinstance(text, str)}
        imported, confirmed = bool(found.get("imported")), bool(found.get("confirmed"))
        return State(file, answers, imported, confirmed, was_there=True)
    return State(file)
