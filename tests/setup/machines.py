"""Made-up machines: a tree of files, programs that greet, and a runner that only notes what it is to run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from rich.console import Console

from ccmon.setup.machine import Machine
from ccmon.setup.session import SetupSession
from ccmon.setup.step import Progress

SAMPLE_LOG = Path(__file__).parents[2] / "sample_data" / "queue_log"


class Notes:
    """A runner that notes commands; it makes the directories that ``install -d`` would."""

    def __init__(self, **answers: str) -> None:
        self.commands: list[list[str]] = []
        self.answers = answers
        self.failing: str = ""

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        words = list(command)
        self.commands.append(words)
        if words[0] == "install":
            Path(words[-1]).mkdir(parents=True, exist_ok=True)
        failed = bool(self.failing) and self.failing in words
        answer = next((text for word, text in self.answers.items() if word in words), "")
        return subprocess.CompletedProcess(words, int(failed), answer, "it failed" if failed else "")


def machine(
    root: Path, *, is_root: bool = False, run: Notes | None = None, greetings: dict[int, str] | None = None
) -> Machine:
    """A machine whose ``/`` is a directory, and on whose ports only the given programs listen."""
    listening = greetings or {}
    return Machine(
        root=root,
        is_root=is_root,
        run=run or Notes(),
        greeting=lambda host, port: listening.get(port),
        refusal=lambda kind, login: None,
    )


def files(root: Path, **texts: str) -> None:
    """Write files: ``etc__timezone`` is /etc/timezone."""
    for name, text in texts.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@contextmanager
def no_bar() -> Iterator[Progress | None]:
    yield None


class _Session(SetupSession):
    """Takes its last look at what it has made, which is half the time, only when it is asked to."""

    has_made = False

    def show_result(self) -> None:
        self.has_made = True

    def look(self) -> None:
        """Check what was made, and show the figures."""
        if self.has_made:
            self.has_made = False
            super().show_result()


class Run:
    """One run of setup in this process, without a terminal."""

    def __init__(self, on: Machine, *, anew: str = "no", **given: str) -> None:
        self._written = StringIO()
        console = Console(file=self._written, width=80, highlight=False, soft_wrap=True)
        self._session = _Session(on, console, no_bar)
        self._session.run(given, yes=True, anew=anew == "yes")

    @property
    def text(self) -> str:
        """All that it says."""
        self._session.look()
        return self._written.getvalue()


def on_one_line(text: str) -> str:
    """Commands as a shell joins their lines."""
    return " ".join(text.replace("\\\n", " ").split())


def files_with_password(root: Path) -> Path:
    files(root, etc__ccmon__password="a long password\n")
    return root / "etc/ccmon/password"
