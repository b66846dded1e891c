"""The ledger held against what the provider meant to send.

Step by step, one a file: who is who (`identity`), what was meant (`intention`), who may come
again (`refusal`), what the ledger says of it all in one pass (`journal`, which keeps a `trail`
for each connection, and in `knowledge` what could be known when, with who is `gone`), what that
amounts to (`judging`, a `result`), whether it was expected (`expectations`), why it came so
(`explain`, with `missing`, its `hindrances`, `struck_off`, `turned_away` and `as_text`, out of
`clauses` and `phrases`), and what a sender should do about each `finding` (`advice`). Over HTTP/2
there are `streams`, `retries` and `provider_tokens` beside the trails, and `fates`, out of which
`missing_over_http2` and `too_much_over_http2` tell, with `advice_over_http2`.
"""

from .advice import advice_on, in_short
from .expectations import within
from .finding import Finding
from .identity import Key, digest_of
from .intention import Meant
from .judging import audit
from .refusal import own_fault
from .result import Audit
from .turned_away import TurnedAway

__all__ = [
    "Audit",
    "Finding",
    "Key",
    "Meant",
    "TurnedAway",
    "advice_on",
    "audit",
    "digest_of",
    "in_short",
    "own_fault",
    "within",
]
