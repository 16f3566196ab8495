"""Named splices: parts of a segment are replaced by those of another segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import uniform_filter1d

from dt4ecg._common.arrays import like, require_finite, to_numpy
from dt4ecg._common.numbers import integer, real
from dt4ecg._common.wording import counted
from dt4ecg.biometrics.tamper.alignment import aligned, checked_beats
from dt4ecg.biometrics.tamper.donors import DONORS, draw_donors
from dt4ecg.biometrics.tamper.masks import MASKS

SPLICES = tuple(MASKS)


@dataclass(frozen=True)
class SpliceOptions:
    """How well a splice hides its seams, and whose samples it inserts.

    Parameters
    ----------
    level_match : bool, default=True
        Whether each lead of the donor gets the mean and the standard deviation of the segment that
        it is spliced into.
    cross_fade : float, default=0.05
        Duration of each linear transition between the two signals, in seconds. 0 cuts hard.
    donor : {"other", "same"}, default="other"
        ``"same"`` takes another segment of the same person. It is the control: a detector that
        fires there has found a seam and not a foreign person.

    Raises
    ------
    ValueError
        If a setting is outside its legal range.

    See Also
    --------
    splice : Make spliced segments.

    Examples
    --------
    >>> from dt4ecg.biometrics.tamper import SpliceOptions
    >>> SpliceOptions.raw()
    SpliceOptions(level_match=False, cross_fade=0.0, donor='other')
    """

    level_match: bool = True
    cross_fade: float = 0.05
    donor: str = "other"

    def __post_init__(self) -> None:
        if not isinstance(self.level_match, bool | np.bool_):
            raise ValueError(
                f"SpliceOptions: level_match must be True or False, got {self.level_match!r}"
            )
        if not 0 <= real(self.cross_fade) <= 1:
            raise ValueError(
                f"SpliceOptions: cross_fade must be 0 to 1 seconds, got {self.cross_fade!r}"
            )
        if self.donor not in DONORS:
            raise ValueError(
                f"SpliceOptions: donor must be one of {', '.join(DONORS)}, got {self.donor!r}"
            )

    @classmethod
    def raw(cls, donor: str = "other") -> SpliceOptions:
        """Return the options of a splice that hides nothing.

        Examples
        --------
        >>> from dt4ecg.biometrics.tamper import SpliceOptions
        >>> SpliceOptions.raw().cross_fade
        0.0
        """
        return cls(level_match=False, cross_fade=0.0, donor=donor)


@dataclass(frozen=True, eq=False)
class Spliced:
    """Spliced segments.

    Attributes
    ----------
    X : array or tensor, of the shape of the input
        The segments.
    foreign : bool array (n, T)
        Samples that come from the donor. A cross-fade is centred on the borders of these parts.
    donors : int array (n,)
        Row of the donor of each segment.

    See Also
    --------
    splice : The function that returns it.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.tamper import splice
    >>> splice(np.eye(2, 8), ["Ann", "Bo"], "quarter").foreign[0].astype(int)
    array([0, 0, 0, 0, 0, 0, 1, 1])
    """

    X: Any
    foreign: NDArray[np.bool_]
    donors: NDArray[np.int64]

    def __repr__(self) -> str:
        share = f", {self.foreign.mean():.0%} foreign" if self.foreign.size else ""
        count, length = self.foreign.shape
        return f"Spliced({counted(count, 'segment')} of {counted(length, 'sample')}{share})"


def splice(
    X: Any,
    subject: ArrayLike,
    kind: str = "halves",
    sampling_rate: float = 100.0,
    options: SpliceOptions | None = None,
    seed: int = 0,
    beats: Sequence[ArrayLike] | None = None,
) -> Spliced:
    """Replace parts of each segment by the samples of another one, at the same times.

    Parameters
    ----------
    X : array or tensor, shape (n, T) or (n, leads, T)
        Segments in any unit. All leads are cut at the same times.
    subject : array-like (n,)
        Person of each segment. Segments of the same person should not overlap in time.
    kind : {"halves", "quarter", "quarter_inside", "insert", "insert_many", "interleave"}, \
