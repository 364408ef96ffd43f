"""Figure pages: every measure, every figure, and every figure's rows."""
