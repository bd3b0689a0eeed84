"""Where calls come from.

A source that follows a switch (`queue_log`, `ami`, `freeswitch`) yields the events of `ccmon.events`. `table` imports
files: calls that are over, and rows of other tables.
"""
