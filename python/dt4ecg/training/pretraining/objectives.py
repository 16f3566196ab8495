"""Objectives of the trainer that learn from views: each has a head, and some have a teacher.

A batch of the trainer holds all views of its segments. The target ``"row"`` is the place of a row
in the order of :class:`dt4ecg.training.pretraining.batches.ViewBatches`, and ``"segment"`` is the
row itself, which a teacher needs.

The trainer differentiates a loss with respect to the outputs of the network only. So an objective
computes the gradients of its head itself, and steps its own optimizer.
"""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg.nn import Network
from dt4ecg.training.pretraining import losses
from dt4ecg.training.pretraining.adam import Adam

TASK = "pretraining"


@dataclass(frozen=True)
class Schedule:
    """Steps and learning rate, which falls along half a cosine to 0 as in the trainer.

    Examples
    --------
    >>> from dt4ecg.training.pretraining.objectives import Schedule
    >>> Schedule(10, 1e-3).rate(5)
    0.0005
    """

    steps: int
    learning_rate: float

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, from 0."""
        return self.learning_rate * (1 + math.cos(math.pi * step / self.steps)) / 2


def in_views(rows: torch.Tensor, views: int) -> torch.Tensor:
    """Return rows (views * n, d) as a tensor (views, n, d)."""
    return rows.reshape(views, len(rows) // views, *rows.shape[1:])


class ViewObjective(ABC):
    """A loss of the projections of all views, with a head that it trains.

    Parameters
    ----------
    head : torch.nn.Module
        Maps features (n, channels) to projections (n, d).
    schedule : Schedule
    """

    tasks = (TASK,)

    def __init__(self, head: torch.nn.Module, schedule: Schedule) -> None:
        self.head = head.train()
        self.schedule = schedule
        self.step = 0
        self._optimizer = Adam(head.parameters())

    def __call__(self, outputs: dict[str, torch.Tensor], targets: Any) -> dict[str, torch.Tensor]:
        """Return the loss of a batch, after a step of the head."""
        order = targets["row"].argsort()
        rows = outputs["features"][order]
        features = rows.detach().requires_grad_()
        with torch.enable_grad():
            loss = self.loss(features, targets["segment"][order])
            loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step(self.schedule.rate(self.step))
        self.step += 1
        # A scalar with the value of the loss, and with its gradient with respect to the features.
        gradient = features.grad
        assert gradient is not None
        product = (rows * gradient).sum()
        return {TASK: loss.detach() + product - product.detach()}

    @abstractmethod
    def loss(self, features: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        """Return the loss of features (views * n, channels) in the order of the views."""


class Contrast(ViewObjective):
    """The loss of SimCLR: the two views of a segment are each other's positive."""

    def __init__(self, head: torch.nn.Module, schedule: Schedule, temperature: float) -> None:
        super().__init__(head, schedule)
        self.temperature = temperature

    def loss(self, features: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        """Return the contrastive loss."""
        return losses.nt_xent(in_views(self.head(features), 2), self.temperature)


class TeacherObjective(ViewObjective):
    """An objective with a teacher: moving averages of the network and of a part of the head.

    Parameters
    ----------
    network : dt4ecg.nn.Network
        The network that the trainer trains.
    head : torch.nn.Module
    averaged : torch.nn.Module
        The head, or the part of it that the teacher has, too.
    schedule : Schedule
    momentum : float
        Weight of the teacher's old parameters at each step.

    Notes
    -----
    The teacher's batch norm uses the statistics of the batch, and keeps running ones for later.
    """

    def __init__(
        self,
        network: Network,
        head: torch.nn.Module,
        averaged: torch.nn.Module,
        schedule: Schedule,
        momentum: float,
    ) -> None:
        super().__init__(head, schedule)
        self._pairs = [
            (network, copy.deepcopy(network).train()),
            (averaged, copy.deepcopy(averaged).train()),
        ]
        self.momentum = momentum
        for _, teacher in self._pairs:
            teacher.requires_grad_(False)

    @property
    def teacher(self) -> Network:
        """The moving average of the network."""
        found = self._pairs[0][1]
        assert isinstance(found, Network)
        return found

    def follow(self) -> None:
        """Move the teacher towards the network and the head as they are now."""
        with torch.no_grad():
            for student, teacher in self._pairs:
                for new, old in zip(student.parameters(), teacher.parameters(), strict=True):
                    old.lerp_(new, 1 - self.momentum)

    def projections(self, segments: torch.Tensor) -> torch.Tensor:
        """Return the teacher's projections of both long views, (2, n, d), after :meth:`follow`.

        The trainer has stepped since the last call.
        """
        if self.step:
            self.follow()
        with torch.no_grad():
            found: torch.Tensor = self._pairs[1][1](self.teacher.embed(segments))
        return in_views(found, 2)


class Distillation(TeacherObjective):
    """The loss of DINO: the student's views match the teacher's centred and sharpened ones."""

    def __init__(
        self,
        network: Network,
        head: torch.nn.Module,
        schedule: Schedule,
        settings: DistillationSettings,
    ) -> None:
        super().__init__(network, head, head, schedule, settings.teacher_momentum)
        self.settings = settings
        self.center: torch.Tensor | None = None

    def loss(self, features: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        """Return the cross-entropy of the views, and move the centre."""
        chosen = self.settings
        wanted = self.projections(segments[: 2 * (len(segments) // chosen.views)])
        center = torch.zeros_like(wanted[0, 0]) if self.center is None else self.center
        self.center = losses.next_center(
            center, wanted.flatten(0, 1), chosen.center_momentum, chosen.centering
        )
        found = in_views(self.head(features), chosen.views)
        return losses.distillation(
            found, wanted, center, chosen.student_temperature, chosen.teacher_temperature
        )


@dataclass(frozen=True)
class DistillationSettings:
    """Numbers of :class:`Distillation`."""

    views: int
    student_temperature: float
    teacher_temperature: float
    teacher_momentum: float
    center_momentum: float
    centering: str


class Bootstrap(TeacherObjective):
    """The loss of BYOL: a predictor finds the teacher's projection of the other view."""

    def __init__(
        self,
        network: Network,
        projector: torch.nn.Module,
        predictor: torch.nn.Module,
        schedule: Schedule,
        momentum: float,
    ) -> None:
        both = torch.nn.Sequential(projector, predictor)
        super().__init__(network, both, projector, schedule, momentum)

    def loss(self, features: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        """Return the distance of the predictions."""
        wanted = self.projections(segments)
        return losses.regression(in_views(self.head(features), 2), wanted)
