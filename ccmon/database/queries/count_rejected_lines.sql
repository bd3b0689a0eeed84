-- How many lines did not go in, and how many went in without a number that cannot be.
SELECT count(*) FILTER (WHERE NOT taken_in), count(*) FILTER (WHERE taken_in) FROM rejected_lines;
