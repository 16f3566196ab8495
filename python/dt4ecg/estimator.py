"""DT4ECG as a scikit-learn classifier of several outputs."""

import copy
import numbers
import os
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from dt4ecg import __version__
from dt4ecg import weighting as weightings
from dt4ecg._common.arrays import refuse_mask
from dt4ecg._common.defaults import BATCH_SIZE, EPOCHS, LEARNING_RATE, TASKS
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.inference import predict_embedding, predict_logits
from dt4ecg.nn import Network
from dt4ecg.nn.checks import require_sizes
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import container
from dt4ecg.training import Trainer, recipes
from dt4ecg.training.history import restored_history, stored_history
from dt4ecg.training.labels import MISSING, as_pair, as_sample_weight

# How it was trained, as files tell it; device, threads and verbosity are the machine's.
_SETTINGS = (
    "weighting",
    "epochs",
    "batch_size",
    "learning_rate",
    "norm_scope",
    "precision",
    "random_state",
    "recipe",
)
_NAMED = str | int | float | None
_TASK_WEIGHTS = "training.weighting.weights"  # of a file, as a checkpoint has them


class DT4ECGClassifier(ClassifierMixin, BaseEstimator):
    """Who is it, and what are they doing? One network, one head per task.

    Parameters
    ----------
    backbone, attention : str
        Names of :func:`dt4ecg.nn.backbones` and :func:`dt4ecg.nn.attentions`.
    weighting : str or callable
        See :mod:`dt4ecg.weighting`.
    tasks : sequence of str
        Names of y's columns.
    epochs, batch_size, learning_rate
        The paper's recipe: 50, 16, 1e-3, with Adam.
    norm_scope : {"shared", "last", "all"}
        Parameters that gradient norms cover; see :class:`dt4ecg.Trainer`.
    missing_label : label or None
        Marks what is unknown in y; such samples are left out of that task. None:
        every label counts.
    preprocessor : Preprocessor, optional
        How the segments were made from raw recordings; saved with the model, so that
        :meth:`predict_recording` can do the same. As the classifier never sees recordings,
        ``sklearn.base.clone`` of it copies the preprocessor with its fitted limits.
    precision : {"float32", "bf16"}
        As of :class:`dt4ecg.Trainer`.
    device : str
    n_threads : int, optional
    random_state : int, RandomState or None
        Seeds the initial weights and the order of the samples. Equal seed, threads, build and
        processor: equal bits.
    verbose : int
        1 shows a progress bar over epochs.
    recipe : {"paper", "strong"}
        ``"strong"`` is meant for electrodes and people never seen, see
        :data:`dt4ecg.training.recipes.RECIPES`.

    Attributes
    ----------
    classes_ : list of arrays
        Labels of each task. With a single task it is one array, and ``predict`` and
        ``predict_proba`` likewise drop the axis of tasks, as scikit-learn's own classifiers do.
    network_ : dt4ecg.nn.Network
    history_ : dict
        See :class:`dt4ecg.Trainer`.
    task_weights_ : array (tasks,)
        Weights of the tasks' losses after the last step.
    n_features_in_ : int
        Samples per segment (times leads).
    """

    def __init__(
        self,
        backbone: str = "resnet",
        attention: str = "sca",
        weighting: str | Callable = weightings.DEFAULT,
        tasks: Sequence[str] = TASKS,
        epochs: int = EPOCHS,
        batch_size: int = BATCH_SIZE,
        learning_rate: float = LEARNING_RATE,
        norm_scope: str = "shared",
        missing_label: Any = UNKNOWN,
        preprocessor: Preprocessor | None = None,
        precision: str = "float32",
        device: str = "cpu",
        n_threads: int | None = None,
        random_state=0,
        verbose: int = 0,
        recipe: str = recipes.DEFAULT,
    ):
        self.backbone = backbone
        self.attention = attention
        self.weighting = weighting
        self.tasks = tasks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.norm_scope = norm_scope
        self.missing_label = missing_label
        self.preprocessor = preprocessor
        self.precision = precision
        self.device = device
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose
        self.recipe = recipe

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
    ) -> "DT4ECGClassifier":
        """Train on segments X (n, T) or (n, leads, T) with labels y (n, tasks).

        ``validation_data``, ``callbacks``, ``resume`` and ``checkpoint`` are those of
        :meth:`dt4ecg.Trainer.fit`. A validation label that training never saw is not scored.
        After Ctrl-C the classifier is fitted with what it had learned by then.

        Raises
        ------
        ValueError
            A parameter outside its range, X or y of another shape or of different lengths, NaN or
            infinite samples, a task without labels or with text and numbers mixed, a sample weight
            that is negative, and whatever :meth:`dt4ecg.Trainer.fit` refuses.
        TypeError
            Masked arrays, a weighting that cannot be called, or a preprocessor that is none.
        RuntimeError, OSError
            As of :meth:`dt4ecg.Trainer.fit`.
        """
        self._check_parameters()
        chosen = recipes.recipe(self.recipe)
        x, y = self._training_data(X, y)
        labels, classes = self._encode(y)
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        network = Network(
            backbone=self.backbone,
            attention=self.attention,
            tasks={t: len(c) for t, c in zip(self.tasks, classes, strict=True)},
            in_channels=x.shape[1],
            segment_length=x.shape[2],
            seed=seed,
            standardize=chosen.standardize,
        )
        trainer = Trainer(
            network,
            weighting=self.weighting,
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            epochs=self.epochs,
            schedule=chosen.schedule,
            label_smoothing=chosen.label_smoothing,
            norm_scope=self.norm_scope,
            precision=self.precision,
            device=self.device,
            n_threads=self.n_threads,
            seed=seed,
            verbose=self.verbose,
        )
        trainer.header = self._header(classes)
        if validation_data is not None:
            validation_data = self._validation_data(
                classes, x.shape[1:], *as_pair("fit", validation_data)
            )
        try:
            trainer.fit(
                x,
                labels,
                validation_data=validation_data,
                sample_weight=sample_weight,
                callbacks=callbacks,
                checkpoint=checkpoint,
                resume=resume,
            )
        finally:
            if trainer.started:
                self._keep(classes, network, trainer)
        return self

    def predict(self, X) -> np.ndarray:
        """Labels (n, tasks) of segments (n, T) or (n, leads, T); (n,) with a single task."""
        columns = [
            classes[logits.argmax(1).numpy()]
            for classes, logits in zip(self.classes_by_task.values(), self._logits(X), strict=True)
        ]
        if len(columns) == 1:
            return columns[0]
        # Labels of two kinds (names and numbers) stay what they are.
        kinds = {column.dtype.kind for column in columns}
        return np.stack(columns, axis=1) if len(kinds) == 1 else _objects(columns)

    def predict_proba(self, X) -> list[np.ndarray] | np.ndarray:
        """Probabilities per task, each (n, classes) in the order of ``classes_``."""
        found = [torch.softmax(logits, 1).numpy() for logits in self._logits(X)]
        return found[0] if len(found) == 1 else found

    def embed(self, X) -> np.ndarray:
        """Pooled features (n, channels) that the heads share."""
        check_is_fitted(self)
        return predict_embedding(self.network_, self._segments(X)).numpy()

    def predict_recording(
        self, recording, sampling_rate: float | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Labels (segments, tasks) and start seconds (segments,) of a raw recording.

        Of what :meth:`segments_of` makes of it; see there for its shape and its errors.
        """
        segments, starts = self.segments_of(recording, sampling_rate)
        return self.predict(segments), starts

    def segments_of(
        self, recording, sampling_rate: float | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Segments (n, leads, T) and their start seconds (n,) of a raw recording.

        recording (T,) or (leads, T) is preprocessed as the training segments were.

        Raises
        ------
        ValueError
            If the model was saved without a preprocessor, no segment fits into the recording, or
            the preprocessor refuses it.
        """
        check_is_fitted(self)
        if self.preprocessor is None:
            raise ValueError(
                "recording: this model does not know how its segments were made; fit with "
                "preprocessor=..., or make segments yourself and call predict"
            )
        segments, starts = self.preprocessor.transform(recording, sampling_rate, return_starts=True)
        if len(segments) == 0:
            raise ValueError(
                "recording: it has no stretch of usable samples as long as one segment of "
                f"{self.preprocessor.segment_seconds:g} s; record longer, or bridge lost samples "
                'with nan="interpolate"'
            )
        return segments, starts

    def score(self, X, y, sample_weight=None) -> float:
        """Mean of the tasks' accuracies, each over the rows that have a label and a weight for it.

        Raises
        ------
        ValueError
            X, y or sample_weight (n,) of different lengths or of shapes that do not fit, a weight
            that is negative or not finite, or no row to score.
        """
        y = self._columns(y)
        predicted = self.predict(X)
        _require_equal_lengths("score", predicted, y)
        weight = (
            np.ones(len(y))
            if sample_weight is None
            else as_sample_weight("score", sample_weight, len(y)).numpy(force=True).astype(float)
        )
        scores = []
        for task, column in enumerate(predicted.reshape(y.shape).T):
            weighed = weight * ~self._is_missing(y[:, task])
            if weighed.any():
                scores.append(np.average(column == y[:, task], weights=weighed))
        if not scores:
            raise ValueError("score: no row of y has a label for any task, and a weight above 0")
        return float(np.mean(scores))

    def save(self, path: str | os.PathLike) -> None:
        """Write the model to one file, atomically; :func:`dt4ecg.load` reads it.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit``.
        ValueError, TypeError
            For parameters set since ``fit`` that are illegal, or are not those of the network.
        OSError
            If the file cannot be written.
        """
        classes = list(self.classes_by_task.values())
        self._check_parameters()
        _require_recipe_of(self.network_.spec, self.recipe)
        tensors = {f"network.{name}": value for name, value in self.network_.state_dict().items()}
        if hasattr(self, "history_"):
            tensors |= stored_history(self.history_)
            tensors[_TASK_WEIGHTS] = torch.tensor(self.task_weights_)
        header = {"dt4ecg": __version__, "network": self.network_.spec, **self._header(classes)}
        container.write(path, tensors, header)

    @property
    def classes_by_task(self) -> dict[str, np.ndarray]:
        """Labels of each task by its name, whatever their number.

        Raises
        ------
        ValueError
            If ``tasks`` is no longer what it was in ``fit``.
        """
        check_is_fitted(self)
        fitted = tuple(self.network_.tasks)
        if self._task_names() != fitted:
            raise ValueError(
                f"DT4ECGClassifier: it was fitted with tasks={fitted!r}, which was set to "
                f"{self.tasks!r} since; set it back, or call fit"
            )
        several = [self.classes_] if isinstance(self.classes_, np.ndarray) else self.classes_
        return dict(zip(fitted, several, strict=True))

    # scikit-learn's side

    def __sklearn_clone__(self):
        other = super().__sklearn_clone__()
        other.preprocessor = copy.deepcopy(self.preprocessor)
        return other

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        return tags

    def _check_parameters(self) -> None:
        """Of those that nothing else checks, or not before it is too late for :meth:`save`."""
        self._task_names()
        if self.missing_label is not None and _named(self.missing_label) is None:
            raise ValueError(
                "DT4ECGClassifier: missing_label must be a text, a number or None, got "
                f"{self.missing_label!r}"
            )
        if self.preprocessor is not None and not isinstance(self.preprocessor, Preprocessor):
            raise TypeError(
                "DT4ECGClassifier: preprocessor must be a dt4ecg.Preprocessor or None, got "
                f"{self.preprocessor!r}"
            )

    def _task_names(self) -> tuple[str, ...]:
        several = isinstance(self.tasks, Collection) and not isinstance(self.tasks, str)
        names = tuple(self.tasks) if several else ()
        texts = {name for name in names if isinstance(name, str)}
        if not names or len(texts) != len(names):
            raise ValueError(
                "DT4ECGClassifier: tasks must be a sequence of different names, such as "
                f"('identity',), got {self.tasks!r}"
            )
        return names

    def _training_data(self, X, y) -> tuple[np.ndarray, np.ndarray]:
        x = self._validated(X)
        y = self._columns(y)
        _require_equal_lengths("fit", x, y)
        return x, y

    def _segments(self, X) -> np.ndarray:
        spec = self.network_.spec
        return self._validated(X, (spec["in_channels"], spec["segment_length"]))

    def _validated(self, X, fitted: tuple[int, ...] | None = None) -> np.ndarray:
        """Finite float32 segments (n, leads, T) from (n, T) or (n, leads, T).

        ``fitted``: leads and samples that these must have; None in fit, which learns them.
        """
        refuse_mask("DT4ECGClassifier", X, "X without the segments that the mask touches")
        if isinstance(X, torch.Tensor):
            X = X.numpy(force=True)  # no gradient flows through here
        shape = tuple(getattr(X, "shape", None) or np.asarray(X).shape)
        if len(shape) not in (2, 3):
            raise ValueError(
                f"DT4ECGClassifier: X must be segments (n, T) or (n, leads, T), got {shape}. "
                "Reshape your data: a segment x (T,) alone is x[None]"
            )
        segment = shape[1:] if len(shape) == 3 else (1, shape[1])
        if len(shape) == 3:
            if 0 in shape:
                raise ValueError(
                    f"DT4ECGClassifier: X is empty, got the shape {shape}; pass at least one "
                    "segment of at least one lead and sample"
                )
            # scikit-learn counts the features of two-dimensional X.
            X = np.asarray(X).reshape(shape[0], -1)
        # Another number of features in two dimensions is scikit-learn's to refuse.
        ours = len(shape) == 3 or shape[1] == getattr(self, "n_features_in_", None)
        if ours and fitted not in (None, segment):
            leads, samples = fitted
            raise ValueError(
                f"DT4ECGClassifier: it was fitted with segments (n, {leads}, {samples}), of "
                f"{leads} lead(s) and {samples} samples, got {shape}; pick the leads, and cut and "
                "resample as for fit"
            )
        x = validate_data(self, X, dtype=np.float32, reset=fitted is None)
        return x.reshape(len(x), *segment)

    def _columns(self, y) -> np.ndarray:
        """y as (n, tasks)."""
        if y is None:
            raise ValueError("DT4ECGClassifier: requires y to be passed, but the target y is None")
        y = _label_array(y)
        if y.dtype.kind not in "OUS":
            y = check_array(y, ensure_2d=False, dtype=None, input_name="y")
        if y.ndim == 1 and len(self.tasks) == 1:
            y = y[:, None]
        if y.ndim != 2 or y.shape[1] != len(self.tasks):
            raise ValueError(
                f"DT4ECGClassifier: y must have one column per task ({', '.join(self.tasks)}), "
                f"got the shape {y.shape}; name y's columns with tasks=(...)"
            )
        return y

    def _is_missing(self, column: np.ndarray) -> np.ndarray:
        if self.missing_label is None:
            return np.zeros(len(column), bool)
        return np.array([label == self.missing_label for label in column.tolist()], bool)

    def _encode(self, y: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """Class indices (n, tasks), -1 where missing, and the labels of each task."""
        from sklearn.utils.multiclass import check_classification_targets

        indices = np.full(y.shape, MISSING, np.int64)
        classes = []
        for task, name in enumerate(self.tasks):
            known = ~self._is_missing(y[:, task])
            if not known.any():
                raise ValueError(f"fit: no row of y has a label for {name}; leave that task out")
            labels = y[known, task].tolist()
            _require_one_kind(name, labels)
            column = np.array(labels)
            check_classification_targets(column)
            found, indices[known, task] = np.unique(column, return_inverse=True)
            classes.append(found)
        return indices, classes

    def _validation_data(self, classes, fitted, X, y) -> tuple[np.ndarray, np.ndarray]:
        y = self._columns(y)
        indices = np.full(y.shape, MISSING, np.int64)
        for task, known in enumerate(classes):
            of_label = {label: index for index, label in enumerate(known.tolist())}
            missing = self._is_missing(y[:, task])
            indices[:, task] = [
                MISSING if absent else of_label.get(label, MISSING)
                for label, absent in zip(y[:, task].tolist(), missing, strict=True)
            ]
        return self._validated(X, fitted), indices

    def _header(self, classes) -> dict[str, Any]:
        return {
            "classes": {t: c.tolist() for t, c in zip(self.tasks, classes, strict=True)},
            "missing_label": _named(self.missing_label),
            "preprocessor": None if self.preprocessor is None else self.preprocessor.to_dict(),
            **{name: _named(getattr(self, name)) for name in _SETTINGS},
        }

    def _keep(self, classes, network, trainer) -> None:
        self.classes_ = classes[0] if len(classes) == 1 else classes
        # For good: predict() need not switch modes, so that threads can share the network.
        self.network_ = network.eval()
        self.history_ = trainer.history
        self.task_weights_ = trainer.task_weights

    def _logits(self, X) -> list[torch.Tensor]:
        check_is_fitted(self)
        return list(predict_logits(self.network_, self._segments(X)).values())


def load(path: str | os.PathLike) -> DT4ECGClassifier:
    """Read a model that :meth:`DT4ECGClassifier.save` wrote, or a checkpoint of a training.

    Its parameters are those it was trained with, but for ``device``, ``n_threads`` and ``verbose``,
    which are the defaults. What has no name in a file is None: a random state that is an object,
    and a weighting that is one, for which ``fit`` asks then. Of files that older versions wrote,
    what they do not tell is the default, and ``history_`` and ``task_weights_`` may be absent.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated, corrupted, not a model, or of a newer format.
    """
    tensors, header = container.read(path)
    if "classes" not in header:
        raise ValueError(
            f"load: {str(path)!r} was written by Trainer.save, which knows no classes; continue it "
            "with Trainer.fit(resume=...), or save a DT4ECGClassifier"
        )
    try:
        spec, classes = header["network"], header["classes"]
        preprocessor = header["preprocessor"]
        classifier = DT4ECGClassifier(
            backbone=spec["backbone"],
            attention=spec["attention"],
            tasks=tuple(classes),
            missing_label=header["missing_label"],
            preprocessor=None if preprocessor is None else Preprocessor.from_dict(preprocessor),
            **{name: header[name] for name in _SETTINGS if name in header},
        )
        if {t: len(c) for t, c in classes.items()} != spec["tasks"]:
            raise ValueError(f"its classes are not those of its heads, {spec['tasks']}")
        labels = [_stored_labels(task, of_task) for task, of_task in classes.items()]
        state = {
            name.removeprefix("network."): value
            for name, value in tensors.items()
            if name.startswith("network.")
        }
        for name in ("missing_label", *_SETTINGS):
            if not isinstance(header.get(name), _NAMED):
                raise ValueError(f"{name} is {header[name]!r}")
        _require_recipe_of(spec, classifier.recipe)
        require_sizes(spec, state)
        network = Network(**spec)
        for name, value in network.state_dict().items():
            if name in state and state[name].dtype != value.dtype:
                raise ValueError(f"{name} is {state[name].dtype}, not {value.dtype}")
            if name in state and not state[name].isfinite().all():
                raise ValueError(f"{name} holds values that are NaN or infinite")
        network.load_state_dict(state)
        history = restored_history(tensors, tuple(classes))
        if history is not None:
            classifier.history_ = history
            classifier.task_weights_ = tensors[_TASK_WEIGHTS].numpy()
            if classifier.task_weights_.shape != (len(classes),):
                raise ValueError("its task weights are not one per task")
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"load: {str(path)!r} is not a model that this dt4ecg can rebuild: {error}"
        ) from None
    classifier.classes_ = labels[0] if len(labels) == 1 else labels
    classifier.network_ = network.eval()
    classifier.n_features_in_ = spec["segment_length"] * spec["in_channels"]
    return classifier


def _named(value) -> Any:
    """A parameter as a file can name it; None for an object."""
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, _NAMED) else None


