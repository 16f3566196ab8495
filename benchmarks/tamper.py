"""How well spliced segments of CinC 2017 are detected, and how often a person's own splices.

    python -m benchmarks.tamper --out benchmarks/results/tamper.json

Recordings are taken for people. The protocol "people" trains on 60 % of them and tests on 30 %;
the threshold for 5 % of false alarms comes from the other 10 %. The protocol "random" draws
segments at random, so that the test part has the people of the training part; the paper's split
is not published. "hidden" splices are level-matched and cross-faded over 50 ms, "raw" ones are
neither, and "r-peaks" are hidden ones whose cuts lie at R peaks of both signals. The control
splices a segment with another one of the same person.
"""

import functools
import time

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from benchmarks import cinc_2017, study, tamper_baselines
from benchmarks.cinc_2017 import RATE
from dt4ecg import beats
from dt4ecg.biometrics.tamper import SPLICES, SpliceOptions, TamperDetector, splice
from dt4ecg.biometrics.tamper.images import images
from dt4ecg.biometrics.tamper.training_set import training_set
from dt4ecg.metrics import wilson_interval

MOST = {3.0: 6, 10.0: 3}  # segments of a recording
WIDTH = {3.0: 64, 10.0: 128}
CLEAN = 12_000  # training segments
FALSE_ALARMS = 0.05
RESAMPLES = 500
EPOCHS = {"resnet": 8, "cnn": 8, "featcnn-tran": 4, "featcnn-trancnn": 4}

# Name of a trial: network, seconds, protocol, form of the splices, training, seed.
TRIALS = [
    ("resnet", 3.0, "people", "hidden", "all", 0),
    ("baselines", 3.0, "people", "hidden", "none", 0),
    ("cnn", 3.0, "people", "hidden", "all", 0),
    ("resnet", 3.0, "random", "raw", "all", 0),
    ("cnn", 3.0, "random", "raw", "all", 0),
    ("featcnn-tran", 3.0, "people", "hidden", "all", 0),
    ("featcnn-trancnn", 3.0, "people", "hidden", "all", 0),
    ("resnet", 3.0, "people", "hidden", "control", 0),
    ("resnet", 3.0, "people", "r-peaks", "all", 0),
]


def key(network, seconds, protocol, form, training, seed) -> str:
    return f"{network} | {seconds:g} s | {protocol} | {form} | {training} | seed {seed}"


def options(form: str, donor: str = "other") -> SpliceOptions:
    return SpliceOptions.raw(donor) if form == "raw" else SpliceOptions(donor=donor)


def peaks_of(form: str, x: np.ndarray) -> list[np.ndarray] | None:
    """Return the R peaks of each segment, if the splices are cut at them."""
    if form != "r-peaks":
        return None
    return [beats.find(segment, RATE).samples for segment in x]


@functools.cache
def rows_of(seconds: float, protocol: str) -> dict[str, np.ndarray]:
    """Rows of each part, with at least two segments of each person in it."""
    _, owner = cinc_2017.segments(seconds, MOST[seconds])
    if protocol == "people":
        part = cinc_2017.parts()[owner]
    else:
        part = np.random.default_rng(0).choice(
            list(cinc_2017.SHARES), len(owner), p=list(cinc_2017.SHARES.values())
        )
    found = {}
    for name in cinc_2017.SHARES:
        rows = np.flatnonzero(part == name)
        found[name] = rows[np.bincount(owner[rows])[owner[rows]] > 1]
    return found


@functools.lru_cache(maxsize=2)
def tested(seconds: float, protocol: str, form: str) -> dict[str, np.ndarray]:
    """One segment of each person of the test part: clean, spliced, and its control."""
    x, owner = cinc_2017.segments(seconds, MOST[seconds])
    rows = rows_of(seconds, protocol)["test"]
    first = np.unique(owner[rows], return_index=True)[1]
    found = {"clean": x[rows][first]}
    peaks = peaks_of(form, x[rows])
    for number, kind in enumerate(SPLICES):
        for donor in ("other", "same"):
            spliced = splice(
                x[rows], owner[rows], kind, RATE, options(form, donor), 1000 + number, peaks
            )
            found[f"{kind}, {donor}"] = spliced.X[first]
    return found


def auc(positive: np.ndarray, negative: np.ndarray) -> float:
    spliced = np.repeat([True, False], [len(positive), len(negative)])
    return float(roc_auc_score(spliced, np.concatenate([positive, negative])))


def auc_with_interval(positive: np.ndarray, negative: np.ndarray) -> dict:
    """The people of both groups are the same, so a resample takes the same rows of both."""
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(positive), (RESAMPLES, len(positive)))
    found = [auc(positive[draw], negative[draw]) for draw in draws]
    return {
        "auc": auc(positive, negative),
        "interval": np.quantile(found, [0.025, 0.975]).tolist(),
        "people": len(positive),
    }


