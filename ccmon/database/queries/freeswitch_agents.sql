-- A row of mod_callcenter's own table agents, with the columns that this version of the switch has.
SELECT * FROM agents;
