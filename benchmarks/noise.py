"""How well a diffusion model of clean ECG separates noisy from clean leads.

    python -m benchmarks.noise --out benchmarks/results/noise.json

The model learns from the clean leads of folds 1 to 8 of 500 records of PTB-XL, of 10 s each. Clean
leads of fold 10 are compared with all leads that the technicians called noisy; fold 9 is not used.
CinC 2011 (12 leads, graded by record, and in part by lead) and the first 10 s of CinC 2017 (class
"~" against the others) are other sets. A constant lead counts as the noisiest. The amplitude index
is the distance of the logarithm of a lead's standard deviation from its median in the set. All
settings are those of the paper, or fixed before any result.
"""

import csv
import functools
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks import cinc_2017, study
from benchmarks.tamper import auc
from dt4ecg.biometrics.noise import NoiseModel, separation
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.motion import MOTION_ECG

SAMPLES = 1000  # 10 s at 100 Hz
FOLDS = {"train": range(1, 9), "test": (10,)}
KINDS = ("static_noise", "burst_noise", "baseline_drift")
SETTINGS = {"width": 64, "epochs": 8, "batch_size": 16}  # a budget of minutes of one core
RESAMPLES = 500
RECORDS = {"CinC 2011": 400, "CinC 2017": 2000}  # drawn at random; all 450 graded by lead are kept


def folder(name: str) -> Path:
    return locate(MOTION_ECG).parent / name


