"""What was answered, kept until setup is finished: the defaults of the next run. What was declined stays kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field

from ccmon import settings
from ccmon.database.doctor import Finding
from ccmon.errors import CcmonError
from ccmon.setup.question import NO, YES
from ccmon.whole_file import write_whole

START_ANEW = "--start-anew"
"""The option that leaves out the answers of a setup that was broken off."""
DECLINABLE = ("past", "service")
"""Questions whose answer no is seen nowhere on the machine."""


def default_file(*, of_system: bool = False) -> Path:
    """The file of this account.

    Args:
        of_system: whether the system is set up: root's own database has nothing to do with that of the machine.

    Raises:
        CcmonError: it has no home.
    """
    return settings.state_directory() / ("setup-system.json" if of_system else "setup.json")


class KeptAnswers(Struct):
    """The answers of an unfinished setup, and how far it has come."""

    file: Path
    answers: dict[str, str] = field(default_factory=dict)
    imported: bool = False
    """Whether the past has been imported to its end."""
    changes_site: bool = False
    """Whether they were given to change a site, and not to make it."""
    confirmed: bool = False
    """Whether its steps were begun: nothing is left to ask."""
    was_begun: bool = False
    """Whether an earlier setup was broken off in its steps."""
    followed: str = ""
    """What the service followed as its steps were begun; empty: nothing."""
    left: str = ""
    """The database in force before its steps were begun, where they go to another place; empty: none."""
    former: dict[str, str] = field(default_factory=dict)
    """The database that was in force before, by the path of the one that has come for it; kept also when setup is
    finished."""
    made: list[str] = field(default_factory=list)
    """Directories that its steps have made; when setup is finished, those in which the database does not lie."""
    declined: dict[str, list[str]] = field(default_factory=dict)
    """Questions that were answered with no, by the path of the database; kept also when setup is finished."""
    in_force: dict[str, str] = field(default_factory=dict)
    """What was in force when they were given, by name of the question."""
    overtaken: dict[str, str] = field(default_factory=dict)
    """Answers left out, since what is in force was changed after they were given; not kept themselves."""
    password_kept_in: Path | None = None
    """Where this run has kept a password that was typed; not kept itself."""

    def save(self) -> None:
        """Write it to its file, readable by nobody else.

        Raises:
            CcmonError: it cannot be written.
        """
        names = (
            "answers",
            "imported",
            "changes_site",
            "confirmed",
            "followed",
            "left",
            "former",
            "made",
            "declined",
            "in_force",
        )
        self._write({name: getattr(self, name) for name in names})

    def keep(self, answers: Mapping[str, str]) -> None:
        """Keep further answers, in the place of those to the same questions.

        Raises:
            CcmonError: they cannot be written.
        """
        self.answers.update(answers)
        self.save()

    def database_before(self, database: Path) -> Path | None:
        """The database that was in force before another one; None: none is known."""
        found = self.former.get(str(database))
        return Path(found) if found else None

    def start_anew(self) -> None:
        """Forget the answers of a setup that was broken off; how much of the past was imported stays known."""
        self.answers.clear()
        self.overtaken.clear()
        self.confirmed = False

    def finish(self, database: Path, answers: Mapping[str, str]) -> None:
        """Setup is finished: keep no more than what was declined."""
        path = str(database)
        before = self.declined.pop(path, [])
        declined = [name for name in DECLINABLE if answers.get(name, NO if name in before else YES) == NO]
        if declined:
            self.declined[path] = declined
        self.made = [folder for folder in self.made if not database.is_relative_to(folder) and Path(folder).is_dir()]
        lasting = {"declined": self.declined, "former": self.former, "made": self.made}
        if any(lasting.values()):
            self._write({name: value for name, value in lasting.items() if value})
            return
        with suppress(OSError):
            self.file.unlink(missing_ok=True)

    def _write(self, content: Mapping[str, object]) -> None:
        write_whole(self.file, json.dumps(content, indent=1), mode=0o600, folder_mode=0o700)


def load(file: Path) -> KeptAnswers:
    """What an earlier setup has kept; nothing of a file that makes no sense."""
    with suppress(OSError, ValueError, AttributeError):
        found = json.loads(file.read_text(encoding="utf-8"))
        declined = {str(path): [str(name) for name in names] for path, names in found.get("declined", {}).items()}
        former = {str(path): str(before) for path, before in found.get("former", {}).items()}
        made = [str(folder) for folder in found.get("made", [])]
        if "answers" not in found:
            return KeptAnswers(file, declined=declined, former=former, made=made)
        answers, in_force = (
            {str(name): text for name, text in found.get(part, {}).items() if isinstance(text, str)}
            for part in ("answers", "in_force")
        )
        imported, confirmed = bool(found.get("imported")), bool(found.get("confirmed"))
        changes_site = bool(found.get("changes_site"))
        followed, left = (str(found.get(name, "")) for name in ("followed", "left"))
        return KeptAnswers(
            file,
            answers,
            imported,
            changes_site,
            confirmed,
            was_begun=confirmed,
            followed=followed,
            left=left,
            former=former,
            made=made,
            declined=declined,
            in_force=in_force,
        )
    return KeptAnswers(file)


def of_this_account(*, is_root: bool) -> KeptAnswers | None:
    """What the setups of this account have kept, of the system for root; None: it has no home."""
    with suppress(CcmonError):
        return load(default_file(of_system=is_root))
    return None


def _is_in_force(database: Path) -> bool:
    with suppress(CcmonError):
        return settings.load().database == database
    return False


def findings(*, is_root: bool) -> list[Finding]:
    """What the doctor says of a setup of this account that was broken off in its steps."""
    kept = of_this_account(is_root=is_root)
    if kept is None or not kept.was_begun:
        return []
    command = "sudo ccmon setup" if is_root else "ccmon setup"
    ways = [f"to go on with it: {command}", f"to be asked anew: {command} {START_ANEW}"]
    if kept.left and not _is_in_force(Path(kept.left)):
        ways.append(f"to go back to the former database: {command} --db {kept.left}")
    return [Finding("note", "setup", f"it was broken off in its steps: {'; '.join(ways)}")]
