"""Run the command line on a tiny folder of recordings."""

import json

import numpy as np

import dt4ecg

TINY = ("--threads", "1", "--batch-size", "8", "--quiet")


def train(folder, run, epochs, *more):
    return [
        "train",
        "--data",
        str(folder),
        "--epochs",
        str(epochs),
        "--out",
        str(run),
        *TINY,
        *more,
    ]


def strict_json(path):
    def refuse(constant):
        raise AssertionError(f"{path} holds {constant}")

    return json.loads(path.read_text(), parse_constant=refuse)


def network_of(path):
    return dt4ecg.load(path).network_.state_dict()


def assert_same_bits(a, b):
    ours, theirs = network_of(a / "model.safetensors"), network_of(b / "model.safetensors")
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
