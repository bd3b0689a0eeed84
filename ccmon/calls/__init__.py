"""The one state machine for all sources: floor events in, calls and intervals out. Pure: no I/O, no clock."""
