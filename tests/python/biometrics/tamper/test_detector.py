"""The detector: what it learns, what it refuses, and its file."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

import dt4ecg
from dt4ecg.biometrics.tamper import SpliceOptions, TamperDetector, splice
from dt4ecg.biometrics.tamper.labels import two_labels
from dt4ecg.biometrics.tamper.networks import NETWORKS
from dt4ecg.biometrics.tamper.training_set import training_set
from dt4ecg.storage import container

RATE = 100.0


def waves(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two kinds of "people": slow and fast waves of random phase, three segments each."""
    rng = np.random.default_rng(seed)
    people = np.arange(n) // 3
    frequency = np.where(people % 2, 4.0, 9.0)[:, None]
    time = np.arange(200) / RATE
    x = np.sin(2 * np.pi * (frequency * time + rng.random((n, 1))))
    return x + 0.1 * rng.standard_normal(x.shape), people


@pytest.fixture(scope="module")
def trained() -> TamperDetector:
    x, people = waves(240, 0)
    return TamperDetector(epochs=4, width=32, n_threads=1).fit_on(x, people % 2, ["halves"])


def test_it_finds_splices_of_people_that_it_can_distinguish(trained):
    x, people = waves(120, 1)
    spliced = splice(x, people % 2, "halves", RATE, seed=5).X
    scores = trained.predict_proba(np.concatenate([x, spliced]))[:, 1]
    truth = np.repeat([False, True], 120)
    assert roc_auc_score(truth, scores) > 0.95
    assert trained.score(np.concatenate([x, spliced]), truth) > 0.85


def test_gain_offset_and_type_have_no_effect(trained):
    x, _ = waves(6, 2)
    expected = trained.predict_proba(x)
    for changed in (1000 * x + 5, x[:, None], torch.tensor(x)):
        np.testing.assert_allclose(trained.predict_proba(changed), expected, atol=1e-4)


def test_noise_has_the_label_that_is_asked_for():
    people = dt4ecg.datasets.simulate_cohort(2, ("rest",), seconds=30)
    data = dt4ecg.datasets.from_recordings(people)
    noise = np.random.default_rng(0).normal(size=(3, 1, 300))
    detector = TamperDetector(width=16, epochs=1, n_threads=1).fit_on(
        data.X, data.meta["subject"], ["halves"]
    )
    mixed = np.concatenate([data.X[:4], noise])
    named, marked = detector.predict(mixed), detector.predict(mixed, unusable="no ECG")
    assert marked.tolist() == [*named[:4].tolist(), *["no ECG"] * 3]


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_trains_and_comes_back_from_its_file(network, tmp_path):
    x, people = waves(24, 0)
    detector = TamperDetector(network, width=16, epochs=1, n_threads=1)
    before = [value.clone() for value in detector.fit_on(x, people).network_.parameters()]
    assert all(value.isfinite().all() for value in before)
    detector.save(tmp_path / "detector.safetensors")
    loaded = dt4ecg.load(tmp_path / "detector.safetensors")
    assert isinstance(loaded, TamperDetector)
    np.testing.assert_array_equal(loaded.predict_proba(x), detector.predict_proba(x))
    assert loaded.classes_.tolist() == [False, True]
    assert loaded.network == network


