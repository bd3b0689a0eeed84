"""Our modules found by their names are those that Python finds, and one without up-to-date bytecode is left to it."""

from __future__ import annotations

import importlib.util
import marshal
import os
import py_compile
import shutil
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from benchmarks.terminal import terminal_environment
from ccmon import own_modules
from ccmon.own_modules import Finder, install_finder

ROOT = Path(__file__).parent.parent
MODULES = ["ccmon.errors", "ccmon.model", "ccmon.model.sales", "ccmon.report.json_writer"]


def compiled(source: Path) -> None:
    """Write the bytecode of a module as Python does by default, whatever the environment says."""
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_found_where_python_finds_it(name: str, tmp_path: Path) -> None:
    original = importlib.util.find_spec(name)
    assert original is not None
    assert original.origin is not None
    folder = tmp_path
    for each in name.split(".")[:-1]:
        folder /= each
    is_package = original.submodule_search_locations is not None
    source = folder / name.rpartition(".")[2] / "__init__.py" if is_package else folder / Path(original.origin).name
    source.parent.mkdir(parents=True)
    shutil.copyfile(original.origin, source)
    compiled(source)
    usual = PathFinder.find_spec(name, [str(folder)])
    found = Finder.find_spec(name, [str(folder)])
    assert usual is not None
    assert found is not None
    for attribute in ("name", "origin", "cached", "has_location", "submodule_search_locations", "parent"):
        assert getattr(found, attribute) == getattr(usual, attribute)
    assert found.loader is not None
    assert found.loader.get_source(name) == source.read_text(encoding="utf-8")  # type: ignore[attr-defined]


def test_modules_of_others_are_left_to_python() -> None:
    assert Finder.find_spec("json") is None
    assert Finder.find_spec("json.decoder", ["/usr/lib"]) is None
    assert Finder.find_spec("ccmon.nothing", [str(ROOT / "ccmon")]) is None


def test_a_module_with_much_bytecode_is_left_to_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "some.py"
    source.write_text("value = 1\n")
    compiled(source)
    size = source.parent.joinpath("__pycache__", f"some.{sys.implementation.cache_tag}.pyc").stat().st_size
    for most, is_found in ((size + 1, True), (size, False), (size - 1, False)):
        monkeypatch.setattr(own_modules, "READ_BYTES", most)
        assert (Finder.find_spec("ccmon.some", [str(tmp_path)]) is not None) is is_found


def test_a_module_without_up_to_date_bytecode_is_left_to_python(tmp_path: Path) -> None:
    source = tmp_path / "some.py"
    source.write_text("value = 1\n")
    assert Finder.find_spec("ccmon.some", [str(tmp_path)]) is None
    compiled(source)
    assert Finder.find_spec("ccmon.some", [str(tmp_path)]) is not None
    os.utime(source, (1, 1))
    assert Finder.find_spec("ccmon.some", [str(tmp_path)]) is None
    compiled(source)
    assert Finder.find_spec("ccmon.some", [str(tmp_path)]) is not None
    source.write_text("value = 10\n")
    os.utime(source, (1, 1))
    assert Finder.find_spec("ccmon.some", [str(tmp_path)]) is None
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    assert Finder.find_spec("ccmon.some", [str(tmp_path)]) is None


def loaders_of(*options: str) -> set[str]:
    """The classes of the loaders of our modules in a process of its own."""
    script = (
        "import sys; from ccmon.own_modules import install_finder; install_finder(); import ccmon.model.sales\n"
        "print(*{type(m.__loader__).__name__ for n, m in sys.modules.items() if n.startswith('ccmon.m')})"
    )
    for _ in range(2):  # the first may have to write the bytecode
        run = subprocess.run(
            [sys.executable, *options, "-c", script],
            check=True, capture_output=True, text=True, cwd=ROOT,
            env=terminal_environment(PYTHONDONTWRITEBYTECODE=None),
        )  # fmt: skip
    return set(run.stdout.split())


def test_bytecode_in_other_places_is_left_to_python(tmp_path: Path) -> None:
    assert loaders_of() == {"Loader"}
    assert loaders_of("-O") == {"SourceFileLoader"}
    assert loaders_of("-X", f"pycache_prefix={tmp_path}") == {"SourceFileLoader"}


def test_a_module_can_be_loaded_again(tmp_path: Path) -> None:
    source = tmp_path / "some.py"
    source.write_text("value = 1\n")
    compiled(source)
    spec = Finder.find_spec("ccmon.some", [str(tmp_path)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    for _ in range(2):
        spec.loader.exec_module(module)
        assert vars(module).pop("value") == 1


def test_code_that_was_moved_names_where_it_is_now(tmp_path: Path) -> None:
    source = tmp_path / "before" / "some.py"
    source.parent.mkdir()
    source.write_text("def inner(): pass\n")
    compiled(source)
    folder = source.parent.rename(tmp_path / "after")
    spec = Finder.find_spec("ccmon.some", [str(folder)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.inner.__code__.co_filename == str(folder / "some.py")


def test_the_finder_is_installed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [])
    for _ in range(2):
        install_finder()
    assert sys.meta_path == [Finder]


def test_without_a_private_part_of_python_the_start_is_pythons() -> None:
    script = (
        "import sys; sys.modules['ccmon.own_modules'] = None; sys.argv = ['ccmon', '--version'];"
        " from ccmon.__main__ import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, cwd=ROOT)
    assert (run.returncode, run.stderr) == (0, "")


def test_all_our_modules_are_small_enough_to_be_read_at_once() -> None:
    code = {path: compile(path.read_text(), str(path), "exec") for path in (ROOT / "ccmon").rglob("*.py")}
    assert max(len(marshal.dumps(each)) for each in code.values()) + own_modules.HEADER < own_modules.READ_BYTES
