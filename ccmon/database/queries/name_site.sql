-- The site of demo data: as old as its data, and named where nobody has named it.
UPDATE site SET name = coalesce(name, :name), currency = coalesce(currency, :currency),
    margin = coalesce(margin, :margin), created_at = :created_at;