def test_equal_seeds_give_equal_detectors():
    x, people = waves(24, 0)
    first, second = (
        TamperDetector(width=16, epochs=1, n_threads=1).fit_on(x, people).predict_proba(x)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert clone(TamperDetector("cnn", epochs=3)).get_params()["epochs"] == 3


def test_the_training_set_has_equal_shares_of_the_kinds_and_the_control_is_clean():
    x, people = waves(30, 0)
    found, tampered = training_set(
        x, people, ["halves", "quarter"], SpliceOptions.raw(), RATE, 2, True, 0
    )
    assert len(found) == 5 * 30
    assert tampered.tolist() == [False] * 30 + [True] * 60 + [False] * 60
    np.testing.assert_array_equal(found[:30], x)
    changed = (found[30:60] != x).any(axis=0)  # samples that some splice of these rows replaced
    assert not changed[:100].any()
    first_changed = (found[30:60] != x).argmax(axis=1)
    assert sorted(np.unique(first_changed)) == [100, 150]
    assert (first_changed == 100).sum() == 15


def test_the_training_set_can_be_cut_at_beats():
    x, people = waves(30, 0)
    beats = [np.array([20, 80, 140])] * 30
    found, _ = training_set(
        x, people, ["halves"], SpliceOptions.raw(), RATE, 1, False, 0, beats=beats
    )
    assert set((found[30:] != x).argmax(axis=1)) == {80}  # the beat next to the middle


def test_both_labels_weigh_the_same():
    """A detector that sees noise alone has the probability 1/2, whatever the shares."""
    x = np.random.default_rng(0).normal(size=(200, 100))
    y = np.arange(200) < 20
    found = TamperDetector(width=16, epochs=2, n_threads=1).fit(x, y)
    fresh = np.random.default_rng(1).normal(size=(200, 100))
    assert 0.35 < found.predict_proba(fresh)[:, 1].mean() < 0.65


def test_a_recording_is_scanned_and_its_noise_is_not_judged():
    recordings = dt4ecg.datasets.simulate_cohort(4, seconds=15)
    data = dt4ecg.datasets.from_recordings(recordings)
    detector = TamperDetector(epochs=1, n_threads=1, preprocessor=data.preprocessor)
    detector.fit_on(data.X, data.meta["subject"])
    samples = recordings[0].samples.copy()
    samples[..., 9000:] = np.random.default_rng(0).normal(size=6000)
    found = detector.scan(samples, recordings[0].sampling_rate)
    assert found.usable.tolist() == [True, True, True, False, False]
    assert np.isnan(found.probabilities).tolist() == [False] * 3 + [True] * 2
    assert not found.alarms(0.0)[3:].any()
    expected = detector.predict_proba(data.X[data.groups == 0][:3])[:, 1]
    np.testing.assert_allclose(found.probabilities[:3], expected, atol=1e-3)


def test_a_scan_needs_a_preprocessor_and_one_lead(trained):
    with pytest.raises(ValueError, match="no preprocessor"):
        trained.scan(np.zeros(3000), RATE)
    data = dt4ecg.datasets.from_recordings(dt4ecg.datasets.simulate_cohort(2, seconds=6))
    detector = TamperDetector(width=16, epochs=1, n_threads=1, preprocessor=data.preprocessor)
    detector.fit_on(data.X, data.meta["subject"])
    two = np.random.default_rng(0).normal(size=(2, 3000))
    with pytest.raises(ValueError, match="has 2; choose one"):
        detector.scan(two, 500.0)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"network": "vit"}, "network must be one of"),
        ({"width": 7}, "width"),
        ({"sampling_rate": 0}, "sampling_rate"),
        ({"epochs": -1}, "epochs"),
        ({"epochs": 0}, "TamperDetector: epochs must be an integer of at least 1"),
    ],
)
def test_illegal_parameters_are_refused(changes, text):
    x, people = waves(12, 0)
    with pytest.raises(ValueError, match=text):
        TamperDetector(**changes).fit_on(x, people)


@pytest.mark.parametrize(
    ("x", "y", "text"),
    [
        (np.eye(4, 50), [0, 0, 0, 0], "two labels"),
        (np.eye(4, 50), [0, 1], "one label for each"),
        (np.zeros((4, 50)), [0, 1, 0, 1], "constant"),
        (np.full((4, 50), np.inf), [0, 1, 0, 1], "infinite"),
        (np.zeros((4, 2, 50)), [0, 1, 0, 1], "one lead"),
    ],
)
def test_illegal_data_are_refused(x, y, text):
    with pytest.raises(ValueError, match=text):
        TamperDetector().fit(x, y)


