"""A JSON file of a Movesense sensor."""

import json

import numpy as np

X = np.random.default_rng(0).integers(-500, 500, size=(40, 16))


def packets(times):
    rows = zip(X.tolist(), times, strict=True)
    return {"data": [{"ecg": {"Samples": row, "Timestamp": int(time)}} for row, time in rows]}


def write(path, content):
    path.write_text(json.dumps(content))
    return path
