"""How many notifications may end in which way on devices."""

from __future__ import annotations

from collections.abc import Iterator

from .problems import Checked
from .units import Count, CountRange


class Fates(Checked, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A number or a range for each fate that matters; `stored` are those that still wait in the
    end, and `shown` those of all that came to a screen.
    """

    delivered: Count | None = None
    stored: Count | None = None
    replaced: Count | None = None
    expired: Count | None = None
    not_stored: Count | None = None
    dropped: Count | None = None
    throttled: Count | None = None
    shown: Count | None = None

    @property
    def bounds(self) -> Iterator[tuple[str, CountRange]]:
        """What is given, by the fates' names. Raises `UsageError` for a range that runs back."""
        for name in self.__struct_fields__:
            given = getattr(self, name)
            if given is not None:
                yield name.replace("_", "-"), CountRange.parse(given)
