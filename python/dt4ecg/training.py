"""The trainer: a C++ loop over a network, its callbacks and its saved state."""

import hashlib
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch

from dt4ecg import __version__, _core, serialization
from dt4ecg import weighting as weightings
from dt4ecg.nn.network import Network
from dt4ecg.nn.stage import Heads, Stage

MISSING = _core.train.MISSING
_EVALUATION_BATCH = 256


class Trainer:
    """Train a network on labelled segments, with one weight per task.

    The loop runs in C++ without the GIL; the GIL is taken between steps for signals, once per
    epoch for callbacks, and for whatever is written in Python (a module, a weighting).

    Parameters
    ----------
    network : torch.nn.Module
        A :class:`dt4ecg.nn.Network` or any module that returns ``{task: logits (batch, classes)}``.
        It is trained in place.
    weighting : str or callable
        A name of :func:`dt4ecg.weighting.names` or an object ``(losses, gram, state) -> weights``.
    optimizer : {"adam"}
    learning_rate, batch_size, epochs
        The paper's recipe is 1e-3, 16 and 50.
    norm_scope : {"shared", "last", "all"}
        Parameters that the gradient norms cover: those that at least two tasks reach, the last
        layer of those (Chen et al. 2018), or all.
    precision : {"float32"}
    device : str or torch.device
    n_threads : int, optional
        Threads of this training; torch's number if not given.
    seed : int
        Seed of the order of the samples. Equal seed, threads, build and processor: equal bits.
    verbose : int
        1 shows a progress bar over epochs.

    Attributes
    ----------
    history : dict
        ``epoch`` (epochs,); ``train`` and ``validation`` (None without validation data), each with
        ``loss`` and ``accuracy`` (epochs, tasks); ``weight`` at each epoch's last step and
        ``gradient_norm`` averaged over its steps (epochs, tasks); ``skipped_steps`` (epochs,);
        ``tasks``.
    started : bool
        Whether the last fit got past its checks, so that the network may have changed.
    header : dict
        More JSON-able facts for :meth:`save` to write beside the tensors.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        weighting: str | Callable = weightings.DEFAULT,
        optimizer: str = "adam",
        learning_rate: float = 1e-3,
        batch_size: int = 16,
        epochs: int = 50,
        norm_scope: str = "shared",
        precision: str = "float32",
        device: str | torch.device = "cpu",
        n_threads: int | None = None,
        seed: int = 0,
        verbose: int = 0,
    ):
        if not isinstance(network, torch.nn.Module):
            raise TypeError(f"Trainer: network must be a torch.nn.Module, got {network!r}")
        self.network = network
        self.weighting = weightings.get(weighting)
        self.learning_rate = _number("learning_rate", learning_rate, positive=True)
        self.batch_size = _integer("batch_size", batch_size, 1)
        self.epochs = _integer("epochs", epochs, 0)
        self.norm_scope = _choice("norm_scope", norm_scope, ("shared", "last", "all"))
        self.optimizer = _choice("optimizer", optimizer, ("adam",))
        self.precision = _choice("precision", precision, ("float32",))
        self.device = _device(device)
        self.n_threads = None if n_threads is None else _integer("n_threads", n_threads, 1)
        self.seed = _integer("seed", seed, 0)
        self.verbose = verbose
        self.header: dict[str, Any] = {}
        self._run: _core.train.Trainer | None = None
        self._training_header: dict[str, Any] = {}
        self._tasks: dict[str, int] = {}
        self._random_state: torch.Tensor | None = None
        self.started = False

    @torch.inference_mode(False)  # its tensors could not be trained
    def fit(
        self,
        X,
        y,
        validation_data: tuple | None = None,
        sample_weight=None,
        callbacks: Sequence[Callable] = (),
        checkpoint: str | os.PathLike | None = None,
        resume: str | os.PathLike | None = None,
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
        checkpoint : path, optional
            Where the state is saved after every epoch, and when the training is interrupted.
        resume : path, optional
            A saved state to continue: the result has the same bits as an uninterrupted run.

        Ctrl-C (on the main thread; :meth:`stop` elsewhere) takes effect before the next step and
        leaves network, history and checkpoint as they were after the last one.
        """
        self.started = False
        _check_precision(self.network)
        self.network.to(self.device)
        data = self._labelled(X, y, sample_weight)
        validation = None if validation_data is None else self._labelled(*validation_data)
        self._training_header = {
            "learning_rate": self.learning_rate,
            "batch_size": self.batch_size,
            "norm_scope": self.norm_scope,
            "seed": self.seed,
            "weighting": weightings.describe(self.weighting),
            "data": _digest(data),
        }
        model = _model(self.network, self._tasks)
        if not model.trainable:
            raise ValueError("Trainer: no parameter of the network requires a gradient")
        self._run = _core.train.Trainer(
            model=model,
            weighting=weightings.build(self.weighting),
            classes=list(self._tasks.values()),
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            epochs=self.epochs,
            norm_scope=getattr(_core.train.NormScope, self.norm_scope),
            seed=self.seed,
            threads=self.n_threads or 0,
        )
        ours = not isinstance(model, _core.train.PythonModel)
        # A module may draw random numbers (dropout): from the seed, without touching the caller's.
        with nullcontext() if ours else torch.random.fork_rng(devices=[]):
            if not ours:
                torch.manual_seed(self.seed)
            if resume is not None:
                self._restore(resume)
            mode = self.network.training
            try:
                self._random_state = None
                self.started = True
                self._train(data, validation, callbacks, checkpoint)
            except BaseException:
                if checkpoint is not None:
                    self.save(checkpoint)
                raise
            finally:
                self.network.train(mode)
                self._random_state = torch.get_rng_state()
            if checkpoint is not None:
                self.save(checkpoint)
        return self

    def _train(self, data, validation, callbacks, checkpoint) -> None:
        run = self._run
        with _progress(self, enabled=bool(self.verbose)) as progress:

            def after_epoch():
                if checkpoint is not None:
                    self.save(checkpoint)
                record = run.history[-1]
                progress(record)
                for text in record.warnings:
                    warnings.warn(text, RuntimeWarning, stacklevel=2)
                for callback in callbacks:
                    callback(self)

            run.fit(data, validation, after_epoch)

    def stop(self) -> None:
        """End a running :meth:`fit` before its next step; from a callback or any thread."""
        if self._run is not None:
            self._run.stop()

    @property
    def history(self) -> dict[str, Any]:
        records = [] if self._run is None else self._run.history
        return _history(records, tuple(self._tasks))

    @property
    def task_weights(self) -> np.ndarray:
        """Weights (tasks,) after the last step; ones before the first."""
        if self._run is None:
            return np.ones(len(self._tasks), np.float32)
        return np.array(self._run.weights, np.float32)

    def save(self, path: str | os.PathLike) -> None:
        """Write network and training state to one file, whole or not at all."""
        if self._run is None:
            raise ValueError("save: nothing has been trained yet; call fit first")
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"training.{k}": v for k, v in self._run.state().items()}
        # After fit the caller's generator is back in place; a continued run needs the training's.
        running = self._random_state is None
        tensors["training.torch_rng"] = torch.get_rng_state() if running else self._random_state
        spec = self.network.spec if isinstance(self.network, Network) else None
        serialization.write(
            path,
            tensors,
            {
                "dt4ecg": __version__,
                "network": spec,
                "tasks": self._tasks,
                "training": self._training_header,
                **self.header,
            },
        )

    def _restore(self, path: str | os.PathLike) -> None:
        tensors, header = serialization.read(path)
        saved = header.get("training")
        if not isinstance(saved, dict) or "training.torch_rng" not in tensors:
            raise ValueError(
                f"resume: {str(path)!r} holds a model without its training state; "
                "resume from a checkpoint"
            )
        ours = self._training_header
        differing = [key for key in ours if saved.get(key) != ours[key]]
        if differing:
            changes = "; ".join(f"{key} {saved.get(key)!r} -> {ours[key]!r}" for key in differing)
            raise ValueError(
                f"resume: {str(path)!r} was trained otherwise ({changes}); continue with the same "
                "data and settings (epochs may grow), or start afresh without resume"
            )
        part = {
            prefix: {
                name.removeprefix(prefix): value
                for name, value in tensors.items()
                if name.startswith(prefix)
            }
            for prefix in ("network.", "training.")
        }
        random_state = part["training."].pop("torch_rng")
        try:
            self.network.load_state_dict(part["network."])
        except RuntimeError as error:
            raise ValueError(f"resume: {str(path)!r} holds another network: {error}") from None
        self._run.restore(part["training."])
        if not isinstance(_model(self.network, self._tasks), _core.train.GraphModel):
            torch.set_rng_state(random_state)

    def _labelled(self, X, y, sample_weight=None) -> _core.train.LabelledSegments:
        x = _segments(X)
        if not self._tasks:
            self._tasks = _tasks_of(self.network, x[:1].to(self.device))
        labels = _labels(y, len(x), self._tasks)
        weight = None if sample_weight is None else _weights(sample_weight, len(x))
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


