"""What holds for the museums, as pure functions over rows: opening, areas, the wording of booking rules."""
