"""Compute cells and keep their results."""
