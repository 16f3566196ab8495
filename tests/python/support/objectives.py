"""Training objectives as a user would write them, each of a different kind."""

import torch
from torch.nn import functional


class SupervisedContrastive:
    """Khosla et al. (2020), equation 2, on the features: segments of one person are alike."""

    tasks = ("contrastive",)

    def __call__(self, outputs, targets):
        z = functional.normalize(outputs["features"], dim=1)
        itself = torch.eye(len(z), dtype=torch.bool)
        alike = (targets[:, :1] == targets[:, 0]) & ~itself
        log_share = (z @ z.T / 0.5).masked_fill(itself, -1e9).log_softmax(1)
        per_segment = -(log_share * alike).sum(1) / alike.sum(1).clamp(min=1)
        return {"contrastive": per_segment.mean()}


def distillation(outputs, targets):
    """Hinton et al. (2015): follow the logits of a teacher, at a temperature of 2."""
    return {
        task: 4
        * functional.kl_div(
            (outputs[task] / 2).log_softmax(1),
            (teacher / 2).log_softmax(1),
            reduction="batchmean",
            log_target=True,
        )
        for task, teacher in targets.items()
    }


def regression(outputs, targets):
    """Compute the mean squared error of a head with one output."""
    return {"rate": (outputs["rate"][:, 0] - targets).square().mean()}


def confusion(outputs, targets):
    """Learn the person, and hide the activity: its head shall answer uniformly."""
    return {
        "identity": functional.cross_entropy(outputs["identity"], targets[:, 0]),
        "activity": -outputs["activity"].log_softmax(1).mean(),
    }


class WithCentres:
    """Cross-entropy for the person, and a loss of its own on features and logits together."""

    tasks = ("identity", "compact")

    def __call__(self, outputs, targets):
        identity = functional.cross_entropy(outputs["identity"], targets[:, 0])
        spread = outputs["features"].var(0).mean() + outputs["identity"].square().mean()
        return {"identity": identity, "compact": spread}
