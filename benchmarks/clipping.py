"""Count the names that clipping changes, and how much of it the quality check finds.

    python -m benchmarks.clipping

Each recording is clipped where its QRS complexes are largest, at a height between its median and
their peaks. The network is trained on the recordings as they are, protocol `blocked`.
"""

import warnings

import numpy as np

from dt4ecg import DT4ECGClassifier, Preprocessor, protocols
from dt4ecg.datasets import from_recordings, simulate_cohort
from dt4ecg.datasets.motion import MOTION_ECG, motion_ecg_recordings
from dt4ecg.io import Recording

HEIGHTS = (None, 0.9, 0.7, 0.6, 0.5, 0.4)


def clip(samples: np.ndarray, height: float | None) -> np.ndarray:
    if height is None:
        return samples
    low, median, high = np.quantile(samples, (0.002, 0.5, 0.998))
    if high - median >= median - low:
        return np.minimum(samples, median + height * (high - median))
    return np.maximum(samples, median - height * (median - low))


def report(name: str, recordings: list[Recording], preprocessor: Preprocessor, epochs: int) -> None:
    data = from_recordings(recordings, preprocessor, name=name)
    split = protocols.split(data, "blocked", seed=0)
    labels = np.asarray(data.labels)
    classifier = DT4ECGClassifier(epochs=epochs, preprocessor=preprocessor, random_state=0)
    classifier.fit(data.X[split.train], labels[split.train])
    for height in HEIGHTS:
        found = preprocessor.transform_each(
            [clip(recording.samples.astype(float), height) for recording in recordings],
            [recording.sampling_rate for recording in recordings],
            [recording.gaps for recording in recordings],
        )
        warned = sum(bool(one.quality.cut_off.any()) for one in found)
        tested = np.concatenate([one.segments for one in found])[split.test]
        right = classifier.predict(tested)[:, 0] == labels[split.test, 0]
        usable = np.concatenate([one.quality.usable for one in found])[split.test]
        print(
            f"{name}, {height or 'as recorded'}: warned of {warned}/{len(found)} recordings, "
            f"unusable {(~usable).sum()}/{len(usable)}, right {right.sum()}/{len(right)}, "
            f"right of the unusable {right[~usable].sum()}/{(~usable).sum()}",
            flush=True,
        )


def main() -> None:
    warnings.filterwarnings("ignore", message=".*(flat|taken as lost)")
    cohort = simulate_cohort(subjects=6, seconds=60, sampling_rate=500.0, seed=0)
    report("simulated", cohort, Preprocessor(notch=None), epochs=12)
    notch = MOTION_ECG.mains_frequency
    report(MOTION_ECG.name, motion_ecg_recordings(), Preprocessor(notch=notch), epochs=8)


if __name__ == "__main__":
    main()
