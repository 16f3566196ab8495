"""DT4ECG as a scikit-learn classifier with one output per task."""

import copy
import dataclasses
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state

from dt4ecg import weighting as weightings
from dt4ecg._common.defaults import (
    BATCH_SIZE,
    EPOCHS,
    LEARNING_RATE,
    NORM_SCOPE,
    PRECISION,
    TASKS,
)
from dt4ecg._common.label_columns import as_columns
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.estimator import guided_training, recipe_parts
from dt4ecg.estimator.amplitude import amplitude_range, keeps_amplitude
from dt4ecg.estimator.calibrated import digests
from dt4ecg.estimator.confounder_heads import ConfounderHeads
from dt4ecg.estimator.explained import ExplainedPredictions
from dt4ecg.estimator.fine_tuning import load_initial
from dt4ecg.estimator.polarity import skewness_range
from dt4ecg.inference import ECGEncoder
from dt4ecg.nn import Network
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import model_file
from dt4ecg.storage.model_file import SETTINGS, ModelFile
from dt4ecg.training import history as histories
from dt4ecg.training import recipes
from dt4ecg.training.class_weights import by_index
from dt4ecg.training.classes import (
    class_indices,
    learn_classes,
    require_equal_lengths,
    task_names,
    warn_of_single_classes,
    warn_of_untrained,
)
from dt4ecg.training.deconfounding import Deconfounding
from dt4ecg.training.labels import as_pair
from dt4ecg.training.pretraining.base import Pretraining
from dt4ecg.training.settings import TrainingSettings
from dt4ecg.training.trainer import Trainer

Initial: TypeAlias = "str | os.PathLike[str] | DT4ECGClassifier | ECGEncoder | Pretraining"


