"""Defaults that several layers share, each written once."""

DEFAULT_DATA = "paper-cohort"  # simulated, so it needs no download
PAPERS_MAINS = 60.0  # Hz, mains frequency of the paper's recordings
