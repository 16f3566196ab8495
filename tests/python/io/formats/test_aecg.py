"""HL7 aECG: leads with origin and scale, and the rate from the time increment."""

import numpy as np
import pytest
from tests.examples.aecg import write

import dt4ecg
from dt4ecg.io import read_contents


@pytest.mark.parametrize(("step", "unit"), [("2", "ms"), ("0.002", "s"), ("2000", "us")])
def test_leads(tmp_path, step, unit):
    first, second = read_contents(write(tmp_path / "x.xml", step, unit)).signals
    np.testing.assert_allclose(first.samples, [12.5, 15, 2.5, 20])
    assert (first.name, second.name, first.unit) == ("II", "AVR", "uV")
    assert first.sampling_rate == pytest.approx(500)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"doctype": "<!DOCTYPE x>"}, "no document type definition"),
        ({"digits": "1 two"}, "not a sound aECG file"),
        ({"step": "0"}, "not a sound aECG file"),
        ({"step": "nan"}, "not a sound aECG file"),
        ({"unit": "parsec"}, "not a sound aECG file"),
    ],
)
def test_damaged_files_are_refused(tmp_path, changes, reason):
    with pytest.raises(ValueError, match=reason):
        read_contents(write(tmp_path / "x.xml", **changes))


def test_other_xml_is_refused(tmp_path):
    (tmp_path / "x.xml").write_text("<html/>")
    with pytest.raises(ValueError, match="holds no ECG lead of HL7 aECG"):
        read_contents(tmp_path / "x.xml")


def test_a_sequence_that_is_no_lead_is_not_dropped_silently(tmp_path):
    digits = " ".join(map(str, np.random.default_rng(0).integers(-99, 99, size=200)))
    path = write(tmp_path / "x.xml", digits=digits)
    path.write_text(path.read_text().replace("MDC_ECG_LEAD_AVR", "MDC_PRESS_BLD"))
    assert [signal.name for signal in read_contents(path).signals] == ["II", "MDC_PRESS_BLD"]
    recording = dt4ecg.read(path)
    assert recording.lead_names == ("II",)
    assert recording.notes == ("left out: column 1 (MDC_PRESS_BLD) is not ECG by its name",)


def test_merged_sequences_are_refused(tmp_path):
    path = write(tmp_path / "x.xml")
    text = path.read_text()
    opened = text.index("<code code=", text.index("TIME_") + 5)
    start = text.rindex("</sequence>", 0, opened)
    path.write_text(text[:start] + text[opened:])
    with pytest.raises(ValueError, match="a sequence has more than one code"):
        read_contents(path)