class DT4ECGClassifier(ExplainedPredictions, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classifier of identity and activity: one network with one head per task.

    Parameters
    ----------
    backbone : str, default="resnet"
        A name of :func:`dt4ecg.nn.backbones`.
    attention : str, default="sca"
        A name of :func:`dt4ecg.nn.attentions`.
    weighting : str or callable, default="none"
        A name of :func:`dt4ecg.weighting.names`, or an object; see :mod:`dt4ecg.weighting`.
    tasks : sequence of str, default=("identity", "activity")
        Names of y's columns.
    epochs, batch_size, learning_rate : default=50, 16, 1e-3
        Settings of :class:`dt4ecg.Trainer`, as in the paper.
    norm_scope : {"shared", "last", "all"}, default="shared"
        Setting of :class:`dt4ecg.Trainer`.
    missing_label : label or None, default=-1
        Label that marks an unknown one in y. Such a segment is left out of that task. None, NaN,
        NaT, pandas' NA and texts such as ``""``, ``"?"`` and ``"n/a"`` always mark an unknown
        label; with None, only these do. The page "Training" lists the texts.
    preprocessor : Preprocessor, optional
        The preprocessor that made the segments. It is saved with the model, so that
        :meth:`predict_recording` can apply it to raw recordings.
    precision : {"float32", "bf16"}, default="float32"
        Setting of :class:`dt4ecg.Trainer`.
    device : str, default="cpu"
        Setting of :class:`dt4ecg.Trainer`.
    n_threads : int, optional
        Setting of :class:`dt4ecg.Trainer`.
    random_state : int, RandomState or None, default=0
        Seed of the initial parameters and of the order of the segments. Equal seed, threads, build
        and processor give equal bits.
    verbose : int, default=0
        1 shows a progress bar over epochs.
    recipe : {"paper", "strong", "robust", "guided"}, default="paper"
        A name of :data:`dt4ecg.training.recipes.RECIPES`. ``"strong"`` and ``"robust"`` are meant
        for electrodes and people that the training data do not contain. ``"guided"`` draws the
        explanations of :meth:`explain` to the waves of the heartbeats; it needs `preprocessor`.
        Without a preprocessor, ``"robust"`` takes the sampling rate as 100 Hz.
    settings : dt4ecg.training.TrainingSettings, optional
        Weight decay, class weights (by label) and early stopping. The default has none of them.
    init : path, name, DT4ECGClassifier, ECGEncoder, pre-training or a tuple of encoders, optional
        A model from whose parameters the training starts (fine-tuning). Of a classifier, its file
        or a checkpoint, backbone, attention, recipe and the shape of the segments must be equal;
        the head of a task with other classes is new. ``"ecg-encoder"`` is the encoder of the
        package. Of an encoder, only the backbone must be equal: attention and heads are new where
        they differ, and an encoder of one lead starts any number of leads. That of the package and
        those of :mod:`dt4ecg.pretraining` standardise segments, as ``recipe="strong"`` does. The
        backbone ``"gated"`` takes a pair: encoders of the segment and of the spectrogram.
    deconfounding : dt4ecg.training.Deconfounding, optional
        How `fit` trains against confounders. By default as ``Deconfounding()`` does.

    Attributes
    ----------
    classes_ : list of arrays
        Labels of each task. With a single task, it is one array, and `predict` and `predict_proba`
        drop the axis of tasks, as scikit-learn's own classifiers do.
    network_ : dt4ecg.nn.Network
        The trained network, in eval mode.
    history_ : dict
        As :attr:`dt4ecg.Trainer.history`.
    task_weights_ : array (tasks,)
        Weights of the tasks' losses after the last step.
    best_epoch_ : int or None
        The epoch, from 1, whose parameters the network has after early stopping; None without it.
    n_features_in_ : int
        Number of leads times number of samples per segment.
    skewness_range_ : array (leads, 2) or None
        Direction of the QRS complexes of the training segments, with which
        :meth:`predict_recording` finds swapped electrodes. None without a preprocessor.
    amplitude_range_ : array (leads, 2) or None
        Amplitude of the training segments, with which predictions find recordings of another unit
        or gain. None if the preprocessor or the recipe normalises the amplitude.
    calibration_ : dt4ecg.estimator.Calibration or None
        Temperatures that :meth:`calibrate` found; None before it.

    See Also
    --------
    dt4ecg.load : Read a saved classifier.
    dt4ecg.Trainer : Train any module on class indices.

    Notes
    -----
    ``sklearn.base.clone`` copies the preprocessor with its fitted limits, because the classifier
    never sees recordings from which it could fit them.

    Examples
    --------
    >>> import dt4ecg
    >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=15)
    >>> data = dt4ecg.datasets.from_recordings(recordings)
    >>> classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor)
    >>> classifier.fit(data.X, data.labels).predict(data.X).shape == data.y.shape
    True
    """

    history_: dict[str, Any]
    task_weights_: np.ndarray
    best_epoch_: int | None
    skewness_range_: np.ndarray | None
    amplitude_range_: np.ndarray | None

    def __init__(
        self,
        backbone: str = "resnet",
        attention: str = "sca",
        weighting: str | Callable[..., Any] = weightings.DEFAULT,
        tasks: Sequence[str] = TASKS,
        epochs: int = EPOCHS,
        batch_size: int = BATCH_SIZE,
        learning_rate: float = LEARNING_RATE,
        norm_scope: str = NORM_SCOPE,
        missing_label: Any = UNKNOWN,
        preprocessor: Preprocessor | None = None,
        precision: str = PRECISION,
        device: str = "cpu",
        n_threads: int | None = None,
        random_state: int | np.random.RandomState | None = 0,
        verbose: int = 0,
        recipe: str = recipes.DEFAULT,
        settings: TrainingSettings | None = None,
        init: "Initial | tuple[Initial, ...] | None" = None,
        deconfounding: Deconfounding | None = None,
    ) -> None:
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
        self.settings = settings
        self.init = init
        self.deconfounding = deconfounding

    @torch.inference_mode(False)  # the tensors of inference mode cannot be trained
    def fit(
        self,
        X: ArrayLike | torch.Tensor,
        y: ArrayLike | torch.Tensor,
        validation_data: tuple[Any, Any] | None = None,
        sample_weight: ArrayLike | None = None,
        callbacks: Sequence[Callable[[Trainer], object]] = (),
        resume: str | os.PathLike[str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        confounders: Any = None,
    ) -> "DT4ECGClassifier":
        """Train on labelled segments.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
            Segments of equal length.
        y : array-like (n, tasks), or (n,) with a single task
            Labels: names or numbers. The columns of a data frame are taken by the names in
            `tasks`, in any order, or by position if they have no names.
        validation_data : (X, y), optional
            Segments and labels to evaluate after each epoch. A label that y does not contain is not
            scored.
        sample_weight, callbacks, resume, checkpoint
            As in :meth:`dt4ecg.Trainer.fit`. Callbacks receive the trainer.
        confounders : dict of str to array-like (n,), or data frame, optional
            Labels that the features shall not reveal, such as ``{"subject": names}``; see
            :class:`dt4ecg.training.Deconfounding`. A checkpoint of such a training can be resumed,
            but not loaded.

        Returns
        -------
        self : DT4ECGClassifier
            After Ctrl-C, the classifier is fitted with what it has learned so far.

        Raises
        ------
        ValueError
            If a parameter is outside its range, X and y do not fit together, samples are not
            finite, a data frame has other columns than `tasks`, or a task has no labels, or text
            mixed with numbers.
        TypeError
            If X or y is a masked array, the weighting cannot be called, or `preprocessor` is
            something else.
        RuntimeError, OSError
            As in :meth:`dt4ecg.Trainer.fit`.

        Warns
        -----
        UserWarning
            If texts such as ``"?"`` mark unknown labels; if a class looks like an unknown label, as
            ``"-1"`` and ``"unknown"`` do; if two classes differ only in case or in spaces; if a
            task has one class, which is then not trained; or if labels of `validation_data` are not
            in y.

        See Also
        --------
        dt4ecg.Trainer.fit : Details of validation data, weights, callbacks and checkpoints.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X = np.random.default_rng(0).standard_normal((8, 60))
        >>> y = np.array([["Ann", "rest"], ["Bo", "walk"]] * 4)
        >>> fitted = DT4ECGClassifier(epochs=1).fit(X, y, validation_data=(X, y))
        >>> [classes.tolist() for classes in fitted.classes_]
        [['Ann', 'Bo'], ['rest', 'walk']]
        """
        self._check_parameters()
        chosen = recipes.recipe(self.recipe)
        x = self._validated(X)
        labels = as_columns(y, self.tasks)
        require_equal_lengths("fit", x, labels)
        indices, classes = learn_classes(labels, self.tasks, self._marker())
        warn_of_single_classes(classes, self.tasks, stacklevel=4)  # fit has a decorator
        extra = ConfounderHeads(
            confounders, self.deconfounding, indices, self.tasks, self._marker()
        )
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        network = Network(
            backbone=self.backbone,
            attention=self.attention,
            tasks={t: len(c) for t, c in zip(self.tasks, classes, strict=True)} | extra.sizes,
            in_channels=x.shape[1],
            segment_length=x.shape[2],
            seed=seed,
            **recipe_parts.network_arguments(chosen),
        )
        if self.init is not None and resume is None:  # a checkpoint has all parameters
            load_initial(network, dict(zip(self.tasks, classes, strict=True)), self.init)
        module = guided_training.module_to_train(chosen, network, extra.sizes)
        trainer = Trainer(
            module,
            weighting=self.weighting,
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            epochs=self.epochs,
            norm_scope=self.norm_scope,
            precision=self.precision,
            device=self.device,
            n_threads=self.n_threads,
            seed=seed,
            verbose=self.verbose,
            settings=self._settings(classes),
            **extra.arguments(network, recipe_parts.trainer_arguments(chosen, network)),
        )
        targets_of = guided_training.Targets(module, self.preprocessor)
        targets = targets_of(x, extra.targets(indices))
        data = recipe_parts.training_data(
            chosen, self.tasks, x, targets, sample_weight, self.preprocessor, seed
        )
        self.skewness_range_ = self.amplitude_range_ = self.calibration_ = None
        self._confounders = extra.names
        self._training_digests = frozenset(digests(x))
        if self.preprocessor is not None:
            quality = self._quality_of(x)
            self.skewness_range_ = skewness_range(quality)
            if keeps_amplitude(self.preprocessor) and not chosen.standardize:
                self.amplitude_range_ = amplitude_range(x, quality)
        trainer.header = self._model_file(classes, network).header()
        if validation_data is not None:
            held_X, held_y = as_pair("fit", validation_data)
            held_y = as_columns(held_y, self.tasks)
            warn_of_untrained(held_y, classes, self.tasks, self._marker(), stacklevel=4)
            held_y = class_indices(held_y, classes, self._marker())
            held_y = extra.targets(held_y, training=False)
            held_X = self._validated(held_X, (x.shape[1], x.shape[2]))
            validation_data = held_X, targets_of(held_X, held_y)
        try:
            trainer.fit(
                **data,
                validation_data=validation_data,
                callbacks=callbacks,
                resume=resume,
                checkpoint=checkpoint,
            )
        finally:
            if trainer.started:
                guided_training.finish(module)
                self._keep(classes, extra.removed(network), trainer)
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file, atomically.

        Parameters
        ----------
        path : path
            File to write. :func:`dt4ecg.load` reads it.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError, TypeError
            If a parameter was changed since `fit` to a value that is not legal, or that does not
            match the network.
        OSError
            If the file cannot be written.

        See Also
        --------
        dt4ecg.load : Read the file.

        Examples
        --------
        >>> import tempfile
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y)
        >>> fitted.save(tempfile.mkdtemp() + "/model.safetensors")
        """
        classes = list(self.classes_by_task.values())
        self._check_parameters()
        recipes.require_recipe_of(self.network_.spec, self.recipe)
        model_file.write(path, self._model_file(classes, self.network_))

    def __sklearn_clone__(self) -> "DT4ECGClassifier":
        other: DT4ECGClassifier = super().__sklearn_clone__()
        other.preprocessor = copy.deepcopy(self.preprocessor)
        other.init = self.init  # a clone of a fitted classifier would not be fitted
        return other

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        return tags

    def _check_parameters(self) -> None:
        """Check the parameters that neither the network nor the trainer checks."""
        task_names(self.tasks)
        if self._marker() is not None and model_file.plain(self.missing_label) is None:
            raise ValueError(
                "DT4ECGClassifier: missing_label must be a text, a number or None, got "
                f"{self.missing_label!r}"
            )
        if self.preprocessor is not None and not isinstance(self.preprocessor, Preprocessor):
            raise TypeError(
                "DT4ECGClassifier: preprocessor must be a dt4ecg.Preprocessor or None, got "
                f"{self.preprocessor!r}"
            )

    def _settings(self, classes: Sequence[np.ndarray]) -> TrainingSettings | None:
        """Return the settings with class indices, which the trainer takes, in place of labels."""
        if not isinstance(self.settings, TrainingSettings):
            return self.settings  # the trainer refuses anything but None
        weights = by_index(self.settings.class_weight, self.tasks, classes)
        return dataclasses.replace(self.settings, class_weight=weights)

    def _model_file(self, classes: Sequence[np.ndarray], network: Network) -> ModelFile:
        fitted = hasattr(self, "history_")
        directions, amplitudes = self.skewness_range_, self.amplitude_range_
        return ModelFile(
            network=network.spec,
            classes={t: c.tolist() for t, c in zip(self.tasks, classes, strict=True)},
            missing_label=model_file.plain(self._marker()),
            preprocessor=None if self.preprocessor is None else self.preprocessor.to_dict(),
            skewness_range=None if directions is None else directions.tolist(),
            amplitude_range=None if amplitudes is None else amplitudes.tolist(),
            calibration=None if self.calibration_ is None else self.calibration_.to_dict(),
            settings={
                **{name: model_file.plain(getattr(self, name)) for name in SETTINGS},
                "settings": None if self.settings is None else self.settings.to_dict(),
                "init": os.fspath(self.init) if isinstance(self.init, str | os.PathLike) else None,
            },
            parameters=network.state_dict(),
            history=histories.to_columns(self.history_) if fitted else None,
            task_weights=self.task_weights_ if fitted else None,
        )

    def _keep(self, classes: list[np.ndarray], network: Network, trainer: Trainer) -> None:
        self.classes_ = classes[0] if len(classes) == 1 else classes
        # The network stays in eval mode, so that several threads can predict with it.
        self.network_ = network.eval()
        self.history_ = trainer.history
        self.task_weights_ = trainer.task_weights
        self.best_epoch_ = trainer.best_epoch
