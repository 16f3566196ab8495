"""HL7 aECG: leads with origin and scale, and the rate from the time increment."""

import numpy as np
import pytest

from dt4ecg.io import read_contents

LEAD = """<component><sequence><code code="MDC_ECG_LEAD_{name}"/><value xsi:type="SLIST_PQ">
<origin value="{origin}" unit="uV"/><scale value="{scale}" unit="uV"/><digits>{digits}</digits>
</value></sequence></component>"""
FILE = """<?xml version="1.0"?>{doctype}<AnnotatedECG xmlns="urn:hl7-org:v3"
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><component><series><code code="RHYTHM"/>
<component><sequenceSet><component><sequence><code code="TIME_ABSOLUTE"/>
<value><head value="20240305100000"/><increment value="{step}" unit="{unit}"/></value></sequence>
</component>{leads}</sequenceSet></component></series></component></AnnotatedECG>"""


def write(path, step="2", unit="ms", doctype="", digits="1 2 -3 4"):
    leads = [LEAD.format(name=name, origin=10, scale=2.5, digits=digits) for name in ("II", "AVR")]
    path.write_text(FILE.format(step=step, unit=unit, doctype=doctype, leads="".join(leads)))
    return path


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
