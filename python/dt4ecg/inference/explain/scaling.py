"""Maps at the resolution of the segment, with values from 0 to 1."""

import torch


def to_segment(maps: torch.Tensor, samples: int) -> torch.Tensor:
    """Interpolate maps (n, length) linearly to (n, samples).

    A step of the feature maps counts as the middle of the samples that it stands for.
    """
    found: torch.Tensor = torch.nn.functional.interpolate(
        maps[:, None], samples, mode="linear", align_corners=False
    )
    return found[:, 0]


def to_unit(maps: torch.Tensor) -> torch.Tensor:
    """Divide each non-negative map by its largest value; a map of zeros stays as it is."""
    largest = maps.amax(1, keepdim=True)
    return torch.where(largest > 0, maps / largest.clamp_min(torch.finfo(maps.dtype).tiny), 0.0)
