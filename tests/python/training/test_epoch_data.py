"""Data that are drawn again for every epoch, and random changes of all segments."""

import numpy as np
import pytest
import torch
from support.toy import assert_same_bits, network, segments

import dt4ecg
from dt4ecg.training import AugmentedSegments, EpochData, SubjectBatches


def noisy(x, generator):
    return x + 0.1 * generator.standard_normal(x.shape)


def trainer(epochs=4, **settings):
    return dt4ecg.Trainer(network(), epochs=epochs, n_threads=1, **settings)


class Constant(EpochData):
    """The same arrays in every epoch, without copies."""

    def __init__(self, X, y):
        self.X, self.y = X, y

    def __call__(self, number):
        return self.X, self.y


def test_equal_epochs_give_the_bits_of_plain_arrays():
    X, y = segments()
    weight = np.random.default_rng(0).random(len(X))
    data = Constant(X, y)
    assert_same_bits(trainer().fit(data), trainer().fit(X, y))
    data.sample_weight = weight
    assert_same_bits(trainer().fit(data), trainer().fit(X, y, sample_weight=weight))


def test_every_epoch_sees_its_own_segments_and_targets():
    X, _ = segments(12)
    seen = []

    class Shifted(EpochData):
        def __call__(self, number):
            return X + number, {"number": np.full(len(X), number)}

    def objective(outputs, targets):
        seen.append(targets["number"].unique().tolist())
        return {task: outputs[task].square().mean() for task in ("identity", "activity")}

    trainer(3, objective=objective, batch_size=6).fit(Shifted())
    assert seen[-6:] == [[0], [0], [1], [1], [2], [2]]


def test_arrays_of_the_user_stay_as_they_are():
    stack = np.stack([segments(seed=seed)[0] for seed in range(3)])
    before, y = stack.copy(), segments()[1]

    class Views(EpochData):
        def __call__(self, number):
            return stack[number % 3], y

    trainer().fit(Views())
    np.testing.assert_array_equal(stack, before)


def test_epochs_of_other_shapes_are_refused():
    X, y = segments()

    class Shrinking(EpochData):
        def __call__(self, number):
            return X[: len(X) - number], y[: len(y) - number]

    with pytest.raises(ValueError, match="same shapes"):
        trainer().fit(Shrinking())


@pytest.mark.parametrize("further", [{"y": segments()[1]}, {"sample_weight": np.ones(48)}])
def test_the_object_has_its_own_targets_and_weights(further):
    with pytest.raises(ValueError, match="AugmentedSegments has its own targets and weights"):
        trainer().fit(AugmentedSegments(*segments(), noisy), **further)


def test_changes_differ_between_epochs_and_leave_the_targets():
    X, y = segments()
    data, again = (AugmentedSegments(X, y, noisy, seed=3) for _ in range(2))
    again(0)
    np.testing.assert_array_equal(data(5)[0], again(5)[0])
    assert not (data(5)[0] == data(6)[0]).any()
    assert not (data(5)[0] == AugmentedSegments(X, y, noisy, seed=4)(5)[0]).any()
    np.testing.assert_array_equal(data(5)[1], y)
    assert np.std(data(5)[0] - X) == pytest.approx(0.1, rel=0.1)


def test_a_continued_training_has_the_same_bits(tmp_path):
    X, y = segments()
    path = tmp_path / "checkpoint.safetensors"
    trainer(2).fit(AugmentedSegments(X, y, noisy), checkpoint=path)
    whole = trainer(4).fit(AugmentedSegments(X, y, noisy))
    assert_same_bits(trainer(4).fit(AugmentedSegments(X, y, noisy), resume=path), whole)
    with pytest.raises(ValueError, match="data"):
        trainer(4).fit(AugmentedSegments(X, y, noisy, seed=1), resume=path)


def test_illegal_arguments():
    X, y = segments()
    with pytest.raises(TypeError, match="augmentation must be called"):
        AugmentedSegments(X, y, None)
    with pytest.raises(ValueError, match="seed"):
        AugmentedSegments(X, y, noisy, seed=-1)
    with pytest.raises(ValueError, match="finite"):
        AugmentedSegments(np.full_like(X, np.nan), y, noisy)
    with pytest.raises(ValueError, match="one segment for each of 48"):
        AugmentedSegments(X, y, lambda x, generator: x[1:])(0)
    with pytest.raises(TypeError, match="abstract"):
        EpochData()


def test_batches_of_people_are_such_data_and_tensors_are_taken():
    assert issubclass(SubjectBatches, EpochData)
    X, y = segments()
    drawn = AugmentedSegments(torch.tensor(X), y, noisy)(0)[0]
    assert drawn.dtype == np.float32
    assert drawn.shape == X.shape


@pytest.mark.parametrize("returned", [None, np.zeros((4, 1, 60)), (1, 2, 3)])
def test_an_object_must_return_a_pair(returned):
    class Wrong(dt4ecg.training.EpochData):
        def __call__(self, number):
            return returned

    network = dt4ecg.nn.Network("mlp", "none", tasks={"a": 2}, segment_length=60, seed=0)
    with pytest.raises(ValueError, match=r"Wrong must return \(segments, targets\)"):
        dt4ecg.Trainer(network, epochs=1, n_threads=1).fit(Wrong())
