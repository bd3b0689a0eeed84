"""Widgets that draw their own lines and refresh only what changed."""
