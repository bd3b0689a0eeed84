"""FreeSWITCH's mod_callcenter: from its event socket, or from its own SQLite database where the socket is closed.

`tables` holds the switch's agents, tiers and members as rows, whether read from its database (`database`) or asked for
over the socket. `reported_agents` turns agents and tiers into events, `translator` the socket's events, `polling` the
members' rows of one look after the other. `event_socket` is the client, `follow` puts the parts together.

The switch calls *member* who waits in a queue: members are callers here. An agent who serves a queue has a *tier*.
"""
