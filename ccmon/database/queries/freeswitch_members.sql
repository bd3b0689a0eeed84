-- A row of mod_callcenter's own table members, with the columns that this version of the switch has.
SELECT * FROM members;
