"""The limits on visitor accounts, in one place."""

import datetime as dt

# A code sent by SMS.
CODE_DIGITS = 6
CODE_LASTS = dt.timedelta(minutes=5)
CODE_TRIES = 5

# How many codes one number may ask for: often enough for a lost message, too seldom to annoy its owner.
RESEND_AFTER = dt.timedelta(seconds=60)
CODES_PER_NUMBER = ((dt.timedelta(hours=1), 5), (dt.timedelta(days=1), 10))
# How many one network address may ask for. A museum's hall shares one address among hundreds of people.
CODES_PER_ADDRESS = ((dt.timedelta(minutes=10), 60), (dt.timedelta(days=1), 600))
# Wrong codes from one address.
FAILURES_PER_ADDRESS = (dt.timedelta(minutes=10), 50)
# Codes are kept for as long as they are counted.
CODES_KEPT = dt.timedelta(days=1)

# A sign-in lasts this long, on one device or by a token.
SIGN_IN_LASTS = dt.timedelta(days=90)

COMPANIONS = 20
# A removed companion can be put back for this long, then is erased.
UNDO_LASTS = dt.timedelta(minutes=30)

# An account nobody has signed in to for this long, and that nothing holds, is erased.
UNUSED_KEPT = dt.timedelta(days=2 * 365)
