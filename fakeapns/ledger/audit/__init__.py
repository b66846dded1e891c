"""The ledger held against what the provider meant to send.

Four steps, one a file: who is who (`identity`), what was meant (`intention`), what the ledger
says of it in one pass (`journal`), what that amounts to (`result`), and why (`explain`).
"""

from .identity import Key, digest, digest_of
from .intention import Meant
from .result import Audit, audit

__all__ = ["Audit", "Key", "Meant", "audit", "digest", "digest_of"]
