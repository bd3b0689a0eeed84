-- What a person changed, as it was and as it is.
INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after, reason, undoes)
VALUES (:acted_at, :who, :act, :subject, :subject_id, :before, :after, :reason, :undoes);
