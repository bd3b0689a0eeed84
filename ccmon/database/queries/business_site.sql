-- What the site says of its money.
SELECT margin, incrementality FROM site WHERE id = 1;
