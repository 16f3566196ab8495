"""The base of the estimators of pre-training: checks, training and file."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common import numbers
from dt4ecg._common.segments import as_rows
from dt4ecg.nn import Network
from dt4ecg.nn.contexts import seeded
from dt4ecg.nn.segments import as_segments
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import encoder_file
from dt4ecg.training.options import choice, positive
from dt4ecg.training.pretraining.batches import ViewBatches
from dt4ecg.training.pretraining.crops import Crops, Segments
from dt4ecg.training.pretraining.objectives import TASK, Schedule, ViewObjective
from dt4ecg.training.trainer import Trainer

VIEWS = ("segment", "spectrogram")
FEWEST_ROWS = 2


class Pretraining(BaseEstimator):  # type: ignore[misc]
    """Base of the estimators that learn a network from segments without labels.

    A subclass has the parameters below in its ``__init__``, and defines ``_objective``.

    Attributes
    ----------
    network_ : dt4ecg.nn.Network
        The pre-trained network, in eval mode. Its head is not trained.
    losses_ : array (steps,)
        The loss of each batch.
    n_features_in_ : int
        Number of leads times number of samples per row.
    """

    network_: Network
    losses_: NDArray[np.float64]
    n_features_in_: int

    _local_views = True  # whether the loss uses views of local crops

    view: str
    backbone: str
    attention: str
    segment_length: int | None
    crops: Crops | None
    epochs: int
    batch_size: int
    learning_rate: float
    preprocessor: Preprocessor | None
    n_threads: int | None
    random_state: int
    verbose: int

    @torch.inference_mode(False)  # the tensors of inference mode cannot be trained
    def fit(self, X: ArrayLike | torch.Tensor, y: object = None) -> Any:
        """Learn from segments without labels.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
            Segments, or longer rows from which the crops are taken; at least 2 of them.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X has fewer than two rows, samples that are not finite or too few of them, is flat
            everywhere, or a parameter is outside its range.
        TypeError
            If X holds anything but real numbers, or a parameter is another object.
        RuntimeError
            As in :meth:`dt4ecg.Trainer.fit`.
        """
        name = type(self).__name__
        if self.preprocessor is not None and not isinstance(self.preprocessor, Preprocessor):
            raise TypeError(
                f"{name}: preprocessor must be a dt4ecg.Preprocessor or None, got "
                f"{self.preprocessor!r}"
            )
        view = choice("view", self.view, VIEWS)
        epochs = numbers.integer(name, "epochs", self.epochs, 1)
        size = numbers.integer(name, "batch_size", self.batch_size, FEWEST_ROWS)
        seed = numbers.integer(name, "random_state", self.random_state, 0, 2**32 - 1)
        rate = positive("learning_rate", self.learning_rate)
        crops = self._crops()
        rows, length = self._rows(X)
        batches = ViewBatches(rows, lambda x, rng: crops.views(x, length, rng), size, seed)
        network = Network(
            self.backbone if view == "segment" else "spectrogram",
            self.attention if view == "segment" else "none",
            tasks={TASK: 1},  # a network has a head; no loss uses it
            in_channels=rows.shape[1],
            segment_length=length,
            seed=seed,
            standardize=True,
        )
        steps = epochs * batches.steps
        with seeded(seed):
            objective = self._objective(network, Schedule(steps, rate))
        trainer = Trainer(
            network,
            objective=objective,
            learning_rate=rate,
            batch_size=batches.size * (2 + crops.local),
            epochs=steps,
            schedule="cosine",
            n_threads=self.n_threads,
            seed=seed,
            verbose=self.verbose,
        )
        trainer.fit(batches)
        self.losses_ = trainer.history["train"]["loss"][:, 0]
        self.network_ = self._learned(network, objective).eval().requires_grad_(True)
        self.n_features_in_ = int(np.prod(rows.shape[1:]))
        return self

    def save(self, path: str | os.PathLike[str], about: Mapping[str, str] | None = None) -> None:
        """Write the pre-trained network to one file, atomically and without pickle.

        Parameters
        ----------
        path : path
            File to write. :func:`dt4ecg.load` reads it, and ``DT4ECGClassifier(init=path)`` starts
            from it.
        about : dict of str to str, optional
            Texts that are stored with it, such as ``{"licence": ..., "data": ...}``.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        OSError
            If the file cannot be written.
        TypeError
            If `about` is not a dictionary of texts.
        """
        check_is_fitted(self)
        content = encoder_file.EncoderFile(
            encoder_file.ECG_ENCODER,
            self.network_,
            self.preprocessor,
            encoder_file.texts("save", about),
        )
        encoder_file.write(path, content)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        return tags

    @abstractmethod
    def _objective(self, network: Network, schedule: Schedule) -> ViewObjective:
        """Check the parameters of the loss, and return it."""

    def _learned(self, network: Network, objective: ViewObjective) -> Network:
        """Return the network to keep."""
        return network

    def _crops(self) -> Crops:
        """Return the settings of the views."""
        crops = Crops() if self.crops is None else self.crops
        if not isinstance(crops, Crops):
            raise TypeError(
                f"{type(self).__name__}: crops must be dt4ecg.pretraining.Crops or None, got "
                f"{crops!r}"
            )
        return crops if self._local_views else replace(crops, local=0)

    def _rows(self, X: ArrayLike | torch.Tensor) -> tuple[Segments, int]:
        """Return the rows (n, leads, T) and the segment length of the network."""
        name = type(self).__name__
        rows, _, (leads, available) = as_rows("fit", X)
        x = as_segments("fit", np.asarray(rows).reshape(-1, leads, available)).numpy()
        length = available
        if self.segment_length is not None:
            length = numbers.integer(name, "segment_length", self.segment_length, 2, available)
        if len(x) < FEWEST_ROWS:
            raise ValueError(
                f"fit: pre-training compares segments, so it needs at least {FEWEST_ROWS} of them, "
                f"got {len(x)}"
            )
        if (x == x[..., :1]).all():
            raise ValueError(
                "fit: every lead of every segment is flat, so there is nothing to learn; pass "
                "segments with a signal"
            )
        return x, length


def features_of(network: Network) -> int:
    """Return the length of the features of a network."""
    return int(next(network.heads.parameters()).shape[1])


def checked_temperature(name: str, value: float) -> float:
    """Return a temperature if it is legal."""
    if not 0.001 <= numbers.real(value) <= 10:
        raise ValueError(f"pretraining: {name} must be from 0.001 to 10, got {value!r}")
    return float(value)


def checked_momentum(name: str, value: float) -> float:
    """Return a momentum if it is legal."""
    if not 0 <= numbers.real(value) <= 1:
        raise ValueError(f"pretraining: {name} must be from 0 to 1, got {value!r}")
    return float(value)
