-- What each pause reason means.
SELECT reason, limit_ms FROM pause_reasons;
