"""The whole JSON of a floor at one moment, kept as a file: the bytes are the contract.

Where a change is meant, write the files anew with ``CCMON_GOLDEN=write`` in the environment, and read what has changed.
"""

from __future__ import annotations

import pytest

from tests.commands import done
from tests.goldens.moments import MOMENTS, agrees, database_of


@pytest.mark.parametrize("name", MOMENTS)
def test_status_json(name: str) -> None:
    shown = done("status", "--json", "--at", MOMENTS[name], "--db", database_of(name))
    agrees(f"json/{name}.json", shown)
