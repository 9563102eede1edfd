"""Passwords of cameras in the control database: encrypted with a key that lies beside it, for its owner only.

Who has the whole data folder has the passwords, too; who has a copy of the database has not. Hides `cryptography`.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from pipeline.errors import SettingsError

KEY_NAME = "camera.key"


def seal(data_dir: Path, text: str) -> bytes:
    """`text`, encrypted; the data folder's key is made on first use."""
    return Fernet(_key(data_dir)).encrypt(text.encode())


def unseal(data_dir: Path, sealed: bytes) -> str:
    """The text of `seal`; raises `SettingsError` when the key is gone or another one."""
    path = data_dir / KEY_NAME
    if not path.is_file():
        raise SettingsError(f"{path} is missing: remove the cameras that have a password, and add them again")
    try:
        return Fernet(path.read_bytes()).decrypt(sealed).decode()
    except (InvalidToken, ValueError) as error:
        raise SettingsError(f"{path} is not the key of this database: add the cameras again") from error


def _key(data_dir: Path) -> bytes:
    """The data folder's key; it appears whole, whoever else asks for it first at the same moment."""
    path = data_dir / KEY_NAME
    if not path.is_file():
        with tempfile.NamedTemporaryFile(dir=data_dir, prefix=f".{KEY_NAME}-") as fresh:  # readable by its owner only
            fresh.write(Fernet.generate_key())
            fresh.flush()
            with suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_bytes()
