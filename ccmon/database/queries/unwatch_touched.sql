-- Dropping a table does not drop triggers that write into it.
DROP TRIGGER temp.touched_calls_inserting;
DROP TRIGGER temp.touched_calls_inserted;
DROP TRIGGER temp.touched_calls_updated;
DROP TRIGGER temp.touched_calls_deleted;
DROP TRIGGER temp.touched_agent_states_inserting;
DROP TRIGGER temp.touched_agent_states_inserted;
DROP TRIGGER temp.touched_agent_states_updated;
DROP TRIGGER temp.touched_agent_states_deleted;
DROP TRIGGER temp.touched_missed_calls_inserting;
DROP TRIGGER temp.touched_missed_calls_inserted;
DROP TRIGGER temp.touched_missed_calls_updated;
DROP TRIGGER temp.touched_missed_calls_deleted;
DROP TRIGGER temp.touched_sales_inserting;
DROP TRIGGER temp.touched_sales_inserted;
DROP TRIGGER temp.touched_sales_updated;
DROP TRIGGER temp.touched_sales_deleted;
DROP TABLE temp.touched;