def predict_logits(network: torch.nn.Module, X, device="cpu") -> dict[str, torch.Tensor]:
    """Logits ``{task: (n, classes)}`` of segments (n, leads, segment_length), in eval mode."""
    parts = _in_batches(network, network, X, device)
    return {task: torch.cat([part[task] for part in parts]).cpu() for task in parts[0]}


def predict_embedding(network: Network, X, device="cpu") -> torch.Tensor:
    """Pooled features (n, channels) of segments (n, leads, segment_length), in eval mode."""
    return torch.cat(_in_batches(network, network.embed, X, device)).cpu()


def _in_batches(network: torch.nn.Module, function: Callable, X, device) -> list:
    mode = network.training
    try:
        network.eval()
        with torch.inference_mode():
            return [function(batch.to(device)) for batch in _segments(X).split(_EVALUATION_BATCH)]
    finally:
        network.train(mode)


def _model(network: torch.nn.Module, tasks: Mapping[str, int]) -> _core.train.Model:
    """The core's view of a network: its graphs where nothing of Python takes part."""
    stages = _plain_stages(network)
    if stages is None:
        return _core.train.PythonModel(network, list(tasks))
    parts, names = [], []
    for path, stage in stages:
        parts.append((stage.graph, *stage.tensors()))
        names += [f"{path}.{name}" for name in stage.parameter_names]
    return _core.train.GraphModel(parts, names)


