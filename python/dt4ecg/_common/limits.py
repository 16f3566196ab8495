"""Largest values that several layers accept."""

MAX_LEADS = 64  # more rows than this are taken for an array whose time axis comes first
MAX_MAINS_FREQUENCY = 1000.0  # Hz
MAX_SAMPLES = 2**27  # of all leads of one recording: 1 GiB in float64, three days of 500 Hz
LARGEST_SAMPLE = 1e30  # the core counts larger samples as infinite
