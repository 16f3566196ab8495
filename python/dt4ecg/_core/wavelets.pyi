from collections.abc import Sequence

import torch

HIGHEST_ORDER: int

def morlet(
    rows: torch.Tensor,
    sampling_rate: float,
    frequencies: Sequence[float],
    cycles: Sequence[float],
    reflect: bool,
) -> torch.Tensor: ...
def superlet(
    rows: torch.Tensor,
    sampling_rate: float,
    frequencies: Sequence[float],
    orders: Sequence[int],
    cycles: float,
    multiplicative: bool,
    reflect: bool,
) -> torch.Tensor: ...
