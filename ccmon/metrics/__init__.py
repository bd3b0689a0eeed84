"""Arithmetic on counts and times: no input or output, no clock. The time, where needed, is an argument.

Functions change nothing but a `NextChange` passed in, which collects when a result changes. `percentage` and
`durations` write shares and lengths of time as texts, since a share is compared as it is shown.
"""