def _require_recipe_of(spec: dict[str, Any], name: str) -> None:
    standardize = spec.get("standardize", False)
    if recipes.recipe(name).standardize != standardize:
        raise ValueError(
            f"recipe {name!r} builds another network than the fitted one, which has "
            f"standardize={standardize}; set recipe back, or call fit"
        )


def _require_equal_lengths(operation: str, X, y) -> None:
    if len(X) != len(y):
        raise ValueError(
            f"{operation}: X and y have inconsistent numbers of samples: {len(X)} and {len(y)}"
        )


def _label_array(y) -> np.ndarray:
    """Labels as an array in which numbers beside names (in rows of both) stay numbers."""
    refuse_mask("DT4ECGClassifier", y, "y.filled(missing_label)")
    if isinstance(y, torch.Tensor):
        return y.numpy(force=True)
    array = np.asarray(y)
    if array.dtype.kind in "US" and not hasattr(y, "dtype"):
        return np.array(y, dtype=object)
    return array


def _stored_labels(task: str, labels) -> np.ndarray:
    sound = isinstance(labels, list) and all(
        isinstance(label, str | int | float) for label in labels
    )
    if not sound or len(set(labels)) != len(labels):
        raise ValueError(f"the classes of {task} are {labels!r}, not a list of different labels")
    return np.array(labels)


def _require_one_kind(task: str, labels: list) -> None:
    text = next((label for label in labels if isinstance(label, str)), None)
    number = next((label for label in labels if isinstance(label, numbers.Number)), None)
    if text is not None and number is not None:
        raise ValueError(
            f"fit: labels of {task} mix text and numbers, such as {text!r} and {number!r}; use one "
            "kind, and missing_label for what is unknown"
        )


def _objects(columns: list[np.ndarray]) -> np.ndarray:
    found = np.empty((len(columns[0]), len(columns)), object)
    for task, column in enumerate(columns):
        found[:, task] = column
    return found
