"""Networks as ordinary ``torch.nn.Module`` objects: a shared trunk and one head per task.

The C++ core (``cpp/src/nn``) defines the computation of each part as a graph; the classes here hold
its parameters. A backbone or an attention written in Python joins the same table by
:func:`register_backbone` and :func:`register_attention`.
"""

from dt4ecg.nn.map_network import MapNetwork
from dt4ecg.nn.network import Network
from dt4ecg.nn.recurrent import Recurrent
from dt4ecg.nn.registry import attentions, backbones, register_attention, register_backbone
from dt4ecg.nn.stage import Stage

__all__ = [
    "MapNetwork",
    "Network",
    "Recurrent",
    "Stage",
    "attentions",
    "backbones",
    "register_attention",
    "register_backbone",
]


def __dir__() -> list[str]:
    return sorted(__all__)
