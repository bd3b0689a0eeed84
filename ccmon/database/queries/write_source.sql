-- A source, or the news of one. Once followed, it is expected to be until somebody retires it: a follower that was
-- stopped is missed, however it ended, and an import in between changes nothing about that.
INSERT INTO sources (name, kind, path, following, started_at, last_record_at, checked_at, records, unknown_records,
                     rejected, incomplete_records, position, carried)
VALUES (:name, :kind, :path, :following, :started_at, :last_record_at, :checked_at, :records, :unknown, :rejected,
        :incomplete, :position, :carried)
ON CONFLICT (name) DO UPDATE SET
    kind = excluded.kind,
    path = coalesce(excluded.path, path),
    following = max(following, excluded.following),
    started_at = coalesce(excluded.started_at, started_at),
    last_record_at = max(coalesce(excluded.last_record_at, last_record_at), coalesce(last_record_at, 0)),
    checked_at = coalesce(excluded.checked_at, checked_at),
    records = records + excluded.records,
    unknown_records = unknown_records + excluded.unknown_records,
    rejected = rejected + excluded.rejected,
    incomplete_records = incomplete_records + excluded.incomplete_records,
    position = coalesce(excluded.position, position),
    carried = coalesce(excluded.carried, carried);
