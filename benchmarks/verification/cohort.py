"""The background cohort that ships with the encoder, and what its thresholds accept."""

from pathlib import Path

import numpy as np

import dt4ecg
from benchmarks.verification import sets, strangers
from benchmarks.verification.sets import Signal
from benchmarks.verification.training import ABOUT
from dt4ecg.biometrics import Gallery, IdentityEncoder, shipped_cohort
from dt4ecg.biometrics.fusion import fused
from dt4ecg.signal import segment_quality

PEOPLE = 300
FEWEST = 2 * shipped_cohort.SEGMENTS  # usable segments of a person
OTHERS = 100


def people(encoder: IdentityEncoder) -> tuple[list[Signal], list[Signal]]:
    """Divide the validation part of CinC 2017 into the people of the cohort and the others.

    Recordings with at least eight usable segments are candidates. The cohort has 300 of them, at
    equal distances in the order of their numbers.
    """
    candidates = []
    for signal in sets.cinc_2017_signals("validation"):
        usable = segment_quality(signal.segments, 100).usable
        if usable.sum() >= FEWEST:
            candidates.append(signal._replace(segments=signal.segments[usable]))
    chosen = set(np.linspace(0, len(candidates) - 1, PEOPLE).round().astype(int).tolist())
    return (
        [one for i, one in enumerate(candidates) if i in chosen],
        [one for i, one in enumerate(candidates) if i not in chosen],
    )


def make(out: Path) -> None:
    """Write the cohort of the package."""
    encoder = dt4ecg.load("identity-encoder")
    templates, segments = [], []
    for signal in people(encoder)[0]:
        vectors = encoder.embed(signal.segments)
        half = len(vectors) // 2
        templates.append(fused(vectors[:half]))
        segments.append(vectors[half : half + shipped_cohort.SEGMENTS])
    shipped_cohort.write(out, encoder, templates, segments, ABOUT | {"data": DATA})


def test() -> dict:
    """Count who is accepted at thresholds of the shipped cohort, for a rate of 1 %.

    ECG-ID has 30 test people. CinC 2017 has about 100 people of its validation part who are not in
    the cohort, with the first half of each recording as the template and the second half as probes.
    """
    encoder = dt4ecg.load("identity-encoder")
    made = shipped_cohort.load(encoder)
    new = sets.ecg_id(("test",))
    left = people(encoder)[1]
    others = [
        Signal(one.subject, str(k), "", part)
        for one in left[:: max(len(left) // OTHERS, 1)]
        for k, part in enumerate(np.array_split(one.segments, 2))
    ]
    found: dict = {"dt4ecg": dt4ecg.__version__, "people": len(made.templates)}
    for name, signals in (("ecg-id", new), ("cinc-2017", others)):
        gallery = Gallery(encoder)
        gallery.fit_thresholds(shipped_cohort.NAME)
        found[name] = {
            "people": len({one.subject for one in signals}),
            "claims": {
                str(n): strangers.claims(
                    encoder, signals, n, made.verification_threshold(strangers.RATE, n, None)
                )
                for n in (1, 5)
            },
            "names": {str(n): strangers.names(gallery, signals, n) for n in (1, 5)},
        }
        print(name, found[name], flush=True)
    return found


DATA = (
    "embeddings of 300 recordings of CinC 2017, each taken for a person, by the identity-encoder, "
    "which was not trained on them"
)
