"""Largest values that several layers accept."""

MAX_LEADS = 64  # more rows than this are taken for an array whose time axis comes first
MAX_MAINS_FREQUENCY = 1000.0  # Hz
