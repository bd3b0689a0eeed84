"""One key for all names that switches give one agent (metrics.md 6.1)."""

from __future__ import annotations

import re
from functools import lru_cache

_INTERFACE = re.compile(
    r"(?:PJSIP|SIP|IAX2|Local|Agent|SCCP|Skinny|DAHDI|Zap|MGCP|H323|OOH323|Console|Custom)/([^/@]+)(?:@[^/]*)?(?:/[a-z]+)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=10_000)
def agent_key(name: str) -> str:
    """The agent's key: an interface without technology, context and options; any other name unchanged.

    >>> [agent_key(name) for name in ("PJSIP/1001", "Local/1001@from-queue/n", "Agent/1001", "1001", "Ann Onyme")]
    ['1001', '1001', '1001', '1001', 'Ann Onyme']
    >>> agent_key("SIP/trunk/0612345678")
    'SIP/trunk/0612345678'
    """
    found = _INTERFACE.fullmatch(name.strip())
    return found[1] if found else name.strip()
