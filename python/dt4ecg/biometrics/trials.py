"""Scores of the trials of an enrolment protocol."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg.biometrics.fusion import fused, normalised
from dt4ecg.protocols.enrolment import EnrolmentTrials


def trial_scores(embeddings: ArrayLike, trials: EnrolmentTrials) -> NDArray[np.float64]:
    """Return the score of each probe with each template.

    Parameters
    ----------
    embeddings : array-like (n, d)
        Embeddings of all segments that the trials index, such as ``encoder.embed(data.X)``.
    trials : EnrolmentTrials

    Returns
    -------
    scores : float64 array (probes, templates)
        Cosines of the mean embeddings, from -1 to 1.

    Raises
    ------
    ValueError
        If an embedding is zero or not finite, or the trials are of more segments.

    See Also
    --------
    dt4ecg.protocols.enrolment_trials : Makes the trials.
    curves : Error rates of ``scores.ravel()``, with ``trials.same``.
    dt4ecg.metrics.identification_rate : The open-set rate of these scores.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics import curves, trial_scores
    >>> from dt4ecg.protocols import enrolment_trials
    >>> trials = enrolment_trials(["Ann", "Ann", "Bo", "Bo"], ["1", "2", "1", "2"])
    >>> scores = trial_scores([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], trials)
    >>> curves(scores.ravel(), trials.same, trials.people, [0.5]).equal_error_rate
    0.0
    """
    vectors = normalised(embeddings)
    used = max(int(rows.max()) for rows in (*trials.templates, *trials.probes))
    if used >= len(vectors):
        raise ValueError(
            f"trial_scores: the trials index segment {used}, but there are {len(vectors)} "
            "embeddings; pass those of the whole set"
        )
    templates, probes = (
        np.array([fused(vectors[rows]) for rows in parts])
        for parts in (trials.templates, trials.probes)
    )
    scores: NDArray[np.float64] = (probes @ templates.T).astype(np.float64)
    return scores
