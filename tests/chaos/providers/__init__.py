"""Providers to be found out, and one that is right. The standard library is all they use.

Run as `python -m tests.chaos.providers.loses`, with the variables that `fakeapns chaos` sets.
"""
