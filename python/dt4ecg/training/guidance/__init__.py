"""Guided training: the maps of a network shall agree with the waves of the heartbeats."""

from dt4ecg.training.guidance.loss import GuidanceLoss, cross_correlation
from dt4ecg.training.guidance.targets import GuidanceTargets, guidance_targets

__all__ = ["GuidanceLoss", "GuidanceTargets", "cross_correlation", "guidance_targets"]


def __dir__() -> list[str]:
    return sorted(__all__)
