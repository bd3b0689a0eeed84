-- Notes of the total triggers are of no use after a bulk load.
DELETE FROM replaced_calls;
DELETE FROM replaced_agent_states;
DELETE FROM replaced_missed_calls;
DELETE FROM replaced_sales;
