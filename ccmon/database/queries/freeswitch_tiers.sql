-- A row of mod_callcenter's own table tiers, with the columns that this version of the switch has.
SELECT * FROM tiers;
