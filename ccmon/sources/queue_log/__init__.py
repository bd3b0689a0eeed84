"""Asterisk's queue_log: its lines as floor events, its history as an import, its end as a follower (metrics.md 12)."""
