"""The one state machine under every source: floor events in, calls and intervals out. Pure: no I/O, no clock."""
