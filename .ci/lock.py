"""Refresh uv.lock and requirements-dev.txt: `python .ci/lock.py [--upgrade]` (needs uv on the PATH).

uv writes into a lock the address of the registry that it asked. Ours holds names, versions and hashes only, so that it
says nothing about where a machine gets its packages: each file is named as lying in the folder `wheels/`. uv reads such
a lock, checks it (`uv lock --check`) and exports it; it installs from it once the folder is filled:

    uv export --frozen --no-emit-project --output-file wheels.txt
    pip download --dest wheels --requirement wheels.txt     # checks every hash
    uv sync --frozen

requirements-dev.txt holds the same versions for pip, which the README's test command uses.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPORT = ("export", "--quiet", "--frozen", "--no-emit-project", "--no-hashes", "--no-annotate", "--no-header")
PROJECT_FILES = ("pyproject.toml", "README.md", "LICENSE")
HEADER = """\
# The versions of uv.lock for pip. Written by .ci/lock.py; do not edit.
"""


def without_addresses(lock: str) -> str:
    """Return the text of a uv.lock with every address replaced by a file name in `wheels`."""
    lock = re.sub(r'registry = "https?://[^"]+"', 'registry = "wheels"', lock)
    return re.sub(r'\{ url = "[^"]*/([^"/]+)", hash = "([^"]+)"[^}]*\}', r'{ path = "\1", hash = "\2" }', lock)


def uv(folder: Path, *arguments: str) -> str:
    """Run uv in a folder and return what it printed."""
    command = [shutil.which("uv") or "uv", *arguments]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own arguments


def main() -> None:
    """Resolve in a copy of the project's metadata, then write both files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in PROJECT_FILES:
            shutil.copy(ROOT / file, folder)
        (folder / "ccmon").mkdir()
        (folder / "ccmon" / "__init__.py").touch()
        known = ROOT / "uv.lock"
        upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
        if known.exists() and not upgrade:
            # A lock without addresses cannot be resolved further: keep its versions as constraints instead.
            pins = uv(ROOT, *EXPORT)
            versions = re.findall(r"^([\w.-]+==[\w.]+)", pins, re.MULTILINE)
            with (folder / "pyproject.toml").open("a") as pyproject:
                pyproject.write(f"\n[tool.uv]\nconstraint-dependencies = {versions!r}\n")
        uv(folder, "lock", "--quiet", *upgrade)
        lock = folder / "uv.lock"
        text = re.sub(r"\n\[manifest\]\nconstraints = \[\n(?:.*\n)*?\]\n", "", lock.read_text())
        (ROOT / "uv.lock").write_text(without_addresses(text))
    (ROOT / "requirements-dev.txt").write_text(HEADER + uv(ROOT, *EXPORT))


if __name__ == "__main__":
    main()
