"""Training runs: their configuration, folder and summary."""
