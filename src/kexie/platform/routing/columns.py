"""Names of the rows in the arrays of `arrays.Data` and `arrays.State`. Few arrays with many rows compile in a fraction of the time."""

# Data.route_ints
DAY, VEHICLE, BEGINS_AT, ENDS_AT, ALIKE = range(5)
# Data.route_floats
OPENS, SHIFT_END, CLOSES, CAPACITY, LONGEST, DRIVING, PER_DISTANCE, PER_OVERTIME, PER_DAY = range(9)
# Data.site_ints
PLACE, VISITS, LEAST_GAP, MOST_GAP, LAST_VISIT, TOWNSHIP, PATTERN_OF = range(7)
# Data.site_floats
SERVICE, DEMAND, WEIGHT, PENALTY, FAR_OUT = range(5)
# Data.legs
DISTANCE, MINUTES = range(2)
# Data.windows
WINDOW_OPENS, WINDOW_CLOSES = range(2)
# State.routes
LENGTH, STAMP, TOUCHED, IS_TOUCHED, OLD_LENGTH, OLD_STAMP, BEST_LENGTH, RUINED = range(8)
# State.sums
LOAD, DRIVE, WORK, COST = range(4)
# State.times
BEGINS, LATEST = range(2)
# State.lists
STOPS, OLD_STOPS, BEST_STOPS, TURNED = range(4)
# State.sites
SERVED, REMOVED, REMOVED_DAY, IS_REMOVED = range(4)
# State.known
KNOWN_COST, KNOWN_POSITION = range(2)
# State.days
DAY_ROUTE, CHOSEN = range(2)
# State.counts
N_TOUCHED, N_STAMP, N_REMOVED, N_RUINED = range(4)
# State.totals
NOW_COST, NOW_MISSING, BEST_COST, BEST_MISSING = range(4)
