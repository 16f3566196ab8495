"""Checks of the parameters of a detector."""

from __future__ import annotations

from dt4ecg._common.numbers import integer, real
from dt4ecg.biometrics.arguments import require_preprocessor
from dt4ecg.biometrics.tamper.networks import NETWORKS
from dt4ecg.signal.preprocessor import Preprocessor


def check_parameters(
    network: str,
    width: int,
    sampling_rate: float,
    epochs: int,
    preprocessor: Preprocessor | None,
) -> None:
    """Check what the trainer does not check.

    Raises
    ------
    ValueError
        If a number or the name of the network is not legal.
    TypeError
        If the preprocessor is something else.
    """
    if not isinstance(network, str) or network not in NETWORKS:
        raise ValueError(
            f"TamperDetector: network must be one of {', '.join(NETWORKS)}, got {network!r}"
        )
    integer("TamperDetector", "width", width, 8, 4096)
    integer("TamperDetector", "epochs", epochs, 1)  # a network without training knows nothing
    if not 1 <= real(sampling_rate) <= 1e5:
        raise ValueError(
            f"TamperDetector: sampling_rate must be 1 to 1e5 Hz, got {sampling_rate!r}"
        )
    require_preprocessor("TamperDetector", preprocessor)
