"""Two networks of Siamese verification: a Transformer, and convolutions with a Transformer.

Both branches of a Siamese network share their weights, so one network embeds both segments of a
pair. Importing this package registers both as backbones, ``"transformer"`` and
``"cnn_transformer"``. :class:`dt4ecg.biometrics.Verifier` trains them on pairs with
``loss="contrastive"``.
"""

from dt4ecg.biometrics.siamese.cnn_transformer import CnnTransformer
from dt4ecg.biometrics.siamese.transformer import Transformer
from dt4ecg.nn.registry import register_backbone

__all__ = ["CnnTransformer", "Transformer"]

register_backbone(
    "transformer", Transformer, "patches of 0.2 s, two Transformer layers of 64 channels"
)
register_backbone(
    "cnn_transformer", CnnTransformer, "three convolutions, two Transformer layers of 64 channels"
)


def __dir__() -> list[str]:
    return sorted(__all__)
