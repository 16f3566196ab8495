"""Training a classifier against confounders."""

import numpy as np
import pytest
import torch
from support.toy import segments

import dt4ecg
from dt4ecg.training import DeconfoundedCrossEntropy, Deconfounding


def classifier(**changes):
    settings = {"tasks": ("activity",), "epochs": 2, "n_threads": 1}
    return dt4ecg.DT4ECGClassifier(**(settings | changes))


@pytest.fixture(scope="module")
def data():
    X, y = segments(48)
    people = np.array(["Ann", "Bo", "Cy"])[y[:, 0]]
    return X, np.array(["rest", "run"])[y[:, 1]], people


def test_it_trains_as_the_trainer_does_and_drops_the_head(data, tmp_path):
    X, y, people = data
    fitted = classifier(deconfounding=Deconfounding("reversal", 0.5)).fit(
        X, y, confounders={"subject": people}
    )
    seed = int(np.random.RandomState(0).randint(np.iinfo(np.int32).max))
    network = dt4ecg.nn.Network(
        tasks={"activity": 2, "confounder_1": 3}, segment_length=X.shape[2], seed=seed
    )
    objective = DeconfoundedCrossEntropy(network, ["confounder_1"], Deconfounding("reversal", 0.5))
    trainer = dt4ecg.Trainer(network, objective=objective, epochs=2, seed=seed, n_threads=1)
    _, index = np.unique(people, return_inverse=True)
    trainer.fit(X, np.stack([(y == "run").astype(int), index], axis=1))
    kept = fitted.network_.state_dict()
    expected = network.state_dict()
    assert set(expected) - set(kept) == {f"heads.confounder_1.{p}" for p in ("weight", "bias")}
    for name, value in kept.items():
        torch.testing.assert_close(value, expected[name], rtol=0, atol=0)
    assert fitted.network_.tasks == {"activity": 2}
    fitted.save(tmp_path / "model")
    np.testing.assert_array_equal(dt4ecg.load(tmp_path / "model").predict(X), fitted.predict(X))


def test_several_confounders_of_a_frame_and_validation(data):
    pd = pytest.importorskip("pandas")
    X, y, people = data
    frame = pd.DataFrame({"subject": people, "electrode": np.arange(48) % 4})
    frame.loc[0, "subject"] = None
    fitted = classifier().fit(X, y, confounders=frame, validation_data=(X[:8], y[:8]))
    assert np.isfinite(fitted.history_["validation"]["loss"]).all()
    assert fitted.history_["tasks"] == ("activity",)
    plain = classifier().fit(X, y)
    assert not np.array_equal(plain.embed(X), fitted.embed(X))


def test_a_checkpoint_resumes_with_the_same_bits(data, tmp_path):
    X, y, people = data
    against = {"subject": people}
    whole = classifier(epochs=3).fit(X, y, confounders=against)
    classifier().fit(X, y, confounders=against, checkpoint=tmp_path / "checkpoint")
    resumed = classifier(epochs=3).fit(X, y, confounders=against, resume=tmp_path / "checkpoint")
    np.testing.assert_array_equal(resumed.predict_proba(X), whole.predict_proba(X))
    with pytest.raises(ValueError, match="do not match the heads"):
        dt4ecg.load(tmp_path / "checkpoint")


def test_the_strong_recipe_keeps_its_smoothing(data):
    X, y, people = data
    fitted = classifier(recipe="strong").fit(X, y, confounders={"subject": people})
    assert fitted.network_.spec["standardize"]


@pytest.mark.parametrize(
    ("confounders", "error", "message"),
    [
        ({"subject": ["Ann"] * 48}, ValueError, "one class"),
        ({"subject": ["Ann", "Bo"]}, ValueError, "inconsistent numbers"),
        ({"a": ["Ann", "Bo"] * 24, "b": ["Ann", "Bo"]}, ValueError, "b has 2 labels"),
        ({}, ValueError, "at least one"),
        (["Ann", "Bo"] * 24, TypeError, "a data frame or a dictionary"),
        ({"subject": [np.inf, 1.0] * 24}, ValueError, "infinity"),
    ],
)
def test_confounders_that_are_refused(data, confounders, error, message):
    X, y, _ = data
    with pytest.raises(error, match=message):
        classifier().fit(X, y, confounders=confounders)


def test_other_things_that_are_refused(data):
    X, y, people = data
    with pytest.raises(ValueError, match="the same groups as the task activity"):
        classifier().fit(X, y, confounders={"movement": np.where(y == "run", 5, 3)})
    with pytest.raises(ValueError, match="needs labels to train against"):
        classifier(deconfounding=Deconfounding()).fit(X, y)
    with pytest.raises(TypeError, match="must be a dt4ecg"):
        classifier(deconfounding="reversal").fit(X, y, confounders={"subject": people})
