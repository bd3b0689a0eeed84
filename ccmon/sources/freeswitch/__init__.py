"""FreeSWITCH's mod_callcenter, followed by its event socket or, where that is closed, by its own SQLite database.

`tables` holds the switch's agents, tiers and members as rows, whether read from its database (`database`) or asked for
over the socket. `reported_agents` turns agents and tiers into events, `translator` the socket's events, `member_table`
the members' rows from poll to poll. `event_socket` is the client, `follow` puts the parts together.

What the switch calls a *member* waits in a queue: a caller. An agent who serves a queue has a *tier* there.
"""
