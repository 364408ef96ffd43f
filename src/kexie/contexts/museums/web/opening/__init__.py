"""Pages of opening: slots, calendar, booking rules, shows, stages."""
