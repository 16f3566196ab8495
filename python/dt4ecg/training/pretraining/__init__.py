"""Pre-training without labels: self-distillation, and SimCLR and BYOL as baselines.

Each estimator learns a network from segments alone. ``DT4ECGClassifier(init=...)`` then starts from
this network, or from the file that ``save`` writes.
"""

from dt4ecg.training.pretraining.byol import BYOL
from dt4ecg.training.pretraining.crops import Crops
from dt4ecg.training.pretraining.self_distillation import SelfDistillation
from dt4ecg.training.pretraining.simclr import SimCLR

__all__ = ["BYOL", "Crops", "SelfDistillation", "SimCLR"]


def __dir__() -> list[str]:
    return sorted(__all__)
