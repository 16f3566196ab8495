"""Statistics of finished cells, and the rules that give each claim of the paper a verdict."""
