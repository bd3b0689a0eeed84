-- 1 where calls are known by customer.
SELECT EXISTS (SELECT 1 FROM calls WHERE customer_id IS NOT NULL), EXISTS (SELECT 1 FROM call_reasons),
    (SELECT min(sold_at) FROM sales);
