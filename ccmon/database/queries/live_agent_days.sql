-- Each agent's totals of the business day. Closed intervals only.
SELECT agent_id, inbound, outbound, inbound_talk_ms, inbound_hold_ms, inbound_wrap_up_ms, outbound_talk_ms,
    outbound_hold_ms, outbound_wrap_up_ms, sales_calls, missed, ready_ms, paused_ms, talking_ms, other_ms, converted,
    sales, revenue_cents, hold_ms, wrap_up_ms
FROM agent_days WHERE day_at = :day_starts_at;
