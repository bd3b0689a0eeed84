"""Which package may import which."""

import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent


def test_import_contracts_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    status = lint_imports(no_cache=True, config_filename=str(ROOT / "pyproject.toml"))
    assert status == 0, capsys.readouterr().out
