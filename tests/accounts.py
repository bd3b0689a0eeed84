"""Accounts of this machine under which tests read and write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def with_no_special_rights() -> Iterator[None]:
    """As another user, where the tests run as root, who may read every file."""
    before = os.geteuid()
    os.seteuid(before or 61_001)
    try:
        yield
    finally:
        os.seteuid(before)
