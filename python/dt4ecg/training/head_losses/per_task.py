"""An objective in which each task of a network has its own loss."""

from collections.abc import Callable, Mapping
from typing import Protocol

import torch


class HeadLoss(Protocol):
    """A loss as :class:`PerTask` takes it."""

    @property
    def outputs(self) -> int:
        """Number of outputs that the head needs."""

    @property
    def predict(self) -> Callable[[torch.Tensor], torch.Tensor]:
        """Turn outputs (n, outputs) into predictions (n,)."""

    def __call__(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor | None:
        """Return the loss of outputs and targets (n,), or None if no target is known."""


class PerTask:
    """The objective of a network whose tasks are classes, numbers and ratings.

    :meth:`dt4ecg.Trainer.fit` takes as y a dictionary with one array (n,) per task.

    Parameters
    ----------
    losses : dict of str to loss
        For each task of the network a :class:`ClassLoss`, :class:`RegressionLoss` or
        :class:`OrdinalLoss`, or another object with ``outputs``, ``predict`` and a call.

    Attributes
    ----------
    tasks : tuple of str
    outputs : dict of str to int
        Number of outputs of each head: the `tasks` of :class:`dt4ecg.nn.Network`.

    Raises
    ------
    ValueError
        If there is no loss; when called, if the targets are not a dictionary with all tasks.

    See Also
    --------
    dt4ecg.datasets.load_wesad_hr : Heart rate with ratings of valence and arousal.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> from dt4ecg.training.head_losses import ClassLoss, OrdinalLoss, PerTask, RegressionLoss
    >>> heads = PerTask(
    ...     {"state": ClassLoss(4), "valence": OrdinalLoss(9), "age": RegressionLoss(mean=40)}
    ... )
    >>> heads.outputs
    {'state': 4, 'valence': 8, 'age': 1}
    >>> network = dt4ecg.nn.Network("gru", "none", tasks=heads.outputs, segment_length=60, seed=0)
    >>> X = torch.randn(8, 1, 60)
    >>> y = {"state": torch.arange(8) % 4, "valence": torch.arange(8), "age": torch.ones(8)}
    >>> run = dt4ecg.Trainer(network, objective=heads, epochs=1, n_threads=1).fit(X, y)
    >>> {task: tuple(found.shape) for task, found in heads.predict(network(X)).items()}
    {'state': (8,), 'valence': (8,), 'age': (8,)}
    """

    def __init__(self, losses: Mapping[str, HeadLoss]) -> None:
        if not losses:
            raise ValueError("PerTask: needs a loss for at least one task, such as ClassLoss(4)")
        self.losses = dict(losses)
        self.tasks = tuple(losses)
        self.outputs = {task: loss.outputs for task, loss in losses.items()}

    def __call__(
        self, outputs: Mapping[str, torch.Tensor], targets: object
    ) -> dict[str, torch.Tensor]:
        """Return one loss per task that has a known target."""
        if not isinstance(targets, Mapping) or any(task not in targets for task in self.tasks):
            found = [*targets] if isinstance(targets, Mapping) else type(targets).__name__
            raise ValueError(
                f"PerTask: y must be a dictionary with an array for {', '.join(self.tasks)}, got "
                f"{found}"
            )
        if missing := [task for task in self.tasks if task not in outputs]:
            raise ValueError(
                f"PerTask: the network has no task {', '.join(missing)}; build it with "
                "tasks=PerTask(...).outputs"
            )
        losses = {task: loss(outputs[task], targets[task]) for task, loss in self.losses.items()}
        return {task: loss for task, loss in losses.items() if loss is not None}

    def predict(self, outputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Return the predictions (n,) of each task, from the outputs of the network.

        Parameters
        ----------
        outputs : dict of str to Tensor (n, outputs)

        Returns
        -------
        dict of str to Tensor (n,)

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.training.head_losses import OrdinalLoss, PerTask
        >>> PerTask({"valence": OrdinalLoss(3)}).predict({"valence": torch.ones(1, 2)})
        {'valence': tensor([0])}
        """
        return {task: loss.predict(outputs[task]) for task, loss in self.losses.items()}
