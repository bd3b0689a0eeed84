-- Make room for the recounted totals of the business days in [:first_at, :last_at).
DELETE FROM queue_quarters WHERE quarter_at >= :first_at AND quarter_at < :last_at;
DELETE FROM wait_histogram WHERE day_at >= :first_at AND day_at < :last_at;
DELETE FROM handling_histogram WHERE day_at >= :first_at AND day_at < :last_at;
DELETE FROM agent_days WHERE day_at >= :first_at AND day_at < :last_at;
DELETE FROM campaign_days WHERE day_at >= :first_at AND day_at < :last_at;
