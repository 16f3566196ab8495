"""From segments or a recording to the embeddings of its usable segments."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.numbers import real
from dt4ecg._common.segments import as_rows
from dt4ecg._common.wording import counted
from dt4ecg.biometrics.fusion import Embeddings, normalised
from dt4ecg.estimator.amplitude import usable_segments
from dt4ecg.io.lead_order import in_lead_order
from dt4ecg.io.recording import Recording
from dt4ecg.nn import Network
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.quality_indices import segment_quality

ACTIVITY = "activity"


class Encoder(Protocol):
    """An object that turns segments into embeddings, as a gallery needs it.

    It may also have a ``preprocessor``, which prepares recordings and states the duration of a
    segment, and the methods of a :class:`dt4ecg.DT4ECGClassifier` with a task ``activity``.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics import Gallery
    >>> class Spectrum:
    ...     def embed(self, X):
    ...         return np.abs(np.fft.rfft(X[:, 0]))[:, 1:33]
    >>> Gallery(Spectrum(), sampling_rate=100)
    Gallery(Spectrum, 0 people, without thresholds)
    """

    def embed(self, X: Any) -> Any:
        """Return embeddings (n, d) of segments (n, leads, T).

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).embed(X).shape
        (8, 128)
        """
        ...


@dataclass(frozen=True, eq=False)
class Probe:
    """The usable part of a probe or an enrolment.

    Attributes
    ----------
    embeddings : float32 array (usable, d)
        Vectors of length 1.
    segments : float32 array (usable, leads, T)
    usable : bool array (segments,)

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.probes import Probe
    >>> Probe(np.eye(2, dtype=np.float32), np.zeros((2, 1, 300)), np.ones(3, bool)).n_segments
    3
    """

    embeddings: Embeddings
    segments: NDArray[Any]
    usable: NDArray[np.bool_]

    @property
    def n_segments(self) -> int:
        """Number of segments before the unusable ones were left out."""
        return len(self.usable)


class ProbeReader:
    """Turns segments and recordings into probes of one encoder.

    Parameters
    ----------
    encoder : Encoder
    sampling_rate : float or None
        Of segments; None takes the rate from the encoder's preprocessor.

    Raises
    ------
    TypeError
        If the encoder has no method ``embed``.
    ValueError
        If the rate is neither given nor known, or is not a finite number above 0.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.probes import ProbeReader
    >>> class Spectrum:
    ...     def embed(self, X):
    ...         return np.abs(np.fft.rfft(X[:, 0]))[:, 1:33]
    >>> noise = np.random.default_rng(0).normal(size=(3, 300))
    >>> ProbeReader(Spectrum(), 100).read("verify", noise).usable
    array([False, False, False])
    """

    def __init__(self, encoder: Encoder, sampling_rate: float | None) -> None:
        if not callable(getattr(encoder, "embed", None)):
            raise TypeError(
                "Gallery: an encoder has a method embed(X), such as a fitted DT4ECGClassifier; "
                f"got {encoder!r}"
            )
        self.encoder = encoder
        self.preprocessor: Preprocessor | None = getattr(encoder, "preprocessor", None)
        if sampling_rate is None and self.preprocessor is None:
            raise ValueError(
                "Gallery: this encoder has no preprocessor, so the sampling rate of the segments "
                "is unknown and their quality cannot be judged; pass sampling_rate=HZ"
            )
        if sampling_rate is not None and not 0 < real(sampling_rate) < np.inf:
            raise ValueError(
                "Gallery: sampling_rate must be a finite number above 0 Hz, or None, got "
                f"{sampling_rate!r}"
            )
        self._sampling_rate = sampling_rate

    def read(self, operation: str, x: Any) -> Probe:
        """Return the usable segments of X (n, T) or (n, leads, T) or of a Recording."""
        if isinstance(x, Recording):
            segments, usable = self._of_recording(operation, x)
        else:
            segments, usable = self._of_segments(operation, x)
        kept = segments[usable]
        embeddings = np.zeros((0, 0), np.float32)
        if len(kept):
            embeddings = normalised(self.encoder.embed(kept))
            if len(embeddings) != len(kept):
                raise ValueError(
                    f"{operation}: the encoder returned {len(embeddings)} embeddings of "
                    f"{len(kept)} segments; it must return one for each"
                )
        return Probe(embeddings, kept, usable)

    def inverted(self, probe: Probe) -> Probe:
        """Return the probe with the opposite sign in all leads."""
        segments = -probe.segments
        return Probe(normalised(self.encoder.embed(segments)), segments, probe.usable)

    def activity_probabilities(self, segments: NDArray[Any]) -> NDArray[np.float64] | None:
        """Return the probabilities (n, activities) of the encoder's activity head, if it has one.

        The columns are in the order of :meth:`activity_names`.
        """
        tasks = list(self._classes())
        if ACTIVITY not in tasks:
            return None
        found: Any = self.encoder.predict_proba(segments)  # type: ignore[attr-defined]
        return np.asarray(found if len(tasks) == 1 else found[tasks.index(ACTIVITY)], np.float64)

    def activity_names(self) -> list[str]:
        """Return the names of the activities of the encoder's head; empty without one."""
        return [str(name) for name in self._classes().get(ACTIVITY, ())]

    def activity(self, segments: NDArray[Any], known: Sequence[str]) -> str | None:
        """Return the most probable activity of segments of one probe; None if it is not known."""
        probabilities = self.activity_probabilities(segments)
        if probabilities is None:
            return None
        name = self.activity_names()[int(probabilities.sum(axis=0).argmax())]
        return name if name in known else None

    def settings(self) -> dict[str, Any]:
        """Return what embeddings depend on in addition to the encoder, as JSON holds it."""
        own: Preprocessor | None = getattr(self.encoder, "preprocessor", None)
        content = None if own is None else own.to_dict()
        found = {"sampling_rate": self._sampling_rate, "preprocessor": content}
        plain: dict[str, Any] = json.loads(json.dumps(found))
        return plain

    def _classes(self) -> dict[str, Any]:
        return dict(getattr(self.encoder, "classes_by_task", {}))

    def _of_recording(
        self, operation: str, recording: Recording
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        if self.preprocessor is None:
            raise ValueError(
                f"{operation}: the encoder has no preprocessor for recordings; pass segments, or "
                "an encoder with a preprocessor"
            )
        expected = self._leads()
        if expected is not None and recording.n_leads != expected:
            raise ValueError(
                f"{operation}: the encoder takes {counted(expected, 'lead')}, {recording.name} has "
                f"{recording.n_leads}: {', '.join(recording.lead_names) or 'without names'}; "
                "choose with dt4ecg.read(FILE, leads=NAME), or --lead NAME"
            )
        ordered = in_lead_order(recording, self.preprocessor.lead_names_)
        found = self.preprocessor.segment(ordered)
        if not len(found.segments):
            raise ValueError(
                f"{operation}: the recording has no stretch of usable samples as long as one "
                f"segment of {self.preprocessor.segment_seconds:g} s; record longer"
            )
        segments = np.asarray(found.segments)
        return segments, usable_segments(segments, found.quality, self._amplitude())

    def _of_segments(self, operation: str, x: Any) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        rows, _, segment = as_rows(operation, x)
        if np.iscomplexobj(rows):
            raise TypeError(
                f"{operation}: X must hold real numbers, got complex ones; pass X.real if the "
                "imaginary part has no meaning"
            )
        segments = np.asarray(rows, np.float32).reshape(-1, *segment)
        if not segments.size:
            raise ValueError(f"{operation}: X has no segments; pass at least one")
        rate = self._sampling_rate
        if rate is None:
            assert self.preprocessor is not None  # checked by the constructor
            rate = segments.shape[2] / self.preprocessor.segment_seconds
        quality = segment_quality(segments, rate)
        return segments, usable_segments(segments, quality, self._amplitude())

    def _leads(self) -> int | None:
        """Return the number of leads of a network of this package; None of another encoder."""
        network = getattr(self.encoder, "network", getattr(self.encoder, "network_", None))
        return network.spec["in_channels"] if isinstance(network, Network) else None

    def _amplitude(self) -> NDArray[np.float64] | None:
        return getattr(self.encoder, "amplitude_range_", None)


def warn_of_inversion(operation: str, fits: bool) -> None:
    """Warn that a rejected probe fits with the opposite sign.

    Examples
    --------
    >>> from dt4ecg.biometrics.probes import warn_of_inversion
    >>> warn_of_inversion("verify", False)
    """
    if fits:
        warnings.warn(
            f"{operation}: the probe is rejected, but would be accepted with the opposite sign; "
            "its electrodes may be swapped, so check them and record again",
            stacklevel=3,
        )
