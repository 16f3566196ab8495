"""Computation of cells, and the files that keep their results."""
