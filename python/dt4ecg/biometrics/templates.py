"""The templates of a gallery: names, unit vectors, and a search by the cosine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dt4ecg.biometrics.coarse_scores import CoarseScores
from dt4ecg.biometrics.fusion import Embeddings, normalised

_BLOCK = 8192  # templates per matrix product
_LEAST_COARSE = 10_000  # templates
_GROUP = 128  # scores per group in the search for the best


class Templates:
    """Unit vectors with names, in the order of their enrolment.

    Parameters
    ----------
    names : sequence of str
    vectors : float32 array (n, d)
        Vectors of length 1.
    counts : int64 array (n,)
        Number of segments that each template is a mean of.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.templates import Templates
    >>> templates = Templates()
    >>> templates.add("Ann", np.array([1, 0], np.float32), 4)
    >>> templates.add("Bo", np.array([0, 1], np.float32), 4)
    >>> templates.scores(np.array([0.6, 0.8], np.float32)).round(1)
    array([0.6, 0.8], dtype=float32)
    """

    def __init__(
        self,
        names: Sequence[str] = (),
        vectors: Embeddings | None = None,
        counts: NDArray[np.int64] | None = None,
    ) -> None:
        self.names = list(names)
        self._rows = {name: row for row, name in enumerate(self.names)}
        # By columns: the product with a probe reads them in order, a sixth faster than by rows.
        self._vectors = np.asfortranarray(
            np.zeros((0, 0), np.float32) if vectors is None else vectors
        )
        self.counts = np.zeros(0, np.int64) if counts is None else counts
        self._coarse: CoarseScores | None = None  # of the present vectors

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    @property
    def vectors(self) -> Embeddings:
        """The vectors (n, d), a view."""
        return self._vectors[: len(self.names)]

    def row(self, name: str) -> int:
        """Return the row of a name; KeyError if it has none."""
        return self._rows[name]

    def add(self, name: str, vector: Embeddings, count: int) -> None:
        """Add a template; the memory grows by half, so that many calls are cheap."""
        n = len(self.names)
        if n == len(self._vectors):
            grown = np.zeros((max(16, n + n // 2), len(vector)), np.float32, order="F")
            grown[:n] = self._vectors[:n] if n else 0
            self._vectors = grown
        self._vectors[n] = vector
        self._coarse = None
        self._rows[name] = n
        self.names.append(name)
        self.counts = np.append(self.counts, count)

    def remove(self, name: str) -> None:
        """Remove a template; the rows after it move up."""
        row = self._rows[name]
        self._coarse = None
        self._vectors = np.asfortranarray(np.delete(self.vectors, row, axis=0))
        self.counts = np.delete(self.counts, row)
        del self.names[row]
        self._rows = {other: at for at, other in enumerate(self.names)}

    def merge(self, name: str, vector: Embeddings, count: int) -> None:
        """Replace a template by the mean of it and a new vector, weighted by their segments."""
        row = self._rows[name]
        mean = self.counts[row] * self._vectors[row].astype(np.float64) + count * vector
        self._vectors[row] = normalised(mean[None])[0]
        self.counts[row] += count
        self._coarse = None

    def scores(self, vector: Embeddings) -> NDArray[np.float32]:
        """Return the cosine of a unit vector (d,) with each template, float32 (n,)."""
        found: NDArray[np.float32] = self.vectors @ vector
        return found

    def largest(self, vectors: Embeddings) -> NDArray[np.float32]:
        """Return the largest score of each of several unit vectors (m, d), float32 (m,)."""
        best = np.full(len(vectors), -np.inf, np.float32)
        for start in range(0, len(self), _BLOCK):
            block = vectors @ self.vectors[start : start + _BLOCK].T
            np.maximum(best, block.max(axis=1), out=best)
        return best

    def best(self, vector: Embeddings, most: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return rows and scores of the most similar templates, the best first.

        Equal scores are in the order of enrolment. The largest scores of groups show which groups
        hold the best templates, so that no sort of all scores is needed.
        """
        rows = self._possible(vector, most)
        if rows is None:
            scores = self.scores(vector)
            rows = _largest_groups(scores, most)
            values = scores[rows]
        else:  # row by row, so that equal templates have equal scores
            exact = self._vectors[rows].astype(np.float64) * vector
            values = exact.sum(axis=1).astype(np.float32)
        order = np.argsort(-values, kind="stable")[:most]
        return rows[order], values[order]

    def _possible(self, vector: Embeddings, most: int) -> NDArray[np.int64] | None:
        """Return the rows that may be among the best; None if all scores must be computed."""
        if len(self) < _LEAST_COARSE or most >= len(self):
            return None
        if self._coarse is None:
            try:
                self._coarse = CoarseScores(self.vectors)
            except RuntimeError:  # all scores are computed then
                return None
        scores, bound = self._coarse.of(vector)
        likely = scores[_largest_groups(scores, most)]
        least = np.partition(likely, len(likely) - most)[len(likely) - most]
        rows = np.flatnonzero(scores >= least - 2 * bound)
        return rows if len(rows) <= len(self) // 8 else None


def _largest_groups(scores: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Return ascending rows among which the largest scores are."""
    whole = len(scores) // _GROUP * _GROUP
    if whole <= most * _GROUP:
        return np.arange(len(scores))
    largest = scores[:whole].reshape(-1, _GROUP).max(axis=1)
    least = np.partition(largest, len(largest) - most)[len(largest) - most]
    groups = np.flatnonzero(largest >= least)
    inside = (groups[:, None] * _GROUP + np.arange(_GROUP)).reshape(-1)
    return np.concatenate([inside, np.arange(whole, len(scores))])
