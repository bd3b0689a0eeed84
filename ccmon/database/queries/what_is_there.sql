-- Whether anything is there that did not come from a simulated floor.
SELECT EXISTS (SELECT 1 FROM sources WHERE kind <> 'simulator')
    OR EXISTS (SELECT 1 FROM calls WHERE source NOT IN (SELECT name FROM sources WHERE kind = 'simulator'))
    OR (NOT EXISTS (SELECT 1 FROM sources)
        AND (EXISTS (SELECT 1 FROM agents) OR EXISTS (SELECT 1 FROM queues) OR EXISTS (SELECT 1 FROM customers)
            OR EXISTS (SELECT 1 FROM clients) OR EXISTS (SELECT 1 FROM sales) OR EXISTS (SELECT 1 FROM shifts)));
