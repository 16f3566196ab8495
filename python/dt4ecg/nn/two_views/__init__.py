"""Networks that see a spectrogram of the segment, alone or together with the segment.

They are backbones by the names ``"spectrogram"``, ``"gated"`` and ``"co_attention"``, which
:class:`dt4ecg.nn.Network` imports when it needs them.
"""

from dt4ecg.nn.two_views.fusion import CoAttention, Gated
from dt4ecg.nn.two_views.time_frequency import Spectrogram, spectrogram

__all__ = ["CoAttention", "Gated", "Spectrogram", "spectrogram"]


def __dir__() -> list[str]:
    return sorted(__all__)
