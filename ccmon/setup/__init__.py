"""``ccmon setup``: finds out, asks, shows what it will do, does it, checks it.

`discovery` looks at the machine, `questions` are the questions as data, `interview` asks them on a terminal, `steps`
do the work. A step knows whether it is done, so that setup can be broken off and run again.
"""
