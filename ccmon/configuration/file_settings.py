"""How this machine shows the floor: the fields of `Settings`, from files and the environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ccmon import settings
from ccmon.configuration import value_texts
from ccmon.configuration.names import written
from ccmon.configuration.setting import Origin, RequestedChange, Setting, SettingChange
from ccmon.configuration.site_columns import ALARMS, own_columns
from ccmon.configuration.value_limits import refusal
from ccmon.database.cell_types import CellType
from ccmon.errors import CcmonError, UsageError, os_error, sentence
from ccmon.model.alarm_limits import setting_of
from ccmon.number_texts import CellError
from ccmon.sources.table.cells import CellContext
from ccmon.views.keys import KEYS, KeyChoice, mapped_keys
from ccmon.whole_file import write_whole

_MEANINGS = {
    "database": "where the call database lies",
    "refresh_seconds": "time between two polls of the database by a monitor",
    "ascii": "draw with ASCII characters only",
    "mouse": "use the mouse",
    "report_folder": "directory of the reports that the monitor writes (e); unset: the home of whoever watches",
    "alarm_signal": "how a monitor calls when an alarm to act on opens; notice: the bell and a notice of the desktop",
    "theme": "colours of the monitor; terminal: those of the terminal",
}


def read(database: Path | None = None) -> Iterator[Setting]:
    """Each setting with its value in force; ``database`` is the one that an option of the command names.

    Raises:
        CcmonError: a file cannot be read, or a setting is unknown or makes no sense.
    """
    given = {each.name: each for each in settings.given()}
    defaults = settings.Settings()
    for name in settings.file_setting_names():
        default = getattr(defaults, name)
        value, origin, where = default, Origin.DEFAULT, None
        if name == "database" and database is not None:
            value, origin, where = database, Origin.OPTION, "--db"
        elif name in given:
            value, where = given[name].value, str(given[name].where)
            origin = Origin.FILE if isinstance(given[name].where, Path) else Origin.ENVIRONMENT
        yield Setting(
            name=(name,),
            text=_written(value),
            value=str(value) if isinstance(value, Path) else value,
            origin=origin,
            where=where,
            meaning=_MEANINGS[name],
            allowed=settings.allowed(name),
            default=_written(default),
        )
    yield from (each for each in keys_of_actions() if each.origin is Origin.FILE)


def keys_of_actions() -> Iterator[Setting]:
    """The keys of each action on the screen, as files give them or as usual.

    Raises:
        CcmonError: as `read`.
    """
    given = _given_keys(settings.given())
    for key in KEYS:
        text, where = given.get(key.id, (None, None))
        yield Setting(
            name=(settings.KEYS, key.id),
            text=text or key.shown,
            value=text or key.shown,
            origin=Origin.DEFAULT if where is None else Origin.FILE,
            where=where,
            meaning=key.help,
            allowed="keys with spaces between them",
            default=key.shown,
        )


def _given_keys(given: Iterable[settings.Given]) -> dict[str, tuple[str, str]]:
    """The keys that files give, by action: text and file."""
    return {action: said for each in given if each.name == settings.KEYS for action, said in each.value.items()}


def from_files() -> dict[str, Any]:
    """The values that files give, by name; without limits of alarms and keys, which are a person's own."""
    found = (each for each in settings.given() if each.name not in {settings.ALARMS, settings.KEYS})
    return {each.name: each.value for each in found if isinstance(each.where, Path)}


def own_limits(*, beside: Path | None = None) -> dict[str, tuple[int, str]]:
    """The limits of alarms that files give, by column of `ALARMS`: the value, and the file.

    Args:
        beside: a settings file that is left out.

    Raises:
        CcmonError: a file cannot be read, or a setting is unknown or makes no sense.
    """
    tables = [each for each in settings.given() if each.name == settings.ALARMS]
    return {
        setting_of(limit): (value, str(each.where))
        for each in tables
        if beside is None or Path(str(each.where)).resolve() != beside
        for limit, value in each.value.items()
    }


def _written(value: Any) -> str | None:
    return None if value is None else write(value)


