"""The nn4.small2 of the tutorials on FaceNet (`faceRecoModel`): OpenFace's weights in a network that differs a little.

Their `inception_blocks_v2` does not normalise across channels, pools by the mean where OpenFace takes the root of
summed squares, and adds Keras's 1e-3 to the variance in the first batch normalisation. The tutorials define it channels
first; here it computes channels last, which gives the same numbers. Input is RGB in 96x96 as `x / 255`.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.encoders.network import Network
from pipeline.encoders.networks.nn4_layers import Variant
from pipeline.encoders.networks.nn4_small2 import network_of
from pipeline.encoders.networks.nn4_weights import read_weights

TUTORIAL = Variant(normalises_channels=False, pools_squares=False, first_epsilon=1e-3)


def build(weights: Path) -> Network:
    """The network from OpenFace's `.t7`, a folder of CSV files or an `.h5`; raises `WeightsError` for anything else."""
    return network_of(read_weights(weights), TUTORIAL)
