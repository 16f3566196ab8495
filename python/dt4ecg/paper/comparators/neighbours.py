"""Nearest neighbours, on features that were chosen or on those of empirical modes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dt4ecg.paper.comparators.features import autocorrelation, spectrum, statistics
from dt4ecg.paper.comparators.setting import Setting

_TRIALS = 10  # of the ensemble; 100 and more in the literature, at ten times the hours
_MODES = 4
_SIFTINGS = 5


def fit_lasso_knn(X: np.ndarray, y: np.ndarray, setting: Setting):
    """1-NN on the features that a LASSO keeps, after Patro et al. (J Supercomput 76:858, 2020).

    Theirs: fiducial features of the beat. Ours: statistics, spectrum and autocorrelation of the
    segment, which need no fiducial points; the LASSO regresses the classes' indicators, with one
    support for all of them.
    """
    from sklearn.linear_model import MultiTaskLasso
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.preprocessing import StandardScaler

    rate = setting.sampling_rate

    def features(X: np.ndarray) -> np.ndarray:
        parts = statistics(X), spectrum(X, rate), autocorrelation(X, rate)
        return np.hstack(parts)

    scaler = StandardScaler().fit(features(X))
    z = scaler.transform(features(X))
    indicators = (y[:, None] == np.unique(y)).astype(float)
    lasso = MultiTaskLasso(alpha=0.01, max_iter=10_000, tol=1e-3).fit(z, indicators)
    kept = np.any(lasso.coef_ != 0, axis=0)
    if not kept.any():  # nothing tells the classes apart
        kept[:] = True
    model = KNeighborsClassifier(1).fit(z[:, kept], y)
    return lambda X: model.predict(scaler.transform(features(X))[:, kept])


def fit_eemd_knn(X: np.ndarray, y: np.ndarray, setting: Setting):
    """1-NN on spectra of empirical modes, after Zhao et al. (Sensors 13:6832, 2013).

    Like theirs: ensemble EMD, Welch spectra of the modes, PCA, neighbours. Ours: four modes of an
    ensemble of 10, five siftings each, of the segment instead of an averaged beat. The ensemble's
    noise is the same for all seeds: they differ in the split alone.

    Raises
    ------
    ImportError
        Without the package EMD-signal.
    """
    from sklearn.decomposition import PCA
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(
        StandardScaler(), PCA(0.99, svd_solver="full"), KNeighborsClassifier(1)
    ).fit(_mode_spectra(X, setting), y)
    return lambda X: model.predict(_mode_spectra(X, setting))


def _mode_spectra(X: np.ndarray, setting: Setting) -> np.ndarray:
    """Log Welch power of each mode: (n, features)."""
    leads, rate = np.ascontiguousarray(X, dtype=np.float32), setting.sampling_rate
    return np.stack(
        [
            np.hstack([_spectra_of_lead(lead.tobytes(), rate, _TRIALS) for lead in segment])
            for segment in leads
        ]
    )


# A fifth of a second a lead; the cells of the other seeds divide the same segments anew.
@lru_cache(maxsize=2**14)
def _spectra_of_lead(lead: bytes, sampling_rate: float, trials: int) -> np.ndarray:
    from scipy.signal import welch

    modes = _modes(np.frombuffer(lead, np.float32), trials)
    _, power = welch(modes, sampling_rate, nperseg=min(128, modes.shape[1]))
    return np.log(power + 1e-12).ravel()


def _modes(lead: np.ndarray, trials: int) -> np.ndarray:
    """First modes (_MODES, L) of one lead, averaged over copies with noise (Wu and Huang 2009).

    The noise has a twentieth of the lead's range, and is the same for every segment and seed: a
    segment has one set of features.
    """
    try:
        from PyEMD import EMD
    except ImportError:
        raise ImportError(
            'eemd_knn: needs EMD-signal; install it with: pip install "dt4ecg[comparators]"'
        ) from None
    # The package's own ensemble forks processes for each segment.
    noise = np.random.default_rng(0).normal(size=(trials, len(lead)))
    sums = np.zeros((_MODES, len(lead)))
    for added in 0.05 * np.ptp(lead) * noise:
        found = EMD(FIXE=_SIFTINGS).emd(lead + added, max_imf=_MODES)[:_MODES]
        sums[: len(found)] += found
    return sums / trials
