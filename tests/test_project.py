"""The project's own papers agree with each other: lock, metadata, README, and what may stand in a tracked file."""

import ast
import functools
import re
import shutil
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
LOCKED = {package["name"]: package for package in LOCK["package"]}

# Spelled so that this file does not contain them.
FORBIDDEN = [
    ".".join(("pypi", "org")),
    ".".join(("files", "pythonhosted", "org")),
    ".".join(("registry", "npmjs", "org")),
    ".".join(("deb", "debian", "org")),
    "/".join(("", "work", "")),
    "/".join(("", "opt", "ccmon-venv")),
    "/".join(("", "root", "")),
]


def tracked_files() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def requirements() -> list[Requirement]:
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    declared = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["dev"], *chain(*extras)]
    return [Requirement(text) for text in dict.fromkeys(declared)]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_locked_version_satisfies_the_project(requirement: Requirement) -> None:
    locked = LOCKED[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(locked["version"])


def test_lock_declares_what_the_project_declares() -> None:
    (own,) = (package for package in LOCK["package"] if package["source"] == {"editable": "."})
    assert own["name"] == PYPROJECT["project"]["name"]
    assert own["version"] == PYPROJECT["project"]["version"]
    metadata = own["metadata"]
    locked = {
        (entry["name"], SpecifierSet(entry.get("specifier", "")))
        for entry in [*metadata["requires-dist"], *metadata["requires-dev"]["dev"]]
    }
    assert locked == {(canonicalize_name(each.name), each.specifier) for each in requirements()}


def test_every_locked_file_has_a_hash() -> None:
    for package in LOCK["package"]:
        if "registry" in package["source"]:
            files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            assert files, package["name"]
            assert all(file["hash"].startswith("sha256:") for file in files), package["name"]


def test_pip_gets_the_versions_of_the_lock() -> None:
    lines = (ROOT / "requirements-dev.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert {each.name: str(each.specifier) for each in pinned} == {
        name: f"=={package['version']}" for name, package in LOCKED.items() if "registry" in package["source"]
    }


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in tracked_files()
        for text in FORBIDDEN
        if text.encode() in path.read_bytes()
    ]
    assert found == []


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^ {4}(python3 -m venv .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    demo, tests = commands
    assert demo.endswith("ccmon demo")
    assert ".venv/bin/pytest" in tests
    assert r"s/^ *\(python3 -m venv .*pytest.*\)$/\1/p" in (ROOT / ".ci" / "run").read_text()


def test_supported_pythons_are_declared_once() -> None:
    classifiers = [text for text in PYPROJECT["project"]["classifiers"] if text.startswith("Programming Language")]
    oldest = min(Version(text.rsplit(" ", 1)[1]) for text in classifiers)
    assert SpecifierSet(PYPROJECT["project"]["requires-python"]) == SpecifierSet(f">={oldest}")
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py" + str(oldest).replace(".", "")


def test_what_starts_servers_and_terminals_is_slow() -> None:
    """Whoever leaves the slow tests out waits for none of them."""
    starts = re.compile(r"^from .* import .*\b(?:ManagerServer|EventSocketServer|Terminal|Following)\b", re.MULTILINE)
    tests = [file for file in (ROOT / "tests").rglob("test_*.py") if "slow" not in file.parts]
    assert [file.name for file in tests if starts.search(file.read_text(encoding="utf-8"))] == []


@functools.cache
def definitions() -> list[tuple[Path, int, Sequence[ast.AST]]]:
    """Each module of ccmon, how many lines it has, and its classes and functions."""
    found: list[tuple[Path, int, Sequence[ast.AST]]] = []
    for path in sorted((ROOT / "ccmon").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        kinds = ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
        found.append((path, len(text.splitlines()), nodes))
    return found


def test_a_module_has_one_subject_and_a_function_one_task() -> None:
    too_long = []
    for file, lines, nodes in definitions():
        if lines > 400:
            too_long.append(file.name)
        functions = (n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        too_long += [f"{file.name}: {n.name}" for n in functions if (n.end_lineno or 0) - n.lineno >= 60]
    assert too_long == []


def test_no_public_class_has_the_name_of_another() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, _, nodes in definitions():
        for node in nodes:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert len(places) > 300
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
