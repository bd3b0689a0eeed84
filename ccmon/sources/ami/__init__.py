"""Asterisk's manager interface (AMI): the present state of the floor.

`protocol` cuts the byte stream into packets, `translator` turns packets into `ccmon.events` with the help of `phones`,
`connection` talks to the switch, `follow` puts them together. Asterisk 12 or newer.
"""
