"""The classifier follows the rules of scikit-learn."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks
from support.toy import classifier, segments

from dt4ecg import Preprocessor

EXPECTED_FAILURES = {
    "check_classifier_multioutput": "it passes three columns; tasks=('label',) promises one",
    "check_sample_weight_equivalence_on_dense_data": "a sample repeated, or absent, changes the "
    "mini-batches and their batch norm",
}


@pytest.mark.filterwarnings("ignore:fit. label has one class:UserWarning")
@parametrize_with_checks(
    [classifier(tasks=("label",), missing_label=None, epochs=12, batch_size=8, learning_rate=3e-3)],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_clone_and_parameters():
    original = classifier(weighting="none", epochs=3, tasks=("who",))
    copy = clone(original)
    assert copy.get_params() == original.get_params()
    assert copy.set_params(epochs=7).epochs == 7
    assert original.epochs == 3


def test_a_clone_keeps_the_limits_of_its_preprocessor():
    recording = np.sin(np.arange(5 * 250) / 10)
    preprocessor = Preprocessor(normalize="training", sampling_rate=250).fit([recording])
    original = classifier(preprocessor=preprocessor)
    copy = clone(clone(original))
    np.testing.assert_array_equal(copy.preprocessor.limits_, preprocessor.limits_)
    assert copy.preprocessor is not preprocessor
    pipeline = clone(make_pipeline(FunctionTransformer(), original))
    assert hasattr(pipeline[-1].preprocessor, "limits_")
    assert clone(classifier()).preprocessor is None


def test_pipeline_and_grouped_cross_validation():
    X, y = segments(60)
    pipeline = make_pipeline(FunctionTransformer(lambda x: x / 2), classifier(epochs=25))
    scores = cross_val_score(pipeline, X[:, 0], y, groups=np.arange(60) // 6, cv=GroupKFold(2))
    assert scores.shape == (2,)
    assert (scores > 0.5).all()
