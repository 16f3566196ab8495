"""DT4ECG as a scikit-learn classifier of several outputs."""

import copy
import os
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from dt4ecg import weighting as weightings
from dt4ecg._common.defaults import BATCH_SIZE, EPOCHS, LEARNING_RATE, TASKS
from dt4ecg._common.labels import UNKNOWN
from dt4ecg._common.segments import as_rows
from dt4ecg.inference import predict_embedding, predict_logits
from dt4ecg.nn import Network
from dt4ecg.nn.checks import require_sizes
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import model_file
from dt4ecg.storage.model_file import SETTINGS, ModelFile
from dt4ecg.storage.parameters import load_into
from dt4ecg.training import Trainer, recipes
from dt4ecg.training import history as histories
from dt4ecg.training.classes import (
    as_columns,
    class_indices,
    is_missing,
    learn_classes,
    side_by_side,
)
from dt4ecg.training.labels import as_pair, as_sample_weight


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
        labels, classes = learn_classes(y, self.tasks, self.missing_label)
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
        trainer.header = self._model_file(classes, network).header()
        if validation_data is not None:
            held_X, held_y = as_pair("fit", validation_data)
            held_y = class_indices(as_columns(held_y, self.tasks), classes, self.missing_label)
            validation_data = self._validated(held_X, x.shape[1:]), held_y
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
        return columns[0] if len(columns) == 1 else side_by_side(columns)

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
        y = as_columns(y, self.tasks)
        predicted = self.predict(X)
        _require_equal_lengths("score", predicted, y)
        weight = (
            np.ones(len(y))
            if sample_weight is None
            else as_sample_weight("score", sample_weight, len(y)).numpy(force=True).astype(float)
        )
        scores = []
        for task, column in enumerate(predicted.reshape(y.shape).T):
            weighed = weight * ~is_missing(y[:, task], self.missing_label)
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
        model_file.write(path, self._model_file(classes, self.network_))

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
        if self.missing_label is not None and model_file.plain(self.missing_label) is None:
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
        y = as_columns(y, self.tasks)
        _require_equal_lengths("fit", x, y)
        return x, y

    def _segments(self, X) -> np.ndarray:
        spec = self.network_.spec
        return self._validated(X, (spec["in_channels"], spec["segment_length"]))

    def _validated(self, X: Any, fitted: tuple[int, int] | None = None) -> np.ndarray:
        """Return finite float32 segments (n, leads, T) of X (n, T) or (n, leads, T).

        `fitted` is the number of leads and samples that X must have; None in `fit`.
        """
        rows, shape, segment = as_rows("DT4ECGClassifier", X)
        # scikit-learn itself refuses another number of features in two dimensions.
        ours = len(shape) == 3 or shape[1] == getattr(self, "n_features_in_", None)
        if ours and fitted is not None and fitted != segment:
            leads, samples = fitted
            raise ValueError(
                f"DT4ECGClassifier: it was fitted with segments (n, {leads}, {samples}), of "
                f"{leads} lead(s) and {samples} samples, got {shape}; pick the leads, and cut and "
                "resample as for fit"
            )
        x = validate_data(self, rows, dtype=np.float32, reset=fitted is None)
        return x.reshape(len(x), *segment)

    def _model_file(self, classes: Sequence[np.ndarray], network: Network) -> ModelFile:
        fitted = hasattr(self, "history_")
        return ModelFile(
            network=network.spec,
            classes={t: c.tolist() for t, c in zip(self.tasks, classes, strict=True)},
            missing_label=model_file.plain(self.missing_label),
            preprocessor=None if self.preprocessor is None else self.preprocessor.to_dict(),
            settings={name: model_file.plain(getattr(self, name)) for name in SETTINGS},
            parameters=network.state_dict(),
            history=histories.to_columns(self.history_) if fitted else None,
            task_weights=self.task_weights_ if fitted else None,
        )

    def _keep(self, classes: list[np.ndarray], network: Network, trainer: Trainer) -> None:
        self.classes_ = classes[0] if len(classes) == 1 else classes
        # In eval mode for good, so that predict switches no modes and threads can share it.
        self.network_ = network.eval()
        self.history_ = trainer.history
        self.task_weights_ = trainer.task_weights

    def _logits(self, X: Any) -> list[torch.Tensor]:
        check_is_fitted(self)
        return list(predict_logits(self.network_, self._segments(X)).values())


def load(path: str | os.PathLike[str]) -> DT4ECGClassifier:
    """Read a model that :meth:`DT4ECGClassifier.save` wrote, or a checkpoint of its training.

    Parameters
    ----------
    path : path

    Returns
    -------
    classifier : DT4ECGClassifier
        A fitted classifier with the parameters it was trained with. ``device``, ``n_threads`` and
        ``verbose`` have their defaults. A random state or weighting that was an object has no name
        in a file and is None; `fit` raises TypeError for such a weighting. Parameters that an older
        file lacks have their defaults, and ``history_`` and ``task_weights_`` may be missing.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated, corrupted, not a model, or of a newer format.

    See Also
    --------
    DT4ECGClassifier.save : Write a model.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier, load
    >>> X = np.random.default_rng(0).standard_normal((8, 60))
    >>> y = np.array(["Ann", "Bo"] * 4)
    >>> classifier = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y)
    >>> path = tempfile.mkdtemp() + "/model.safetensors"
    >>> classifier.save(path)
    >>> load(path).classes_.tolist()
    ['Ann', 'Bo']
    """
    stored = model_file.read(path)
    spec = stored.network
    with model_file.refusing(path):
        preprocessor = stored.preprocessor
        classifier = DT4ECGClassifier(
            backbone=spec["backbone"],
            attention=spec["attention"],
            tasks=tuple(stored.classes),
            missing_label=stored.missing_label,
            preprocessor=None if preprocessor is None else Preprocessor.from_dict(preprocessor),
            **stored.settings,
        )
        _require_recipe_of(spec, classifier.recipe)
        require_sizes(spec, stored.parameters)  # before a network of illegal size takes memory
        network = Network(**spec)
        load_into(network, stored.parameters)
    classes = [np.array(labels) for labels in stored.classes.values()]
    classifier.classes_ = classes[0] if len(classes) == 1 else classes
    classifier.network_ = network.eval()
    classifier.n_features_in_ = spec["segment_length"] * spec["in_channels"]
    if stored.history is not None:
        classifier.history_ = histories.from_columns(stored.history, tuple(stored.classes))
        classifier.task_weights_ = stored.task_weights
    return classifier


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
