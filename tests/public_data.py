"""Logs and tables that others published, where they are on this machine, and small ones of their shape always."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHAPES = Path(__file__).parent / "data" / "shapes"
PUBLISHED = Path(os.environ.get("CCMON_PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))
FOLDERS = [
    pytest.param(SHAPES, id="shape"),
    *([pytest.param(PUBLISHED, id="published", marks=pytest.mark.slow)] if PUBLISHED.is_dir() else []),
]
