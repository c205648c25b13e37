"""The secret of a recipient's own answer address, made again from the key and never stored."""

import hashlib
import hmac


def organiser_token(key: bytes, uid: str, address: str) -> str:
    """Return 128 bits in hex that only the holder of `key` can make, constant for a UID and address.

    `address` is the recipient's folded one. The parts are joined by NUL, which neither can hold, so
    that no two pairs run together.
    """
    said = f"answer\0{uid}\0{address}".encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:32]
