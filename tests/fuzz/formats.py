"""The formats: how to write a small example, and how to read a damaged one.

To add a format, write a function that writes an example into an empty folder, and add it to
``FORMATS``. Its reader raises an error or returns a value. Damage behind the header must not change
the value; for a recording, it is the number of signals.
"""

from __future__ import annotations

import csv
import functools
import gzip
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tests.examples import aecg, dialects, dicom, edf, ishne, movesense, xdf

RATE = 250  # Hz
SECONDS = 8
LINES = 120  # of text; more would take time, and are read in the same way


class Example(NamedTuple):
    """An example on the disk.

    Attributes
    ----------
    path : Path
        The path that is read.
    headers : dict of Path to int
        The files to damage, and the number of bytes at their start that may state the number of
        signals.
    """

    path: Path
    headers: Mapping[Path, int]


class Format(NamedTuple):
    """A format: ``write`` gets an empty folder, ``read`` the path of the example.

    A new process imports ``read`` by its name.
    """

    write: Callable[[Path], Example]
    read: Callable[[Path], Any]


def of_file(path: Path) -> Format:
    """Return the format of a recording from elsewhere, with the files of the same name.

    All of its bytes may state the number of signals.
    """

    def write(folder: Path) -> Example:
        copies = [Path(shutil.copy(file, folder)) for file in path.parent.glob(f"{path.stem}.*")]
        return Example(folder / path.name, {file: file.stat().st_size for file in copies})

    return Format(write, read_recording)


def read_recording(path: Path) -> int:
    """Read a recording, check that it is one, and return the number of signals in the file."""
    import dt4ecg
    from dt4ecg.io import read_contents

    signals = read_contents(path).signals
    stated = any(signal.sampling_rate for signal in signals)
    recording = dt4ecg.read(path, None if stated else RATE)
    assert recording.summary().isprintable()
    assert recording.samples.dtype.kind in "iuf", recording.samples.dtype
    assert 0 < recording.sampling_rate < np.inf, recording.sampling_rate
    assert recording.samples.nbytes < 2**30, recording.samples.shape
    return len(signals)


def _samples(leads: int = 2) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(leads, RATE * SECONDS)).round(3)


def _one_file(name: str, header: int, write: Callable[[Path], Any]) -> Format:
    def written(folder: Path) -> Example:
        write(folder / name)
        return Example(folder / name, {folder / name: header})

    return Format(written, read_recording)


def _write_csv(path: Path) -> None:
    rows = _samples().T[:LINES]
    np.savetxt(path, rows, "%.3f", delimiter=",", header="I,II", comments="")


def _write_gz(path: Path) -> None:
    _write_csv(path.with_suffix(""))
    path.write_bytes(gzip.compress(path.with_suffix("").read_bytes()))


def _text(dialect: dialects.Dialect) -> Format:
    first = dialect.text(["-0.123"])
    rows = [f"{x:.3f}" for x in _samples()[0, :LINES]]
    header = len(first.encode())
    return _one_file("r.txt", header, lambda path: path.write_bytes(dialect.text(rows).encode()))


def _write_bids(folder: Path) -> Example:
    facts = {"SamplingFrequency": RATE, "Columns": ["I", "II"]}
    (folder / "r_physio.json").write_text(json.dumps(facts))
    np.savetxt(folder / "r_physio.tsv", _samples().T[:LINES], "%.3f", delimiter="\t")
    return Example(
        folder / "r_physio.tsv",
        {folder / "r_physio.json": 2**20, folder / "r_physio.tsv": len("-0.123\t-0.123\n")},
    )


def _write_npz(path: Path, compression: int = zipfile.ZIP_DEFLATED) -> None:
    np.save(path.with_suffix(".npy"), _samples())
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.write(path.with_suffix(".npy"), "samples.npy")


def _write_wfdb(folder: Path) -> Example:
    samples = (_samples() * 200).astype("<i2")
    (folder / "r.dat").write_bytes(samples.T.tobytes())
    lines = ["r 2 250 2000", *(f"r.dat 16 200/mV 16 0 0 0 0 {lead}" for lead in ("I", "II"))]
    (folder / "r.hea").write_text("\n".join(lines) + "\n")
    return Example(folder / "r.hea", {folder / "r.hea": 2**20, folder / "r.dat": 0})


def _write_manifest(folder: Path) -> Example:
    rows = [("file", "sampling_rate", "subject", "activity", "session", "gaps", "mains_frequency")]
    for i, subject in enumerate(("Ann", "Bo")):
        np.save(folder / f"{i}.npy", _samples())
        rows.append((f"{i}.npy", str(RATE), subject, "rest", "day 1", "900", "50"))
    with open(folder / "manifest.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return Example(folder / "manifest.csv", {folder / "manifest.csv": 2**20})


def _read_manifest(path: Path) -> int:
    from dt4ecg.datasets import load_recordings

    data = load_recordings(path.parent)
    assert np.isfinite(data.X).all()
    return data.X.shape[1]


def _write_config(folder: Path) -> Example:
    from dt4ecg import runs

    (folder / runs.CONFIG).write_text(json.dumps(runs.DEFAULTS, indent=2))
    return Example(folder / runs.CONFIG, {folder / runs.CONFIG: 2**20})


def _read_config(path: Path) -> None:
    from dt4ecg import runs

    runs.check_types(path.parent, runs.read_config(path.parent))


def _segments() -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(8, 1, 60)).astype("f4")
    return X, np.array([["Ann", "rest"], ["Bo", "run"]] * 4, dtype=object)


