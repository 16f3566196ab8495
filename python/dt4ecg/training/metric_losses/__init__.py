"""Metric losses: objectives that pull segments of one person together in the feature space.

Each is an objective of :class:`dt4ecg.Trainer` and takes the pooled features at unit length. The
targets are person numbers (n,), or a dictionary of arrays (n,) with the entry ``"subject"``. A
segment whose person is -1 has no part. A batch without a pair to compare has no loss, so batches
need several segments of each person; :class:`dt4ecg.training.SubjectBatches` draws such batches.
"""

from dt4ecg.training.metric_losses.contrastive import Contrastive
from dt4ecg.training.metric_losses.multi_similarity import MultiSimilarity
from dt4ecg.training.metric_losses.supervised_contrastive import SupervisedContrastive
from dt4ecg.training.metric_losses.triplet import Triplet

__all__ = ["Contrastive", "MultiSimilarity", "SupervisedContrastive", "Triplet"]


def __dir__() -> list[str]:
    return sorted(__all__)
