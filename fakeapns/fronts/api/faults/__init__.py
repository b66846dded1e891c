"""What faults do to connections of the API: `at` is their face, `goodbye` the GOAWAYs they say.

Nothing is imported here: a connection's standing knows of its goodbyes, and `at` of both.
"""
