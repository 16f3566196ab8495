"""Galleries in files: equal decisions, other encoders, damage."""

import numpy as np
import pytest
import torch
from support.encoders import Active, Spectrum, people

import dt4ecg
from dt4ecg.biometrics import EncoderMismatchError, Gallery, NotEnrolledError, gallery_file
from dt4ecg.storage import container


def make(encoder=None) -> Gallery:
    data = people(10, ("rest", "exercise"))
    names = data.meta["subject"]
    gallery = Gallery(encoder or Active(), sampling_rate=100)
    for name in ("S01", "S02"):
        gallery.enroll(f"{name}\x00\u202e\ud800", data.X[names == name])
    rest = names > "S02"
    return gallery.fit_thresholds(data.X[rest], names[rest], data.meta["activity"][rest])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("gallery") / "gallery.safetensors"
    make().save(found)
    return found


def test_a_read_gallery_decides_alike(path):
    gallery, read = make(), Gallery.load(path, Active(), sampling_rate=100)
    data = people(10, ("rest", "exercise"))
    assert read.names == gallery.names
    assert repr(read) == repr(gallery)
    for rows in (slice(0, 3), slice(25, 26), slice(60, 68), slice(100, 101)):
        X = data.X[rows]
        assert read.identify(X, 0.1) == gallery.identify(X, 0.1)
        assert read.verify(read.names[1], X, 0.1) == gallery.verify(read.names[1], X, 0.1)
    read.update(read.names[0], data.X[:10], far=0.1)
    read.enroll("new", data.X[300:310])


def test_an_empty_gallery_is_saved(tmp_path):
    path = tmp_path / "empty.safetensors"
    Gallery(Spectrum(), sampling_rate=100).save(path)
    assert len(Gallery.load(path, Spectrum(), sampling_rate=100)) == 0


def test_changes_of_another_program_are_not_lost(tmp_path):
    path, data = tmp_path / "gallery.safetensors", people(10, ("rest", "exercise"))
    with Gallery.changing(path, Spectrum(), 100) as gallery:
        gallery.enroll("Ann", data.X[:10])
    first, second = (Gallery.load(path, Spectrum(), 100) for _ in range(2))
    first.enroll("Bo", data.X[10:20])
    first.save(path)
    first.dismiss("Ann")
    first.save(path)  # its own change
    second.enroll("Cy", data.X[20:30])
    with pytest.raises(ValueError, match="another program has changed"):
        second.save(path)
    second.save(tmp_path / "other.safetensors")
    with Gallery.changing(path, Spectrum(), 100) as gallery:
        gallery.enroll("Cy", data.X[20:30])
    assert Gallery.load(path, Spectrum(), 100).names == ("Bo", "Cy")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_block_that_fails_leaves_the_file(path, tmp_path):
    copy = tmp_path / "gallery.safetensors"
    copy.write_bytes(path.read_bytes())
    with pytest.raises(NotEnrolledError), Gallery.changing(copy, Active(), 100) as gallery:
        dismiss_twice(gallery)
    assert copy.read_bytes() == path.read_bytes()


def dismiss_twice(gallery):
    name = gallery.names[0]
    gallery.dismiss(name)
    gallery.dismiss(name)


def test_another_encoder_is_refused(path):
    class Other(Active):
        def embed(self, X):
            return super().embed(X)[:, ::-1]

    for encoder in (Other(), Active(lines=31)):
        with pytest.raises(EncoderMismatchError, match="another encoder"):
            Gallery.load(path, encoder, sampling_rate=100)
    with pytest.raises(EncoderMismatchError, match="another sampling_rate"):
        Gallery.load(path, Active(), sampling_rate=200)
    prepared = Active(dt4ecg.Preprocessor())
    with pytest.raises(EncoderMismatchError, match="another preprocessor"):
        Gallery.load(path, prepared, sampling_rate=100)


