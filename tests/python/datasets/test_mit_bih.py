"""The MIT-BIH excerpts, if they are on this machine."""

import numpy as np
import pytest

from dt4ecg.datasets import load_mit_bih, mit_bih_recordings


@pytest.mark.slow
def test_mit_bih(mitdb_folder):
    data = load_mit_bih(mitdb_folder)
    assert data.X.shape == (48 * 60, 1, 300)
    assert len(data.classes["identity"]) == 47
    assert (data.y[:, 1] == -1).all()
    assert data.preprocessor.notch == 60.0
    (record,) = [r for r in mit_bih_recordings(mitdb_folder) if r.name == "202"]
    of_202 = data.meta["recording"] == "202"
    assert set(data.meta["subject"][of_202]) == {"201"}
    first_lead = data.preprocessor.transform(record.samples[0], record.sampling_rate)
    np.testing.assert_allclose(data.X[of_202], first_lead, atol=1e-6)


def test_raw_recordings_have_two_leads_and_one_subject_twice(mitdb_folder):
    recordings = mit_bih_recordings(mitdb_folder)
    assert len(recordings) == 48
    assert all(r.n_leads == 2 and r.sampling_rate == 360 for r in recordings)
    subjects = [r.subject for r in recordings]
    assert len(set(subjects)) == 47
    assert subjects.count("201") == 2
