"""Making many changes at once, such as those of a file: first what would change is found out, then it is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ccmon import settings
from ccmon.configuration import actions, file_settings, own_limits
from ccmon.configuration.actions import ChangeResult, Conditions
from ccmon.configuration.file_settings import SettingsFile
from ccmon.configuration.names import is_in_file, without_aliases
from ccmon.configuration.setting import RequestedChange
from ccmon.errors import UsageError


class Plan:
    """Changes, and what they would do; nothing is written before `carry_out`."""

    def __init__(
        self,
        changes: Sequence[RequestedChange],
        conditions: Conditions,
        database: Path,
        *,
        are_own_limits: bool = False,
    ) -> None:
        """Find out what would change, in a transaction that is rolled back.

        Args:
            changes: in files and in the database.
            conditions: how they are to be made.
            database: its path.
            are_own_limits: whether limits of alarms are those of a file, and not the site's.

        Raises:
            CcmonError: a settings file or the database cannot be read or written.
        """
        self._conditions = conditions
        self._database = database
        of_files = [
            change
            for change in changes
            if is_in_file(without_aliases(change.name)) or (are_own_limits and change.name[0] == settings.ALARMS)
        ]
        self._of_database = [change for change in changes if change not in of_files]
        self._from_files = file_settings.from_files()
        self.file = SettingsFile(file_settings.file_to_change(site=conditions.site))
        """The settings file that it changes."""
        self._in_database = ChangeResult([], [], [], [], has_written=False)
        self.errors: list[str] = []
        """What is wrong, each a sentence with its place; if there is any, nothing may be written."""
        self._changed = [change for change in of_files if self._differs(change)]
        self._in_file = [] if self.errors else self.file.change(self._changed)
        if self._of_database:
            self._in_database = actions.change_database(database, self._of_database, conditions, keep=False)
            self.errors += self._in_database.errors

    @property
    def differs(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._in_file) or self._in_database.has_written

    def lines(self) -> list[str]:
        """What would change, line by line."""
        in_file = own_limits.beside_the_site(self._in_file, self._database)
        return [*map(str, [*in_file, *self._in_database.differences]), *self._in_database.notes]

    def carry_out(self) -> list[str]:
        """Write all of it, or nothing; return what a person should know besides.

        Raises:
            CcmonError: a place cannot be written, or the database was changed since the plan was made.
        """
        if self._in_database.has_written:
            actions.change_database(
                self._database,
                self._of_database,
                self._conditions,
                expected=self._in_database.differences,
                then=self.file.save if self._in_file else None,
            )
        elif self._in_file:
            self.file.save()
        if not self._in_file:
            return []
        actions.put_named_database_in_force(self._changed)
        return actions.overridden(self.file, self._changed)

    def _differs(self, change: RequestedChange) -> bool:
        """Whether a setting would be another than files give now; what makes no sense is noted as an error."""
        name, *limit = without_aliases(change.name)
        if limit:
            return True  # the file knows
        try:
            value = None if change.text is None else file_settings.parse(name, change.text, change.place)
        except UsageError as error:
            self.errors.append(str(error))
            return False
        if name in self._from_files:
            return value is None or file_settings.write(value) != file_settings.write(self._from_files[name])
        return value is not None
