"""The network of an encoder: a backbone of the core, a registered one, or a Siamese network."""

from __future__ import annotations

from dt4ecg.biometrics.siamese.cnn_transformer import CnnTransformer
from dt4ecg.biometrics.siamese.transformer import Transformer
from dt4ecg.nn import Network, registry

BACKBONES: dict[str, registry.Factory] = {
    "transformer": Transformer,
    "cnn_transformer": CnnTransformer,
}
"""The Siamese networks by name."""


class SiameseNetwork(Network):
    """A :class:`dt4ecg.nn.Network` that also has the Siamese networks of this package.

    The names ``"transformer"`` and ``"cnn_transformer"`` are known here only, so that an import
    adds nothing to :func:`dt4ecg.nn.backbones`. A backbone that is registered with one of these
    names is preferred.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.biometrics.siamese import SiameseNetwork
    >>> SiameseNetwork("transformer", "none").embed(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 64])
    """

    def _factory(self, backbone: str) -> registry.Factory | None:
        own = None
        if isinstance(backbone, str) and backbone not in registry.backbones():
            own = BACKBONES.get(backbone)
        return super()._factory(backbone) if own is None else own
