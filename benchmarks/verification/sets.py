"""People, their parts, and their segments."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dt4ecg import Preprocessor
from dt4ecg.datasets.ecg_id import ECG_ID, ecg_id_recordings
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.motion import MOTION_ECG, motion_ecg_recordings
from dt4ecg.io import Recording

PREPROCESSOR = Preprocessor(notch=50)
ROW = 400  # samples of a training row: 3 s, and space for shift and stretch
STEP = 150  # samples between the starts of the rows of a recording


class Signal(NamedTuple):
    """One recording as segments of 3 s, in their order."""

    subject: str
    session: str
    activity: str
    segments: np.ndarray  # (n, 1, 300)


def ecg_id_parts() -> dict[str, str]:
    """Divide the 90 people into "train" (45), "validation" (15) and "test" (30).

    Of the 20 people with several days, in the order of their numbers, every second one is in the
    test part, and the others are in turn in the training and in the validation part. Of the 70
    others, in their order, the third and the sixth of each seven are in the test part and the
    fourth in the validation part.
    """
    days: dict[str, set] = {}
    for recording in ecg_id_recordings():
        days.setdefault(recording.subject, set()).add(recording.session)
    parts = {}
    for several in (True, False):
        people = sorted(one for one in days if (len(days[one]) > 1) == several)
        cycle = (
            ("train", "test", "validation", "test")
            if several
            else ("train", "train", "test", "validation", "train", "test", "train")
        )
        parts |= {one: cycle[i % len(cycle)] for i, one in enumerate(people)}
    return parts


def ecg_id(parts: tuple[str, ...]) -> list[Signal]:
    """Return the recordings of the people of some parts; a session is a day."""
    wanted = ecg_id_parts()
    mine = [r for r in ecg_id_recordings() if wanted[r.subject] in parts]
    return [_signal(recording, PREPROCESSOR) for recording in mine]


def motion() -> list[Signal]:
    """Return the recordings of the motion set; a session is an electrode."""
    preprocessor = Preprocessor(notch=MOTION_ECG.mains_frequency)
    return [_signal(recording, preprocessor) for recording in motion_ecg_recordings()]


def cinc_2017(part: str) -> list[Recording]:
    """Return recordings of at least 9 s, taken for people, without those of the class "~".

    Every ninth is in the part "validation", the others are in "train".
    """
    folder = locate(ECG_ID).parent / "cinc2017_af"
    with np.load(folder / "cinc2017_af.npz") as archive:
        samples = np.split(
            np.cumsum(archive["delta"], dtype=np.int16), np.cumsum(archive["length"])[:-1]
        )
        names = archive["record"]
    with open(folder / "manifest.csv", encoding="utf-8") as file:
        labels = {row["record"]: row["label"] for row in csv.DictReader(file)}
    clean = [i for i, x in enumerate(samples) if labels[str(names[i])] != "~" and len(x) >= 900]
    return [
        Recording(samples[i].astype(np.float32), 100.0, subject=str(names[i]))
        for k, i in enumerate(clean)
        if (k % 9 == 0) == (part == "validation")
    ]


def rows(recordings: list[Recording]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return training rows (n, 1, ROW) with the index of their subject and recording."""
    found: list[np.ndarray] = []
    subjects: dict[str, int] = {}
    numbers: list[tuple[int, int]] = []
    settings = {"segment_seconds": ROW / 100, "overlap": 1 - STEP / ROW, "normalize": None}
    for k, recording in enumerate(recordings):
        notch = 50 if recording.sampling_rate > 100 else None
        segments = Preprocessor(notch=notch, **settings).transform(recording)
        found.append(np.asarray(segments, np.float32))
        subject = subjects.setdefault(str(recording.subject), len(subjects))
        numbers += [(subject, k)] * len(segments)
    subject, group = np.array(numbers).T
    return np.concatenate(found), subject, group


def cinc_2017_signals(part: str) -> Iterator[Signal]:
    """Return the recordings of a part as segments of 3 s."""
    for recording in cinc_2017(part):
        yield _signal(recording, Preprocessor(notch=None))


def _signal(recording: Recording, preprocessor: Preprocessor) -> Signal:
    segments = preprocessor.transform(recording)
    return Signal(str(recording.subject), str(recording.session), str(recording.activity), segments)
