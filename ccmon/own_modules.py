"""Finds the modules of this package by their names alone.

Python asks several finders for each module, looks for five kinds of files in each folder, and at each file three times.
A short command imports many of our modules, and would spend much of its time on that. Here a module is its file
``.py``, whose bytecode is used if it was made of the file as it is now. Anything else, such as a module that has no
bytecode yet, is left to Python's own finders.
"""

from __future__ import annotations

import marshal
import os
import sys
from _frozen_importlib import ModuleSpec  # importlib.machinery would have to be imported
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from _imp import _fix_co_filename  # type: ignore[attr-defined]
from collections.abc import Sequence
from types import CodeType, ModuleType

HEADER = 16
"""The length of what stands before the code in a file of bytecode."""
READ_BYTES = 1 << 16
"""Read at once of a file of bytecode; a module with as much or more is left to Python."""


class Loader(SourceFileLoader):
    """A loader that has read the bytecode already."""

    code: CodeType | None
    """None once the module has run: nobody needs it any more."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module."""
        code, self.code = self.code, None
        if code is None:
            super().exec_module(module)
        else:
            exec(code, module.__dict__)  # noqa: S102 (as Python does)


class Finder:
    """A finder of our modules."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where a module is; None for a module of others, or without up-to-date bytecode."""
        if path is None or not name.startswith("ccmon."):
            return None
        folder, stem = path[0], name.rpartition(".")[2]
        return _spec(name, folder, stem) or _spec(name, f"{folder}/{stem}", "__init__")


def _spec(name: str, folder: str, stem: str) -> ModuleSpec | None:
    source, bytecode = f"{folder}/{stem}.py", f"{folder}/__pycache__/{stem}.{sys.implementation.cache_tag}.pyc"
    try:
        found = os.stat(source)  # noqa: PTH116 (pathlib is not imported yet)
        file = os.open(bytecode, os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.read(file, READ_BYTES)
        finally:
            os.close(file)
    except OSError:
        return None
    made_of = (int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF)
    header = b"".join((MAGIC_NUMBER, bytes(4), *(number.to_bytes(4, "little") for number in made_of)))
    if data[:HEADER] != header or len(data) == READ_BYTES:
        return None
    loader = Loader(name, source)
    code = marshal.loads(memoryview(data)[HEADER:])  # noqa: S302 (as Python does)
    if code.co_filename != source:  # compiled elsewhere, and then moved
        _fix_co_filename(code, source)
    loader.code = code
    spec = ModuleSpec(name, loader, origin=source, is_package=stem == "__init__")
    spec.cached, spec.has_location = bytecode, True
    if spec.submodule_search_locations is not None:
        spec.submodule_search_locations.append(folder)
    return spec


def install_finder() -> None:
    """From now on find our modules by their names."""
    is_in_usual_place = not sys.flags.optimize and sys.pycache_prefix is None
    if is_in_usual_place and Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)
