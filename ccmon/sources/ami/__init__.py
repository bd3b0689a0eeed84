"""Asterisk's manager interface (AMI): the floor as it is now.

`protocol` cuts the byte stream into packets, `translator` turns packets into `ccmon.events` with the help of `phones`,
`connection` keeps the connection up, `follow` puts them together. Asterisk 12 or newer.
"""
