"""VGGFace2's ResNet-50: 23,561,152 parameters without its top, 2,048 numbers a face.

Weights come from the user: `rcmalli_vggface_tf_notop_resnet50.h5`, or the file with the top,
`rcmalli_vggface_tf_resnet50.h5`.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.encoders.network import Network
from pipeline.encoders.networks.vggface2_layers import Variant, build_variant

RESNET50 = Variant(squeezes=False, epsilon=1e-3)


def build(weights: Path) -> Network:
    """The network from a file with or without its top; its tail is the last block. Raises `WeightsError`."""
    return build_variant(weights, RESNET50)
