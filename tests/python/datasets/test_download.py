"""Fetching from a local server that can fail in several ways."""

import csv
import gc
import hashlib
import http.server
import shutil
import threading

import numpy as np
import pytest
from support.motion_files import record_text

from dt4ecg.datasets import fetch, motion_ecg_recordings
from dt4ecg.datasets.download import shipped_checksums
from dt4ecg.datasets.motion_source import ACTIVITY_OF_WORD


class Server(http.server.ThreadingHTTPServer):
    """A server of ``files`` that records requests, and sends only half of each path in ``cut``."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()
        self.requests: list[str] = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def checksums(self):
        return {path: hashlib.sha256(body).hexdigest() for path, body in self.files.items()}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.lstrip("/")
        self.server.requests.append(path)
        if path not in self.server.files:
            self.send_error(404)
            return
        body = self.server.files[path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if path in self.server.cut else body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Serve a small motion set: two people, one electrode, five activities."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("DT4ECG_DATA", raising=False)
    rng = np.random.default_rng(0)
    with Server() as server:
        for subject in ("01", "02"):
            for word in ACTIVITY_OF_WORD:
                counts = rng.integers(0, 4096, 2500)
                lost = {300: 0.056, 707: 22.517} if word == "chodza" else {}
                stem = f"{subject}_02_{word}"
                server.files[f"data/{subject}/{stem}.csv"] = record_text(counts, lost=lost).encode()
                grades = "start;end;activity;artifact\n0;1000;1;2\n1000;2000;1;3\n2000;3000;1;4\n"
                server.files[f"data/{subject}/labels/{stem}_2.csv"] = grades.encode()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetch_from(server, checksums=None):
    return fetch("motion-ecg", server.url, progress=False, checksums=checksums or server.checksums)


def test_fetch_converts_and_never_downloads_twice(server):
    folder = fetch_from(server)
    assert sorted(file.name for file in folder.iterdir()) == [
        "SOURCE.txt",
        "ctu_motion_ecg.npz",
        "manifest.csv",
    ]
    assert "GPL-3.0" in (folder / "SOURCE.txt").read_text()
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert sorted(server.requests) == sorted(server.files)
    server.requests.clear()
    assert fetch_from(server) == folder
    assert server.requests == []

    recordings = motion_ecg_recordings()  # found in the user cache
    assert len(recordings) == 10
    walk = next(r for r in recordings if r.name == "01_walk_e2")
    source = server.files["data/01/01_02_chodza.csv"].decode().splitlines()
    assert walk.samples[0].tolist() == [int(line.split(" ; ")[1]) for line in source]
    assert walk.samples.dtype == np.int16
    assert walk.sampling_rate == 497.5
    assert walk.gaps == (300, 707)
    with open(folder / "manifest.csv", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["key"] == "signal_01_walk_e2")
    assert row["gaps_at_sample_and_seconds"] == "300:0.058 707:22.519"
    assert row["mean_artifact_label"] == "3.00"
    assert row["electrode_name"] == "stainless_CrNi_belt"


def test_fetch_of_files_that_need_no_conversion(server):
    server.files = {"RECORDS": b"Person_01/rec_1\n", "Person_01/rec_1.dat": bytes(100)}
    folder = fetch("ecg-id", server.url, progress=False, checksums=server.checksums)
    assert (folder / "RECORDS").read_bytes() == b"Person_01/rec_1\n"
    assert (folder / "Person_01" / "rec_1.dat").read_bytes() == bytes(100)


def test_progress_bar_counts_files(server, capfd):
    fetch("motion-ecg", server.url, checksums=server.checksums)
    text = capfd.readouterr().err
    assert "motion-ecg: 100%" in text
    assert "20/20" in text
    assert "Downloading" not in text


def test_wrong_hash_is_refused(server, tmp_path):
    wrong = server.checksums | {"data/02/02_02_beh.csv": "0" * 64}
    with pytest.raises(ValueError, match=r"data/02/02_02_beh.csv is not the published file"):
        fetch_from(server, wrong)
    with pytest.raises(FileNotFoundError, match="dt4ecg datasets fetch motion-ecg"):
        motion_ecg_recordings()


# A connection that the server cut is closed by the garbage collector, with a ResourceWarning.
@pytest.mark.filterwarnings("ignore:.*unclosed <socket:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("trouble", ["gone", "cut"])
def test_an_interrupted_fetch_continues(server, trouble):
    path = "data/02/labels/02_02_ruky_2.csv"
    checksums, body = server.checksums, server.files[path]
    if trouble == "gone":
        del server.files[path]
    else:
        server.cut.add(path)
    with pytest.raises(OSError, match=rf"{path} cannot be downloaded .*run it again to go on"):
        fetch_from(server, checksums)
    gc.collect()
    done = set(server.requests) - {path}
    server.requests.clear()
    server.files[path] = body
    server.cut.clear()
    fetch_from(server, checksums)
    assert path in server.requests
    assert len(done & set(server.requests)) <= 8  # downloads that the other connections had begun
    assert len(motion_ecg_recordings()) == 10


def test_a_damaged_partial_file_is_fetched_again(server, tmp_path):
    path = "data/01/01_02_beh.csv"
    partial = tmp_path / "cache" / "dt4ecg" / "ctu_motion_ecg.partial" / path
    partial.parent.mkdir(parents=True)
    partial.write_bytes(server.files[path][:100])
    fetch_from(server)
    assert path in server.requests


def test_no_server(server):
    url = "http://127.0.0.1:9/"  # the discard port, where no server listens
    with pytest.raises(OSError, match="cannot be downloaded"):
        fetch("motion-ecg", url, progress=False, checksums=dict(list(server.checksums.items())[:1]))


def test_a_full_disk_is_reported_before_the_first_byte(server, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(OSError, match=r"needs 175 MB in .* and the disk is full; free some space"):
        fetch_from(server)
    assert server.requests == []


def test_an_incomplete_folder_is_reported_before_the_first_byte(server, tmp_path):
    (tmp_path / "cache" / "dt4ecg" / "ctu_motion_ecg").mkdir(parents=True)
    with pytest.raises(FileExistsError, match=r"without its manifest.csv; remove it"):
        fetch_from(server)
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "message"), [("mitdb", "unknown name 'mitdb'"), ("nstdb", "nothing to fetch; sets to")]
)
def test_names_that_cannot_be_fetched(name, message):
    with pytest.raises(ValueError, match=message):
        fetch(name)


def test_shipped_checksums_are_those_of_the_sets(motion_folder, ecg_id_folder):
    with open(motion_folder / "SOURCES.tsv", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if int(row["bytes"])]
    assert shipped_checksums("motion-ecg.sha256") == {row["path"]: row["sha256"] for row in rows}
    for path, digest in list(shipped_checksums("ecg-id.sha256").items())[::50]:
        assert hashlib.sha256((ecg_id_folder / path).read_bytes()).hexdigest() == digest
