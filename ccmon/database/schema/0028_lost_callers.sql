-- Lost calls are few, and so are a number's calls: whoever looks for callers who gave up, and have called again since,
-- finds them here, and not call by call. Calls of known customers are found by customer.

CREATE INDEX calls_lost ON calls (entered_at)
    WHERE direction = 'inbound' AND outcome IN ('abandoned', 'timeout', 'no_agents', 'incompatible');
CREATE INDEX calls_by_number ON calls (caller, entered_at) WHERE customer_id IS NULL AND caller IS NOT NULL;
