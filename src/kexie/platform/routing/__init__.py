"""Planning of rounds: which site is visited on which days, by which vehicle, in which order. See README.md."""
