"""The leads of a set have one order, by their names."""

import numpy as np
import pytest
from support.ecg_sets import Windows

from dt4ecg.datasets import Recording, from_recordings, load_recordings
from dt4ecg.datasets.leads import align_leads

SAMPLES = np.arange(200.0).reshape(2, 100)


def recording(*lead_names, **changes) -> Recording:
    given = {"samples": SAMPLES, "sampling_rate": 10.0, "lead_names": lead_names}
    return Recording(**(given | changes))


def test_leads_of_another_order_are_moved():
    moved = recording("II", "I", samples=SAMPLES[::-1], units=("uV", "mV"), name="moved")
    data = from_recordings([recording("I", "II"), moved], Windows())
    assert data.lead_names == ("I", "II")
    np.testing.assert_array_equal(data.X[:3], data.X[3:])
    aligned, reasons = align_leads([recording("I", "II"), moved])
    assert not reasons
    assert aligned[1].units == ("mV", "uV")
    assert aligned[1].name == "moved"


@pytest.mark.parametrize("names", [("ii", "I"), (" II ", "i")])
def test_names_match_in_any_case(names):
    aligned, reasons = align_leads([recording("I", "II"), recording(*names)])
    assert not reasons
    np.testing.assert_array_equal(aligned[1].samples, SAMPLES[::-1])
    assert aligned[1].lead_names == ("I", "II")


@pytest.mark.parametrize("names", [(), ("", "I"), ("ECG", "ECG")])
def test_leads_without_a_name_each_keep_their_place(names):
    data = from_recordings([recording("I", "II"), recording(*names)], Windows())
    assert data.lead_names == ("I", "II")
    np.testing.assert_array_equal(data.X[:3], data.X[3:])
    assert from_recordings([recording()], Windows()).lead_names == ()


def test_other_leads_are_refused():
    with pytest.raises(
        ValueError, match=r"1 of 3 recordings(?s:.)*odd: has the leads I, V5, where"
    ):
        from_recordings(
            [recording("I", "V5", name="odd"), recording("I", "II"), recording("II", "I")],
            Windows(),
        )


def test_a_folder_skips_recordings_with_other_leads(tmp_path):
    rows = ["file,sampling_rate,subject,activity"]
    for name, header in (("a", "I,II"), ("b", "II,I"), ("c", "I,V5")):
        table = np.random.default_rng(0).normal(size=(200, 2)).round(3)
        values = table[:, ::-1] if name == "b" else table
        np.savetxt(tmp_path / f"{name}.csv", values, delimiter=",", header=header, comments="")
        rows.append(f"{name}.csv,20,{name},rest")
    (tmp_path / "manifest.csv").write_text("\n".join(rows) + "\n")
    with pytest.raises(ValueError, match=r"c\.csv: has the leads I, V5, where most recordings"):
        load_recordings(tmp_path, preprocessor=Windows())
    with pytest.warns(UserWarning, match=r"line 4: c\.csv: has the leads I, V5"):
        data = load_recordings(tmp_path, preprocessor=Windows(), on_error="skip")
    assert data.lead_names == ("I", "II")
    assert data.classes["identity"] == ["a", "b"]
    np.testing.assert_array_equal(data.X[:3], data.X[3:])
