"""Which phones a customer has: a table of device tokens."""

import sqlite3
from datetime import UTC, datetime

SCHEMA = """
CREATE TABLE IF NOT EXISTS device (
    token TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    registered_at TEXT NOT NULL
)
"""


class Devices:
    """The table. `path` is a file, or ":memory:"."""

    def __init__(self, path):
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute(SCHEMA)

    def register(self, customer, token, at=None):
        """The app has told us its token: it does so each time it is opened, so this is often old
        news, and still tells that the app was there at this moment, now unless given.
        """
        self._database.execute(
            "INSERT OR REPLACE INTO device VALUES (?, ?, ?)",
            (token, customer, (at or datetime.now(UTC)).isoformat(timespec="milliseconds")),
        )

    def of(self, customer):
        """The tokens of a customer's phones."""
        rows = self._database.execute("SELECT token FROM device WHERE customer = ?", [customer])
        return [token for (token,) in rows]

    def gone(self, token, since):
        """Apple says that the app is gone since then. True if the phone is struck off, False if
        the app has told us its token again after that.
        """
        done = self._database.execute(
            "DELETE FROM device WHERE token = ? AND registered_at <= ?",
            (token, since.isoformat(timespec="milliseconds")),
        )
        return done.rowcount == 1

    def close(self):
        self._database.close()
