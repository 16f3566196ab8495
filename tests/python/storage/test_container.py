"""Files are written atomically, and damaged or foreign files are refused."""

import hashlib
import json
import os
import stat
import threading

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from dt4ecg.storage import container

TENSORS = {"weight": torch.arange(3.0)}


@pytest.fixture
def path(tmp_path):
    container.write(tmp_path / "model.safetensors", TENSORS, {"place": "ward 3"})
    return tmp_path / "model.safetensors"


def test_tensors_and_header_are_read_as_written(path):
    tensors, header = container.read(path)
    assert list(tensors) == ["weight"]
    assert torch.equal(tensors["weight"], TENSORS["weight"])
    assert header == {"format_version": 1, "place": "ward 3"}


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no model file"):
        container.read(tmp_path / "absent")
    with pytest.raises(FileNotFoundError, match="no model file"):
        container.read(tmp_path)


def test_the_folder_of_a_run_is_refused_with_the_path_of_its_model(path):
    with pytest.raises(FileNotFoundError, match=r"folder of a run; its model is .*model\.safe"):
        container.read(path.parent)


def test_safetensors_of_another_program_are_refused(path):
    for metadata in (None, {"format": "pt"}):
        save_file(TENSORS, path, metadata=metadata)
        with pytest.raises(ValueError, match="not a model of dt4ecg"):
            container.read(path)


@pytest.mark.parametrize("version", [2, 0, -1, "1", None, 1.0, True, [1]])
def test_other_format_versions_are_refused(path, version):
    save_file(TENSORS, path, metadata={"dt4ecg": json.dumps({"format_version": version})})
    with pytest.raises(ValueError, match="this dt4ecg reads 1 to 1; install a newer dt4ecg"):
        container.read(path)


@pytest.mark.parametrize("header", ["", "{", "[" * 100_000, "9" * 5000, "{'a': 1}"])
def test_a_header_that_is_not_json_is_refused(path, header):
    save_file(TENSORS, path, metadata={"dt4ecg": header})
    with pytest.raises(ValueError, match="truncated or damaged, or not a dt4ecg model file"):
        container.read(path)


@pytest.mark.parametrize("header", ["null", "3", "[]", '"text"', "{}"])
def test_a_header_without_a_format_version_is_refused(path, header):
    save_file(TENSORS, path, metadata={"dt4ecg": header})
    with pytest.raises(ValueError, match="has format version None"):
        container.read(path)


def test_every_flipped_bit_is_noticed(tmp_path):
    path = tmp_path / "model"
    container.write(path, {"w": torch.tensor([1.5, 0.0])}, {"place": "ward 3"})
    content = path.read_bytes()
    for bit in range(8 * len(content)):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        if b"sha256" in damaged:
            with pytest.raises(ValueError, match=r"damaged|not a model of dt4ecg|version"):
                container.read(path)


def test_a_file_of_an_older_version_has_no_checksum(path):
    save_file(TENSORS, path, metadata={"dt4ecg": '{"format_version": 1}'})
    assert container.read(path)[1] == {"format_version": 1}


def test_the_checksum_is_the_documented_one(path):
    with safe_open(path, framework="pt") as file:
        text = file.metadata()["dt4ecg"]
    header = json.loads(text)
    stated = header.popitem()
    documented = json.dumps(header).encode() + b"\nweight float32 [3]\n"
    documented += np.arange(3, dtype="<f4").tobytes()
    assert stated == ("sha256", hashlib.sha256(documented).hexdigest())


def test_a_pipe_or_a_device_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(OSError, match="not a regular file"):
            container.read(path)


def test_a_bug_in_reading_is_not_reported_as_a_damaged_file(path, monkeypatch):
    monkeypatch.setattr(container.json, "loads", lambda text: text.no_such_method())
    with pytest.raises(AttributeError, match="no_such_method"):
        container.read(path)


def test_tied_weights_are_saved(tmp_path):
    weight = torch.arange(3.0)
    container.write(tmp_path / "tied", {"a": weight, "b": weight}, {})
    tensors, _ = container.read(tmp_path / "tied")
    assert torch.equal(tensors["a"], weight)
    assert torch.equal(tensors["b"], weight)


def test_two_threads_may_save_to_one_path(tmp_path, monkeypatch):
    path, fsync = tmp_path / "model.safetensors", os.fsync
    other = threading.Thread(target=container.write_bytes, args=(path, b"other"))

    def write_meanwhile(file):
        fsync(file)
        if threading.current_thread() is not other and other.ident is None:
            other.start()
            other.join()

    monkeypatch.setattr(os, "fsync", write_meanwhile)
    container.write_bytes(path, b"ours, which is longer")
    assert path.read_bytes() == b"ours, which is longer"
    assert list(tmp_path.iterdir()) == [path]


def test_the_content_is_on_the_disk_before_the_name_and_both_at_the_end(tmp_path, monkeypatch):
    fsync, replace, steps = os.fsync, os.replace, []

    def flush(descriptor):
        status = os.fstat(descriptor)
        steps.append("folder" if stat.S_ISDIR(status.st_mode) else f"{status.st_size} bytes")
        fsync(descriptor)

    def rename(source, target):
        steps.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(os, "replace", rename)
    container.write_bytes(tmp_path / "model.safetensors", b"content")
    assert steps == ["7 bytes", "rename", "folder"]


@pytest.mark.parametrize("name", ["m" * 255, "é" * 127], ids=["bytes", "letters"])
def test_a_file_name_may_have_the_greatest_legal_length(tmp_path, name):
    container.write_bytes(tmp_path / name, b"content")
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("function", ["replace", "fsync"])
def test_a_failed_write_leaves_the_old_file(path, function, monkeypatch):
    before = path.read_bytes()

    def fail(*_):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, function, fail)
    with pytest.raises(OSError, match="no space left") as failure:
        container.write_bytes(path, b"new")
    monkeypatch.undo()
    assert failure.value.filename == str(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_link_and_the_permissions_of_its_file_stay(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o600)
    link.symlink_to(real)
    container.write_bytes(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "check", [container.require_writable, lambda p: container.write(p, {}, {})]
)
def test_a_pipe_or_a_missing_folder_is_refused(check, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="not a regular file; refusing to overwrite it"):
        check(pipe)
    assert pipe.is_fifo()
    with pytest.raises(FileNotFoundError, match="create it first"):
        check(tmp_path / "absent" / "model.safetensors")


def test_a_writable_path_is_left_as_it_is(path, tmp_path):
    before = path.read_bytes()
    container.require_writable(path)
    container.require_writable(tmp_path / "new")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