def share(hits: np.ndarray) -> dict:
    k, n = int(hits.sum()), len(hits)
    return {"k": k, "n": n, "interval": list(wilson_interval(k, n))}


def judged(x: dict[str, np.ndarray], threshold: float | None = None) -> dict:
    """AUC of scores; with a threshold also alarms, and accuracy with as many clean segments."""
    x = dict(x)
    clean = x.pop("clean")
    found = {name: auc_with_interval(values, clean) for name, values in x.items()}
    if threshold is not None:
        found["clean"] = {"alarms": share(clean > threshold)}
        for name, values in x.items():
            found[name]["alarms"] = share(values > threshold)
            found[name]["accuracy"] = share(np.concatenate([values > 0, clean <= 0]))
        for kind in SPLICES:
            found[f"{kind}, other against same"] = auc_with_interval(
                x[f"{kind}, other"], x[f"{kind}, same"]
            )
    return found


@functools.lru_cache(maxsize=4)
def tested_images(seconds: float, protocol: str, form: str) -> dict[str, torch.Tensor]:
    """Images of the tested segments, and of clean ones that give the threshold."""
    x, _ = cinc_2017.segments(seconds, MOST[seconds])
    held = x[rows_of(seconds, protocol)["validation"]][:2000]
    several = tested(seconds, protocol, form) | {"validation": held}
    return {name: images(some, RATE, WIDTH[seconds]) for name, some in several.items()}


@functools.lru_cache(maxsize=2)
def training_images(seconds, protocol, form, training) -> tuple[torch.Tensor, np.ndarray, dict]:
    """Images, whether each is tampered, and the size of the clean part."""
    x, owner = cinc_2017.segments(seconds, MOST[seconds])
    rows = rows_of(seconds, protocol)["train"]
    # Whole recordings, so that the control finds other segments of the same person.
    people = np.random.default_rng(1).permutation(np.unique(owner[rows]))
    counts = np.bincount(owner[rows])[people]
    rows = rows[np.isin(owner[rows], people[np.cumsum(counts) <= CLEAN])]
    kinds = SPLICES if training in ("all", "control") else (training,)
    segments, tampered = training_set(
        x[rows],
        owner[rows],
        kinds,
        options(form),
        RATE,
        1,
        training == "control",
        0,
        peaks_of(form, x[rows]),
    )
    size = {"segments": len(rows), "people": len(np.unique(owner[rows]))}
    return images(segments, RATE, WIDTH[seconds]), tampered.astype(int), size


def trial(network, seconds, protocol, form, training, seed) -> dict:
    if network == "baselines":
        x = tested(seconds, protocol, form)
        return {
            name: judged(
                {key: tamper_baselines.scores(name, some, RATE) for key, some in x.items()}
            )
            for name in tamper_baselines.NAMES
        }
    made, tampered, size = training_images(seconds, protocol, form, training)
    started = time.process_time()
    detector = TamperDetector(
        network, RATE, WIDTH[seconds], EPOCHS[network], n_threads=1, random_state=seed
    )
    detector._fit_images(made, tampered)  # made once for all networks, unlike by fit
    spent = round(time.process_time() - started)
    scores = {
        name: torch.cat([detector._logits(part) for part in some.split(500)]).diff(dim=1)[:, 0]
        for name, some in tested_images(seconds, protocol, form).items()
    }
    scores = {name: values.double().numpy() for name, values in scores.items()}
    threshold = float(np.quantile(scores.pop("validation"), 1 - FALSE_ALARMS))
    return judged(scores, threshold) | {"training": size | {"cpu_seconds": spent}}


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    about = {
        "data": "CinC 2017, recordings taken for people",
        "clean": CLEAN,
        "epochs": EPOCHS,
        "segments": MOST,
        "widths": WIDTH,
        "false alarms": FALSE_ALARMS,
    }
    # JSON turns the numbers of keys into texts.
    about = {
        k: {str(a): b for a, b in v.items()} if isinstance(v, dict) else v for k, v in about.items()
    }
    found = study.run(out, about, ((key(*one), functools.partial(trial, *one)) for one in TRIALS))
    for name, cells in found.items():
        several = cells if "baselines" in name else {"": cells}
        for label, cell in several.items():
            print(name, label)
            for kind in SPLICES:
                print(
                    f"    {kind:16}",
                    *(round(cell[f"{kind}, {d}"]["auc"], 3) for d in ("other", "same")),
                )


if __name__ == "__main__":
    main()
