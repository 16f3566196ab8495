"""The lock of a run's folder: one holder, released by any end of the process, no trace left."""

import errno
import multiprocessing
import time

import pytest

from dt4ecg.storage import lock
from dt4ecg.storage.lock import LOCK, held

# Python 3.12 and newer warn of a fork while other threads run; these children use none of them.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
PROCESSES = multiprocessing.get_context("fork")  # without importing torch again


def _hold(folder, ready):
    with held(folder):
        ready.set()
        time.sleep(600)


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    ready = PROCESSES.Event()
    child = PROCESSES.Process(target=_hold, args=(tmp_path, ready))
    child.start()
    assert ready.wait(60)
    yield child
    child.kill()
    child.join()


def test_another_process_is_refused_and_changes_nothing(tmp_path, holder):
    with pytest.raises(ValueError, match=r"another run is at work in .*--out"), held(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == [LOCK]
    assert holder.is_alive()


def test_a_second_holder_in_the_same_process_is_refused(tmp_path):
    with held(tmp_path):
        with pytest.raises(ValueError, match="another run is at work"), held(tmp_path):
            pass
        assert (tmp_path / LOCK).exists()


def test_a_killed_process_releases_the_lock(tmp_path, holder):
    holder.kill()
    holder.join()
    assert (tmp_path / LOCK).exists()
    (tmp_path / "kept").touch()
    with held(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]


def test_temporary_files_of_killed_runs_are_removed(tmp_path):
    kept = [".model.safetensors.partial", "model.safetensors.1.2.partial", ".notes.a.b.partial"]
    for name in [*kept, ".config.json.7.140123.partial", f".{'m' * 32}.{2**31}.1.partial"]:
        (tmp_path / name).touch()
    with held(tmp_path):
        assert sorted(file.name for file in tmp_path.iterdir()) == sorted([*kept, LOCK])


def test_a_run_that_is_refused_removes_no_file(tmp_path, holder):
    file = tmp_path / ".model.safetensors.7.8.partial"
    file.touch()
    with pytest.raises(ValueError, match="another run"), held(tmp_path):
        pass
    assert file.exists()


def test_an_empty_folder_is_removed_and_a_full_one_stays(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    with held(run):
        (run / "model").touch()
    assert [file.name for file in run.iterdir()] == ["model"]
    (run / "model").unlink()
    with held(run):
        pass
    assert not run.exists()


def test_an_error_inside_releases_the_lock(tmp_path):
    (tmp_path / "kept").touch()
    with pytest.raises(KeyError), held(tmp_path):
        raise KeyError
    with held(tmp_path):
        pass


def test_a_missing_folder_is_made(tmp_path):
    with held(tmp_path / "run"):
        assert (tmp_path / "run").is_dir()


def test_a_file_system_without_locks_keeps_no_run_out(tmp_path, monkeypatch):
    def refuse(self, **options):
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(lock.FileLock, "acquire", refuse)
    (tmp_path / "kept").touch()
    with held(tmp_path):
        entered = True
    assert entered


def _count(folder, runs):
    """Enter the folder often; a file that may exist only once shows a second holder."""
    for _ in range(runs):
        try:
            with held(folder):
                inside = folder / "inside"
                inside.touch(exist_ok=False)
                inside.unlink()
        except ValueError:
            pass


def test_processes_that_come_and_go_never_overlap(tmp_path):
    (tmp_path / "kept").touch()
    children = [PROCESSES.Process(target=_count, args=(tmp_path, 40)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]


def test_a_folder_that_another_run_removes_on_leaving_is_made_again(tmp_path, monkeypatch):
    acquire, calls = lock.FileLock.acquire, []

    def removed_once(self, **settings):
        calls.append(self)
        if len(calls) == 1:
            raise FileNotFoundError(2, "No such file or directory")
        return acquire(self, **settings)

    monkeypatch.setattr(lock.FileLock, "acquire", removed_once)
    with lock.held(tmp_path / "run"):
        assert (tmp_path / "run" / lock.LOCK).exists()
    assert len(calls) == 2
