"""Breaks the program by hand, one place at a time, and runs the tests that should see it: each mutation has to die.

    python -m tests.mutations [NAME…]

Only the working tree's tracked files are copied, to a directory of its own; nothing here changes. A name is any part of
a mutation's name. Exits with 1 where a mutation survives or no longer applies.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import cache_from_source
from pathlib import Path

from tests.mutations.catalogue import ROOT, Mutation, mutations


def copy_of_the_project(into: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


PATIENCE_S = 900


def passes(tests: list[str], project: Path) -> bool:
    """Whether all of these tests pass in the copy; those that never end do not."""
    options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": str(project)}
    command = [sys.executable, "-P", "-m", "pytest", *options, *tests]
    try:
        ran = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        return False
    if ran.returncode not in {0, 1}:
        raise SystemExit(f"pytest ended with status {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return ran.returncode == 0


def write(file: Path, text: str) -> None:
    """Write a module anew, and have nobody take it for the one of before: bytecode knows a file by second and size."""
    file.write_text(text, encoding="utf-8")
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


def survives(mutation: Mutation, project: Path) -> bool:
    """Whether all tests named with a mutation pass in spite of it."""
    file = project / mutation.file
    original = file.read_text(encoding="utf-8")
    write(file, mutation.applied(original))
    try:
        return passes(mutation.tests, project)
    finally:
        write(file, original)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description="Mutations that have to die.")
    parser.add_argument("names", nargs="*", help="parts of the mutations' names; without any, all")
    names = parser.parse_args().names
    survivors = 0
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory)
        copy_of_the_project(project)
        chosen = [each for each in mutations() if not names or any(name in each.name for name in names)]
        if not chosen:
            parser.error(f"no mutation has a name with {' or '.join(map(repr, names))} in it")
        if not passes(sorted({test for mutation in chosen for test in mutation.tests}), project):
            raise SystemExit("the tests fail without any mutation")
        for mutation in chosen:
            survived = survives(mutation, project)
            survivors += survived
            print(f"{'SURVIVES' if survived else 'dies':8}  {mutation.name}", flush=True)  # noqa: T201
    print(f"{len(chosen) - survivors} of {len(chosen)} die")  # noqa: T201
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
