"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("ccmon", deadline=None)
settings.load_profile("ccmon")
