"""The same results told in several ways."""
