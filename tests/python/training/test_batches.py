"""Batches of several segments per person, and a training that draws them for every epoch."""

import numpy as np
import pytest
import torch
from support.toy import assert_same_bits, network, segments

import dt4ecg
from dt4ecg.training import SubjectBatches
from dt4ecg.training.metric_losses import SupervisedContrastive


def data(n=60, people=10):
    X = np.random.default_rng(0).standard_normal((n, 1, 30)).astype(np.float32)
    return X, np.arange(n) % people


def rows_of(X, drawn):
    """Row of X of each drawn segment."""
    return (X[:, 0] == drawn[:, None, 0]).all(2).argmax(1)


def test_a_batch_has_some_people_with_some_segments_each():
    X, subject = data()
    batches = SubjectBatches(X, subject, subjects_per_batch=4, segments_per_subject=3)
    seen = set()
    for number in range(40):
        drawn, targets = batches(number)
        rows = rows_of(X, drawn)
        assert len(set(rows)) == batches.size == 12
        np.testing.assert_array_equal(subject[rows], targets["subject"])
        assert (np.unique(targets["subject"], return_counts=True)[1] == 3).all()
        seen |= set(rows)
    assert seen == set(range(60))


def test_segments_come_from_many_groups():
    X, subject = data()
    group = np.arange(60) // 10 // 2  # three sessions of two segments
    batches = SubjectBatches(X, subject, 5, 3, groups=group, targets={"session": group})
    for number in range(10):
        session = batches(number)[1]["session"].reshape(5, 3)
        assert (np.sort(session, 1) == [0, 1, 2]).all()


def test_few_segments_are_repeated_and_unknown_people_left_out():
    X, _ = data(5)
    drawn, targets = SubjectBatches(X, [3, 3, 8, -1, -1], 9, 4)(0)
    rows = rows_of(X, drawn).reshape(2, 4)
    assert sorted(set(rows.ravel())) == [0, 1, 2]
    assert sorted(set(targets["subject"].tolist())) == [3, 8]


def test_a_call_depends_on_seed_and_number_alone():
    X, subject = data()
    noisy = lambda x, generator: x + generator.standard_normal(x.shape)  # noqa: E731
    first, again = (SubjectBatches(X, subject, augmentation=noisy, seed=3) for _ in range(2))
    again(0)
    np.testing.assert_array_equal(first(7)[0], again(7)[0])
    assert not np.array_equal(first(7)[0], first(8)[0])
    assert not np.array_equal(first(7)[0], SubjectBatches(X, subject, seed=4)(7)[0])


def trainer(epochs):
    return dt4ecg.Trainer(
        network(), objective=SupervisedContrastive(), batch_size=16, epochs=epochs, n_threads=1
    )


def toy_batches(seed=0):
    X, y = segments()
    return SubjectBatches(X, y[:, 0], 4, 4, seed=seed)


def test_every_epoch_has_another_batch_and_the_loss_falls():
    once = trainer(60).fit(toy_batches()).history["train"]["loss"][:, 0]
    assert once[-10:].mean() < 0.7 * once[0]
    seen = []

    def recording(outputs, targets):
        seen.append(targets["subject"].tolist())
        return SupervisedContrastive()(outputs, targets)

    recording.tasks = ("supervised_contrastive",)
    dt4ecg.Trainer(network(), objective=recording, batch_size=16, epochs=4, n_threads=1).fit(
        toy_batches()
    )
    expected = [toy_batches()(number)[1]["subject"] for number in range(4)]
    assert [sorted(batch) for batch in seen[-4:]] == [sorted(batch) for batch in expected]


def test_a_resumed_training_has_the_same_bits(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    trainer(3).fit(toy_batches(), checkpoint=path)
    resumed, whole = trainer(6), trainer(6)
    resumed.fit(toy_batches(), resume=path)
    whole.fit(toy_batches())
    assert_same_bits(resumed, whole)
    with pytest.raises(ValueError, match="data"):
        trainer(6).fit(toy_batches(seed=1), resume=path)


def test_illegal_arguments():
    X, subject = data()
    with pytest.raises(ValueError, match="at least 2 people"):
        SubjectBatches(X, np.zeros(60, int))
    with pytest.raises(ValueError, match="at least 2 people"):
        SubjectBatches(X, np.full(60, -1))
    with pytest.raises(ValueError, match="subject must be one integer"):
        SubjectBatches(X, subject[:-1])
    with pytest.raises(ValueError, match="segments_per_subject"):
        SubjectBatches(X, subject, segments_per_subject=1)
    with pytest.raises(ValueError, match="at most 4096"):
        SubjectBatches(X, subject, segments_per_subject=10**9)
    with pytest.raises(ValueError, match="NaN"):
        SubjectBatches(np.full((60, 1, 30), np.nan), subject)
    with pytest.raises(ValueError, match="leave y"):
        trainer(1).fit(toy_batches(), subject)


def test_batches_must_keep_their_shape():
    X, subject = data()
    shorter = lambda x, generator: x[: 4 + generator.integers(4)]  # noqa: E731
    batches = SubjectBatches(X, subject, 4, 4, augmentation=shorter)
    with pytest.raises(ValueError, match=r"one row per segment|same shapes"):
        dt4ecg.Trainer(
            dt4ecg.nn.Network(tasks={"identity": 2}, segment_length=30, seed=0),
            objective=SupervisedContrastive(),
            epochs=9,
            n_threads=1,
        ).fit(batches)


def test_tensors_are_taken_too():
    X, subject = data()
    assert SubjectBatches(torch.tensor(X), subject)(0)[0].dtype == np.float32


def test_each_source_has_the_same_number_of_people():
    X, subject = data(80, 20)
    source = (subject >= 17).astype(int)  # 17 people and 3
    batches = SubjectBatches(X, subject, 8, 2, source=source, targets={"source": source})
    assert batches.size == (4 + 3) * 2
    for number in range(5):
        _, targets = batches(number)
        assert len(set(targets["subject"][targets["source"] == 0])) == 4
        assert set(targets["subject"][targets["source"] == 1]) == {17, 18, 19}
