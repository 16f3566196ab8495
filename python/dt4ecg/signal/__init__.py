"""Filters, preprocessing and segmentation of ECG samples."""

from dt4ecg.signal.filters import (
    HIGHEST_ORDER,
    design_highpass,
    design_notch,
    highpass,
    minmax,
    notch,
    resample,
    segment,
)
from dt4ecg.signal.preprocessor import Dropped, Preprocessor, Stream

__all__ = [
    "HIGHEST_ORDER",
    "Dropped",
    "Preprocessor",
    "Stream",
    "design_highpass",
    "design_notch",
    "highpass",
    "minmax",
    "notch",
    "resample",
    "segment",
]
