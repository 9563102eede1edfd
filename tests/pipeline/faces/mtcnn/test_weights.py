"""The weights come from the installed package, and from nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.errors import WeightsError
from pipeline.faces.mtcnn.weights import SHA256, NetName, load_arrays, parse_arrays


@pytest.mark.parametrize(("net", "n_parameters"), [("pnet", 6_632), ("rnet", 100_178), ("onet", 389_040)])
def test_every_network_has_its_parameters(net: NetName, n_parameters: int) -> None:
    assert sum(array.size for array in load_arrays(net)) == n_parameters


def test_bytes_that_are_not_the_known_file_are_not_unpickled() -> None:
    with pytest.raises(WeightsError, match="pnet.*expected " + SHA256["pnet"]):
        parse_arrays("pnet", b"cos\nsystem\n(S'true'\ntR.")


def test_the_package_itself_is_not_imported() -> None:
    code = "import sys; from pipeline.faces.mtcnn.weights import load_arrays; load_arrays('pnet'); print(*sys.modules)"

    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()

    assert not {"mtcnn", "tensorflow"} & set(modules)
