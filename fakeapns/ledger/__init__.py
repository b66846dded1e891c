"""What happened, and what that proves."""
