"""Scoring a saved model, also one of an earlier version."""

import numpy as np
import pytest

from dt4ecg import DT4ECGClassifier
from dt4ecg.datasets.catalogue import load
from dt4ecg.runs import evaluation


@pytest.mark.parametrize("unknown", ["activity", None])
def test_models_that_mark_unknown_labels_by_an_empty_name_still_load(folder, tmp_path, unknown):
    """Earlier versions trained with empty names and stored ``missing_label=""``."""
    data = load(str(folder))
    if unknown:
        data.y[::3, data.tasks.index(unknown)] = -1
    names = np.where(data.labels == -1, "", data.labels).astype(str)
    reports = {}
    for missing_label, labels in (("", names), (-1, data.labels)):
        classifier = DT4ECGClassifier(
            epochs=1, missing_label=missing_label, preprocessor=data.preprocessor
        )
        model = tmp_path / f"{missing_label}.safetensors"
        classifier.fit(data.X, labels).save(model)
        prepared = evaluation.prepare(model, str(folder), {})
        assert prepared.classifier.missing_label == missing_label
        reports[missing_label] = evaluation.score(prepared)
    assert reports[""].to_dict() == reports[-1].to_dict()
    assert reports[""]["identity"].n == len(data)
