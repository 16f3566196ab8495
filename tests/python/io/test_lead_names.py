"""The names of leads in electrocardiography."""

import pytest

from dt4ecg.io.lead_names import short_name, standard_name
from dt4ecg.io.leads import is_ecg_name


@pytest.mark.parametrize(
    "name", ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V9", "V4R", "VX", "MLII", "ML2", "MCL1"]
)
def test_every_lead_is_ecg_by_its_name(name):
    assert standard_name(name) == standard_name(f"ECG_{name}-raw") == name.lower()
    assert is_ecg_name(name)
    assert short_name(f"ECG Lead {name} [raw]") == name.lower()


@pytest.mark.parametrize("name", ["", "chest", "IIII", "V10", "viii"])
def test_other_names(name):
    assert standard_name(name) == ""
