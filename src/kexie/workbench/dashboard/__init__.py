"""The leader's dashboard: the state of the work by area, with every figure open."""
