"""Files that a training leaves: the container of tensors, and the lock of a run folder."""
