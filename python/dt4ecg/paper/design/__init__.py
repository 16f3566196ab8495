"""What the paper states, and the cells that are computed to check it."""
