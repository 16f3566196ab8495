"""The trainer: it prepares network and data for the training loop of the C++ core."""

import os
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from numpy.typing import ArrayLike

from dt4ecg import _core
from dt4ecg import weighting as weightings
from dt4ecg._common.defaults import BATCH_SIZE, EPOCHS, LEARNING_RATE, NORM_SCOPE, PRECISION
from dt4ecg.nn.contexts import keep_modes
from dt4ecg.storage import checkpoint as checkpoints
from dt4ecg.storage.container import require_writable
from dt4ecg.training import objectives
from dt4ecg.training.data import DataReader
from dt4ecg.training.device import device_of, require_float32, warn_of_emulation
from dt4ecg.training.epoch_data import EpochData, drawn_pair, own_copy, refill
from dt4ecg.training.labels import as_pair
from dt4ecg.training.options import (
    MOST_THREADS,
    NORM_SCOPES,
    PRECISIONS,
    SCHEDULES,
    choice,
    fraction,
    integer,
    positive,
)
from dt4ecg.training.progress import ProgressBar
from dt4ecg.training.results import Results
from dt4ecg.training.run import Run
from dt4ecg.training.settings import TrainingSettings
from dt4ecg.training.shared_settings import checked, shared_settings


class Trainer(Results):
    """Train a network on labelled segments, with one weight per task.

    Parameters
    ----------
    network : torch.nn.Module
        A :class:`dt4ecg.nn.Network`, or any module that returns
        ``{task: logits (batch, classes)}``. It is trained in place. A part of it in eval mode stays
        in eval mode, so its batch norm and dropout are frozen.
    weighting : str or callable, default="none"
        A name of :func:`dt4ecg.weighting.names`, or an object called as
        ``(losses, gram, state) -> weights``.
    learning_rate : float, default=1e-3
        First step size of Adam (Kingma and Ba 2015).
    batch_size : int, default=16
        Segments per step.
    epochs : int, default=50
        Passes over all segments.
    norm_scope : {"shared", "last", "all"}, default="shared"
        The parameters over which gradient norms are taken: those that at least two tasks share, the
        last layer among them (Chen et al. 2018), or all.
    precision : {"float32", "bf16"}, default="float32"
        Number format of convolutions and matrix products. ``"bf16"`` (bfloat16) runs PyTorch's
        operators under autocast instead of the fused loops. Weights, losses, statistics and Adam
        stay in float32.
    device : str or torch.device, default="cpu"
        Device of the training.
    n_threads : int, optional
        Number of threads, at most 1024. The default is the number of threads of torch.
    seed : int, default=0
        Seed of the order of the segments. Equal seed, threads, build and processor give equal bits.
    verbose : int, default=0
        1 shows a progress bar over epochs.
    schedule : {"constant", "cosine"}, default="constant"
        Schedule of the learning rate. ``"cosine"`` lowers it along half a cosine to 0 over all
        epochs (Loshchilov and Hutter 2017).
    label_smoothing : float, default=0.0
        Fraction of each label that the training loss spreads over all classes, in [0, 1)
        (Szegedy et al. 2016).
    objective : {"cross_entropy"} or callable, default="cross_entropy"
        The losses: a name, or an object called as ``(outputs, targets) -> losses``; see
        :mod:`dt4ecg.training.objectives`.
    settings : TrainingSettings, optional
        Weight decay, class weights and early stopping. The default has none of them.

    Attributes
    ----------
    started : bool
        Whether the last `fit` passed its checks, so that the network may have changed.
    header : dict
        Further entries for the header of the saved file. JSON must be able to hold them, and the
        names that the trainer writes itself are reserved.

    Raises
    ------
    ValueError
        If a setting is outside its legal range.
    TypeError
        If `network` is not a module, or `weighting` or `objective` cannot be called.

    See Also
    --------
    dt4ecg.DT4ECGClassifier : The trainer with label names and scikit-learn's interface.

    Notes
    -----
    The defaults are the settings of the paper, section IV-B. The loop runs in C++ without Python's
    global lock. It takes the lock between steps for signals, after each epoch for callbacks, and
    while a module or weighting written in Python runs.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> X = np.random.default_rng(0).standard_normal((8, 1, 60))
    >>> y = np.array([[0, 1], [1, 0]] * 4)
    >>> network = dt4ecg.nn.Network(tasks={"identity": 2, "activity": 2}, segment_length=60, seed=0)
    >>> trainer = dt4ecg.Trainer(network, weighting="chen2018", epochs=2, n_threads=1)
    >>> trainer.fit(X, y).history["train"]["loss"].shape
    (2, 2)
    """

    def __init__(
        self,
        network: torch.nn.Module,
        weighting: str | Callable[..., Any] = weightings.DEFAULT,
        learning_rate: float = LEARNING_RATE,
        batch_size: int = BATCH_SIZE,
        epochs: int = EPOCHS,
        norm_scope: str = NORM_SCOPE,
        precision: str = PRECISION,
        device: str | torch.device = "cpu",
        n_threads: int | None = None,
        seed: int = 0,
        verbose: int = 0,
        schedule: str = "constant",
        label_smoothing: float = 0.0,
        objective: str | objectives.Objective = "cross_entropy",
        settings: TrainingSettings | None = None,
    ) -> None:
        if not isinstance(network, torch.nn.Module):
            raise TypeError(f"Trainer: network must be a torch.nn.Module, got {network!r}")
        self.network = network
        self.weighting = weightings.get(weighting)
        self.learning_rate = positive("learning_rate", learning_rate)
        self.batch_size = integer("batch_size", batch_size, 1)
        self.epochs = integer("epochs", epochs, 0)
        self.schedule = choice("schedule", schedule, SCHEDULES)
        self.objective = objectives.get(objective, fraction("label_smoothing", label_smoothing))
        self.label_smoothing: float = getattr(self.objective, "label_smoothing", 0.0)
        self.norm_scope = choice("norm_scope", norm_scope, NORM_SCOPES)
        self.precision = choice("precision", precision, PRECISIONS)
        self.device = device_of(device)
        self.n_threads = (
            None if n_threads is None else integer("n_threads", n_threads, 1, MOST_THREADS)
        )
        self.seed = integer("seed", seed, 0)
        self.verbose = verbose
        self.settings = checked(settings, self.objective)
        self.header: dict[str, Any] = {}
        self._run: Run | None = None
        self._tasks: dict[str, int] = {}  # of the network
        self._losses: tuple[str, ...] = ()  # tasks of the objective
        self._stopping = False
        self._validated = False
        self.started = False
        self._fitting = threading.Lock()

    @torch.inference_mode(False)  # the tensors of inference mode cannot be trained
    def fit(
        self,
        X: ArrayLike | torch.Tensor | EpochData,
        y: Any = None,
        validation_data: tuple[Any, Any] | None = None,
        sample_weight: ArrayLike | torch.Tensor | None = None,
        callbacks: Sequence[Callable[["Trainer"], object]] = (),
        resume: str | os.PathLike[str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> "Trainer":
        """Train from the first epoch, or continue from a checkpoint.

        Parameters
        ----------
        X : array or tensor (n, leads, segment_length)
            Segments. They are not copied if they are float32 already, so do not change them during
            the training. Or a :class:`dt4ecg.training.EpochData`, which draws the segments and
            targets of every epoch; then y and `sample_weight` must be None.
        y : int array (n, tasks)
            Class indices from 0, in the network's order of tasks; -1 where a label is unknown.
            With an objective of your own: any array (n, ...), or a dictionary of such arrays.
        validation_data : (X, y), optional
            Segments and targets to evaluate after each epoch.
        sample_weight : array (n,), optional
            Non-negative weight of each segment in the losses. Only their ratios count.
        callbacks : sequence of callable, default=()
            Each is called as ``callback(trainer)`` after every epoch. It may read the history, save
            the state, or call :meth:`stop`.
        resume : path, optional
            A checkpoint to continue. The result has the bits of an uninterrupted training. With a
            constant schedule, the number of epochs may have grown.
        checkpoint : path, optional
            File for the state after every epoch, and after an interruption.

        Returns
        -------
        self : Trainer

        Raises
        ------
        ValueError
            If data have the wrong shape or range or are not finite; if the network is not float32,
            has no trainable parameter or returns something else than logits; if the checkpoint
            belongs to another network, other data or other settings; or if `header` has a reserved
            name.
        TypeError
            If data are not numbers, or JSON cannot hold `header`.
        RuntimeError
            If losses or gradients were not finite in five steps in a row, or this trainer is
            already training. Network and history stay as after the last good step.
        OSError
            If the checkpoint cannot be written or read.

        Notes
        -----
        Ctrl-C in the main thread takes effect before the next step. Network, history and checkpoint
        stay as after the last step. A module that draws random numbers uses torch's generator,
        which all threads share, so such modules must not be trained at the same time.

        Examples
        --------
        >>> import tempfile
        >>> import numpy as np
        >>> import dt4ecg
        >>> X = np.random.default_rng(0).standard_normal((8, 1, 60))
        >>> y = np.arange(8)[:, None] % 2
        >>> path = tempfile.mkdtemp() + "/checkpoint.safetensors"
        >>> def trainer(epochs):
        ...     network = dt4ecg.nn.Network(tasks={"identity": 2}, segment_length=60, seed=0)
        ...     return dt4ecg.Trainer(network, epochs=epochs, n_threads=1)
        >>> run = trainer(1).fit(X, y, checkpoint=path)
        >>> trainer(3).fit(X, y, resume=path).history["epoch"].tolist()
        [1, 2, 3]
        """
        warn_of_emulation(self.precision, self.device)
        if not self._fitting.acquire(blocking=False):
            raise RuntimeError(
                "fit: this trainer is training already; call fit when it has ended, or build "
                "another Trainer with a network of its own"
            )
        try:
            # The autocast of a caller would train copies of the first weights.
            with torch.autocast(
                self.device.type,
                torch.bfloat16,
                enabled=self.precision == "bf16",
                cache_enabled=False,
            ):
                return self._fit(
                    X, y, validation_data, sample_weight, callbacks, resume, checkpoint
                )
        finally:
            self._fitting.release()

    def _fit(
        self,
        X: Any,
        y: Any,
        validation_data: tuple[Any, Any] | None,
        sample_weight: Any,
        callbacks: Sequence[Callable[["Trainer"], object]],
        resume: str | os.PathLike[str] | None,
        checkpoint: str | os.PathLike[str] | None,
    ) -> "Trainer":
        self.started = self._stopping = False
        checkpoints.check_header("fit", self.header)
        if checkpoint is not None:
            require_writable(checkpoint)
        require_float32(self.network)
        self.network.to(self.device)
        read = DataReader(self.network, self.objective, self.device, self._tasks)
        drawn = X if isinstance(X, EpochData) else None
        if drawn is None:
            data = read(X, y, sample_weight)
        elif y is None and sample_weight is None:
            data = own_copy(read(*drawn_pair(drawn, 0), drawn.sample_weight))
        else:
            raise ValueError(
                f"fit: {type(X).__name__} has its own targets and weights; leave y and "
                "sample_weight out"
            )
        validation = None
        if validation_data is not None:
            validation = read(*as_pair("fit", validation_data))
        elif self.settings.early_stopping is not None:
            raise ValueError(
                "fit: early stopping needs validation data; pass validation_data=(X, y), or leave "
                "early_stopping out"
            )
        self._tasks, self._losses = read.tasks, read.losses
        with keep_modes(self.network):
            if not self.network.training:
                self.network.train()
            run = Run(
                self.network,
                self._tasks,
                self.objective,
                read.target_names,
                self.weighting,
                shared_settings(self, self._tasks, data),
                self.settings.early_stopping,
                self.epochs,
                self.n_threads,
                len(data.x),
            )
            with run.seeded():
                if resume is not None:
                    run.restore(resume)

                def draw() -> None:
                    if drawn is not None:
                        refill(data, read(*drawn_pair(drawn, len(run.core.history))))

                draw()
                self._run, self._validated = run, validation is not None
                self.started = True
                if self._stopping:  # stop() was called during the checks
                    run.core.stop()
                try:
                    self._train_and_save(
                        run, data, validation, [*callbacks, lambda _: draw()], checkpoint
                    )
                finally:
                    run.load_best()
        return self

    def _train_and_save(
        self,
        run: Run,
        data: _core.train.TrainingData,
        validation: _core.train.TrainingData | None,
        callbacks: Sequence[Callable[["Trainer"], object]],
        checkpoint: str | os.PathLike[str] | None,
    ) -> None:
        try:
            self._train(run, data, validation, callbacks, checkpoint)
        except BaseException:
            if checkpoint is not None:
                self._save_after_error(checkpoint)
            raise
        if checkpoint is not None:
            self.save(checkpoint)

    def _train(
        self,
        run: Run,
        data: _core.train.TrainingData,
        validation: _core.train.TrainingData | None,
        callbacks: Sequence[Callable[["Trainer"], object]],
        checkpoint: str | os.PathLike[str] | None,
    ) -> None:
        done = len(run.core.history)
        bar = ProgressBar(self._losses, done, self.epochs, enabled=bool(self.verbose))
        with bar:

            def after_epoch() -> None:
                if checkpoint is not None:
                    self.save(checkpoint)
                record = run.core.history[-1]
                bar.update(record)
                for text in record.warnings:
                    warnings.warn(text, RuntimeWarning, stacklevel=2)
                for callback in callbacks:
                    callback(self)

            run.train(data, validation, after_epoch)

    def _save_after_error(self, path: str | os.PathLike[str]) -> None:
        """Save while another exception is raised. A failure must not hide that exception."""
        try:
            self.save(path)
        except Exception as error:
            warnings.warn(f"fit: the state could not be saved: {error}", RuntimeWarning, 3)

    def stop(self) -> None:
        """End a running :meth:`fit` before its next step.

        A callback or any thread may call it. The state is saved if `fit` has a checkpoint.

        Examples
        --------
        >>> import numpy as np
        >>> import dt4ecg
        >>> X, y = np.random.default_rng(0).standard_normal((8, 1, 60)), np.zeros((8, 1), int)
        >>> network = dt4ecg.nn.Network(tasks={"identity": 2}, segment_length=60, seed=0)
        >>> trainer = dt4ecg.Trainer(network, epochs=50, n_threads=1)
        >>> trainer.fit(X, y, callbacks=[dt4ecg.Trainer.stop]).history["epoch"].tolist()
        [1]
        """
        self._stopping = True
        if self._run is not None:
            self._run.core.stop()