def test_a_retrained_classifier_is_another_encoder(tmp_path):
    data = people()
    fits = [
        dt4ecg.DT4ECGClassifier(
            tasks=("identity",), epochs=1, random_state=seed, preprocessor=data.preprocessor
        ).fit(data.X[:80], data.labels[:80, 0])
        for seed in (0, 1)
    ]
    gallery = Gallery(fits[0])
    gallery.enroll("Ann", data.X[:10])
    gallery.save(tmp_path / "gallery.safetensors")
    fits[0].save(tmp_path / "model.safetensors")
    again = dt4ecg.load(tmp_path / "model.safetensors")
    assert Gallery.load(tmp_path / "gallery.safetensors", again).names == ("Ann",)
    with pytest.raises(EncoderMismatchError):
        Gallery.load(tmp_path / "gallery.safetensors", fits[1])
    with pytest.raises(ValueError, match="not a gallery"):
        Gallery.load(tmp_path / "model.safetensors", again)
    with pytest.raises(ValueError, match=r"read it with dt4ecg\.biometrics\.Gallery\.load"):
        dt4ecg.load(tmp_path / "gallery.safetensors")


def test_a_missing_or_damaged_file_is_refused(path, tmp_path):
    with pytest.raises(FileNotFoundError):
        Gallery.load(tmp_path / "absent", Active(), sampling_rate=100)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        Gallery.load(damaged, Active(), sampling_rate=100)


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("names", ["a", "a"]),
        ("names", ["a"]),
        ("names", ["a", 3]),
        ("names", "ab"),
        ("shape", [1, 0]),
        ("shape", [300]),
        ("shape", 3),
        ("shape", [1, 2**31 - 1]),  # its reference signals would fill the memory
        ("shape", [2**31 - 1, 1]),
        ("shape", None),
        ("settings", {}),
        ("reference", None),
        ("cohort", {"activities": ["rest", "exercise"], "sizes": [1, float("inf")]}),
        ("cohort", {"activities": ["rest", "exercise"], "sizes": [1, 1]}),
        ("cohort", {"activities": ["rest", "rest"], "sizes": [1]}),
        ("cohort.templates", torch.eye(8)),
        ("vectors", torch.eye(2, 8)),
        ("vectors", torch.eye(2, 32, dtype=torch.bfloat16)),
        ("counts", torch.tensor([1, 2**63 - 1])),
        ("settings", None),
        ("cohort", {"activities": ["rest", "exercise"], "sizes": [2]}),
        ("cohort", {"activities": [], "sizes": [1]}),
        ("cohort", {"activities": ["rest", "exercise"], "sizes": [1, 3]}),
        ("cohort", []),
        ("vectors", torch.ones(2, 32)),
        ("vectors", torch.full((2, 32), float("nan"))),
        ("vectors", torch.eye(3, 32)),
        ("vectors", torch.eye(2, 32, dtype=torch.float64)),
        ("counts", torch.tensor([1, 0])),
        ("counts", torch.tensor([1.0, 1.0])),
        ("cohort.1.people", torch.tensor([9])),
        ("cohort.1.activities", None),
    ],
)
def test_a_file_with_illegal_content_is_refused(path, tmp_path, change, value):
    tensors, header = container.read(path)
    target = tensors if change in tensors else header
    target[change] = value
    if value is None and target is tensors:
        del tensors[change]
    header.pop("format_version")
    container.write(tmp_path / "changed.safetensors", tensors, header)
    with pytest.raises(ValueError, match="not a gallery that this dt4ecg can read"):
        Gallery.load(tmp_path / "changed.safetensors", Active(), sampling_rate=100)


def test_the_file_holds_no_names_of_the_cohort(path):
    _, header = container.read(path)
    assert "S05" not in str(header)
    assert np.all([name.startswith(("S01", "S02")) for name in header["names"]])


def test_names_beyond_the_header_of_the_file_are_refused(tmp_path, monkeypatch):
    gallery = Gallery(Spectrum(), sampling_rate=100)
    gallery.enroll("é" * 100, people().X[:4])
    monkeypatch.setattr(gallery_file, "_MOST_NAME_BYTES", 700)
    with pytest.raises(ValueError, match=r"^save: the names of 1 person take 708 bytes, .* 700;"):
        gallery.save(tmp_path / "gallery.safetensors")
    monkeypatch.setattr(gallery_file, "_MOST_NAME_BYTES", 708)
    gallery.save(tmp_path / "gallery.safetensors")
