"""The trainings: candidates that are compared on validation people, and the encoder that ships."""

import json
import time
from pathlib import Path

import numpy as np

import dt4ecg
from benchmarks.verification import sets, trials
from dt4ecg.biometrics import Augmentation, IdentityEncoder, Verifier
from dt4ecg.cli.json_output import write_json
from dt4ecg.datasets.ecg_id import ecg_id_recordings
from dt4ecg.training.metric_losses import SupervisedContrastive

STEPS = 600
CHOICE_STEPS = 200
CANDIDATES = {
    "cnn, supervised contrastive": {},
    "no augmentation": {"augmentation": Augmentation(300, 100, 0, 0, 0, 0)},
    "resnet": {"backbone": "resnet"},
    "contrastive": {"loss": "contrastive"},
    "triplet": {"loss": "triplet"},
    "multi-similarity": {"loss": "multi_similarity"},
    "weights topk": {"loss": SupervisedContrastive("topk")},
    "weights linear": {"loss": SupervisedContrastive("linear")},
    "weights exp": {"loss": SupervisedContrastive("exp")},
    "stronger augmentation": {"augmentation": Augmentation(300, 100, 0.12, 0.5, 0.2, 0.3)},
    "temperature 0.05": {"loss": SupervisedContrastive(temperature=0.05)},
}


def choice(steps: int, out: Path) -> None:
    """Train each candidate on CinC 2017; compare 60 people of ECG-ID outside the test part.

    Candidates that the file has with the same number of steps are not trained again.
    """
    X, subject, _ = sets.rows(sets.cinc_2017("train"))
    people = sets.ecg_id(("train", "validation"))
    earlier = json.loads(out.read_bytes()) if out.exists() else {}
    found = earlier["candidates"] if earlier.get("steps") == steps else {}
    for name, settings in CANDIDATES.items():
        if name in found:
            continue
        start = time.process_time()
        verifier = Verifier(steps=steps, n_threads=1, **settings).fit(X, subject)
        seconds = time.process_time() - start
        score = trials.cosine(verifier.embed)
        found[name] = {
            "seconds": round(seconds),
            **{str(n): trials.other_day(score, people, n).curves().to_dict() for n in (1, 5)},
        }
        print(name, *(f"{found[name][n]['equal_error_rate']:.4f}" for n in "15"), flush=True)
        write_json(out, {"steps": steps, "candidates": found, "dt4ecg": dt4ecg.__version__})


def shipped(steps: int) -> IdentityEncoder:
    """Train on CinC 2017 and ECG-ID without its test part, with half of each batch from each.

    The validation people of ECG-ID are in the training, since all choices were made before.
    """
    X, subject, group = sets.rows(sets.cinc_2017("train"))
    parts = sets.ecg_id_parts()
    mine = [r for r in ecg_id_recordings() if parts[r.subject] != "test"]
    more, of_person, of_recording = sets.rows(mine)
    verifier = Verifier(steps=steps, n_threads=1, preprocessor=sets.PREPROCESSOR).fit(
        np.concatenate([X, more]),
        np.concatenate([subject, subject.max() + 1 + of_person]),
        session=np.concatenate([group, group.max() + 1 + of_recording]),
        source=np.repeat([0, 1], [len(X), len(more)]),
    )
    return IdentityEncoder(verifier.encoder_.network, sets.PREPROCESSOR, ABOUT)


ABOUT = {
    "licence": "ODC-BY 1.0",
    "attribution": (
        "Contains information from the PhysioNet/Computing in Cardiology Challenge 2017 training "
        "set (G. D. Clifford, C. Liu, B. Moody, L. H. Lehman, I. Silva, Q. Li, A. E. Johnson, "
        "R. G. Mark; doi:10.13026/d3hm-sf11) and the ECG-ID Database (T. S. Lugovaya; "
        "doi:10.13026/C2J01F), which are made available under the Open Data Commons Attribution "
        "License 1.0, https://opendatacommons.org/licenses/by/1-0/; PhysioNet: A. L. Goldberger "
        "et al., Circulation 101(23):e215-e220, 2000."
    ),
    "data": "7,332 recordings of CinC 2017, each taken for a person, and 60 people of ECG-ID",
    "training": "python -m benchmarks.verification train",
    "card": "docs/model-cards/identity-encoder.md",
}
