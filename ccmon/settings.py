"""What a site or a person can set: an option of the command overrides the environment, which overrides files.

Settings are read from TOML files: ``/etc/ccmon/settings.toml`` for everybody on this machine, then
``$XDG_CONFIG_HOME/ccmon/settings.toml`` (``~/.config``) for one person; ``CCMON_SETTINGS`` names one file to read
instead, ``CCMON_SITE_DIR`` a directory instead of ``/etc/ccmon``. Each setting is a field of `Settings`, named as in
the file; ``CCMON_<NAME>`` in the environment overrides it (the database: ``CCMON_DB``). What the whole floor shares,
such as a queue's targets, is kept in the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from ccmon.database_path import database_named
from ccmon.errors import CcmonError, os_error

SITE_DIRECTORY = Path("/etc/ccmon")

ALARMS = "alarms"
"""The table of a file with limits of alarms."""
KEYS = "keys"
"""The table of a file with keys of the monitor."""
THEMES = ("terminal", "dark", "light")
REFRESH_SECONDS: tuple[float, float] = (0.2, 60)
"""The shortest and the longest time between two polls of the database."""
NO_SIGNAL, BELL_ALONE, BELL_AND_NOTICE = ALARM_SIGNALS = ("off", "bell", "notice")
"""How a monitor calls for an alarm to act on: the last is the bell and a notice of the desktop."""
_FLAG = ("yes", "no")
CHOICES = {"ascii": _FLAG, "mouse": _FLAG, "theme": THEMES, "alarm_signal": ALARM_SIGNALS}
"""The values of settings that have few, as a person writes them."""
_YES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def allowed(name: str) -> str:
    """What a setting may be, in words."""
    from ccmon.spelling import either  # noqa: PLC0415 (no value is wrong, as a rule)

    if name == "refresh_seconds":
        return "a number of seconds from {:g} to {:g}".format(*REFRESH_SECONDS)
    if name == "report_folder":
        return "the path of a directory"
    return either(CHOICES[name]) if name in CHOICES else "the path of a file"


def default_database() -> Path:
    """Where the database is unless a setting says otherwise: in this user's data directory."""
    return _home("XDG_DATA_HOME", ".local/share") / "ccmon" / "calls.db"


def state_directory() -> Path:
    """Where what this user has set or begun is kept.

    Raises:
        CcmonError: this user has no home.
    """
    return _home("XDG_STATE_HOME", ".local/state") / "ccmon"


class Settings(Struct, frozen=True):
    """All settings of one process."""

    database: Path = field(default_factory=default_database)
    """The call database. Overridden by ``CCMON_DB`` and ``--db``. A relative path in a file starts at that file."""
    refresh_seconds: float = 1.0
    """Seconds between two polls of the database by the monitor; 0.2 to 60."""
    ascii: bool = False
    """Draw with ASCII characters only. A terminal that does not use UTF-8 is detected without it."""
    mouse: bool = False
    """Use the mouse. Off by default: a dropped SSH connection can leave the terminal reporting mouse events."""
    theme: str = "terminal"
    """Colours of the monitor; "terminal" uses the terminal's own."""
    alarm_signal: str = BELL_AND_NOTICE
    """How the monitor calls when an alarm to act on opens: "off", "bell", or "notice", which is the bell and, where the
    terminal shows one, a notice of the desktop."""
    report_folder: Path | None = None
    """Directory of the reports that the monitor writes; None: the home of whoever watches."""
    alarms: Mapping[str, int] = field(default_factory=dict)
    """Limits of alarms for the person who looks, by field of `SiteLimits`: in files, the table ``[alarms]``."""
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Keys of the monitor, by the id of what they do: as a person writes them, and the file that says so. In files, the
    table ``[keys]``; the monitor checks them."""
    files: tuple[Path, ...] = ()
    """The files that were read; not a setting."""


def settings_files() -> tuple[Path, ...]:
    """The files that settings are read from; later ones override earlier ones. They need not exist.

    Raises:
        CcmonError: this user has no home.
    """
    if named := os.environ.get("CCMON_SETTINGS"):
        return (Path(named),)
    site = Path(os.environ.get("CCMON_SITE_DIR") or SITE_DIRECTORY)
    return (site / "settings.toml", _home("XDG_CONFIG_HOME", ".config") / "ccmon" / "settings.toml")


def load(database: Path | None = None) -> Settings:
    """The settings of this process, with the value of ``--db`` if it was given.

    Raises:
        CcmonError: a file cannot be read, or a setting is unknown or makes no sense.
    """
    values: dict[str, Any] = {}
    read: dict[Path, None] = {}
    for each in given():
        is_table = each.name in {ALARMS, KEYS}
        values[each.name] = {**values.get(each.name, {}), **each.value} if is_table else each.value
        if isinstance(each.where, Path):
            read[each.where] = None
    if database is not None:
        values["database"] = database
    return Settings(**values, files=tuple(read))


class Given(Struct, frozen=True):
    """A setting that a file or the environment gives."""

    name: str
    value: Any
    where: Path | str
    """The file, or the name of the variable."""


def given() -> Iterator[Given]:
    """What files and the environment give, checked; later ones override earlier ones.

    Raises:
        CcmonError: as `load`.
    """
    for file in settings_files():
        for name, value in _read(file).items():
            if name == ALARMS:
                yield Given(name, checked_limits(value, f"{file}"), file)
            elif name == KEYS:
                yield Given(name, dict(texts_of_keys(value, f"{file}")), file)
            else:
                yield Given(name, checked(name, value, f"{file}", file.parent), file)
    for name in file_setting_names():
        variable = "CCMON_DB" if name == "database" else f"CCMON_{name.upper()}"
        if text := os.environ.get(variable):
            yield Given(name, checked(name, text, variable), variable)


def file_setting_names() -> list[str]:
    """The names of all settings but those in tables of files."""
    return [name for name in Settings.__struct_fields__ if name not in {ALARMS, KEYS, "files"}]


def _read(file: Path) -> dict[str, Any]:
    text = text_of(file)
    if text is None:
        if "CCMON_SETTINGS" in os.environ:
            raise CcmonError(f"CCMON_SETTINGS names {file}, which does not exist: name one that does, or unset it.")
        return {}
    import tomllib  # noqa: PLC0415 (few have such a file)

    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise no_toml(file, error) from None


def text_of(file: Path) -> str | None:
    """The text of a settings file; None: it does not exist.

    Raises:
        CcmonError: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CcmonError(os_error(f"The settings {file} cannot be read", error)) from None
    except UnicodeDecodeError:
        raise CcmonError(f"The settings {file} are not UTF-8; save them as UTF-8.") from None


