"""Default values and names that several layers share. Each is written here and nowhere else."""

DEFAULT_DATA = "paper-cohort"  # simulated, so it needs no download
TASKS = ("identity", "activity")

# The preprocessing of the paper, section II-B.
MAINS_FREQUENCY = 60.0  # Hz, where the paper's recordings were made
HIGHPASS_CUTOFF = 0.5  # Hz
TARGET_RATE = 100.0  # Hz, of the segments
SEGMENT_SECONDS = 3.0
# The paper does not state these two.
HIGHPASS_ORDER = 4
NOTCH_QUALITY = 30.0  # centre frequency divided by the -3 dB width

# The preprocessing of other recordings. A line over a longer hole could hide a QRS complex.
MAX_INTERPOLATE_SECONDS = 0.1

# The training of the paper, section IV-B.
EPOCHS = 50
BATCH_SIZE = 16
LEARNING_RATE = 1e-3
TEST_SIZE = 0.3
# The paper does not state these two.
NORM_SCOPE = "shared"  # which parameters gradient norms cover
PRECISION = "float32"

# Decisions of a gallery of enrolled people.
FALSE_ACCEPT_RATE = 0.01  # of false claims that are accepted, or of strangers who get a name
PREDICTED = "predicted"  # activities by the encoder's head


def names_of_columns(n: int) -> tuple[str, ...]:
    """Return the names of tasks whose ``n`` columns of labels have none."""
    if n == len(TASKS):
        return TASKS
    return ("label",) if n == 1 else tuple(f"task {i}" for i in range(n))