default="halves"
        Which part is foreign: the second half; the last quarter; a quarter in the middle; one piece
        of 10 to 40 % of the segment; two to five pieces; every second fragment of 0.1 to 0.3 s.
    sampling_rate : float, default=100.0
        Samples per second.
    options : SpliceOptions, optional
        Level match, cross-fade and donor. Default: ``SpliceOptions()``.
    seed : int, default=0
        Seed of donors and of random places.
    beats : sequence of int arrays, optional
        R peaks of each segment, as indices of samples. Cuts are moved to the nearest R peaks, and
        each foreign part after a cut begins with an R peak of the donor, so the rhythm before it
        stays whole. By default, cuts have no regard to beats.

    Returns
    -------
    Spliced
        Segments, foreign samples and donors.

    Raises
    ------
    ValueError
        If `X` has another shape, no samples or values that are not finite; if `subject` does not
        have one known entry per segment; if a segment has no possible donor; or if an argument is
        outside its legal range.
    TypeError
        If the samples are not float32, float64 or integers.

    See Also
    --------
    SpliceOptions : What the splice hides.
    TamperDetector : Learn to detect splices.

    Notes
    -----
    Deshpande, Getnet and Dargie (arXiv 2507.06402) describe "structured segment substitutions and
    random insertions" of six kinds. Their lengths are not published; those here are ours.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.tamper import SpliceOptions, splice
    >>> X = np.array([[1.0] * 8, [2.0] * 8])
    >>> spliced = splice(X, ["Ann", "Bo"], "halves", options=SpliceOptions.raw())
    >>> spliced.X
    array([[1., 1., 1., 1., 2., 2., 2., 2.],
           [2., 2., 2., 2., 1., 1., 1., 1.]])
    >>> spliced.donors
    array([1, 0])
    """
    options = SpliceOptions() if options is None else options
    samples = to_numpy("splice", X)
    if samples.ndim not in (2, 3):
        raise ValueError(
            f"splice: X must be segments (n, T) or (n, leads, T), got {samples.shape}; a segment "
            "alone needs donors, so pass the segments of several people"
        )
    require_finite("splice", samples)
    if kind not in MASKS:
        raise ValueError(f"splice: kind must be one of {', '.join(MASKS)}, got {kind!r}")
    rate = real(sampling_rate)
    if not 1 <= rate <= 1e5:
        raise ValueError(f"splice: sampling_rate must be 1 to 1e5 Hz, got {sampling_rate!r}")
    rng = np.random.default_rng(integer("splice", "seed", seed, 0))
    donors = draw_donors(subject, len(samples), options.donor, rng)
    foreign = MASKS[kind](len(samples), samples.shape[-1], rate, rng)
    own = samples.astype(np.float64)
    inserted = own[donors]
    if beats is not None:
        peaks = checked_beats(beats, len(samples), samples.shape[-1])
        foreign, source = aligned(foreign, donors, peaks)
        source = source if samples.ndim == 2 else source[:, None]
        inserted = np.take_along_axis(inserted, source, axis=-1)
    if options.level_match:
        inserted = level_matched(inserted, own)
    share = foreign.astype(np.float64)
    width = round(options.cross_fade * rate)
    if width > 1:
        share = uniform_filter1d(share, width, axis=-1, mode="nearest")
    if samples.ndim == 3:
        share = share[:, None]
    mixed = own + share * (inserted - own)
    return Spliced(like(X, mixed, np.float64), foreign, donors)


def level_matched(x: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``x`` with mean and standard deviation of ``target``, along the last axis.

    A constant row keeps its scale.

    Examples
    --------
    >>> import numpy as np
    >>> level_matched(np.array([[0.0, 2.0]]), np.array([[5.0, 6.0]]))
    array([[5., 6.]])
    """
    spread = x.std(axis=-1, keepdims=True)
    wanted = target.std(axis=-1, keepdims=True)
    scale = np.divide(wanted, spread, out=np.ones_like(spread), where=spread > 0)
    matched: NDArray[np.float64] = (x - x.mean(axis=-1, keepdims=True)) * scale
    matched += target.mean(axis=-1, keepdims=True)
    return matched
