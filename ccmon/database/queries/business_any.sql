-- 1 where reasons of calls are noted; the moment of the first order.
SELECT EXISTS (SELECT 1 FROM call_reasons), (SELECT min(sold_at) FROM sales);
