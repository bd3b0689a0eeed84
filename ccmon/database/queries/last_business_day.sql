-- The end of the last business day that is filled in; 0 where there is none.
SELECT coalesce(max(ends_at), 0) FROM business_days;
