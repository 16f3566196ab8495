"""Nearest neighbours on selected features, or on spectra of empirical modes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dt4ecg.paper.comparators.base import FitSettings, Predict
from dt4ecg.paper.comparators.features import autocorrelation, spectrum, statistics

_TRIALS = 10  # noisy copies per ensemble; the literature uses 100 or more
_MODES = 4
_SIFTINGS = 5


def fit_lasso_knn(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Fit 1-NN on features selected by a LASSO, after Patro et al. [1]_.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Sampling rate.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Notes
    -----
    The paper uses fiducial features of the beat. This version uses statistics, spectrum and
    autocorrelation of the segment, which need no fiducial points. The LASSO regresses the
    indicators of the classes, and all classes share the selected features.

    References
    ----------
    .. [1] Patro et al., J Supercomput 76:858, 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> time = np.arange(100) / 100
    >>> X = np.stack([np.sin(2 * np.pi * hertz * time)[None] for hertz in (2, 2.1, 9, 9.1)])
    >>> predict = fit_lasso_knn(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """
    from sklearn.linear_model import MultiTaskLasso
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.preprocessing import StandardScaler

    rate = settings.sampling_rate

    def features(X: np.ndarray) -> np.ndarray:
        parts = statistics(X), spectrum(X, rate), autocorrelation(X, rate)
        return np.hstack(parts)

    scaler = StandardScaler().fit(features(X))
    z = scaler.transform(features(X))
    indicators = (y[:, None] == np.unique(y)).astype(float)
    lasso = MultiTaskLasso(alpha=0.01, max_iter=10_000, tol=1e-3).fit(z, indicators)
    kept = np.any(lasso.coef_ != 0, axis=0)
    if not kept.any():  # no feature distinguishes the classes
        kept[:] = True
    model = KNeighborsClassifier(1).fit(z[:, kept], y)
    return lambda X: model.predict(scaler.transform(features(X))[:, kept])


def fit_eemd_knn(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Fit 1-NN on spectra of empirical modes, after Zhao et al. [1]_.

    The steps are those of the paper: ensemble EMD, Welch spectra of the modes, PCA, neighbours.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Sampling rate. The noise of the ensemble does not depend on the seed.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Raises
    ------
    ImportError
        The package EMD-signal is not installed.

    Notes
    -----
    The paper uses averaged beats. This version uses the segment, four modes of an ensemble of 10,
    and five siftings of each.

    References
    ----------
    .. [1] Zhao et al., Sensors 13:6832, 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> time = np.arange(100) / 100
    >>> X = np.stack([np.sin(2 * np.pi * hertz * time)[None] for hertz in (2, 2.1, 9, 9.1)])
    >>> predict = fit_eemd_knn(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """
    from sklearn.decomposition import PCA
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(
        StandardScaler(), PCA(0.99, svd_solver="full"), KNeighborsClassifier(1)
    ).fit(_mode_spectra(X, settings), y)
    return lambda X: model.predict(_mode_spectra(X, settings))


def _mode_spectra(X: np.ndarray, settings: FitSettings) -> np.ndarray:
    """Return the logarithm of the Welch power of each mode: (n, features)."""
    leads, rate = np.ascontiguousarray(X, dtype=np.float32), settings.sampling_rate
    return np.stack(
        [
            np.hstack([_spectra_of_lead(lead.tobytes(), rate, _TRIALS) for lead in segment])
            for segment in leads
        ]
    )


# A lead takes a fifth of a second, and the other seeds split the same segments again.
@lru_cache(maxsize=2**14)
def _spectra_of_lead(lead: bytes, sampling_rate: float, trials: int) -> np.ndarray:
    from scipy.signal import welch

    modes = _modes(np.frombuffer(lead, np.float32), trials)
    _, power = welch(modes, sampling_rate, nperseg=min(128, modes.shape[1]))
    return np.asarray(np.log(power + 1e-12).ravel())


def _modes(lead: np.ndarray, trials: int) -> np.ndarray:
    """Return the first modes of one lead (_MODES, length), averaged over noisy copies.

    This is the ensemble EMD of Wu and Huang (2009). The noise has a twentieth of the range of the
    lead. It is the same for every segment and seed, so that the features of a segment are fixed.
    """
    try:
        from PyEMD import EMD
    except ImportError:
        raise ImportError(
            'eemd_knn: needs EMD-signal; install it with: pip install "dt4ecg[comparators]"'
        ) from None
    # The ensemble of the package starts processes for each segment, so it is not used.
    noise = np.random.default_rng(0).normal(size=(trials, len(lead)))
    sums = np.zeros((_MODES, len(lead)))
    for added in 0.05 * np.ptp(lead) * noise:
        found = EMD(FIXE=_SIFTINGS).emd(lead + added, max_imf=_MODES)[:_MODES]
        sums[: len(found)] += found
    return np.asarray(sums / trials)
