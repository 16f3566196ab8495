"""Small helpers that every layer uses."""
