"""Classifiers and encoders that are trained on the motion set, for people outside their training.

Their weights are not published, because the licence of the set does not allow it.
"""

import numpy as np

from benchmarks.verification import evaluation, sets, trials
from dt4ecg.biometrics import IdentityEncoder, Verifier
from dt4ecg.datasets.motion import motion_ecg_recordings
from dt4ecg.io import Recording

STEPS = 150
FOLDS = (("01", "02", "03"), ("04", "05", "06"), ("07", "08", "09", "10"))
ELECTRODES = ("e1", "e2", "e3")


def test(steps: int) -> dict:
    """Train on the people outside each fold; compare those within it, by other electrodes.

    The classifier is trained on the motion set alone, the encoder on CinC 2017 too.
    """
    X, subject, _ = sets.rows(sets.cinc_2017("train"))
    signals = sets.motion()
    found: dict = {activity: {} for activity in evaluation.ACTIVITIES}
    for fold in FOLDS:
        others = [r for r in motion_ecg_recordings() if r.subject not in fold]
        arms = {
            "classifier": evaluation.classifier([s for s in signals if s.subject not in fold]),
            "trained encoder": encoder(X, subject, others, steps).embed,
        }
        mine = [one for one in signals if one.subject in fold]
        for name, embed in arms.items():
            for activity, arm in found.items():
                pairs = trials.other_electrode(trials.cosine(embed), mine, activity)
                arm.setdefault(name, []).append(pairs)
                print(fold, name, activity, pairs.curves().equal_error_rate, flush=True)
    return {
        activity: {name: trials.joined(pairs).curves().to_dict() for name, pairs in arms.items()}
        for activity, arms in found.items()
    }


def encoder(
    X: np.ndarray, subject: np.ndarray, others: list[Recording], steps: int
) -> IdentityEncoder:
    """Train on CinC 2017 and recordings of the motion set, with an electrode as a session."""
    more, person, recording = sets.rows(others)
    session = np.array([ELECTRODES.index(str(r.session)) for r in others])[recording]
    verifier = Verifier(steps=steps, subjects_per_batch=32, segments_per_subject=8, n_threads=1)
    verifier.fit(
        np.concatenate([X, more]),
        np.concatenate([subject, subject.max() + 1 + person]),
        session=np.concatenate([np.zeros(len(X), int), session]),
        source=np.repeat([0, 1], [len(X), len(more)]),
    )
    return verifier.encoder_
