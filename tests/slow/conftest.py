"""Marks all tests of this folder as slow: they start servers, terminals or processes, or need a long past."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    is_here = functools.cache(lambda path: path.is_relative_to(HERE))
    for item in items:
        if is_here(item.path):
            item.add_marker(pytest.mark.slow)
