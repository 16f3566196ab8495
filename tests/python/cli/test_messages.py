"""The description of a segment set on the standard error of a command."""

import numpy as np
import pytest

from dt4ecg.cli.messages import print_data
from dt4ecg.datasets import SegmentSet


@pytest.mark.parametrize(
    ("leads", "names", "says"), [(2, (), True), (2, ("I", "II"), False), (1, (), False)]
)
def test_leads_without_names_are_mentioned(capsys, leads, names, says):
    print_data(SegmentSet.from_arrays(np.zeros((4, leads, 12)), lead_names=names))
    assert ("leads: without names, so their order" in capsys.readouterr().err) is says
