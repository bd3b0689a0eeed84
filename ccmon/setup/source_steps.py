"""The step for a source that is followed no more."""

from __future__ import annotations

from ccmon.database import database_file, source_status
from ccmon.errors import CcmonError, UsageError
from ccmon.setup import source
from ccmon.setup.source import SourceKind
from ccmon.setup.step import Description, Step


class RetireSource(Step):
    """What the service has followed so far, where it is to follow another source: no more news of it is expected."""

    def applies(self) -> bool:
        return self._former() is not None

    def _former(self) -> str | None:
        """Its name in the database; None if there is none, or it stays."""
        followed = self.kept.followed or self.context.findings.service.get("source")
        if not followed or self.context.existing is None:
            return None
        try:
            name = source.parse(followed).name
        except UsageError:  # such as a log that is gone
            return None
        is_expected = any(row.name == name and row.following for row in self.context.existing.sources)
        stays = self.context.source.kind is not SourceKind.NONE and name == self.context.source.name
        return name if is_expected and not stays else None

    def is_done(self) -> bool:
        return False

    def describe(self) -> Description:
        name = self._former()
        return Description(f"Expect no more news of {name}; its calls stay", (f"as ccmon sources --retire {name}",))

    def do(self) -> str:
        name = self._former()
        if name is None:
            return ""
        try:
            with database_file.open_for_writing(self.database) as connection:
                source_status.retire(self.database, connection, name)
        except CcmonError as error:  # such as a follower that somebody has started by hand
            return f"left as it is: {error}"
        return ""
