"""How fast, against whom, with the answers compared first: ``python -m benchmarks``."""
