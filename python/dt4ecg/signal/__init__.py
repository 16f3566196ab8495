"""Filters, preprocessing and segmentation of ECG samples."""

from dt4ecg.signal.classical_quality import (
    ClassicalQuality,
    ClassicalQualityStream,
    classical_quality,
    classical_quality_stream,
)
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
from dt4ecg.signal.outcomes import Dropped, LostValue, Repairs, Segmented
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.quality_indices import Quality, segment_quality
from dt4ecg.signal.recording_quality import quality
from dt4ecg.signal.stream import Stream
from dt4ecg.signal.wavelets import cwt, superlet, wavelet_image

__all__ = [
    "HIGHEST_ORDER",
    "ClassicalQuality",
    "ClassicalQualityStream",
    "Dropped",
    "LostValue",
    "Preprocessor",
    "Quality",
    "Repairs",
    "Segmented",
    "Stream",
    "classical_quality",
    "classical_quality_stream",
    "cwt",
    "design_highpass",
    "design_notch",
    "highpass",
    "minmax",
    "notch",
    "quality",
    "resample",
    "segment",
    "segment_quality",
    "superlet",
    "wavelet_image",
]


def __dir__() -> list[str]:
    return sorted(__all__)
