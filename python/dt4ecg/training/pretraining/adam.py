"""Adam for the few parameters of a projection head."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch

_BETAS = (0.9, 0.999)
_EPSILON = 1e-8


class Adam:
    """The steps of :class:`torch.optim.Adam`, with a learning rate per step.

    The first optimizer of torch imports torch's compiler, which takes several seconds. So a short
    pre-training would mostly wait for this import.

    Parameters
    ----------
    parameters : iterable of torch.nn.Parameter

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.pretraining.adam import Adam
    >>> weight = torch.nn.Parameter(torch.ones(1))
    >>> optimizer = Adam([weight])
    >>> weight.square().sum().backward()
    >>> optimizer.step(0.1)
    >>> round(weight.item(), 4)
    0.9
    """

    def __init__(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        self._state = [(p, torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
        self._steps = 0

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move all parameters that have a gradient, and remove the gradients."""
        self._steps += 1
        first, second = (1 - beta**self._steps for beta in _BETAS)
        for parameter, mean, square in self._state:
            gradient = parameter.grad
            if gradient is None:
                continue
            mean.lerp_(gradient, 1 - _BETAS[0])
            square.mul_(_BETAS[1]).addcmul_(gradient, gradient, value=1 - _BETAS[1])
            scale = (square.sqrt() / math.sqrt(second)).add_(_EPSILON)
            parameter.addcdiv_(mean, scale, value=-learning_rate / first)
            parameter.grad = None
