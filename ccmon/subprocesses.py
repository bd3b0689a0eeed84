"""How ccmon starts itself, in one place: a child must import the same files as its parent.

``python -m`` would import from the current directory first, and from wherever ``PYTHONPATH`` points: a ``typer.py``
there would run with the supervisor's rights. A child runs isolated (``python -I``): the current directory, the
``PYTHON…`` variables and the user's own site directory are ignored. It runs the same files of ``ccmon`` as its parent,
wherever they are; what they need must be installed in the same Python or beside them (``pip install --target``,
``--user``).

This file is also the program that a child begins with.
"""

from __future__ import annotations

import sys

__all__ = ["command", "is_ccmon"]

_WITH_VALUE = {"-W", "-X"}
"""Options of Python that another word follows."""


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ccmon (``ccmon``: the command line) in a process of its own."""
    return [sys.executable, "-I", "-X", f"utf8={sys.flags.utf8_mode}", __file__, module, *arguments]


def is_ccmon(words: list[str] | tuple[str, ...]) -> bool:
    """Whether the command line of a process is a ccmon's: its script, ``python -m ccmon``, or a child's `command`."""
    if not words:
        return False
    name = words[0].rpartition("/")[2]
    if name == "ccmon" or not name.startswith("python"):
        return name == "ccmon"
    rest = iter(words[1:])
    for word in rest:
        if word == "-m":
            return next(rest, "") == "ccmon"
        if word == "-c":
            return False
        if word in _WITH_VALUE:
            next(rest, "")
        elif not word.startswith("-"):
            return word.rpartition("/")[2] == "ccmon" or word.endswith("/ccmon/subprocesses.py")
    return False


def _run() -> None:
    """Run the module that the command line names, from the package that contains this file."""
    import importlib.util  # not needed by those who only call command()
    import runpy
    from pathlib import Path

    package = Path(__file__).resolve().parent
    if importlib.util.find_spec("typer") is None:
        sys.path.append(str(package.parent))
    found = importlib.util.spec_from_file_location(
        "ccmon", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if found is None or found.loader is None:
        raise ImportError(str(package))
    sys.modules["ccmon"] = importlib.util.module_from_spec(found)
    found.loader.exec_module(sys.modules["ccmon"])
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run()
