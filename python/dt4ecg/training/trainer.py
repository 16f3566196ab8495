"""The trainer: a C++ loop over a network, its callbacks and its saved state."""

import os
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
import torch

from dt4ecg import _core
from dt4ecg import weighting as weightings
from dt4ecg._common.defaults import BATCH_SIZE, EPOCHS, LEARNING_RATE
from dt4ecg.nn.called_module import tasks_of
from dt4ecg.nn.contexts import keep_modes, seeded
from dt4ecg.nn.core_model import core_model
from dt4ecg.nn.network import Network
from dt4ecg.nn.segments import as_segments
from dt4ecg.storage import checkpoint as checkpoints
from dt4ecg.storage.container import require_writable
from dt4ecg.training import history as histories
from dt4ecg.training import resume as resuming
from dt4ecg.training.device import device_of, require_float32, warn_of_emulation
from dt4ecg.training.labels import as_labels, as_pair, as_sample_weight, data_digest
from dt4ecg.training.options import (
    MOST_THREADS,
    NORM_SCOPES,
    OPTIMIZERS,
    PRECISIONS,
    SCHEDULES,
    choice,
    fraction,
    integer,
    positive,
)
from dt4ecg.training.progress import ProgressBar


class Trainer:
    """Train a network on labelled segments, with one weight per task.

    The loop runs in C++ without the GIL; the GIL is taken between steps for signals, once per
    epoch for callbacks, and for whatever is written in Python (a module, a weighting).

    Parameters
    ----------
    network : torch.nn.Module
        A :class:`dt4ecg.nn.Network` or any module that returns ``{task: logits (batch, classes)}``.
        It is trained in place. A part in eval mode inside a network in train mode keeps it while
        the network is trained: batch norm and dropout of that part are frozen.
    weighting : str or callable
        A name of :func:`dt4ecg.weighting.names` or an object ``(losses, gram, state) -> weights``.
    optimizer : {"adam"}
    learning_rate, batch_size, epochs
        The paper's recipe is 1e-3, 16 and 50.
    norm_scope : {"shared", "last", "all"}
        Parameters that the gradient norms cover: those that at least two tasks reach, the last
        layer of those (Chen et al. 2018), or all.
    precision : {"float32", "bf16"}
        Of the convolutions and products. With ``"bf16"`` (bfloat16) PyTorch's operators run in
        place of the fused loops, under autocast, which a processor without bfloat16 units
        emulates slowly (``fit`` warns); what nodes of the network hand on, weights, losses,
        statistics and Adam stay in float32, as do predictions.
    device : str or torch.device
    n_threads : int, optional
        Threads of this training; torch's number if not given.
    seed : int
        Seed of the order of the samples. Equal seed, threads, build and processor: equal bits.
    verbose : int
        1 shows a progress bar over epochs.
    schedule : {"constant", "cosine"}
        Of the learning rate; the paper's is constant. ``"cosine"`` lets it fall along half a cosine
        from its first value to 0 over all epochs (Loshchilov and Hutter 2017).
    label_smoothing : float
        Share of each label in the training loss that is spread over all classes, in [0, 1)
        (Szegedy et al. 2016); the paper has none.

    Attributes
    ----------
    history : dict
        May be read from any thread at any time, as may ``task_weights``.
        ``epoch`` (epochs,); ``train`` and ``validation`` (None without validation data), each with
        ``loss`` and ``accuracy`` (epochs, tasks); ``weight`` at each epoch's last step and
        ``gradient_norm`` averaged over its steps (epochs, tasks); ``skipped_steps`` (epochs,);
        ``tasks``.
    started : bool
        Whether the last fit got past its checks, so that the network may have changed.
    header : dict
        More JSON-able facts for :meth:`save` to write beside the tensors; its own (``dt4ecg``,
        ``format_version``, ``network``, ``tasks``, ``training``) are refused.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        weighting: str | Callable = weightings.DEFAULT,
        optimizer: str = "adam",
        learning_rate: float = LEARNING_RATE,
        batch_size: int = BATCH_SIZE,
        epochs: int = EPOCHS,
        norm_scope: str = "shared",
        precision: str = "float32",
        device: str | torch.device = "cpu",
        n_threads: int | None = None,
        seed: int = 0,
        verbose: int = 0,
        schedule: str = "constant",
        label_smoothing: float = 0.0,
    ):
        if not isinstance(network, torch.nn.Module):
            raise TypeError(f"Trainer: network must be a torch.nn.Module, got {network!r}")
        self.network = network
        self.weighting = weightings.get(weighting)
        self.learning_rate = positive("learning_rate", learning_rate)
        self.batch_size = integer("batch_size", batch_size, 1)
        self.epochs = integer("epochs", epochs, 0)
        self.schedule = choice("schedule", schedule, SCHEDULES)
        self.label_smoothing = fraction("label_smoothing", label_smoothing)
        self.norm_scope = choice("norm_scope", norm_scope, NORM_SCOPES)
        self.optimizer = choice("optimizer", optimizer, OPTIMIZERS)
        self.precision = choice("precision", precision, PRECISIONS)
        self.device = device_of(device)
        self.n_threads = (
            None if n_threads is None else integer("n_threads", n_threads, 1, MOST_THREADS)
        )
        self.seed = integer("seed", seed, 0)
        self.verbose = verbose
        self.header: dict[str, Any] = {}
        self._run: _core.train.Trainer | None = None
        self._settings: dict[str, Any] = {}
        self._tasks: dict[str, int] = {}
        self._random_state: torch.Tensor | None = None
        self._stopping = False
        self._validated = False
        self.started = False
        self._fitting = threading.Lock()

    @torch.inference_mode(False)  # its tensors could not be trained
    def fit(
        self,
        X,
        y,
        validation_data: tuple | None = None,
        sample_weight=None,
        callbacks: Sequence[Callable] = (),
        resume: str | os.PathLike | None = None,
        checkpoint: str | os.PathLike | None = None,
    ) -> "Trainer":
        """Train from epoch 0, or from a saved state.

        Parameters
        ----------
        X : array (n, leads, segment_length)
            Segments; NumPy or torch.
        y : int array (n, tasks)
            Class of each task from 0, in the network's order of tasks; -1 where unknown.
        validation_data : (X, y), optional
        sample_weight : array (n,), optional
            Non-negative weight of each segment in the losses.
        callbacks : sequence of callables
            Each is called as ``callback(trainer)`` after every epoch, with ``trainer.history``
            grown by one; ``trainer.stop()`` ends the training before its next step.
        resume : path, optional
            A saved state to continue: the result has the same bits as an uninterrupted run. More
            epochs than then are legal with a constant schedule.
        checkpoint : path, optional
            Where the state is saved after every epoch, and when the training is interrupted.

        Ctrl-C (on the main thread; :meth:`stop` elsewhere) takes effect before the next step and
        leaves network, history and checkpoint as they were after the last one. The network's parts,
        hooks and modes are those of when fit begins. A module that draws random numbers draws them
        from torch's generator, which all threads share: train such modules one after the other.

        Raises
        ------
        ValueError
            X, y or sample_weight of another shape, not finite or out of range; a network that is
            not float32, has nothing to train or answers otherwise; a state to resume that is not of
            this network, these data and these settings; a name in ``header`` that is taken.
        TypeError
            Data of another kind than numbers, or a header that JSON cannot hold.
        RuntimeError
            The loss or its gradient was not finite in five steps in a row (network and history
            stay those of the last good one), or this trainer is training already.
        OSError
            A checkpoint that cannot be written, or a state that cannot be read.
        """
        warn_of_emulation(self.precision, self.device)
        if not self._fitting.acquire(blocking=False):
            raise RuntimeError(
                "fit: this trainer is training already; call fit when it has ended, or build "
                "another Trainer with a network of its own"
            )
        try:
            # The caller's autocast would train on copies that it made of the first weights.
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
        self, X, y, validation_data, sample_weight, callbacks, resume, checkpoint
    ) -> "Trainer":
        self.started = self._stopping = False
        checkpoints.check_header("fit", self.header)
        if checkpoint is not None:
            require_writable(checkpoint)
        require_float32(self.network)
        self.network.to(self.device)
        data = self._labelled(X, y, sample_weight)
        validation = None
        if validation_data is not None:
            validation = self._labelled(*as_pair("fit", validation_data))
        settings = self._saved_settings(data)
        with keep_modes(self.network), ExitStack() as stack:
            if not self.network.training:
                self.network.train()
            model = core_model(self.network, self._tasks)
            if not model.trainable:
                raise ValueError("Trainer: no parameter of the network requires a gradient")
            draws = isinstance(model, _core.train.PythonModel)
            if draws:  # dropout, say: from the seed, without touching the caller's generator
                stack.enter_context(seeded(self.seed))
            run = _core.train.Trainer(
                model=model,
                weighting=weightings.build(self.weighting),
                classes=list(self._tasks.values()),
                learning_rate=self.learning_rate,
                schedule=getattr(_core.train.Schedule, self.schedule),
                label_smoothing=self.label_smoothing,
                batch_size=self.batch_size,
                epochs=self.epochs,
                norm_scope=getattr(_core.train.NormScope, self.norm_scope),
                seed=self.seed,
                threads=self.n_threads or 0,
                fused=self.precision == "float32",
            )
            if resume is not None:
                self._restore(run, len(data.x), settings, resume, draws)
            self._run, self._settings, self._random_state = run, settings, None
            self._validated = validation is not None
            self.started = True
            if self._stopping:  # it was called during the checks
                run.stop()
            try:
                self._train(run, data, validation, callbacks, checkpoint)
            except BaseException:
                if checkpoint is not None:
                    self._save_in_need(checkpoint)
                raise
            finally:
                self._random_state = torch.get_rng_state()
            if checkpoint is not None:
                self.save(checkpoint)
        return self

    def _train(self, run, data, validation, callbacks, checkpoint) -> None:
        done = len(run.history)
        bar = ProgressBar(tuple(self._tasks), done, self.epochs, enabled=bool(self.verbose))
        with bar:

            def after_epoch():
                if checkpoint is not None:
                    self.save(checkpoint)
                record = run.history[-1]
                bar.update(record)
                for text in record.warnings:
                    warnings.warn(text, RuntimeWarning, stacklevel=2)
                for callback in callbacks:
                    callback(self)

            run.fit(data, validation, after_epoch)

    def _save_in_need(self, path: str | os.PathLike) -> None:
        """Save while another exception is on its way: that one must not be hidden."""
        try:
            self.save(path)
        except Exception as error:
            warnings.warn(f"fit: the state could not be saved: {error}", RuntimeWarning, 3)

    def stop(self) -> None:
        """End a running :meth:`fit` before its next step; from a callback or any thread."""
        self._stopping = True
        if self._run is not None:
            self._run.stop()

    @property
    def history(self) -> dict[str, Any]:
        records = [] if self._run is None else self._run.history
        return histories.from_records(records, tuple(self._tasks), self._validated)

    @property
    def fused(self) -> bool:
        """Whether the last fit went by the fused loops, not by PyTorch's operators."""
        return self._run is not None and self._run.fused

    @property
    def task_weights(self) -> np.ndarray:
        """Weights (tasks,) after the last step; ones before the first, empty before ``fit``."""
        if self._run is None:
            return np.ones(len(self._tasks), np.float32)
        return np.array(self._run.weights, np.float32)

    def save(self, path: str | os.PathLike) -> None:
        """Write network and training state to one file, whole or not at all.

        From any thread: during :meth:`fit` the state is that between two steps.

        Raises
        ------
        ValueError
            Before :meth:`fit`, or for a name in ``header`` that is taken.
        TypeError
            For a header that JSON cannot hold.
        RuntimeError
            Within a step, from a module or weighting; a callback may save.
        OSError
            If the file cannot be written.
        """
        run = self._run
        if run is None:
            raise ValueError("save: nothing has been trained yet; call fit first")
        checkpoints.check_header("save", self.header)
        checkpoints.write(
            path,
            run.between_steps(lambda: self._checkpoint(run).tensors()),
            network=self._network_spec(),
            tasks=self._tasks,
            settings=self._settings,
            header=self.header,
        )

    def _checkpoint(self, run: _core.train.Trainer) -> checkpoints.Checkpoint:
        # After fit the caller's generator is back in place; a continued run needs the training's.
        running = self._random_state is None
        return checkpoints.Checkpoint(
            network=self._network_spec() or {},
            parameters=self.network.state_dict(),
            settings=self._settings,
            state=run.state(),
            random_state=torch.get_rng_state() if running else self._random_state,
        )

    def _network_spec(self) -> dict[str, Any] | None:
        return self.network.spec if isinstance(self.network, Network) else None

    def _restore(
        self,
        run: _core.train.Trainer,
        samples: int,
        settings: dict[str, Any],
        path: str | os.PathLike[str],
        draws: bool,
    ) -> None:
        """Bring run, network and torch's generator to a saved state, or change none of them."""
        saved = checkpoints.read(path)
        resuming.check(
            path,
            saved,
            settings=settings,
            parameters=self.network.state_dict(),
            network=self._network_spec() or {},
        )
        run.restore(saved.state, samples)
        self.network.load_state_dict(dict(saved.parameters))
        if draws:
            torch.set_rng_state(saved.random_state)

    def _saved_settings(self, data: _core.train.LabelledSegments) -> dict[str, Any]:
        """Settings and data that a continued training must agree on."""
        settings = {
            "learning_rate": self.learning_rate,
            "batch_size": self.batch_size,
            "schedule": self.schedule,
            "label_smoothing": self.label_smoothing,
            "norm_scope": self.norm_scope,
            "precision": self.precision,
            "seed": self.seed,
            "weighting": weightings.describe(self.weighting),
            "data": data_digest(data),
        }
        if self.schedule != "constant":
            settings["epochs"] = self.epochs  # the rate of every step depends on it
        return settings

    def _labelled(self, X, y, sample_weight=None) -> _core.train.LabelledSegments:
        x = as_segments("fit", X)
        if not self._tasks:
            self._tasks = tasks_of(self.network, x[:1].to(self.device))
        labels = as_labels(y, len(x), self._tasks)
        weight = None if sample_weight is None else as_sample_weight("fit", sample_weight, len(x))
        if isinstance(self.network, Network):
            expected = (self.network.spec["in_channels"], self.network.spec["segment_length"])
            if tuple(x.shape[1:]) != expected:
                raise ValueError(
                    f"fit: the network takes segments (n, {expected[0]}, {expected[1]}), "
                    f"got {tuple(x.shape)}"
                )
        return _core.train.LabelledSegments(
            x.to(self.device), labels, None if weight is None else weight.to(self.device)
        )
