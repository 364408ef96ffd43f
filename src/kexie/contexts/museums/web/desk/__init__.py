"""The desk's day: today, reservations, groups, visitors, the day's count, figures."""
