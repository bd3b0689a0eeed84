-- What a reason for a pause means.
INSERT INTO pause_reasons (reason, paid, productive, planned, limit_ms)
VALUES (:reason, :paid, :productive, :planned, :limit_ms)
ON CONFLICT (reason) DO NOTHING;
