"""A detector of spliced segments, with the interface of scikit-learn."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common.numbers import integer
from dt4ecg.biometrics.tamper import detector_file
from dt4ecg.biometrics.tamper.detector_file import DetectorFile
from dt4ecg.biometrics.tamper.images import FREQUENCIES, as_single_lead
from dt4ecg.biometrics.tamper.labels import two_labels
from dt4ecg.biometrics.tamper.networks import build
from dt4ecg.biometrics.tamper.parameters import check_parameters
from dt4ecg.biometrics.tamper.predictions import TamperPredictions
from dt4ecg.biometrics.tamper.splice import SPLICES, SpliceOptions
from dt4ecg.biometrics.tamper.training_set import training_set
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage.model_file import refusing
from dt4ecg.storage.parameters import load_into
from dt4ecg.training import Trainer


class TamperDetector(TamperPredictions):
    """Detect spliced segments by their wavelet image.

    Parameters
    ----------
    network : {"resnet", "cnn", "featcnn-tran", "featcnn-trancnn"}, default="resnet"
        A backbone of :mod:`dt4ecg.nn` without attention, or a Transformer on the features of a
        small CNN, whose feed-forward part is plain or convolutional.
    sampling_rate : float, default=100.0
        Samples per second of the segments.
    width : int, default=64
        Columns of an image over the time of a segment, at least 8.
    epochs, batch_size, learning_rate : default=8, 64, 2e-3
        Settings of :class:`dt4ecg.Trainer`. The learning rate falls along half a cosine.
    preprocessor : Preprocessor, optional
        The preprocessor that made the segments. It is saved with the detector, so that
        :meth:`scan` can apply it to raw recordings.
    n_threads : int, optional
        Setting of :class:`dt4ecg.Trainer`.
    random_state : int, RandomState or None, default=0
        Seed of splices, initial parameters and the order of the segments.
    verbose : int, default=0
        1 shows a progress bar over epochs.

    Attributes
    ----------
    classes_ : array (2,)
        The labels; the second one means a tampered segment.
    network_ : torch.nn.Module
        The trained network, in eval mode. It takes standardised images (n, 32, width).
    mean_, scale_ : tensors (32, 1)
        Mean and standard deviation of each frequency of the training images.
    n_features_in_ : int
        Samples per segment.

    See Also
    --------
    splice : Make spliced segments.
    dt4ecg.signal.wavelet_image : The images.

    Notes
    -----
    The networks have the names of Deshpande, Getnet and Dargie (arXiv 2507.06402), who publish
    neither layers nor sizes. Frequencies are the channels of convolutions over time here, because
    a pattern has another meaning at another frequency. Segments are scaled to equal power first.

    A detector that was trained on people does not know whose ECG a segment is. It finds breaks of
    morphology and rhythm, and so it fires also where a segment of the same person was inserted.

    Examples
    --------
    >>> import dt4ecg
    >>> from dt4ecg.biometrics.tamper import TamperDetector
    >>> data = dt4ecg.datasets.from_recordings(dt4ecg.datasets.simulate_cohort(4, seconds=15))
    >>> detector = TamperDetector(epochs=1, n_threads=1)
    >>> detector.fit_on(data.X, data.meta["subject"]).predict_proba(data.X[:3]).shape
    (3, 2)
    """

    def __init__(
        self,
        network: str = "resnet",
        sampling_rate: float = 100.0,
        width: int = 64,
        epochs: int = 8,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        preprocessor: Preprocessor | None = None,
        n_threads: int | None = None,
        random_state: int | np.random.RandomState | None = 0,
        verbose: int = 0,
    ) -> None:
        self.network = network
        self.sampling_rate = sampling_rate
        self.width = width
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.preprocessor = preprocessor
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: ArrayLike | torch.Tensor, y: ArrayLike) -> TamperDetector:
        """Train on clean and tampered segments.

        Parameters
        ----------
        X : array or tensor (n, T) or (n, 1, T)
            Segments of one lead in any unit.
        y : array-like (n,)
            Two labels, such as ``False`` and ``True``, or 0 and 1. The label that sorts last means
            a tampered segment. Both have the same weight in the loss, whatever their shares.

        Returns
        -------
        self : TamperDetector

        Raises
        ------
        ValueError
            If a parameter is outside its range, X and y do not fit together, a segment is constant
            or not finite, or there are not exactly two labels.
        TypeError
            If X does not hold real numbers, the labels are of several types, or `preprocessor` is
            something else.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.tamper import TamperDetector
        >>> X = np.random.default_rng(0).normal(size=(8, 100))
        >>> TamperDetector(epochs=1).fit(X, [0, 1] * 4).classes_
        array([0, 1])
        """
        self._check_parameters()
        x = as_single_lead("fit", X)
        classes, indices = two_labels(y, len(x))
        self._fit_images(self._images(x), indices)
        self.classes_, self.n_features_in_ = classes, x.shape[1]
        return self

    def _fit_images(self, made: torch.Tensor, indices: NDArray[Any]) -> None:
        """Train on images, and on 0 (clean) or 1 for each."""
        mean = made.mean((0, 2), keepdim=True)[0]
        scale = made.std((0, 2), keepdim=True)[0].clamp_min(1e-3)
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        network = build(self.network, len(FREQUENCIES), self.width, seed)
        weight = len(made) / 2 / np.bincount(indices)[indices]
        Trainer(
            network,
            batch_size=self.batch_size,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            schedule="cosine",
            n_threads=self.n_threads,
            seed=seed,
            verbose=self.verbose,
        ).fit((made - mean) / scale, indices[:, None], sample_weight=weight)
        self.network_, self.mean_, self.scale_ = network.eval(), mean, scale

    def fit_on(
        self,
        clean: ArrayLike | torch.Tensor,
        subject: ArrayLike,
        splices: Sequence[str] = SPLICES,
        options: SpliceOptions | None = None,
        copies: int = 1,
        control: bool = False,
        beats: Sequence[ArrayLike] | None = None,
    ) -> TamperDetector:
        """Train on clean segments and on splices of them.

        Parameters
        ----------
        clean : array or tensor (n, T) or (n, 1, T)
            Segments of several people.
        subject : array-like (n,)
            Person of each segment.
        splices : sequence of str, default=all
            Kinds of :func:`splice`, in equal shares.
        options : SpliceOptions, optional
            Default: ``SpliceOptions()``. Its donor is another person.
        copies : int, default=1
            Number of splices of each segment.
        control : bool, default=False
            Add as many splices with the same person and label them as clean. Fewer of them raise
            an alarm then, and more foreign splices are missed.
        beats : sequence of int arrays, optional
            R peaks of each segment, at which :func:`splice` cuts.

        Returns
        -------
        self : TamperDetector
            With ``classes_`` False (clean) and True (tampered).

        Raises
        ------
        ValueError, TypeError
            As :meth:`fit` and :func:`splice`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.tamper import TamperDetector
        >>> X = np.random.default_rng(0).normal(size=(8, 100))
        >>> detector = TamperDetector(epochs=1).fit_on(X, np.arange(8) // 2, ["halves"])
        >>> detector.classes_
        array([False,  True])
        """
        self._check_parameters()
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        segments, tampered = training_set(
            as_single_lead("fit_on", clean),
            subject,
            splices,
            SpliceOptions() if options is None else options,
            self.sampling_rate,
            integer("fit_on", "copies", copies, 1),
            bool(control),
            seed,
            beats,
        )
        return self.fit(segments, tampered)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the detector to one file, atomically and without pickle.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        TypeError
            If the labels are not numbers, texts, True or False.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import numpy as np
        >>> from dt4ecg.biometrics.tamper import TamperDetector
        >>> X = np.random.default_rng(0).normal(size=(8, 100))
        >>> path = tempfile.mkdtemp() + "/detector.safetensors"
        >>> TamperDetector(epochs=1).fit(X, [0, 1] * 4).save(path)
        >>> TamperDetector.load(path).predict_proba(X).shape
        (8, 2)
        """
        check_is_fitted(self)
        preprocessor = self.preprocessor
        content = DetectorFile(
            self.get_params(deep=False),
            self.classes_.tolist(),
            self.n_features_in_,
            None if preprocessor is None else preprocessor.to_dict(),
            self.mean_,
            self.scale_,
            self.network_.state_dict(),
        )
        detector_file.write(path, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TamperDetector:
        """Read a detector that :meth:`save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, or not that of a detector.

        Examples
        --------
        >>> from dt4ecg.biometrics.tamper import TamperDetector
        >>> TamperDetector.load("absent.safetensors")
        Traceback (most recent call last):
        ...
        FileNotFoundError: load: there is no model file 'absent.safetensors'
        """
        stored = detector_file.read(path)
        with refusing(path):
            settings = stored.preprocessor
            preprocessor = None if settings is None else Preprocessor.from_dict(settings)
            detector = cls(**stored.settings, preprocessor=preprocessor)
            detector._check_parameters()
            network = build(detector.network, len(FREQUENCIES), detector.width, 0)
            load_into(network, stored.parameters)
        detector.mean_, detector.scale_ = stored.mean, stored.scale
        detector.n_features_in_ = stored.samples
        detector.classes_, detector.network_ = np.array(stored.classes), network.eval()
        return detector

    def _check_parameters(self) -> None:
        check_parameters(
            self.network, self.width, self.sampling_rate, self.epochs, self.preprocessor
        )
