"""Speed compared with other libraries: ``python -m benchmarks``. Equal answers come first."""
