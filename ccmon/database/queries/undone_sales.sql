-- The sales of the business day that stood at a moment; revenue in the site's currency alone.
SELECT s.call_id, s.agent_id, s.campaign_id, iif(s.currency IS NULL OR s.currency IS site.currency, s.amount_cents, 0)
FROM sales AS s, site
WHERE s.sold_at >= :day_starts_at AND s.sold_at < :day_ends_at AND s.sold_at <= :at
    AND (s.cancelled_at IS NULL OR s.cancelled_at > :at);
