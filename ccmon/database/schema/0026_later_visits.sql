-- The phone calls of several queue visits are few: whoever counts contacts finds them here, and not call by call.

CREATE INDEX calls_of_later_visits ON calls (source, call_id) WHERE visit <> 1;
