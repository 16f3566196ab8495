"""EDF and BDF files with two signals and annotations."""

import numpy as np

RNG = np.random.default_rng(0)
ECG, RESP = RNG.normal(size=5000), RNG.normal(size=400)
EVENTS = [(0.0, 3.0, "rest"), (3.0, None, "walk"), (5.0, 1.0, "run")]


def write(path, annotations=EVENTS):
    """Write 20 s in data records of 1 s: ECG at 250 Hz, respiration at 20 Hz."""
    import edfio

    is_bdf = path.suffix == ".bdf"
    signal, kind = (edfio.BdfSignal, edfio.Bdf) if is_bdf else (edfio.EdfSignal, edfio.Edf)
    signals = [
        signal(ECG, 250, label="ECG II", physical_dimension="mV"),
        signal(RESP, 20, label="Resp"),
    ]
    notes = [edfio.EdfAnnotation(*one) for one in annotations]
    kind(signals, annotations=notes, data_record_duration=1).write(path)
    return path


def with_pause(path):
    """Turn a file into EDF+D or BDF+D: the data records from second 10 on start 60 s later."""
    content = path.read_bytes().replace(b"DF+C", b"DF+D")
    for second in range(10, 20):
        old, new = (f"+{start}\x14\x14".encode() for start in (second, second + 60))
        assert content.count(old) == 1
        content = content.replace(old, new)
    path.write_bytes(content)
    return path
