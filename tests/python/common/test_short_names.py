"""Short names of packages give the one module of the long name."""

import importlib
import pickle
import subprocess
import sys

import pytest

import dt4ecg

NAMES = {
    "dt4ecg.explain": "dt4ecg.inference.explain",
    "dt4ecg.pretraining": "dt4ecg.training.pretraining",
}


@pytest.mark.parametrize(("short", "long"), NAMES.items())
def test_a_short_name_gives_the_module_of_the_long_one(short, long):
    found = importlib.import_module(short)
    assert found is importlib.import_module(long)
    assert getattr(dt4ecg, short.split(".")[1]) is found
    assert (found.__name__, found.__spec__.name) == (long, long)


@pytest.mark.parametrize(
    "code",
    [
        "from dt4ecg.pretraining import SimCLR",
        "import dt4ecg.pretraining; from dt4ecg.training.pretraining import SimCLR",
        "from dt4ecg.training.pretraining import SimCLR; from dt4ecg import pretraining",
        "import dt4ecg; dt4ecg.pretraining; from dt4ecg.pretraining import SimCLR",
    ],
)
def test_every_order_of_imports_gives_the_same_class(code):
    check = "import sys; assert SimCLR is sys.modules['dt4ecg.training.pretraining'].SimCLR"
    subprocess.run([sys.executable, "-c", f"{code}; {check}"], check=True)


def test_objects_of_a_short_name_can_be_pickled():
    from dt4ecg.pretraining import Crops

    assert pickle.loads(pickle.dumps(Crops())) == Crops()


def test_unknown_names_stay_unknown():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("dt4ecg.explanations")
