"""Self-distillation without labels (DINO)."""

from __future__ import annotations

from dt4ecg._common import numbers
from dt4ecg.nn import Network
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.training.options import choice
from dt4ecg.training.pretraining.base import (
    Pretraining,
    checked_momentum,
    checked_temperature,
    features_of,
)
from dt4ecg.training.pretraining.crops import Crops
from dt4ecg.training.pretraining.heads import DistillationHead
from dt4ecg.training.pretraining.losses import CENTERINGS
from dt4ecg.training.pretraining.objectives import (
    Distillation,
    DistillationSettings,
    Schedule,
    ViewObjective,
)


class SelfDistillation(Pretraining):
    """Pre-training by self-distillation: a network predicts its own moving average.

    The student sees long and short crops of a row, the teacher only the long ones. The student
    learns to give the teacher's answer for another crop of the same row. The teacher is a moving
    average of the student. Its outputs are centred, so that not all rows get the same answer.

    Parameters
    ----------
    view : {"segment", "spectrogram"}, default="segment"
        What the network sees. ``"spectrogram"`` takes the backbone ``"spectrogram"`` in place of
        `backbone` and `attention`.
    backbone, attention : str, default="resnet", "sca"
        Names of :func:`dt4ecg.nn.backbones` and :func:`dt4ecg.nn.attentions`.
    segment_length : int, optional
        Samples of the network's segments. By default those of the rows of X.
    crops : Crops, optional
        Settings of the views; by default ``Crops()``.
    epochs : int, default=10
        Passes over all rows.
    batch_size : int, default=64
        Rows per step.
    learning_rate : float, default=1.25e-4
        First step size of Adam, which falls along half a cosine to 0. The default is the rule of
        DINO, ``5e-4 * batch_size / 256``, for 64 rows. At 1e-3, features collapsed in our tests.
    out_dim : int, default=4096
        Outputs of the head. The released code has 65,536.
    student_temperature, teacher_temperature : float, default=0.1, 0.04
        Temperatures of both softmax functions, from 0.001 to 10.
    teacher_momentum : float, default=0.996
        Weight of the teacher's old parameters in each step.
    center_momentum : float, default=0.9
        Weight of the old centre in each step.
    centering : {"mean", "released"}, default="mean"
        ``"mean"`` moves the centre towards the mean of the teacher's outputs, as DINO does.
        ``"released"`` divides by the number of rows twice, as the released code does.
    preprocessor : Preprocessor, optional
        The preprocessor that made the segments. It is saved with the network.
    n_threads : int, optional
        As in :class:`dt4ecg.Trainer`.
    random_state : int, default=0
        Seed of all random numbers. Equal seed, threads, build and processor give equal bits.
    verbose : int, default=0
        1 shows a progress bar over steps.

    Attributes
    ----------
    network_ : dt4ecg.nn.Network
        The teacher, in eval mode. Its head is not trained.
    losses_ : array (steps,)
        The loss of each batch.
    n_features_in_ : int
        Number of leads times number of samples per row.

    See Also
    --------
    SimCLR, BYOL : Other ways to learn without labels.
    dt4ecg.DT4ECGClassifier : Its parameter `init` takes the fitted object, or its file.

    Notes
    -----
    The method is DINO (Caron et al. 2021), with the settings of Phan et al. (2022),
    "Multimodality Multi-Lead ECG Arrhythmia Classification using Self-Supervised Learning",
    arXiv 2210.06297. The network standardises each lead of a segment. The page "Pre-training"
    lists what differs from the paper. Few epochs are not enough: after 3 epochs on CinC 2017, the
    features were no better than those of random weights, and those of :class:`SimCLR` were.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> X = np.random.default_rng(0).standard_normal((16, 60))
    >>> pretrained = dt4ecg.pretraining.SelfDistillation(
    ...     epochs=1, batch_size=8, out_dim=32, n_threads=1
    ... ).fit(X)
    >>> classifier = dt4ecg.DT4ECGClassifier(
    ...     tasks=("identity",), epochs=1, recipe="strong", init=pretrained
    ... )
    >>> classifier.fit(X, ["Ann", "Bo"] * 8).score(X, ["Ann", "Bo"] * 8) >= 0
    True
    """

    def __init__(
        self,
        view: str = "segment",
        backbone: str = "resnet",
        attention: str = "sca",
        segment_length: int | None = None,
        crops: Crops | None = None,
        epochs: int = 10,
        batch_size: int = 64,
        learning_rate: float = 1.25e-4,
        out_dim: int = 4096,
        student_temperature: float = 0.1,
        teacher_temperature: float = 0.04,
        teacher_momentum: float = 0.996,
        center_momentum: float = 0.9,
        centering: str = "mean",
        preprocessor: Preprocessor | None = None,
        n_threads: int | None = None,
        random_state: int = 0,
        verbose: int = 0,
    ) -> None:
        self.view = view
        self.backbone = backbone
        self.attention = attention
        self.segment_length = segment_length
        self.crops = crops
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.out_dim = out_dim
        self.student_temperature = student_temperature
        self.teacher_temperature = teacher_temperature
        self.teacher_momentum = teacher_momentum
        self.center_momentum = center_momentum
        self.centering = centering
        self.preprocessor = preprocessor
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def _objective(self, network: Network, schedule: Schedule) -> ViewObjective:
        outputs = numbers.integer("SelfDistillation", "out_dim", self.out_dim, 2, 1_000_000)
        settings = DistillationSettings(
            2 + self._crops().local,
            checked_temperature("student_temperature", self.student_temperature),
            checked_temperature("teacher_temperature", self.teacher_temperature),
            checked_momentum("teacher_momentum", self.teacher_momentum),
            checked_momentum("center_momentum", self.center_momentum),
            choice("centering", self.centering, CENTERINGS),
        )
        head = DistillationHead(features_of(network), outputs)
        return Distillation(network, head, schedule, settings)

    def _learned(self, network: Network, objective: ViewObjective) -> Network:
        assert isinstance(objective, Distillation)
        objective.follow()
        return objective.teacher
