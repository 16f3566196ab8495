"""Networks: one shared trunk, one head per task, as ordinary ``torch.nn.Module`` objects.

The graphs live in C++ (``cpp/src/nn``); here they get parameters, names and hooks. A backbone or an
attention written in Python joins the same table by :func:`register_backbone` and
:func:`register_attention`.
"""

from dt4ecg.nn.network import Network
from dt4ecg.nn.registry import attentions, backbones, register_attention, register_backbone
from dt4ecg.nn.stage import Stage

__all__ = [
    "Network",
    "Stage",
    "attentions",
    "backbones",
    "register_attention",
    "register_backbone",
]
