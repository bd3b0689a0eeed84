"""Which file is meant by the name of a database."""

from __future__ import annotations

from pathlib import Path

from ccmon.errors import CcmonError


def database_named(text: str, folder: Path = Path()) -> Path:
    """The database file that a text names: ``~`` stands for a home, a relative path starts at ``folder``.

    Raises:
        CcmonError: it has the form ``scheme://…`` (what follows may hold a password and is not repeated), or there is
            no such home, or it is empty.
    """
    if not text.strip():
        raise CcmonError("the path is empty; name the database file.")
    if "://" in text:
        import re  # noqa: PLC0415 (few name a server)

        if scheme := re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://", text):
            raise CcmonError(f"databases of the kind {scheme[1]} are not supported; name the path of a file.")
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:
        user = text.partition("/")[0]
        raise CcmonError(f"there is no home directory {user}; write the whole path.") from None
