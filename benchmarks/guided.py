"""Whether guided maps lie on the waves of heartbeats, and whether the accuracy stays.

    python -m benchmarks.guided --out benchmarks/results/guided.json

Networks learn the rhythm (normal, atrial fibrillation, other) from segments of 10 s of CinC 2017,
with 2,000 recordings of the other four folds. Recordings are taken for people; noisy ones (class ~)
are left out. Each fold tests the recordings that no network of the fold has seen. The maps are
those of lead I of LUDB, which no network has seen, against the waves that cardiologists marked.
Settings were chosen before any result was known, and are those of recipe="guided".
"""

import functools
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score

from benchmarks import cinc_2017, ludb, study
from dt4ecg import Trainer
from dt4ecg.inference import predict_logits
from dt4ecg.inference.explain import (
    deletion_curve,
    grad_cam,
    insertion_curve,
    peak_inside,
    share_inside,
)
from dt4ecg.metrics import bootstrap_interval, wilson_interval
from dt4ecg.nn import MapNetwork, Network
from dt4ecg.storage.container import write_bytes
from dt4ecg.training.guidance import GuidanceLoss, guidance_targets

SECONDS, FOLDS, TRAINED, EPOCHS, BATCH = 10.0, 5, 2000, 6, 16
CLASSES = ["N", "A", "O"]
TASK = "rhythm"
# Weight of the guidance, and of the features of the rhythm.
ARMS = {"unguided": [0.0, 0.0], "guided": [1.0, 0.0], "guided, rhythm": [1.0, 0.1]}
ORDER = [(fold, arm) for fold in (0, 1) for arm in ("unguided", "guided")]
ORDER += [(fold, "guided, rhythm") for fold in (0, 1)]
ORDER += [(fold, arm) for fold in (2, 3, 4) for arm in ("unguided", "guided")]
ABOUT = {
    "train": "cinc2017_af, one segment of 10 s of each recording, third release of the labels",
    "classes": CLASSES,
    "folds": FOLDS,
    "trained": TRAINED,
    "epochs": EPOCHS,
    "batch_size": BATCH,
    "backbone": "multiresolution",
    "arms": ARMS,
    "maps": "ludb, lead i, first 10 s",
}


