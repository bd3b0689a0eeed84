"""The step of a move to another database by which the former one says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ccmon import settings
from ccmon.database.site_moves import note_site_move, put_in_force
from ccmon.errors import CcmonError
from ccmon.setup import ssh
from ccmon.setup.step import Description, Step


class NoteMove(Step):
    """A note in the former database, so that screens that are open on it say so; there is none in that in force."""

    def applies(self) -> bool:
        return self._is_noted_as_former() or bool(self._former())

    def _former(self) -> list[Path]:
        """The former databases in which it is not noted yet; not one that is in force for others."""
        before = {Path(self.kept.left) if self.kept.left else None, self.context.database_so_far}
        return [path for path in before if path is not None and path != self.database and self._is_to_be_noted(path)]

    def _is_to_be_noted(self, path: Path) -> bool:
        if not self.context.machine.is_root and path in _databases_of_site():
            return False
        with suppress(CcmonError):  # such as one that was deleted meanwhile
            found = self.context.look_at(path)
            return found is not None and (found.moved is None or found.moved.database != str(self.database))
        return False

    def _is_noted_as_former(self) -> bool:
        """Whether the database that is to be in force says that it is a former one."""
        return self.context.existing is not None and self.context.existing.moved is not None

    def is_done(self) -> bool:
        return False

    def describe(self) -> Description:
        former = " and ".join(map(str, self._former()))
        if former:
            told = f"screens that are open on it say that {self.database} is in force"
            return Description(f"Note the move in {former}", (told,))
        return Description(f"Note in {self.database} that it is in force again")

    def do(self) -> str:
        outcomes = []
        for path in self._former():
            try:
                note_site_move(path, self.database)
            except CcmonError as error:
                outcomes.append(f"left as it is: {error}")
        put_in_force(self.database)
        return " ".join(outcomes)


def _databases_of_site() -> Iterator[Path]:
    """The database that everybody on this machine uses, if one is set."""
    yield from (
        Path(each.value) for each in settings.given() if (each.name, each.where) == ("database", ssh.site_file())
    )
