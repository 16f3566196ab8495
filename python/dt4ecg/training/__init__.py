"""Training: the trainer, its options, history and recipes."""

from dt4ecg.training.trainer import Trainer

__all__ = ["Trainer"]
