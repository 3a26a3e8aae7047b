"""The one error that is told in a line and ends the command with 1."""


class Failure(Exception):
    """A run that proves nothing: a response that is not whole, a peer that does not start, a tool that says no number."""