def _plain_stages(network: torch.nn.Module) -> list[tuple[str, Stage]] | None:
    """The chain of graphs that a network is; None if its forward runs any Python of a user's."""
    if type(network) is not Network:
        return None
    stages = []
    for path, module in network.named_modules():
        if module._forward_hooks or module._forward_pre_hooks or module._backward_hooks:
            return None
        if module._backward_pre_hooks or torch.nn.utils.parametrize.is_parametrized(module):
            return None
        if type(module) in (Stage, Heads):
            stages.append((path, module))
    for child in (*network.children(), *network.backbone.children()):
        if type(child) not in (Stage, Heads) and child is not network.backbone:
            return None
    return stages if type(network.backbone) is torch.nn.Sequential else None


def _tasks_of(network: torch.nn.Module, x: torch.Tensor) -> dict[str, int]:
    if isinstance(network, Network):
        return network.tasks
    mode = network.training
    try:
        network.eval()
        with torch.no_grad():
            outputs = network(x)
    finally:
        network.train(mode)
    legal = isinstance(outputs, Mapping) and all(
        isinstance(logits, torch.Tensor) and logits.dim() == 2 and len(logits) == len(x)
        for logits in outputs.values()
    )
    if not legal or not outputs:
        raise ValueError(
            "Trainer: the module must return {task: logits (batch, classes)} for segments "
            f"{tuple(x.shape)}, got {type(outputs).__name__}"
        )
    return {task: logits.shape[1] for task, logits in outputs.items()}


def _tensor(values) -> torch.Tensor:
    """A tensor of anything array-like."""
    if isinstance(values, torch.Tensor):
        return values
    array = np.ascontiguousarray(values)  # torch knows no negative strides
    return torch.from_numpy(array if array.flags.writeable else array.copy())


def _segments(X) -> torch.Tensor:
    x = _tensor(X)
    if x.dim() != 3 or 0 in x.shape:
        raise ValueError(
            f"fit: X must be segments (n, leads, segment_length), none of them 0, got "
            f"{tuple(x.shape)}"
        )
    x = x.detach().to(torch.float32).contiguous()
    finite = torch.isfinite(x)
    if not finite.all():
        bad = (~finite).flatten(1).any(1)
        raise ValueError(
            f"fit: {int((~finite).sum())} samples of X are NaN or infinite as float32, the first "
            f"in segment {int(bad.nonzero()[0])}; drop or repair them (Preprocessor(nan='drop'))"
        )
    return x


