"""What systemd makes of a unit's words: specifiers such as ``%h``, and variables (systemd.unit(5), systemd.exec(5)).

What depends on systemd's version, or on what only its manager knows, is unknown: nobody is told that it is wrong.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from ccmon.accounts import account_name

MACHINE_ID = Path("/etc/machine-id")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
Environment = Mapping[str, str | None]
"""Values of variables by name; None, or no entry: it cannot be known here."""
_OF_SYSTEM: Final = {
    "C": "/var/cache",
    "E": "/etc",
    "L": "/var/log",
    "S": "/var/lib",
    "T": "/tmp",  # noqa: S108 (what systemd says)
    "V": "/var/tmp",  # noqa: S108
    "g": "root",
    "h": "/root",
    "t": "/run",
    "u": "root",
    "G": "0",
    "U": "0",
}
"""Those of the system's services: of the manager, whatever account a service runs as."""
_VARIABLE: Final = r"[A-Za-z_][A-Za-z0-9_]*"


class UnknownWord(str):
    """A word as it is written in a unit, of which systemd makes something that cannot be known here."""

    __slots__ = ()


class Specifiers:
    """The specifiers of a service."""

    def __init__(self, service: str, *, is_user: bool) -> None:
        """Those of a service by its name; of the user's own systemd, or the system's."""
        prefix, _, instance = service.partition("@")
        last = prefix.rpartition("-")[2]
        runtime = os.environ.get("XDG_RUNTIME_DIR", "") if is_user else "/run"
        self._values = {
            "%": "%",
            "n": f"{service}.service",
            "N": service,
            "p": prefix,
            "P": _unescaped(prefix),
            "i": instance,
            "I": _unescaped(instance),
            "j": last,
            "J": _unescaped(last),
            "H": os.uname().nodename,
            "l": os.uname().nodename.partition(".")[0],
            "v": os.uname().release,
            **(_of_user(runtime) if is_user else _OF_SYSTEM),
        }
        if runtime:
            self._values["d"] = f"{runtime}/credentials/{service}.service"
        for letter, file in (("m", MACHINE_ID), ("b", BOOT_ID)):
            with suppress(OSError):
                self._values[letter] = file.read_text(encoding="ascii").strip().replace("-", "")

    def resolved(self, text: str) -> str | None:
        """A text with the values of its specifiers; None: one of them is not known."""
        parts = re.split(r"%(.?)", text)
        values = [self._values.get(letter) for letter in parts[1::2]]
        if None in values:
            return None
        return "".join(part + (value or "") for part, value in zip(parts[::2], [*values, ""], strict=True))


def _of_user(runtime: str) -> dict[str, str]:
    """Those of a user's own services; not of what systemd names otherwise since its version 254 (``%S``, ``%L``)."""
    home = str(Path.home())
    found = {
        "C": os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache",
        "E": os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config",
        "G": str(os.getegid()),
        "U": str(os.geteuid()),
        "h": home,
        "u": account_name(),
    }
    return found | ({"t": runtime} if runtime else {})


def _unescaped(text: str) -> str:
    """What ``systemd-escape --unescape`` makes of a part of a name."""
    path = text.replace("-", "/")
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), path)


def resolved_words(words: Iterable[str], specifiers: Specifiers, environment: Environment | None) -> Iterator[str]:
    """The words of a command as systemd gives them to the program; an `UnknownWord` where that cannot be known.

    A word ``$NAME`` becomes as many words as its value has; ``${NAME}`` is replaced in its place.

    Args:
        words: as they stand in the unit.
        specifiers: of the service.
        environment: its variables; None: they are left as they are written.
    """
    for word in words:
        text = specifiers.resolved(word)
        if text is None:
            yield UnknownWord(word)
        elif environment is None:
            yield text
        elif text[:1] == "$" and text[1:2] not in {"$", "{"}:
            # No variable has a name such as A/x: systemd leaves such a word out.
            value = environment.get(text[1:]) if re.fullmatch(_VARIABLE, text[1:]) else ""
            yield from [UnknownWord(word)] if value is None else value.split()
        else:
            parts = re.split(rf"(\$\$|\$\{{{_VARIABLE}\}})", text)
            values = ["$" if part == "$$" else environment.get(part[2:-1]) for part in parts[1::2]]
            if None in values:
                yield UnknownWord(word)
            else:
                parts[1::2] = [value or "" for value in values]
                yield "".join(parts)


def environment_of(assigned: Mapping[str, Sequence[str]], specifiers: Specifiers, *, is_user: bool) -> Environment:
    """The variables that a unit gives to its service, as far as they are known.

    Args:
        assigned: what the unit and its drop-ins assign, by name.
        specifiers: of the service.
        is_user: whether it is one of the user's own systemd.
    """
    found: dict[str, str | None] = dict(_of_account(assigned, specifiers, is_user=is_user))
    for line in assigned.get("Environment", ()):
        try:
            words = shlex.split(line)
        except ValueError:
            return {}
        for word in words:
            name, _, value = word.partition("=")
            found[name] = specifiers.resolved(value)
    for line in assigned.get("EnvironmentFile", ()):
        path = specifiers.resolved(line.removeprefix("-"))
        of_file = None if path is None else _of_file(Path(path))
        if of_file is None:  # it may set any of them
            return {}
        found |= of_file
    for line in assigned.get("UnsetEnvironment", ()):
        for word in line.split():
            found.pop(word.partition("=")[0], None)
    return found


def _of_account(assigned: Mapping[str, Sequence[str]], specifiers: Specifiers, *, is_user: bool) -> dict[str, str]:
    """The variables that systemd sets for the account of a service."""
    if is_user:
        return {"HOME": str(Path.home()), "LOGNAME": account_name(), "USER": account_name()}
    with suppress(IndexError, KeyError):
        account = pwd.getpwnam(specifiers.resolved(assigned["User"][-1]) or "")
        return {"HOME": account.pw_dir, "LOGNAME": account.pw_name, "USER": account.pw_name}
    return {}


def _of_file(path: Path) -> dict[str, str] | None:
    """What a file of variables assigns; nothing if it is not there, None if it cannot be known."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        return None
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith(("#", ";")):
            continue
        name, is_assignment, value = (part.strip() for part in line.partition("="))
        inner = value[1:-1] if value[:1] in {"'", '"'} and value[:1] == value[-1:] and len(value) > 1 else value
        if not is_assignment or "\\" in line or "'" in inner or '"' in inner:
            return None
        found[name] = inner
    return found
