"""An embedding trained so that a person's segments lie together, and its nearest neighbour."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from dt4ecg.inference import predict_logits
from dt4ecg.nn.contexts import seeded
from dt4ecg.paper.comparators.setting import Setting
from dt4ecg.paper.comparators.waveforms import convolutions

# Of the loss: alpha, beta and epsilon of its authors, and lambda as in their code.
_ALPHA, _BETA, _LAMBDA, _EPSILON = 2.0, 50.0, 0.5, 0.1

_PEOPLE, _EACH = 16, 4  # of a batch: pairs need people who come more than once


def fit_multi_similarity(X: np.ndarray, y: np.ndarray, setting: Setting):
    """Multi-similarity loss and 1-NN by cosine, after Zhao et al. (IEEE TIM 73, 2024).

    The embedding's network is ours: three convolutions and 64 dimensions.
    """
    classes, labels = np.unique(y, return_inverse=True)
    x, target = torch.from_numpy(np.ascontiguousarray(X, np.float32)), torch.from_numpy(labels)
    with seeded(setting.seed):
        network = Embedding(X.shape[1])
        _train(network, x, target, setting)
    known = _embedded(network, X)
    return lambda X: classes[labels[(_embedded(network, X) @ known.T).argmax(1).numpy()]]


class Embedding(torch.nn.Module):
    """Segments (batch, leads, L) to points (batch, 64) on the unit sphere."""

    def __init__(self, leads: int):
        super().__init__()
        self.layers = torch.nn.Sequential(
            convolutions(leads, (32, 64, 128), kernel=9),
            torch.nn.AdaptiveAvgPool1d(4),
            torch.nn.Flatten(),
            torch.nn.Linear(4 * 128, 64),
        )

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"embedding": functional.normalize(self.layers(x))}


def multi_similarity_loss(points: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Multi-similarity loss of unit vectors (n, d) with labels (n,): Wang et al., CVPR 2019.

    Of each anchor, a pair of one kind counts if it is less than epsilon better than the worst pair
    of the other kind.
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


def _train(network: Embedding, x: torch.Tensor, labels: torch.Tensor, setting: Setting) -> None:
    of_person = [np.flatnonzero(labels.numpy() == person) for person in np.unique(labels.numpy())]
    rng = np.random.default_rng(setting.seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(setting.epochs * max(1, len(x) // (_PEOPLE * _EACH))):
        people = rng.permutation(len(of_person))[:_PEOPLE]
        rows = torch.from_numpy(np.concatenate([rng.choice(of_person[p], _EACH) for p in people]))
        loss = multi_similarity_loss(network(x[rows])["embedding"], labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _embedded(network: Embedding, X: np.ndarray) -> torch.Tensor:
    return predict_logits(network, X)["embedding"]
