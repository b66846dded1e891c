"""The ledger held against what the provider meant to send.

Step by step, one a file: who is who (`identity`), what was meant (`intention`), who may come
again (`refusal`), what the ledger says of it all in one pass (`journal`, which keeps a `trail`
for each connection), what that amounts to (`result`), whether it was expected (`expectations`)
and why it came so (`explain`, out of `clauses` and `phrases`).
"""

from .identity import Key, digest_of
from .intention import Meant
from .refusal import own_fault
from .result import Audit, audit

__all__ = [
    "Audit",
    "Key",
    "Meant",
    "audit",
    "digest_of",
    "own_fault",
]