def write(value: Any) -> str:
    """A value as a person writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def file_to_change(*, site: bool | None) -> Path:
    """The file that a change is written into: this user's, or the one of everybody on this machine.

    Args:
        site: whether it is everybody's; None: for root. If ``CCMON_SETTINGS`` names one file, it is that.
    """
    of_site, *of_user = settings.settings_files()
    return of_site if not of_user or (os.geteuid() == 0 if site is None else site) else of_user[0]


class SettingsFile:
    """A settings file in which values are replaced; its comments and its order stay."""

    def __init__(self, path: Path) -> None:
        """Read the file, which need not exist.

        Raises:
            CcmonError: it cannot be read, or is no TOML.
        """
        import tomlkit  # noqa: PLC0415 (only who changes a file needs it)
        from tomlkit.exceptions import ParseError  # noqa: PLC0415

        self.path = Path(os.path.realpath(path))
        """The file itself where the path is a link to it."""
        try:
            self._document = tomlkit.parse(settings.text_of(path) or "")
        except ParseError as error:
            raise settings.no_toml(path, error) from None

    def change(self, changes: Sequence[RequestedChange]) -> list[SettingChange]:
        """Make changes, without writing them; return what differs.

        Raises:
            UsageError: a setting cannot have that value.
        """
        found = []
        for change in changes:
            if change.name == (settings.KEYS,):
                raise UsageError(f"{change.place}{settings.KEYS} is no single value: name one, such as keys.sort.")
            *_, name = change.name
            table = self._table(change)
            before = table.get(name)
            after = None if change.text is None else _parsed(change, change.text)
            was, will_be = (None if value is None else write(_plain(value)) for value in (before, after))
            if was == will_be:
                continue
            found.append(SettingChange("value", written(change.name), was, will_be, file=str(self.path)))
            if after is None:
                table.remove(name)
            else:
                table[name] = _plain(after)
        self._check_keys(changes)
        return found

    def _check_keys(self, changes: Sequence[RequestedChange]) -> None:
        """Refuse keys that a screen could not take.

        Raises:
            UsageError: one is none, or would start two actions.
        """
        changed = next((change for change in changes if change.name[0] == settings.KEYS), None)
        if changed is None:
            return
        wanted = _given_keys(each for each in settings.given() if each.where != self.path)
        here = settings.texts_of_keys(self._document.get(settings.KEYS, {}), str(self.path))
        choices = {action: KeyChoice(str(text), "") for action, (text, _) in (wanted | dict(here)).items()}
        try:
            mapped_keys(choices)
        except CcmonError as error:
            raise UsageError(f"{changed.place}{error}") from None

    def _table(self, change: RequestedChange) -> Any:
        """The table of the file that a setting is in; made if it is to be set there and the table is missing."""
        if len(change.name) == 1:
            return self._document
        import tomlkit  # noqa: PLC0415 (only who changes a file needs it)

        (section, _) = change.name
        if section not in self._document:
            if change.text is None:
                return tomlkit.table()
            self._document[section] = tomlkit.table()
        table = self._document[section]
        if not isinstance(table, dict):
            raise CcmonError(f"{self.path}: {section} must be a table: write [{section}] above its limits.")
        return table

    def save(self) -> None:
        """Write the file anew, whole or not at all. Its directory is made if it is missing.

        Raises:
            CcmonError: it cannot be written.
        """
        of_site, *of_user = settings.settings_files()
        is_shared = bool(of_user) and self.path == Path(os.path.realpath(of_site))
        if is_shared and not _may_replace(self.path):
            raise CcmonError(
                f"{self.path} holds the settings of everybody on this machine, and this user may not change it",
                command="an administrator does, with sudo before the command (--user: for this user alone).",
            )
        try:
            if not self.path.parent.exists():
                self.path.parent.mkdir(parents=True)
                if is_shared:
                    self.path.parent.chmod(0o755)
        except OSError as error:
            raise CcmonError(os_error(f"{self.path.parent} cannot be made", error)) from None
        mode = 0o644 if is_shared and not self.path.exists() else None
        write_whole(self.path, self._document.as_string(), mode=mode)


def _may_replace(file: Path) -> bool:
    """Whether this user may put a new file in the place of one, or make its directory."""
    there = next(folder for folder in file.parents if os.access(folder, os.F_OK, effective_ids=True))
    return os.access(there, os.W_OK | os.X_OK, effective_ids=True)


def _parsed(change: RequestedChange, text: str) -> Any:
    """The value of a text for a setting, as its file holds it: a limit as people write it.

    Raises:
        UsageError: it cannot have that value.
    """
    *_, name = change.name
    if change.name[0] == settings.KEYS:
        return " ".join(text.split())
    if len(change.name) == 1:
        return parse(name, text, change.place)
    column, context = own_columns(ALARMS)[name], CellContext(ZoneInfo("UTC"))
    try:
        value = value_texts.parse(column, text, context)
    except CellError as error:
        why = refusal(column, text, error, context)
        raise UsageError(sentence(f"{change.place}{written(change.name)} {why}")) from None
    return value if column.type is CellType.COUNT else value_texts.write(column, value, None)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def parse(name: str, text: str, place: str = "") -> Any:
    """The value of a text for a setting.

    Raises:
        UsageError: it cannot have that value.
    """
    try:
        return settings.checked(name, text, place.removesuffix(": ") or None, Path.cwd())
    except CcmonError as error:
        raise UsageError(str(error)) from None
