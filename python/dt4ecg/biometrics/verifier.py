"""The estimator that trains an encoder of identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common import numbers
from dt4ecg._common.names import is_unknown, known_names
from dt4ecg._common.nested import as_array
from dt4ecg._common.segments import as_rows
from dt4ecg.biometrics.arguments import require_preprocessor
from dt4ecg.biometrics.cohort import require_strangers
from dt4ecg.biometrics.encoder import IdentityEncoder
from dt4ecg.biometrics.gallery import Gallery
from dt4ecg.biometrics.siamese.network import SiameseNetwork
from dt4ecg.biometrics.trials import trial_scores
from dt4ecg.biometrics.verifier_decisions import VerifierDecisions
from dt4ecg.metrics.verification_curves import VerificationCurves, curves
from dt4ecg.protocols.enrolment import enrolment_trials
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.training.augmentation import Augmentation
from dt4ecg.training.batches import SubjectBatches
from dt4ecg.training.metric_losses import (
    Contrastive,
    MultiSimilarity,
    SupervisedContrastive,
    Triplet,
)
from dt4ecg.training.trainer import Trainer

LOSSES: dict[str, Callable[[], Any]] = {
    "contrastive": Contrastive,
    "triplet": Triplet,
    "multi_similarity": MultiSimilarity,
    "supervised_contrastive": SupervisedContrastive,
}
"""The metric losses by name, with their default settings."""


class Verifier(VerifierDecisions):
    """Train an encoder that compares people it has never seen.

    Parameters
    ----------
    backbone : str, default="cnn"
        A name of :func:`dt4ecg.nn.backbones`, or a network of :mod:`dt4ecg.biometrics.siamese`:
        ``"transformer"`` or ``"cnn_transformer"``.
    attention : str, default="none"
        A name of :func:`dt4ecg.nn.attentions`.
    loss : str or callable, default="supervised_contrastive"
        ``"contrastive"``, ``"triplet"``, ``"multi_similarity"`` or ``"supervised_contrastive"``, or
        an object of :mod:`dt4ecg.training.metric_losses` with settings of its own.
    steps : int, default=1000
        Batches of the training.
    subjects_per_batch : int, default=64
        People of a batch.
    segments_per_subject : int, default=4
        Segments of each of them.
    learning_rate : float, default=1e-3
        First step size of Adam, which falls along half a cosine to 0.
    augmentation : Augmentation, "default" or None, default="default"
        Random changes of the segments. It states the segment length of the encoder, so rows of `X`
        may be longer, and are cut at random places. ``"default"`` is an :class:`Augmentation` for
        300 samples, or for the rows of `X` if these are shorter. None changes nothing.
    preprocessor : Preprocessor, optional
        Prepares recordings for the encoder. It must be that of the segments.
    n_threads : int, optional
        Number of threads. The default is the number of threads of torch.
    random_state : int, default=0
        Seed of the weights, the batches and the changes.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    encoder_ : IdentityEncoder
    gallery_ : Gallery
        The enrolled people. Without a preprocessor, its segments have the sampling rate of the
        augmentation, or 100 Hz.
    losses_ : float array (steps,)
        Loss of each batch.
    subjects_ : array
        People of the training.

    See Also
    --------
    IdentityEncoder : What it trains.
    Gallery : The decisions, for this and other encoders.
    dt4ecg.DT4ECGClassifier : Names people of the training only.

    Notes
    -----
    The page on verification compares losses, backbones and random changes on people of ECG-ID who
    are not in its test part. Without the random changes, the error rates are four times as high;
    the triplet loss and multi-similarity are as good as the default. A verifier has no file of its
    own: save ``encoder_`` and ``gallery_``.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics import Verifier
    >>> X = np.random.default_rng(0).standard_normal((40, 1, 60))
    >>> verifier = Verifier(steps=2, subjects_per_batch=4, n_threads=1)
    >>> people = np.repeat(["Ann", "Bo", "Cy", "Dee", "Eve"], 8)
    >>> verifier.fit(X, people).embed(X).shape
    (40, 128)
    """

    def __init__(
        self,
        backbone: str = "cnn",
        attention: str = "none",
        loss: str | Callable[..., Any] = "supervised_contrastive",
        steps: int = 1000,
        subjects_per_batch: int = 64,
        segments_per_subject: int = 4,
        learning_rate: float = 1e-3,
        augmentation: Augmentation | str | None = "default",
        preprocessor: Preprocessor | None = None,
        n_threads: int | None = None,
        random_state: int = 0,
        verbose: int = 0,
    ) -> None:
        self.backbone = backbone
        self.attention = attention
        self.loss = loss
        self.steps = steps
        self.subjects_per_batch = subjects_per_batch
        self.segments_per_subject = segments_per_subject
        self.learning_rate = learning_rate
        self.augmentation = augmentation
        self.preprocessor = preprocessor
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: ArrayLike | torch.Tensor,
        subject: ArrayLike,
        session: ArrayLike | None = None,
        activity: ArrayLike | None = None,
        source: ArrayLike | None = None,
    ) -> Verifier:
        """Train the encoder.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
            Segments, or longer rows that the augmentation cuts.
        subject : array-like (n,)
            Person of each row. Rows of an unknown person (-1, None, NaN) have no part.
        session, activity : array-like (n,), optional
            Session and activity of each row. The rows of a person in a batch come from as many
            pairs of these as possible, and a loss with ``across="session"`` or ``"activity"`` finds
            them.
        source : array-like (n,), optional
            Data set of each row. Each has the same number of people in a batch.

        Returns
        -------
        self : Verifier

        Raises
        ------
        ValueError
            If there are not two people, the arrays do not fit together, samples are not finite, or
            a setting is outside its range.
        TypeError
            If `preprocessor` is something else.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics import Verifier
        >>> X = np.random.default_rng(0).standard_normal((24, 60))
        >>> verifier = Verifier("mlp", steps=3, n_threads=1, augmentation=None)
        >>> verifier.fit(X, np.arange(24) // 8, session=np.arange(24) % 2).losses_.shape
        (3,)
        """
        require_preprocessor("Verifier", self.preprocessor)
        steps = numbers.integer("Verifier", "steps", self.steps, 1)
        seed = numbers.integer("Verifier", "random_state", self.random_state, 0, 2**32 - 1)
        rows, _, (leads, length) = as_rows("fit", X)
        x = np.asarray(rows).reshape(-1, leads, length)
        change = self._augmentation(length)
        if change is not None:
            change(np.zeros((1, leads, length), np.float32), np.random.default_rng(0))
            length = change.segment_length
        self.subjects_, codes = _codes("subject", subject, len(x))
        targets, groups = {}, np.zeros(len(x), np.int64)
        for name, values in (("session", session), ("activity", activity)):
            if values is not None:
                known, targets[name] = _codes(name, values, len(x))
                groups = groups * (len(known) + 1) + targets[name] + 1
        batches = SubjectBatches(
            x,
            codes,
            self.subjects_per_batch,
            self.segments_per_subject,
            groups=groups,
            source=None if source is None else _codes("source", source, len(x))[1],
            targets=targets,
            augmentation=change,
            seed=seed,
        )
        network = SiameseNetwork(
            self.backbone,
            self.attention,
            tasks={"identity": 1},  # a network has a head; no loss uses it
            in_channels=leads,
            segment_length=length,
            seed=seed,
            standardize=True,
        )
        trainer = Trainer(
            network,
            objective=self._objective(),
            learning_rate=self.learning_rate,
            batch_size=batches.size,
            epochs=steps,
            schedule="cosine",
            n_threads=self.n_threads,
            seed=seed,
            verbose=self.verbose,
        )
        trainer.fit(batches)
        self.losses_: NDArray[np.float64] = trainer.history["train"]["loss"].sum(1)
        self.encoder_ = IdentityEncoder(network, self.preprocessor)
        rate = 100.0 if change is None else change.sampling_rate
        self.gallery_ = Gallery(self.encoder_, None if self.preprocessor is not None else rate)
        return self

    def embed(self, X: ArrayLike | torch.Tensor) -> NDArray[np.float32]:
        """Return the vectors of segments; see :meth:`IdentityEncoder.embed`.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)

        Returns
        -------
        vectors : float32 array (n, d)
            Vectors of length 1.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            As :meth:`IdentityEncoder.embed`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics import Verifier
        >>> X = np.random.default_rng(0).standard_normal((24, 60))
        >>> verifier = Verifier("mlp", steps=1, n_threads=1).fit(X, np.arange(24) // 8)
        >>> verifier.embed(X[:3]).shape
        (3, 128)
        """
        check_is_fitted(self)
        return self.encoder_.embed(X)

    def curve(
        self, X: ArrayLike | torch.Tensor, subject: ArrayLike, session: ArrayLike
    ) -> VerificationCurves:
        """Return the error rates on people outside the training.

        The trials are those of :func:`dt4ecg.protocols.enrolment_trials`. The first session of each
        person, by its name, is enrolled, and each segment of another session is a probe. A person
        with one session is a stranger. Each probe is compared with everyone who is enrolled.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
        subject, session : array-like (n,)
            Of each segment. People of the training are refused, because their rates are too low.

        Returns
        -------
        VerificationCurves
            With bootstrap intervals over people.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If there are not two people, no one has two sessions, someone is a person of the
            training, or a person or a session is unknown.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics import Verifier
        >>> X = np.random.default_rng(0).standard_normal((48, 60))
        >>> subject, session = np.arange(48) // 8, np.arange(48) % 2
        >>> verifier = Verifier("mlp", steps=1, n_threads=1).fit(X[:24], subject[:24])
        >>> found = verifier.curve(X[24:], subject[24:], session[24:])
        >>> found.n_same, found.n_different
        (12, 24)
        """
        check_is_fitted(self)
        vectors = self.embed(X)
        people = known_names("curve", "subject", subject, len(vectors))
        require_strangers("curve", people, self.subjects_)
        trials = enrolment_trials(people, known_names("curve", "session", session, len(vectors)))
        return curves(trial_scores(vectors, trials).ravel(), trials.same, trials.people)

    def _augmentation(self, length: int) -> Augmentation | None:
        if self.augmentation is None or isinstance(self.augmentation, Augmentation):
            return self.augmentation
        if self.augmentation != "default":
            raise ValueError(
                "Verifier: augmentation must be an Augmentation, 'default' or None, got "
                f"{self.augmentation!r}"
            )
        pre = self.preprocessor
        rate = None if pre is None else pre.target_rate
        return Augmentation(min(300, length), 100.0 if rate is None else rate)

    def _objective(self) -> Any:
        if isinstance(self.loss, str):
            if self.loss not in LOSSES:
                raise ValueError(
                    f"Verifier: loss must be one of {', '.join(LOSSES)}, or an object of "
                    f"dt4ecg.training.metric_losses, got {self.loss!r}"
                )
            return LOSSES[self.loss]()
        return self.loss


def _codes(name: str, values: ArrayLike, n: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the different labels as texts, and the number of each row's; -1 where unknown."""
    found = as_array(f"fit: {name}", values)
    if found.shape != (n,):
        raise ValueError(
            f"fit: {name} must have one label per row, ({n},), got the shape {found.shape}"
        )
    texts = np.array([str(value) for value in found.tolist()])
    known = np.array([not is_unknown(text) for text in texts])
    codes = np.full(n, -1, np.int64)
    labels, codes[known] = np.unique(texts[known], return_inverse=True)
    return labels, codes
