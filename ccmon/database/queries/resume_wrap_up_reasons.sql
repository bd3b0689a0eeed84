-- One row a pause reason that counts as wrap-up.
SELECT reason FROM pause_reasons WHERE counts_as_wrap_up = 1;
