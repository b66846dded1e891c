"""Who sends, and what that one may."""
