"""Attributions of all methods in one form, and of a classifier."""

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from support.toy import classifier, segments

from dt4ecg.inference import sca_weights
from dt4ecg.inference.explain import (
    METHODS,
    attributions,
    grad_cam,
    integrated_gradients,
    occlusion,
)


@pytest.fixture(scope="module")
def fitted():
    return classifier(epochs=2).fit(*segments())


@pytest.fixture(scope="module")
def X():
    return segments()[0][:5]


@pytest.mark.parametrize("method", METHODS)
def test_maps_of_every_method(fitted, X, method):
    found = fitted.explain(X, "activity", method=method)
    assert (found.maps.shape, found.method, len(found)) == ((5, X.shape[-1]), method, 5)
    assert (found.maps >= 0).all()
    assert ((found.maps.max(1) == 1) | (found.maps.max(1) == 0)).all()
    np.testing.assert_array_equal(found.target, fitted.predict(X)[:, 1])
    np.testing.assert_allclose(
        found.probability, fitted.predict_proba(X)[1].max(1), rtol=1e-5, atol=1e-7
    )


def test_maps_are_those_of_the_functions(fitted, X):
    target = fitted.classes_by_task["identity"][0]

    def scaled(values):
        largest = values.max(1, keepdims=True)
        return values / np.where(largest > 0, largest, 1)

    given = (fitted, X, "identity", target)
    expected = {
        "grad_cam": grad_cam(*given),
        "integrated_gradients": scaled(np.abs(integrated_gradients(*given)).sum(1)),
        "occlusion": scaled(np.maximum(occlusion(*given), 0).sum(1)),
        "attention": scaled(
            torch.nn.functional.interpolate(
                torch.from_numpy(sca_weights(fitted, X).steps)[:, None], X.shape[-1], mode="linear"
            )[:, 0].numpy()
        ),
    }
    for method, maps in expected.items():
        found = attributions(*given, method)
        np.testing.assert_allclose(found.maps, maps, atol=1e-6, err_msg=method)
        assert (found.target == target).all()
        proba = fitted.predict_proba(X)[0][:, 0]
        np.testing.assert_allclose(found.probability, proba, rtol=1e-5, atol=1e-7)


def test_tensors_and_illegal_arguments(fitted, X):
    tensor = torch.tensor(X, requires_grad=True)
    np.testing.assert_array_equal(
        fitted.explain(tensor, "identity").maps, fitted.explain(X, "identity").maps
    )
    with pytest.raises(ValueError, match="method must be one of 'grad_cam'"):
        fitted.explain(X, "identity", method="saliency")
    with pytest.raises(ValueError, match="task must be one of 'identity', 'activity'"):
        fitted.explain(X)
    with pytest.raises(ValueError, match="fitted with segments"):
        fitted.explain(X[:, :, :-1], "identity")
    with pytest.raises(NotFittedError):
        classifier().explain(X, "identity")
