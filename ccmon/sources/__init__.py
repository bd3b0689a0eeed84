"""Where calls come from. Each source yields the events of `ccmon.events`."""
