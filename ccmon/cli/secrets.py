"""Passwords for switches: from the environment or a file, never from the command line, where everybody reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ccmon.errors import CcmonError, os_error

PasswordFileOption = Annotated[Path | None, typer.Option(metavar="FILE", help="File whose first line is the password.")]


def password(variable: str, file: Path | None) -> str:
    """The password: the file's first line where a file is named, else what ``variable`` holds.

    Raises:
        CcmonError: there is none, or the file cannot be read.
    """
    if file is None:
        found = os.environ.get(variable, "")
        if not found:
            raise CcmonError(f"no password: set {variable}, or name a file that holds it with --password-file.")
        return found
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CcmonError(os_error(f"{file} cannot be read", error)) from None
    except UnicodeDecodeError:
        raise CcmonError(f"{file} cannot be read: it is no text; write the password into its first line.") from None
    if not lines or not lines[0]:
        raise CcmonError(f"{file} holds no password; write it into its first line.")
    if file.stat().st_mode & 0o007:
        typer.echo(f"ccmon: everybody on this machine can read {file}: chmod o= {file}", err=True)
    return lines[0]
