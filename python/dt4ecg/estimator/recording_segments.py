"""The segments of one recording, as a model needs them."""

from numpy.typing import ArrayLike

from dt4ecg.io.lead_order import in_lead_order
from dt4ecg.io.recording import Recording
from dt4ecg.signal.outcomes import Segmented
from dt4ecg.signal.preprocessor import Preprocessor


def segments_of(
    recording: ArrayLike | Recording, sampling_rate: float | None, preprocessor: Preprocessor
) -> Segmented:
    """Cut a recording with the preprocessor of a model, whose leads are found by their names.

    Raises
    ------
    ValueError
        If no segment is left.
    """
    if isinstance(recording, Recording):
        recording = in_lead_order(recording, preprocessor.lead_names_)
    found = preprocessor.segment(recording, sampling_rate)
    if len(found.segments) == 0:
        raise ValueError(
            "recording: it has no stretch of usable samples as long as one segment of "
            f"{preprocessor.segment_seconds:g} s; record longer, or bridge lost samples "
            'with nan="interpolate"'
        )
    return found
