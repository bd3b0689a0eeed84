"""The step for sources that are followed no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ccmon.database import database_file, source_status
from ccmon.errors import CcmonError, UsageError
from ccmon.setup import source
from ccmon.setup.source import SourceKind
from ccmon.setup.step import Description, Step


class RetireSource(Step):
    """What the service has followed so far, where it follows another source or database: no more news is expected.

    The screen of the database so far would else say that its follower has stopped, and is to be started.
    """

    def applies(self) -> bool:
        return bool(self._former())

    def _former(self) -> list[tuple[Path, str]]:
        """Databases, and the names of sources in them."""
        return [*self._of_database(), *self._of_database_left()]

    def _followed(self) -> str | None:
        """The name of what the service has followed so far; None: nothing."""
        with suppress(UsageError):  # such as a log that is gone
            followed = self.kept.followed or self.context.findings.service.get("source")
            return source.parse(followed).name if followed else None
        return None

    def _of_database(self) -> Iterator[tuple[Path, str]]:
        name, existing = self._followed(), self.context.recorded
        stays = self.context.source.kind is not SourceKind.NONE and name == self.context.source.name
        if name is not None and existing is not None and not stays:
            yield from ((self.database, row.name) for row in existing.sources if row.name == name and row.following)

    def _of_database_left(self) -> Iterator[tuple[Path, str]]:
        """Of a database that is left all sources, but what somebody else follows into it."""
        left = Path(self.kept.left) if self.kept.left else self.context.database_so_far
        if left is None or left == self.database:
            return
        with suppress(CcmonError):  # such as one that was deleted meanwhile
            found = self.context.look_at(left)
            for row in found.sources if found else ():
                if row.following and (row.name == self._followed() or not row.running):
                    yield left, row.name

    def is_done(self) -> bool:
        return False

    def describe(self) -> Description:
        former = self._former()
        names = ", ".join(name if path == self.database else f"{name} in {path}" for path, name in former)
        commands = (
            f"as ccmon sources --retire {name}" + ("" if path == self.database else f" --db {path}")
            for path, name in former
        )
        return Description(f"Expect no more news of {names}; its calls stay", tuple(commands))

    def do(self) -> str:
        outcomes = []
        for path, name in self._former():
            try:
                with database_file.open_for_writing(path) as connection:
                    source_status.retire(path, connection, name)
            except CcmonError as error:  # such as a follower that somebody has started by hand
                outcomes.append(f"left as it is: {error}")
        return " ".join(outcomes)