def _write_model(folder: Path, kind: str, signed: bool) -> Example:
    """Write a model or a checkpoint; without a checksum, damage reaches all further checks."""
    import torch
    from safetensors.torch import save_file

    from dt4ecg import DT4ECGClassifier
    from dt4ecg.storage import container

    torch.set_num_threads(1)
    path = folder / "file.safetensors"
    model = DT4ECGClassifier(backbone="cnn", epochs=1, n_threads=1)
    model.fit(*_segments(), checkpoint=path)
    if kind == "model":
        model.save(path)
    if not signed:
        tensors, header = container.read(path)
        save_file(tensors, path, metadata={"dt4ecg": json.dumps(header)})
    return Example(path, {path: 2**30})


def _read_model(path: Path) -> None:
    import dt4ecg

    probabilities = dt4ecg.load(path).predict_proba(_segments()[0])
    assert all(np.isfinite(of_task).all() for of_task in probabilities)


def _resume(path: Path) -> None:
    from dt4ecg import DT4ECGClassifier

    model = DT4ECGClassifier(backbone="cnn", epochs=1, n_threads=1)
    model.fit(*_segments(), resume=path)
    assert all(tensor.isfinite().all() for tensor in model.network_.state_dict().values())


def _model(kind: str, signed: bool, read: Callable[[Path], Any]) -> Format:
    return Format(functools.partial(_write_model, kind=kind, signed=signed), read)


def _write_ishne(path: Path) -> None:
    counts = (_samples(3) * 200).astype("<i2")
    path.write_bytes(ishne.header(n_samples=counts.shape[1]) + counts.T.tobytes())


def _matlab(header: int, **options: Any) -> Format:
    def write(path: Path) -> None:
        from scipy.io import savemat

        savemat(path, {"fs": float(RATE), "val": _samples()}, **options)

    return _one_file("r.mat", header, write)


def _write_aecg(path: Path) -> None:
    aecg.write(path, digits=" ".join(map(str, (_samples()[0] * 200).astype(int))))


def _write_xdf(path: Path) -> None:
    xdf.write(path, 500 + np.arange(2 * 130) / 130)


def _write_movesense(path: Path) -> None:
    movesense.write(path, movesense.packets(1000 + 125 * np.arange(len(movesense.X))))


FORMATS: dict[str, Format] = {
    "csv": _one_file("r.csv", len("I,II\n-0.123,-0.123\n"), _write_csv),
    "gz": _one_file("r.csv.gz", 0, _write_gz),
    "apple-watch": _text(dialects.APPLE_WATCH["English"]),
    "labchart": _text(dialects.LABCHART),
    "acqknowledge": _text(dialects.ACQKNOWLEDGE),
    "opensignals": _text(dialects.OPENSIGNALS),
    "polar": _text(dialects.POLAR),
    "physionet": _text(dialects.PHYSIONET),
    "shimmer": _text(dialects.SHIMMER),
    "empatica": _text(dialects.EMPATICA),
    "bids": Format(_write_bids, read_recording),
    "edf": _one_file("r.edf", 256 * 4, edf.write),
    "edf-with-pause": _one_file("r.edf", 256 * 4, lambda path: edf.with_pause(edf.write(path))),
    "bdf": _one_file("r.bdf", 256 * 4, edf.write),
    "ishne": _one_file("r.ecg", 522, _write_ishne),
    "aecg": _one_file("r.xml", 0, _write_aecg),
    "dicom": _one_file("r.dcm", 2**10, dicom.write),
    "matlab": _matlab(2**8),
    "matlab-compressed": _matlab(0, do_compression=True),
    "matlab-4": _matlab(2**6, format="4"),
    "xdf": _one_file("r.xdf", 2**9, _write_xdf),
    "movesense": _one_file("r.json", 2**20, _write_movesense),
    "npy": _one_file("r.npy", 128, lambda path: np.save(path, _samples())),
    "npz": _one_file("r.npz", 0, _write_npz),
    "npz-lzma": _one_file("r.npz", 0, functools.partial(_write_npz, compression=zipfile.ZIP_LZMA)),
    "wfdb": Format(_write_wfdb, read_recording),
    "manifest": Format(_write_manifest, _read_manifest),
    "config": Format(_write_config, _read_config),
    "model": _model("model", True, _read_model),
    "model-without-checksum": _model("model", False, _read_model),
    "checkpoint-without-checksum": _model("checkpoint", False, _resume),
}
