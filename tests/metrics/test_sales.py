"""Conversion (metrics.md 8.2)."""

from __future__ import annotations

from ccmon.metrics import sales


def test_conversion_that_cannot_be_is_unknown() -> None:
    assert sales.conversion(0, 0) is None
    assert sales.conversion(3, 2) is None
    assert sales.conversion(1, 4) == 0.25
