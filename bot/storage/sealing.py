"""What is kept of people: ids as keyed hashes, words sealed where a key is given."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_SEALED = "sealed:"


class SealError(Exception):
    """Something sealed cannot be read with the keys that were given."""


class Sealer:
    """Hashes ids, and seals and opens text. Without encryption keys text is kept as it is."""

    def __init__(self, secret_key: str, encryption_keys: Sequence[str] = ()) -> None:
        """Take the key of the hashes, and the keys of the seals, the newest first.

        Raises:
            ValueError: An encryption key is not one.
        """
        self._secret = secret_key.encode()
        self._fernet = MultiFernet([Fernet(key) for key in encryption_keys]) if encryption_keys else None

    @property
    def seals(self) -> bool:
        """Whether text is sealed."""
        return self._fernet is not None

    def hashed(self, purpose: str, value: str) -> str:
        """A value as 43 characters that only who holds the key can work out; alike values of two purposes cannot be matched."""
        digest = hmac.new(self._secret, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def seal(self, text: str) -> str:
        """Text as it is stored."""
        return text if self._fernet is None else _SEALED + self._fernet.encrypt(text.encode()).decode()

    def open(self, stored: str) -> str:
        """Stored text as it was.

        Raises:
            SealError: None of the keys opens it.
        """
        if not stored.startswith(_SEALED):
            return stored
        if self._fernet is None:
            raise SealError
        try:
            return self._fernet.decrypt(stored.removeprefix(_SEALED)).decode()
        except InvalidToken:
            raise SealError from None


def new_key() -> str:
    """A fresh key, for hashes or for seals."""
    return Fernet.generate_key().decode()
