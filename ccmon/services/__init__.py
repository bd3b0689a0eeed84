"""Keeping what follows a switch running: units for systemd."""