@pytest.mark.parametrize(
    ("y", "error", "text"),
    [
        ([0, 1, None, 1], ValueError, "unknown for 1 of 4 segments; leave these out"),
        ([0.0, np.nan, 0.0, 0.0], ValueError, "unknown for 1 of 4"),
        (["a", "?", "a", "b"], ValueError, "unknown for 1 of 4"),
        ([0, "1", 0, "1"], TypeError, r"objects of int, str; convert .*astype\(str\)"),
        ([True, 0, True, 0], TypeError, "objects of bool, int"),
        ([(0, 1), (1,), 2, 3], TypeError, "objects of int, tuple"),
        ([0.0, np.inf, 0.0, 0.0], ValueError, "NaN or infinite"),
    ],
)
def test_objects_that_are_no_labels_are_refused(y, error, text):
    labels = np.empty(4, object)
    labels[:] = y
    with pytest.raises(error, match=f"^fit: y .*{text}"):
        TamperDetector().fit(np.eye(4, 50), labels)


def test_objects_of_one_type_are_labels():
    for values in ([False, True], [0, 1], ["clean", "tampered"]):
        classes, indices = two_labels(np.array(values * 2, object), 4)
        assert classes.tolist() == values
        assert classes.dtype != object
        assert indices.tolist() == [0, 1, 0, 1]


def test_illegal_splices_and_segments_of_another_length_are_refused(trained):
    x, people = waves(12, 0)
    for splices in ("halves", [], ["thirds"]):
        with pytest.raises(ValueError, match="splices must be"):
            TamperDetector().fit_on(x, people, splices)
    with pytest.raises(ValueError, match="200 samples, got 150"):
        trained.predict(x[:, :150])
    with pytest.raises(NotFittedError):
        TamperDetector().predict(x)
    with pytest.raises(TypeError, match="preprocessor"):
        TamperDetector(preprocessor="none").fit_on(x, people)


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors, header: header.update(kind="noise-model"),
        lambda tensors, header: header["settings"].update(network="vit"),
        lambda tensors, header: header["settings"].pop("width"),
        lambda tensors, header: header["settings"].update(width=10**9),
        lambda tensors, header: header.update(classes=[True, True]),
        lambda tensors, header: header.update(samples="many"),
        lambda tensors, header: header.update(preprocessor=3),
        lambda tensors, header: tensors.update({"images.scale": torch.zeros(32, 1)}),
        lambda tensors, header: tensors.pop("images.mean"),
        lambda tensors, header: tensors.pop("network.heads.tampered.weight"),
    ],
)
def test_a_changed_file_is_refused(trained, tmp_path, change):
    path = tmp_path / "detector.safetensors"
    trained.save(path)
    tensors, header = container.read(path)
    change(tensors, header)
    container.write(path, tensors, header)
    with pytest.raises(ValueError, match="load: "):
        TamperDetector.load(path)


def test_damaged_weights_give_no_probability(tmp_path):
    x = np.random.default_rng(0).normal(size=(8, 300))
    detector = TamperDetector("cnn", epochs=1, n_threads=1).fit(x, [0, 1] * 4)
    path = tmp_path / "detector.safetensors"
    for change in (
        lambda tensors, _: tensors["images.mean"].fill_(3e38),
        lambda _, header: header.update(classes=[float("nan"), 1.0]),
        lambda _, header: header.update(classes=[1, 0]),
        lambda _, header: header["settings"].update(network=["cnn"]),
        lambda _, header: header.update(preprocessor={"lead_names": 3}),
    ):
        detector.save(path)
        tensors, header = container.read(path)
        tensors = {name: tensor.clone() for name, tensor in tensors.items()}
        change(tensors, header)
        header.pop("format_version")
        container.write(path, tensors, header)
        with pytest.raises(ValueError, match=r"can rebuild|NaN or infinite"):
            TamperDetector.load(path).predict_proba(x)
    with pytest.raises(ValueError, match="labels that are NaN"):
        detector.fit(x, [np.nan, 1] * 4)
