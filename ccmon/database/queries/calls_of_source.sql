SELECT count(*) FROM calls WHERE source = :name;
