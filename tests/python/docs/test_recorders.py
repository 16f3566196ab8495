"""The lines of the page about recorders run on the files of the field cases."""

import re
import shutil

import pytest
from support.pages import DOCS

import dt4ecg

PAGE = DOCS / "recorders.md"
FILES = {
    "anna.acq": "formats/two_segments.acq",
    "anna.edf": "formats/two_activities.edf",
    "bert.edf": "formats/two_activities.edf",
    "record100.hea": "wfdb/leads_I_II.hea",
    "leads_I_II.dat": "wfdb/leads_I_II.dat",
    "anna.xdf": "formats/lsl.xdf",
    "polar_ECG.txt": "polar_sensor_logger_ECG.txt",
    "ecg_2024-03-05.csv": "apple_watch_en.csv",
    "opensignals.txt": "opensignals.txt",
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_lines_of_the_page_run(field_cases, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, case in FILES.items():
        shutil.copy(field_cases / case, name)
    recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=15)
    data = dt4ecg.datasets.from_recordings(recordings, dt4ecg.Preprocessor(notch=None))
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor)
    classifier.fit(data.X, data.labels).save("model.safetensors")

    namespace: dict = {}
    counts = []
    page = PAGE.read_text(encoding="utf-8")
    for block in re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        assert len(block.strip().splitlines()) <= 3
        exec(compile(block, str(PAGE), "exec"), namespace)
        if "predict_recording" in block:
            counts.append(len(namespace["starts"]))
    assert counts == [2, 8, 6, 8, 4, 3, 4]
    assert namespace["classifier"].classes_[0].tolist() == ["anna", "bert"]


def test_the_table_lists_every_suffix():
    from dt4ecg.io.read import FORMATS

    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{suffix}`" in page for suffix in FORMATS)
