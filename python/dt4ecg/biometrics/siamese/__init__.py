"""Two networks of Siamese verification: a Transformer, and convolutions with a Transformer.

Both branches of a Siamese network share their weights, so one network embeds both segments of a
pair. :class:`dt4ecg.biometrics.Verifier` knows them as ``"transformer"`` and ``"cnn_transformer"``,
and trains them on pairs with ``loss="contrastive"``. For another use,
:func:`dt4ecg.nn.register_backbone` takes the classes.
"""

from dt4ecg.biometrics.siamese.cnn_transformer import CnnTransformer
from dt4ecg.biometrics.siamese.network import SiameseNetwork
from dt4ecg.biometrics.siamese.transformer import Transformer

__all__ = ["CnnTransformer", "SiameseNetwork", "Transformer"]


def __dir__() -> list[str]:
    return sorted(__all__)
