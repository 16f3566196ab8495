"""A diffusion model of clean ECG, which scores how clean another segment is."""

from __future__ import annotations

import os

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common.numbers import integer, real
from dt4ecg.biometrics.noise import model_file
from dt4ecg.biometrics.noise.diffusion import STEPS, NoiseLoss, mean_loss
from dt4ecg.biometrics.noise.model_file import NoiseFile
from dt4ecg.biometrics.noise.scores import FREQUENCIES, NoiseScores, segment_rows
from dt4ecg.biometrics.noise.unet import UNet
from dt4ecg.nn.contexts import seeded
from dt4ecg.storage.model_file import refusing
from dt4ecg.storage.parameters import load_into
from dt4ecg.training import Trainer


class NoiseModel(NoiseScores):
    """Score segments by how well a diffusion model of clean ECG reconstructs their image.

    A segment becomes an image of the logarithms of the power of its superlets. Noise of time step
    30 is added and removed again in three steps. The score is the peak signal-to-noise ratio of the
    result: the model does not reconstruct what it never learned.

    Parameters
    ----------
    sampling_rate : float, default=100.0
        Samples per second of the segments.
    width : int, default=128
        Columns of an image over the time of a segment, a multiple of 8. 128 suits 10 s.
    unit : float or None, default=1.0
        Amplitude that has the power 1, in the unit of the samples: 1 for mV. None scales each
        segment by its standard deviation, so that the gain does not matter.
    channels : int, default=16
        Channels of the U-Net at its highest resolution, a multiple of 8.
    epochs, batch_size, learning_rate : default=12, 32, 1e-3
        Settings of :class:`dt4ecg.Trainer`. The learning rate falls along half a cosine.
    start : int, default=30
        Time step of the noise that is added to score a segment.
    calls : int, default=3
        Number of reverse steps. The released code of the paper makes 4 for its "three": the last
        one is at time 0. ``calls=4`` does this too.
    times : int, default=1000
        The network learns the time steps below it. The score needs those up to `start` alone, but
        on simulated beats a network that learned all 1,000 separated noise better.
    n_threads : int, optional
        Setting of :class:`dt4ecg.Trainer`.
    random_state : int, RandomState or None, default=0
        Seed of initial parameters and of the noise.
    verbose : int, default=0
        1 shows a progress bar over epochs.

    Attributes
    ----------
    network_ : UNet
        The trained network, in eval mode.
    noise_ : tensor (32, width)
        The noise that is added to each image to score it.
    n_features_in_ : int
        Samples per segment.

    See Also
    --------
    dt4ecg.signal.quality : Fast indices without a network.
    separation : Distance between two groups of scores.

    References
    ----------
    T. Han et al., "Diffusion-based electrocardiography noise quantification via anomaly detection",
    arXiv 2506.11815, 2025.

    Examples
    --------
    >>> import dt4ecg
    >>> from dt4ecg.biometrics.noise import NoiseModel
    >>> X = dt4ecg.datasets.load_paper_cohort().X[:8, 0]  # simulated
    >>> model = NoiseModel(width=32, channels=8, epochs=1, n_threads=1).fit(X)
    >>> model.score_samples(X).shape
    (8,)
    """

    def __init__(
        self,
        sampling_rate: float = 100.0,
        width: int = 128,
        unit: float | None = 1.0,
        channels: int = 16,
        epochs: int = 12,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        start: int = 30,
        calls: int = 3,
        times: int = 1000,
        n_threads: int | None = None,
        random_state: int | np.random.RandomState | None = 0,
        verbose: int = 0,
    ) -> None:
        self.sampling_rate = sampling_rate
        self.width = width
        self.unit = unit
        self.channels = channels
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.start = start
        self.calls = calls
        self.times = times
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: ArrayLike | torch.Tensor, y: object = None) -> NoiseModel:
        """Learn how clean segments look.

        Parameters
        ----------
        X : array or tensor (n, T) or (n, 1, T)
            Clean segments of one lead. With several leads, each lead is a segment of its own.
        y : ignored

        Returns
        -------
        self : NoiseModel

        Raises
        ------
        ValueError
            If a parameter is outside its range, or X has another shape or values that are not
            finite.
        TypeError
            If X does not hold real numbers.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.noise import NoiseModel
        >>> X = np.random.default_rng(0).normal(size=(4, 100))
        >>> NoiseModel(width=16, channels=8, epochs=1).fit(X).n_features_in_
        100
        """
        self._check_parameters()
        rows = segment_rows("fit", X)
        made = self._images(rows)
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        with seeded(seed):
            network = UNet(self.channels)
            self.noise_ = torch.randn(FREQUENCIES, self.width)
        Trainer(
            NoiseLoss(network, self.times),
            objective=mean_loss,
            batch_size=self.batch_size,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            schedule="cosine",
            n_threads=self.n_threads,
            seed=seed,
            verbose=self.verbose,
        ).fit(made, np.zeros(len(made), np.float32))
        self.n_features_in_ = rows.shape[1]
        self.network_ = network.eval()
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file, atomically and without pickle.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import numpy as np
        >>> from dt4ecg.biometrics.noise import NoiseModel
        >>> X = np.random.default_rng(0).normal(size=(4, 100))
        >>> path = tempfile.mkdtemp() + "/noise.safetensors"
        >>> NoiseModel(width=16, channels=8, epochs=1).fit(X).save(path)
        >>> NoiseModel.load(path).score_samples(X).shape
        (4,)
        """
        check_is_fitted(self)
        content = NoiseFile(
            self.get_params(deep=False),
            self.n_features_in_,
            self.noise_,
            self.network_.state_dict(),
        )
        model_file.write(path, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> NoiseModel:
        """Read a model that :meth:`save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, or not that of a noise model.

        Examples
        --------
        >>> from dt4ecg.biometrics.noise import NoiseModel
        >>> NoiseModel.load("absent.safetensors")
        Traceback (most recent call last):
        ...
        FileNotFoundError: load: there is no model file 'absent.safetensors'
        """
        stored = model_file.read(path)
        with refusing(path):
            model = cls(**stored.settings)
            model._check_parameters()
            network = UNet(model.channels)
            load_into(network, stored.parameters)
            if stored.noise.shape != (FREQUENCIES, model.width):
                raise ValueError(
                    f"noise must have the shape {(FREQUENCIES, model.width)}, got "
                    f"{tuple(stored.noise.shape)}"
                )
        model.n_features_in_, model.noise_ = stored.samples, stored.noise
        model.network_ = network.eval()
        return model

    def _check_parameters(self) -> None:
        for name, most in (("width", 4096), ("channels", 256)):
            value = getattr(self, name)
            if integer("NoiseModel", name, value, 8, most) % 8:
                raise ValueError(
                    f"NoiseModel: {name} must be a multiple of 8 from 8 to {most}, got {value!r}"
                )
        integer("NoiseModel", "times", self.times, 2, STEPS)
        integer("NoiseModel", "start", self.start, 1, self.times - 1)
        integer("NoiseModel", "calls", self.calls, 1, self.start + 1)
        for name, legal in (("sampling_rate", (1.0, 1e5)), ("unit", (1e-9, 1e9))):
            value = getattr(self, name)
            if not (name == "unit" and value is None) and not legal[0] <= real(value) <= legal[1]:
                raise ValueError(
                    f"NoiseModel: {name} must be {legal[0]:g} to {legal[1]:g}, got {value!r}"
                )
