"""A trainer can be pickled and copied, except while it trains."""

import copy
import pickle

import numpy as np
import pytest
from support.toy import PlainModule, assert_same_bits, network, segments, trained, trainer

from dt4ecg.training import EarlyStopping, TrainingSettings

COPIES = [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy]


@pytest.mark.parametrize("duplicate", COPIES)
@pytest.mark.parametrize("make", [network, PlainModule])
def test_a_copy_has_all_results_and_continues(duplicate, make, tmp_path):
    settings = TrainingSettings(
        class_weight="balanced", early_stopping=EarlyStopping("accuracy", 2), weight_decay=0.1
    )
    data = {"fit": {"validation_data": segments(24, seed=5)}, "settings": settings}
    run = trained(make(), epochs=4, **data)
    other = duplicate(run)
    assert_same_bits(other, run)
    assert other.network is not run.network
    assert (other.best_epoch, other.fused) == (run.best_epoch, run.fused)
    other.save(tmp_path / "other")
    run.save(tmp_path / "run")
    data["fit"]["resume"] = tmp_path / "other"
    longer = trained(make(seed=9), epochs=6, **data)
    data["fit"]["resume"] = tmp_path / "run"
    assert_same_bits(longer, trained(make(seed=9), epochs=6, **data))


def test_a_copy_of_an_untrained_trainer_trains():
    run = trainer(network())
    other = copy.deepcopy(run)
    assert_same_bits(other.fit(*segments()), run.fit(*segments()))


def test_a_trainer_that_trains_says_why_it_cannot_be_pickled():
    refused = []

    def duplicate(run):
        with pytest.raises(TypeError, match="cannot be pickled or copied while it is training"):
            pickle.dumps(run)
        refused.append(run)

    run = trained(epochs=1, fit={"callbacks": [duplicate]})
    assert refused == [run]
    assert np.isfinite(pickle.loads(pickle.dumps(run)).history["train"]["loss"]).all()
