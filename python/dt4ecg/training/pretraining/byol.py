"""Bootstrap of two views (BYOL), a baseline of self-distillation."""

from __future__ import annotations

from dt4ecg.nn import Network
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.training.pretraining.base import Pretraining, checked_momentum, features_of
from dt4ecg.training.pretraining.crops import Crops
from dt4ecg.training.pretraining.heads import projection
from dt4ecg.training.pretraining.objectives import Bootstrap, Schedule, ViewObjective

_DIMENSIONS = 128


class BYOL(Pretraining):
    """Pre-training by prediction: a network predicts how its moving average sees another view.

    Parameters
    ----------
    view, backbone, attention, segment_length, epochs, batch_size
        As in :class:`SelfDistillation`.
    learning_rate : float, default=1e-3
        First step size of Adam, which falls along half a cosine to 0.
    crops : Crops, optional
        Settings of the views; by default ``Crops()``. Short crops have no part.
    teacher_momentum : float, default=0.99
        Weight of the old parameters of the moving average in each step.
    preprocessor, n_threads, random_state, verbose
        As in :class:`SelfDistillation`.

    Attributes
    ----------
    network_ : dt4ecg.nn.Network
        The trained network, in eval mode. Its head is not trained.
    losses_ : array (steps,)
        The loss of each batch.
    n_features_in_ : int
        Number of leads times number of samples per row.

    See Also
    --------
    SelfDistillation : Has a centre in place of the predictor.

    Notes
    -----
    Grill et al. (2020), "Bootstrap your own latent: A new approach to self-supervised learning".
    The momentum is constant.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.pretraining import BYOL
    >>> X = np.random.default_rng(0).standard_normal((16, 60))
    >>> BYOL(epochs=2, batch_size=8, n_threads=1).fit(X).losses_.shape
    (4,)
    """

    _local_views = False

    def __init__(
        self,
        view: str = "segment",
        backbone: str = "resnet",
        attention: str = "sca",
        segment_length: int | None = None,
        crops: Crops | None = None,
        epochs: int = 10,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        teacher_momentum: float = 0.99,
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
        self.teacher_momentum = teacher_momentum
        self.preprocessor = preprocessor
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def _objective(self, network: Network, schedule: Schedule) -> ViewObjective:
        momentum = checked_momentum("teacher_momentum", self.teacher_momentum)
        projector = projection(features_of(network), outputs=_DIMENSIONS)
        return Bootstrap(network, projector, projection(_DIMENSIONS), schedule, momentum)