@functools.cache
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Segments, labels, recordings and folds."""
    x, owner = cinc_2017.segments(SECONDS, 1)
    names = cinc_2017.labels()[owner]
    kept = np.isin(names, CLASSES)
    x, owner, names = x[kept, None], owner[kept], names[kept]
    y = np.array([CLASSES.index(name) for name in names])
    fold = np.random.default_rng(0).permutation(len(x)) % FOLDS
    return x, y, owner, fold


def train(fold: int, arm: str) -> Network:
    x, y, _, folds = data()
    rows = np.random.default_rng(fold).permutation(np.flatnonzero(folds != fold))[:TRAINED]
    network = Network(
        "multiresolution", "none", {TASK: len(CLASSES)}, 1, x.shape[-1], fold, standardize=True
    )
    weight, rhythm = ARMS[arm]
    maps = MapNetwork(network, {"rhythm features": 17} if rhythm else None)
    targets = guidance_targets(x[rows], cinc_2017.RATE, maps.length)
    loss = GuidanceLoss(network.tasks, weight, rhythm, label_smoothing=0.1)
    trainer = Trainer(
        maps, objective=loss, epochs=EPOCHS, batch_size=BATCH, schedule="cosine", seed=fold
    )
    trainer.fit(x[rows], targets.with_labels(y[rows, None]))
    maps.write_heads()
    return network.eval()


def accuracy_of(network: Network, fold: int) -> dict:
    x, y, _, folds = data()
    rows = np.flatnonzero(folds == fold)
    predicted = predict_logits(network, x[rows])[TASK].argmax(1).numpy()
    right = predicted == y[rows]
    return {
        "k": int(right.sum()),
        "n": len(rows),
        "f1": f1_score(y[rows], predicted, average=None).tolist(),
        "right": "".join(map(str, right.astype(int))),
    }


def maps_of(network: Network) -> dict:
    x, waves, marked = ludb.segments()
    found = grad_cam(network, x)
    share = share_inside(found * marked, waves)
    random = np.random.default_rng(0).random(found.shape)
    return {
        "share": [None if value != value else round(value, 4) for value in share.tolist()],
        "peak": float(np.nanmean(peak_inside(found * marked, waves))),
        "deletion": float(deletion_curve(network, x, found).area.mean()),
        "insertion": float(insertion_curve(network, x, found).area.mean()),
        "random_deletion": float(deletion_curve(network, x, random).area.mean()),
        "random_insertion": float(insertion_curve(network, x, random).area.mean()),
    }


def trial(fold: int, arm: str) -> dict:
    start = time.process_time()
    network = train(fold, arm)
    seconds = time.process_time() - start
    found = {"accuracy": accuracy_of(network, fold), "ludb": maps_of(network)}
    return found | {"train_cpu_seconds": round(seconds, 1)}


def summary(trials: dict, arms: tuple[str, str]) -> dict:
    """Compare the second arm with the first one over the folds that both have."""
    folds = [fold for fold in range(FOLDS) if all(f"fold {fold} | {arm}" in trials for arm in arms)]
    several = [[trials[f"fold {fold} | {arm}"] for fold in folds] for arm in arms]
    right = [
        np.array([int(c) for cell in cells for c in cell["accuracy"]["right"]]) for cells in several
    ]
    shares = np.array([[cell["ludb"]["share"] for cell in cells] for cells in several], float)
    share = np.nanmean(shares, axis=1)  # of each record, over the folds
    kept = np.isfinite(share).all(0)
    people = np.arange(kept.sum())
    _, waves, marked = ludb.segments()
    change = right[1] - right[0]
    return {
        "arms": list(arms),
        "folds": folds,
        "time_inside": float((waves.sum(1) / marked.sum(1)).mean()),
        "n_people": int(kept.sum()),
        "share": [float(one[kept].mean()) for one in share],
        "share_interval": [list(bootstrap_interval(one[kept], people)) for one in share],
        "share_difference": float((share[1] - share[0])[kept].mean()),
        "share_difference_interval": list(bootstrap_interval((share[1] - share[0])[kept], people)),
        "correct": [int(one.sum()) for one in right],
        "n": len(change),
        "accuracy_interval": [list(wilson_interval(int(one.sum()), len(one))) for one in right],
        "accuracy_difference": float(change.mean()),
        "accuracy_difference_interval": list(bootstrap_interval(change, np.arange(len(change)))),
        "macro_f1": [
            float(np.mean([np.mean(cell["accuracy"]["f1"]) for cell in cells])) for cells in several
        ],
        **{
            name: [float(np.mean([cell["ludb"][name] for cell in cells])) for cells in several]
            for name in ("peak", "deletion", "insertion", "random_deletion", "random_insertion")
        },
    }


def cells() -> list[tuple[str, Callable[[], dict]]]:
    """Return the trials in their order; a comparison follows the folds that it has."""
    found: list[tuple[str, Callable[[], dict]]] = []
    for fold, arm in ORDER:
        found.append((f"fold {fold} | {arm}", functools.partial(trial, fold, arm)))
    return found


def compared(out: Path) -> None:
    """Add the comparisons of the arms over all folds that are finished."""
    made = json.loads(out.read_text())
    made["comparisons"] = {}
    for arm in list(ARMS)[1:]:
        if f"fold 0 | {arm}" in made["trials"]:
            made["comparisons"][arm] = summary(made["trials"], ("unguided", arm))
    write_bytes(out, json.dumps(made, indent=1).encode())


def main() -> None:
    torch.set_num_threads(1)
    out = study.out_of(__doc__)
    several = cells()
    for count in range(1, len(several) + 1):  # print each cell when it is finished
        trials = study.run(out, ABOUT, several[:count])
        name = several[count - 1][0]
        cell = trials[name]
        shares = np.array(cell["ludb"]["share"], float)
        print(
            f"{name}: {cell['accuracy']['k']}/{cell['accuracy']['n']}, F1 "
            f"{np.mean(cell['accuracy']['f1']):.3f}, share {np.nanmean(shares):.3f}, deletion "
            f"{cell['ludb']['deletion']:.3f}, {cell['train_cpu_seconds']} s",
            flush=True,
        )
        compared(out)


if __name__ == "__main__":
    main()
