"""The floor process of `ccmon demo`."""

from __future__ import annotations

import gc
import sys

from ccmon.partial_imports import import_parts

if __name__ == "__main__":
    gc.disable()  # until the floor can be shown: saves a twentieth of the time until then
    import_parts("msgspec")
    from ccmon.simulator.process_main import main

    sys.exit(main())