def no_toml(file: Path, error: ValueError) -> CcmonError:
    """The error about a settings file that is no TOML."""
    return CcmonError(f"The settings {file} are not valid TOML: {error}; correct them.")


def checked(name: str, value: Any, where: str | None, folder: Path = Path()) -> Any:
    """A setting's checked value, from a file or (as text) the environment; a relative path starts at `folder`.

    Raises:
        CcmonError: there is no such setting, or it cannot have this value; the sentence begins with `where`, if that
            is given.
    """
    place = "" if where is None else f"{where}: "
    if name not in file_setting_names():
        from ccmon.spelling import suggestion  # noqa: PLC0415

        raise CcmonError(f"{place}there is no setting {name!r}; {suggestion(name, file_setting_names())}")
    if name in {"ascii", "mouse"}:
        if isinstance(value, str) and value.lower() in _YES:
            return _YES[value.lower()]
        if not isinstance(value, bool):
            raise _refused(place, name, value)
        return value
    if name == "refresh_seconds":
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            raise _refused(place, name, value) from None
        least, most = REFRESH_SECONDS
        if isinstance(value, bool) or not least <= seconds <= most:
            raise _refused(place, name, value)
        return seconds
    if not isinstance(value, str) or not value or value not in CHOICES.get(name, (value,)):
        raise _refused(place, name, value)
    if name == "report_folder":
        return folder / Path(value).expanduser()
    if name != "database":
        return value
    try:
        return database_named(value, folder)
    except CcmonError as error:
        raise CcmonError(f"{place}{error}") from None


def checked_limits(limits: Any, where: str) -> dict[str, int]:
    """The checked limits of alarms in the table of a file, by field of `SiteLimits`.

    Raises:
        CcmonError: there is no such limit, or it cannot have this value; the sentence begins with `where`.
    """
    from ccmon.model.alarm_limits import SiteLimits, setting_of  # noqa: PLC0415 (few have limits of their own)
    from ccmon.number_texts import CellError, above_zero, count, duration, refuse_unclear_length  # noqa: PLC0415

    if not isinstance(limits, dict):
        raise CcmonError(f"{where}: {ALARMS} must be a table: write [{ALARMS}] above its limits.")
    fields = {setting_of(each): each for each in SiteLimits.__struct_fields__}
    found = {}
    for name, value in limits.items():
        if name not in fields:
            from ccmon.spelling import suggestion  # noqa: PLC0415

            raise CcmonError(f"{where}: there is no setting {ALARMS}.{name}; {suggestion(name, fields)}")
        text = str(value).strip()
        try:
            is_count = fields[name] == name
            if not is_count:
                refuse_unclear_length(text)
            parse = count if is_count else duration
            found[fields[name]] = above_zero(parse(text), text)
        except CellError as error:
            raise CcmonError(f"{where}: {ALARMS}.{name} {error}.") from None
    return found


def texts_of_keys(table: Any, where: str, above: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    """What the table of keys says, by action; a name such as ``panel.queue`` may be a table in it.

    Raises:
        CcmonError: it is no table, or what it says is no text.
    """
    if not isinstance(table, dict):
        raise CcmonError(f"{where}: {KEYS} must be a table: write [{KEYS}] above its keys.")
    for name, value in table.items():
        action = f"{above}{name}"
        if isinstance(value, dict):
            yield from texts_of_keys(value, where, f"{action}.")
        elif isinstance(value, str):
            yield action, (value, where)
        else:
            raise CcmonError(f'{where}: {KEYS}.{action} must be a text: write {action} = "o".')


def _refused(place: str, name: str, value: Any) -> CcmonError:
    """The error about a value that a setting cannot have."""
    in_file = " (in a file true or false)" if CHOICES.get(name) == _FLAG else ""
    from ccmon.spelling import nearest  # noqa: PLC0415

    near = nearest(str(value), CHOICES.get(name, ()))
    end = f"; did you mean {near}?" if near else "."
    return CcmonError(f"{place}{name} cannot be {value!r}; it must be {allowed(name)}{in_file}{end}")


def _home(variable: str, under_home: str) -> Path:
    """A directory of this user. A relative path in the variable is ignored, as the XDG specification says."""
    named = Path(os.environ.get(variable, ""))
    if named.is_absolute():
        return named
    try:
        return Path.home() / under_home
    except RuntimeError:
        raise CcmonError(f"this user has no home directory, and HOME is not set: set it, or {variable}.") from None
