"""VGGFace2's SENet-50, a ResNet with squeeze and excitation: 26,092,144 parameters without its top, 2,048 numbers.

Weights come from the user: `rcmalli_vggface_tf_notop_senet50.h5`, or the file with the top,
`rcmalli_vggface_tf_senet50.h5`.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.encoders.network import Network
from pipeline.encoders.networks.vggface2_layers import Variant, build_variant

SENET50 = Variant(squeezes=True, epsilon=1e-4)


def build(weights: Path) -> Network:
    """The network from a file with or without its top; its tail is the last block. Raises `WeightsError`."""
    return build_variant(weights, SENET50)
