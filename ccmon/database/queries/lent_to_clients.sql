-- Sales calls and orders of clients' campaigns by agents whose team works for another client, or for none, in a stretch
-- as it was at a moment: the team's client (NULL: none), the campaign's, right-party contacts by their start, orders by
-- their own moment, revenue in the site's currency alone.
SELECT team_client_id, client_id, sum(sales_calls), sum(converted), sum(sales), sum(revenue_cents)
FROM (
    SELECT t.client_id AS team_client_id, m.client_id AS client_id, count(*) AS sales_calls, 0 AS converted, 0 AS sales,
        0 AS revenue_cents
    FROM campaigns AS m CROSS JOIN calls AS c INDEXED BY calls_reached
        LEFT JOIN agents AS a ON a.id = c.agent_id LEFT JOIN teams AS t ON t.id = a.team_id
    WHERE m.client_id IS NOT NULL AND c.campaign_id = m.id AND c.right_party = 1 AND c.direction = 'outbound'
        AND c.entered_at >= :since AND c.entered_at < :until AND c.entered_at <= :at AND c.served_at <= :at
        AND (c.ended_at IS NULL OR c.ended_at <= :at) AND t.client_id IS NOT m.client_id
    GROUP BY t.client_id, m.client_id
    UNION ALL
    SELECT t.client_id, m.client_id, 0,
        count(DISTINCT coalesce(s.agent_id, 0) || ' ' || s.call_id) + sum(s.call_id IS NULL), count(*),
        sum(iif(s.currency IS NULL OR s.currency IS site.currency, s.amount_cents, 0))
    FROM site CROSS JOIN sales AS s INDEXED BY sales_by_moment JOIN campaigns AS m ON m.id = s.campaign_id
        LEFT JOIN agents AS a ON a.id = s.agent_id LEFT JOIN teams AS t ON t.id = a.team_id
    WHERE s.sold_at >= :since AND s.sold_at < :until AND s.sold_at <= :at
        AND (s.cancelled_at IS NULL OR s.cancelled_at > :at)
        AND m.client_id IS NOT NULL AND t.client_id IS NOT m.client_id
    GROUP BY t.client_id, m.client_id
)
GROUP BY team_client_id, client_id;