def manifest(name: str) -> list[dict[str, str]]:
    with open(folder(name) / "manifest.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@functools.cache
def ptb_xl() -> tuple[np.ndarray, list[dict[str, str]]]:
    with np.load(folder("ptbxl_500") / "ptbxl_500.npz") as archive:
        return archive["signal"].astype(np.float32) / 1000, manifest("ptbxl_500")


def leads(kind: str, folds) -> tuple[np.ndarray, np.ndarray]:
    """Leads in mV with a remark of this kind, and their patients; constant leads are left out."""
    signal, rows = ptb_xl()
    found, people = [], []
    for record, row in zip(signal, rows, strict=True):
        if int(row["strat_fold"]) in folds and row[f"leads_{kind}"]:
            several = record[[int(lead) for lead in row[f"leads_{kind}"].split()]]
            several = several[np.ptp(several, axis=1) > 0]
            found.append(several)
            people += [row["patient_id"]] * len(several)
    return np.concatenate(found), np.array(people)


def amplitude(x: np.ndarray) -> np.ndarray:
    """Larger is cleaner, as the scores of the model."""
    size = np.log10(np.maximum(x.std(axis=-1), 1e-4))
    return -np.abs(size - np.median(size))


def with_interval(statistic, groups: list[tuple[np.ndarray, np.ndarray]]) -> dict:
    """A statistic of two groups of scores, with a bootstrap over people."""
    rng = np.random.default_rng(0)
    names = np.unique(np.concatenate([people for _, people in groups]))
    rows = [
        {name: np.flatnonzero(people == name) for name in np.unique(people)} for _, people in groups
    ]
    found = []
    for _ in range(RESAMPLES):
        drawn = rng.choice(names, len(names))
        parts = [
            values[np.concatenate([own.get(name, np.empty(0, int)) for name in drawn])]
            for (values, _), own in zip(groups, rows, strict=True)
        ]
        if all(map(len, parts)):
            found.append(statistic(*parts))
    return {
        "value": statistic(*(values for values, _ in groups)),
        "interval": np.quantile(found, [0.025, 0.975]).tolist(),
    }


def separated(clean, noisy, people) -> dict:
    return {
        reading: with_interval(
            lambda a, b, reading=reading: getattr(separation(a, b), reading),
            [(clean, people[0]), (noisy, people[1])],
        )
        for reading in ("pooled", "balanced")
    } | {"auc": with_interval(auc, [(clean, people[0]), (noisy, people[1])])}


def train(path: Path) -> dict:
    x, people = leads("clean", FOLDS["train"])
    started = time.process_time()
    NoiseModel(**SETTINGS, n_threads=1).fit(x).save(path)
    spent = round(time.process_time() - started)
    return {"leads": len(x), "people": len(np.unique(people)), "cpu_seconds": spent}


def on_ptb_xl(path: Path) -> dict:
    clean, owner = leads("clean", FOLDS["test"])
    found: dict = {"clean leads": len(clean)}
    for calls in (3, 4):
        model = NoiseModel.load(path).set_params(calls=calls)
        clean_errors = model.errors(clean)
        for kind in KINDS:
            noisy, people = leads(kind, range(1, 11))
            errors = model.errors(noisy)
            key = f"{kind}, {calls} calls"
            found[key] = separated(psnr(clean_errors), psnr(errors), (owner, people))
            found[key]["leads"] = len(noisy)
            if calls == 3:
                worst = (psnr(worst_eighth(e)) for e in (clean_errors, errors))
                found[f"{kind}, worst eighth"] = separated(*worst, (owner, people))
                both = amplitude(np.concatenate([clean, noisy]))
                parts = np.split(both, [len(clean)])
                found[f"{kind}, amplitude"] = separated(*parts, (owner, people))
        for reading in ("pooled", "balanced"):
            found[f"macro {reading}, {calls} calls"] = float(
                np.mean([found[f"{kind}, {calls} calls"][reading]["value"] for kind in KINDS])
            )
    return found


def psnr(errors: np.ndarray) -> np.ndarray:
    """In dB; a constant lead has the lowest score."""
    return np.nan_to_num(-10 * np.log10(errors.mean(axis=-1)), nan=-100.0)


def worst_eighth(errors: np.ndarray) -> np.ndarray:
    return errors.reshape(*errors.shape[:-1], 8, -1).mean(axis=-1).max(axis=-1, keepdims=True)


def on_cinc_2011(path: Path) -> dict:
    with np.load(folder("cinc2011_quality") / "cinc2011_quality.npz") as archive:
        x = np.cumsum(archive["delta"], dtype=np.int16).reshape(archive["shape"]) / 200  # mV
    rows = manifest("cinc2011_quality")
    graded = [i for i, row in enumerate(rows) if row["group"] in ("acceptable", "unacceptable")]
    chosen = np.sort(np.random.default_rng(0).permutation(graded)[: RECORDS["CinC 2011"]])
    good = np.array([rows[i]["group"] == "acceptable" for i in chosen])
    x = x[chosen].astype(np.float32)
    flat_is_worst = np.ptp(x, axis=-1) == 0
    size = amplitude(x)
    scores = {"diffusion": psnr(NoiseModel.load(path).errors(x)), "amplitude": size}
    by_lead = np.array([len(rows[i]["lead_annotation"]) == 12 for i in chosen])
    bad = np.array([[c == "1" for c in rows[i]["lead_annotation"]] for i in chosen[by_lead]])
    found: dict = {"records": len(chosen), "unacceptable": int((~good).sum())}
    for name, values in scores.items():
        values = np.where(flat_is_worst, values.min() - 1, values)
        worst = values.min(axis=1)
        number = np.arange(len(chosen))
        found[f"{name}, by record"] = with_interval(
            auc, [(worst[good], number[good]), (worst[~good], number[~good])]
        )
        flat, owner = values[by_lead].ravel(), np.repeat(number[by_lead], 12)
        mask = bad.ravel()
        found[f"{name}, by lead"] = with_interval(
            auc, [(flat[~mask], owner[~mask]), (flat[mask], owner[mask])]
        )
    return found | {"leads": int(bad.size), "unacceptable leads": int(bad.sum())}


def on_cinc_2017(path: Path) -> dict:
    recordings, labels = cinc_2017.recordings(), cinc_2017.labels()
    long = [i for i, one in enumerate(recordings) if len(one) >= SAMPLES]
    drawn = np.random.default_rng(0).permutation(long)
    noisy = [i for i in long if labels[i] == "~"]  # all of them, since they are few
    chosen = np.unique(np.concatenate([drawn[: RECORDS["CinC 2017"]], noisy]))
    x = np.stack([recordings[i][:SAMPLES] for i in chosen]).astype(np.float32) / 1000
    good = labels[chosen] != "~"
    number = np.arange(len(chosen))
    scores = {"diffusion": psnr(NoiseModel.load(path).errors(x)), "amplitude": amplitude(x)}
    found = {
        name: with_interval(auc, [(values[good], number[good]), (values[~good], number[~good])])
        for name, values in scores.items()
    }
    return found | {"recordings": len(chosen), "noisy": int((~good).sum())}


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    path = out.with_suffix(".safetensors")
    about = {
        "records": RECORDS,
        "settings": NoiseModel(**SETTINGS).get_params(),
    }
    trials = (
        ("training", functools.partial(train, path)),
        ("PTB-XL", functools.partial(on_ptb_xl, path)),
        ("CinC 2011", functools.partial(on_cinc_2011, path)),
        ("CinC 2017", functools.partial(on_cinc_2017, path)),
    )
    for name, cells in study.run(out, about, trials).items():
        print(name, cells)


if __name__ == "__main__":
    main()
