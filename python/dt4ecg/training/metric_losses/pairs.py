"""Which pairs of a batch a metric loss compares, and how far apart they are."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from dt4ecg._common import numbers
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.nn.called_module import FEATURES

SUBJECT = "subject"


@dataclass(frozen=True)
class Pairs:
    """Similarities and kinds of all pairs of a batch.

    Attributes
    ----------
    similarity : torch.Tensor (n, n)
        Cosine similarity of the features.
    same, other : bool torch.Tensor (n, n)
        Pairs of one person, and of two people. A segment makes no pair with itself, and a segment
        of an unknown person makes none at all.
    """

    similarity: torch.Tensor
    same: torch.Tensor
    other: torch.Tensor

    @property
    def distance(self) -> torch.Tensor:
        """Euclidean distance of the features at unit length.

        The root is taken of at least 1e-12, where its derivative is set to 0.
        """
        squares = 2 - 2 * self.similarity
        near = squares <= 1e-12
        return squares.masked_fill(near, 1e-12).sqrt().masked_fill(near, 0.0)


def pairs_of(
    loss: str, outputs: dict[str, torch.Tensor], targets: Any, across: str | None = None
) -> Pairs:
    """Compare all segments of a batch.

    Parameters
    ----------
    loss : str
        Name of the loss, for the error messages.
    outputs : dict of str to torch.Tensor
        With the entry ``"features"`` (n, channels).
    targets : torch.Tensor (n,) or dict of str to torch.Tensor
        Person numbers, or arrays with the entry ``"subject"``.
    across : str, optional
        Entry of the targets in which the two segments of a pair must differ.

    Raises
    ------
    TypeError
        If there are no targets.
    ValueError
        If an entry is missing, or is not one number per segment.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.metric_losses.pairs import pairs_of
    >>> outputs = {"features": torch.tensor([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]])}
    >>> pairs_of("Triplet", outputs, torch.tensor([7, 7, 8])).similarity[0]
    tensor([1., 1., 0.])
    """
    if FEATURES not in outputs:
        raise ValueError(
            f"{loss}: the network returns no features; train a dt4ecg.nn.Network, or return an "
            f"entry {FEATURES!r} (n, channels) from the module"
        )
    features = outputs[FEATURES]
    subject = column(loss, targets, SUBJECT, len(features))
    unit = functional.normalize(features, dim=1)
    known = subject != UNKNOWN
    compared = known[:, None] & known & ~torch.eye(len(subject), dtype=torch.bool).to(known.device)
    if across is not None:
        place = column(loss, targets, across, len(features))
        compared = compared & (place[:, None] != place)
    alike = subject[:, None] == subject
    return Pairs(unit @ unit.T, compared & alike, compared & ~alike)


def column(loss: str, targets: Any, name: str, n: int) -> torch.Tensor:
    """Return the targets of one name as a tensor (n,)."""
    if isinstance(targets, torch.Tensor) and name == SUBJECT:
        found = targets
    elif isinstance(targets, dict):
        if name not in targets:
            raise ValueError(
                f"{loss}: the targets have no entry {name!r}, only {', '.join(targets)}; pass "
                f"y={{'subject': ..., {name!r}: ...}} to fit"
            )
        found = targets[name]
    else:
        raise TypeError(
            f"{loss}: needs the targets {name!r}; pass y={{'subject': person numbers, ...}} to "
            f"fit, got {type(targets).__name__}"
        )
    if found.dim() == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.shape != (n,) or found.is_floating_point():
        raise ValueError(
            f"{loss}: the targets {name!r} must be one integer per segment, ({n},), got "
            f"{found.dtype} {tuple(found.shape)}"
        )
    return found


def within(loss: str, name: str, value: Any, low: float, high: float = math.inf) -> float:
    """Return a number above ``low`` and at most ``high``; raise ValueError for any other value."""
    found = numbers.real(value)
    if not low < found <= high or math.isinf(found):
        limit = "" if math.isinf(high) else f" and at most {high}"
        raise ValueError(
            f"{loss}: {name} must be a finite number above {low}{limit}, got {value!r}"
        )
    return found
