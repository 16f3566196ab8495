"""Largest values that several layers accept."""

MAX_LEADS = 64  # more rows than this are taken for an array whose time axis comes first
MAX_MAINS_FREQUENCY = 1000.0  # Hz
MAX_SAMPLES = 2**27  # of all leads of one recording: 1 GiB in float64, three days of 500 Hz
MAX_BYTES = 2**30  # of one recording, unpacked; a day of one lead at 1 kHz in float64 is 0.7 GB
LARGEST_SAMPLE = 1e30  # the core counts larger samples as infinite