def _labels(y, n: int, tasks: Mapping[str, int]) -> torch.Tensor:
    labels = _tensor(y)
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise TypeError(f"fit: y must hold integers, class indices from 0, got {labels.dtype}")
    if labels.shape != (n, len(tasks)):
        raise ValueError(
            f"fit: y must have the shape ({n}, {len(tasks)}), one column per task "
            f"({', '.join(tasks)}), got {tuple(labels.shape)}"
        )
    labels = labels.detach().to("cpu", torch.int64).contiguous()
    for column, (task, classes) in zip(labels.unbind(1), tasks.items(), strict=True):
        if column.min() < MISSING or column.max() >= classes:
            raise ValueError(
                f"fit: labels of {task} must lie in 0 to {classes - 1}, or be {MISSING} where "
                f"unknown, got {int(column.min())} to {int(column.max())}"
            )
    if (labels == MISSING).all():
        raise ValueError("fit: no segment has a label for any task")
    return labels


def _weights(sample_weight, n: int) -> torch.Tensor:
    weight = _tensor(sample_weight).detach().to(torch.float32).contiguous()
    if weight.shape != (n,):
        raise ValueError(
            f"fit: sample_weight must have the shape ({n},), got {tuple(weight.shape)}"
        )
    if not torch.isfinite(weight).all() or (weight < 0).any() or not (weight > 0).any():
        raise ValueError("fit: sample_weight must be finite and non-negative, and not all zero")
    return weight


def _digest(data: _core.train.LabelledSegments) -> str:
    digest = hashlib.sha256()
    for tensor in (data.x, data.labels, data.sample_weight):
        if tensor is not None:
            digest.update(tensor.cpu().numpy())
    return digest.hexdigest()


def _history(records, tasks: tuple[str, ...]) -> dict[str, Any]:
    def column(name: str) -> np.ndarray:
        rows = [getattr(record, name) for record in records]
        return np.array(rows, float).reshape(len(records), len(tasks))

    validated = bool(records) and bool(records[-1].validation_loss)
    return {
        "tasks": tasks,
        "epoch": np.array([record.epoch for record in records], int),
        "train": {"loss": column("train_loss"), "accuracy": column("train_accuracy")},
        "validation": {
            "loss": column("validation_loss"),
            "accuracy": column("validation_accuracy"),
        }
        if validated
        else None,
        "weight": column("weight"),
        "gradient_norm": column("gradient_norm"),
        "skipped_steps": np.array([record.skipped_steps for record in records], int),
    }


class _progress:
    """A tqdm bar over epochs that shows each task's accuracy, or nothing."""

    def __init__(self, trainer: Trainer, enabled: bool):
        self.trainer = trainer
        self.enabled = enabled

    def __enter__(self):
        if self.enabled:
            from tqdm.auto import tqdm

            done = len(self.trainer._run.history)
            self.bar = tqdm(total=self.trainer.epochs, initial=done, unit="epoch", desc="training")
        return self

    def __call__(self, record) -> None:
        if not self.enabled:
            return
        shown = record.validation_accuracy or record.train_accuracy
        kind = "validation" if record.validation_accuracy else "train"
        self.bar.set_postfix_str(
            f"{kind} "
            + " ".join(f"{t} {a:.3f}" for t, a in zip(self.trainer._tasks, shown, strict=True))
        )
        self.bar.update()

    def __exit__(self, *_):
        if self.enabled:
            self.bar.close()


def _integer(name: str, value, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"Trainer: {name} must be an integer of at least {least}, got {value!r}")
    return int(value)


def _number(name: str, value, positive: bool) -> float:
    legal = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not legal or not np.isfinite(value) or (positive and value <= 0):
        raise ValueError(f"Trainer: {name} must be a finite number above 0, got {value!r}")
    return float(value)


def _choice(name: str, value, legal: tuple[str, ...]) -> str:
    if value not in legal:
        raise ValueError(f"Trainer: {name} must be one of {', '.join(legal)}, got {value!r}")
    return value


def _check_precision(network: torch.nn.Module) -> None:
    for name, parameter in network.named_parameters():
        if parameter.dtype != torch.float32:
            raise ValueError(
                f"fit: trains float32 networks, but {name} is {parameter.dtype}; call "
                "network.float() first"
            )


def _device(device) -> torch.device:
    try:
        found = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"Trainer: device {device!r} is not one of torch's ({error})") from None
    if found.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"Trainer: device {device!r} is asked for, but this torch sees no CUDA device; "
            "use device='cpu'"
        )
    return found
