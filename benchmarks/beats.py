"""R peaks of dt4ecg and of NeuroKit2, compared with the annotations of MIT-BIH and LUDB.

    python -m benchmarks.beats --out benchmarks/results/beats.json

A peak is right if it lies within 75 ms of an annotated beat; each beat counts once. MIT-BIH: the
first lead of 48 excerpts of 180 s; every annotated beat counts, also ventricular and paced ones.
LUDB: 200 recordings of 10 s, whose first and last seconds are unmarked, so peaks more than 150 ms
outside the marked QRS complexes of a lead are left out. The parameters were chosen on the records
with odd numbers; the even ones are the test part. Intervals are a bootstrap over records.
"""

import argparse
import csv
import importlib.metadata
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from dt4ecg import beats
from dt4ecg.datasets import mit_bih_recordings
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.mit_bih import MIT_BIH
from dt4ecg.io import read

TOLERANCE = 0.075  # s
MARGIN = 0.15  # s around the marked part of a recording of LUDB
BEATS = set("NLRBAaJSVrFejnE/fQ?")  # symbols of MIT-BIH's annotations that mark a beat
PARTS = {"odd records (chosen on)": 1, "even records (test)": 0}


def mit_bih():
    """Yield the number of a record, samples, rate and the samples of the annotated beats."""
    marked = defaultdict(list)
    with open(locate(MIT_BIH) / "annotations.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["symbol"] in BEATS:
                marked[row["record"]].append(int(row["sample_in_excerpt"]))
    for recording in mit_bih_recordings():
        beats_of_it = np.array(marked[recording.name])
        yield int(recording.name), recording.samples[0], recording.sampling_rate, beats_of_it


def ludb(leads):
    folder = locate(MIT_BIH).parent / "ludb"
    marked = defaultdict(list)
    with open(folder / "waves.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["wave"] == "N":
                marked[int(row["record"]), row["lead"]].append(int(row["peak"]))
    for number in sorted({record for record, _ in marked}):
        record = read(folder / "data" / f"{number}.hea")
        names = [name.lower() for name in record.lead_names]
        for lead in leads or names:
            peaks = np.array(sorted(marked[number, lead]))
            yield number, record.samples[names.index(lead)], record.sampling_rate, peaks


def of_dt4ecg(x, rate):
    return beats.find(x, rate).samples


def of_neurokit(x, rate):
    import neurokit2

    _, found = neurokit2.ecg_peaks(neurokit2.ecg_clean(x, rate), rate)
    return np.asarray(found["ECG_R_Peaks"], int)


def matches(found, marked, rate):
    """Return how many peaks and beats belong together, one to one, in order of time."""
    i = j = right = 0
    while i < len(marked) and j < len(found):
        if abs(found[j] - marked[i]) <= TOLERANCE * rate:
            right, i, j = right + 1, i + 1, j + 1
        elif found[j] < marked[i]:
            j += 1
        else:
            i += 1
    return right


def count(records, detector, margin=None):
    """Return the number of each record with its right, annotated and found peaks."""
    rows = []
    for number, x, rate, marked in records:
        found = detector(x, rate)
        if margin is not None:
            inside = (found >= marked[0] - margin * rate) & (found <= marked[-1] + margin * rate)
            found = found[inside]
        rows.append((number, matches(found, marked, rate), len(marked), len(found)))
    return np.array(rows)


def share(rows, of):
    """Return right peaks as a share of column ``of``, with a bootstrap over the records."""
    numbers = np.unique(rows[:, 0])
    sums = np.array([rows[rows[:, 0] == number].sum(axis=0) for number in numbers])
    drawn = np.random.default_rng(0).integers(0, len(numbers), (2000, len(numbers)))
    resampled = sums[drawn].sum(axis=1)
    low, high = np.quantile(resampled[:, 1] / resampled[:, of], [0.025, 0.975])
    k, n = int(rows[:, 1].sum()), int(rows[:, of].sum())
    return {"k": k, "n": n, "percent": 100 * k / n, "interval": [100 * low, 100 * high]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beats")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH")
    arguments = parser.parse_args()
    version = importlib.metadata.version("neurokit2")
    detectors = {"dt4ecg": of_dt4ecg, f"NeuroKit2 {version}": of_neurokit}
    sets = {
        "MIT-BIH, first lead": (list(mit_bih()), None),
        "LUDB, lead II": (list(ludb(["ii"])), MARGIN),
        "LUDB, all leads": (list(ludb(None)), MARGIN),
    }
    found = []
    for name, (records, margin) in sets.items():
        for detector, function in detectors.items():
            rows = count(records, function, margin)
            for part, parity in {**PARTS, "all records": None}.items():
                mine = rows if parity is None else rows[rows[:, 0] % 2 == parity]
                row = {"set": name, "part": part, "detector": detector}
                row |= {"sensitivity": share(mine, 2), "precision": share(mine, 3)}
                found.append(row)
                print(line(row), flush=True)
    about = {"command": f"python -m benchmarks.beats --out {arguments.out}", "rows": found}
    arguments.out.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def line(row):
    """Return a row of the table in docs/beats.md."""
    cells = [row["set"], row["part"], row["detector"]]
    for measure in ("sensitivity", "precision"):
        low, high = row[measure]["interval"]
        k, n, percent = (row[measure][key] for key in ("k", "n", "percent"))
        cells.append(f"{percent:.2f} ({k}/{n}, {low:.2f}-{high:.2f})")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
