"""The field cases in other formats than text; each gives what its list says."""

import numpy as np
import pytest

from dt4ecg.io import read


@pytest.mark.parametrize(
    ("file", "shape", "rate", "source"),
    [
        ("signal_and_fs.npz", (1, 7500), 250, "file header"),
        ("wfdb/frames4.hea", (1, 10000), 500, "file header"),
        ("wfdb/hole_1", (1, 2250), 250, "file header"),
        ("wfdb/hole_1.dat", (1, 2250), 250, "file header"),
        ("formats/two_leads.dcm", (2, 5000), 500, "file header"),
        ("formats/A00001.mat", (1, 3600), 300, "file header"),
        ("formats/movesense.json", (1, 1536), 128, "time column"),
    ],
)
def test_recordings(field_cases, file, shape, rate, source):
    found = read(field_cases / file)
    assert found.samples.shape == shape
    assert (found.sampling_rate, found.rate_source) == (rate, source)


def test_a_null_segment_of_wfdb_is_lost_samples(field_cases):
    (samples,) = read(field_cases / "wfdb" / "hole.hea").samples
    assert np.flatnonzero(np.isnan(samples))[[0, -1]].tolist() == [2250, 17249]


def test_the_same_lead_of_two_orders(field_cases):
    one, other = (
        read(field_cases / "wfdb" / f"leads_{order}.hea", leads="II") for order in ("I_II", "II_I")
    )
    np.testing.assert_array_equal(one.samples, other.samples)
    with pytest.raises(ValueError, match=r"signals: 0 I \(250 Hz\), 1 II \(250 Hz\)"):
        read(field_cases / "wfdb" / "leads_I_II.hea", leads="V9")


def test_a_record_of_annotations_is_refused(field_cases):
    with pytest.raises(ValueError, match="has a header of 0 signals"):
        read(field_cases / "wfdb" / "nosignals.hea")


def test_names_of_dicom(field_cases):
    assert read(field_cases / "formats" / "two_leads.dcm").lead_names == ("Lead I", "Lead II")
    assert read(field_cases / "formats" / "two_leads.dcm", leads="II").samples.shape == (1, 5000)


def test_a_second_take_of_acq(field_cases):
    found = read(field_cases / "formats" / "two_segments.acq")
    assert (found.samples.shape, found.sampling_rate, found.gaps) == ((1, 7901), 1000.0, (3881,))


def test_annotations_of_edf(field_cases):
    found = read(field_cases / "formats" / "two_activities.edf")
    assert (found.samples.shape, found.sampling_rate, found.units) == ((1, 6000), 250.0, ("mV",))
    assert [(*one,) for one in found.labels] == [
        (0.0, 12.0, "activity", "rest"),
        (12.0, 24.0, "activity", "exercise"),
    ]


def test_markers_of_xdf(field_cases):
    found = read(field_cases / "formats" / "lsl.xdf")
    assert found.samples.shape == (1, 3120)
    assert found.sampling_rate == pytest.approx(129.9, abs=0.01)
    (rest, exercise) = found.labels
    assert (rest.start, rest.label, exercise.label) == (0.0, "rest", "exercise")
    assert exercise.start == pytest.approx(12.01, abs=0.02)
