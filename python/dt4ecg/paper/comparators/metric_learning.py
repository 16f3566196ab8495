"""An embedding whose segments of one class are close together, and its nearest neighbour."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from dt4ecg.inference import predict_logits
from dt4ecg.nn.contexts import seeded
from dt4ecg.paper.comparators.base import FitSettings, Predict
from dt4ecg.paper.comparators.waveform_networks import convolutions

# Parameters of the multi-similarity loss. Lambda is that of the authors' code.
_ALPHA, _BETA, _LAMBDA, _EPSILON = 2.0, 50.0, 0.5, 0.1

# A batch has up to 16 people with 4 segments each, because pairs of one person are needed.
_PEOPLE, _EACH = 16, 4


def fit_multi_similarity(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Train an embedding with the multi-similarity loss, after Zhao et al. [1]_.

    A segment gets the class of the training segment with the largest cosine similarity.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Seed and number of epochs.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Notes
    -----
    The network of the embedding is our choice: three convolutions and 64 dimensions.

    References
    ----------
    .. [1] Zhao et al., IEEE TIM 73, 2024.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> X = np.random.default_rng(0).normal(size=(4, 1, 100)).astype(np.float32)
    >>> predict = fit_multi_similarity(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).tolist()  # each training segment is its own nearest neighbour
    ['a', 'a', 'b', 'b']
    """
    classes, labels = np.unique(y, return_inverse=True)
    x, target = torch.from_numpy(np.ascontiguousarray(X, np.float32)), torch.from_numpy(labels)
    with seeded(settings.seed):
        network = Embedding(X.shape[1])
        _train(network, x, target, settings)
    known = _embedded(network, X)
    return lambda X: classes[labels[(_embedded(network, X) @ known.T).argmax(1).numpy()]]


class Embedding(torch.nn.Module):
    """Map segments (batch, leads, length) to points (batch, 64) on the unit sphere."""

    def __init__(self, leads: int):
        super().__init__()
        self.layers = torch.nn.Sequential(
            convolutions(leads, (32, 64, 128), kernel=9),
            torch.nn.AdaptiveAvgPool1d(4),
            torch.nn.Flatten(),
            torch.nn.Linear(4 * 128, 64),
        )

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the points under the name ``embedding``."""
        return {"embedding": functional.normalize(self.layers(x))}


def multi_similarity_loss(points: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the multi-similarity loss of Wang et al. [1]_.

    For each anchor, a positive pair counts if its similarity is less than that of the hardest
    negative pair plus epsilon. A negative pair counts if its similarity is larger than that of the
    hardest positive pair minus epsilon.

    Parameters
    ----------
    points : tensor of shape (n, d)
        Unit vectors.
    labels : tensor of shape (n,)
        Integer classes.

    Returns
    -------
    tensor
        The mean over the anchors, a scalar.

    References
    ----------
    .. [1] Wang et al., CVPR 2019.

    Examples
    --------
    >>> import torch
    >>> points = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> same, mixed = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
    >>> bool(multi_similarity_loss(points, same) < multi_similarity_loss(points, mixed))
    True
    """
    similarity = points @ points.T
    same = labels[:, None] == labels
    positive = same & ~torch.eye(len(labels), dtype=torch.bool)
    hardest_positive = similarity.masked_fill(~positive, torch.inf).min(1, keepdim=True).values
    hardest_negative = similarity.masked_fill(same, -torch.inf).max(1, keepdim=True).values
    positive &= similarity - _EPSILON < hardest_negative
    negative = ~same & (similarity + _EPSILON > hardest_positive)
    off = similarity - _LAMBDA
    pull = torch.where(positive, torch.exp(-_ALPHA * off), 0.0).sum(1).log1p() / _ALPHA
    push = torch.where(negative, torch.exp(_BETA * off), 0.0).sum(1).log1p() / _BETA
    return (pull + push).mean()


def _train(
    network: Embedding, x: torch.Tensor, labels: torch.Tensor, settings: FitSettings
) -> None:
    of_person = [np.flatnonzero(labels.numpy() == person) for person in np.unique(labels.numpy())]
    rng = np.random.default_rng(settings.seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(settings.epochs * max(1, len(x) // (_PEOPLE * _EACH))):
        people = rng.permutation(len(of_person))[:_PEOPLE]
        rows = torch.from_numpy(np.concatenate([rng.choice(of_person[p], _EACH) for p in people]))
        loss = multi_similarity_loss(network(x[rows])["embedding"], labels[rows])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()


def _embedded(network: Embedding, X: np.ndarray) -> torch.Tensor:
    return predict_logits(network, X)["embedding"]
