"""The one error that is told in a line and ends the command with 1."""


class Failure(Exception):
    """A run that proves nothing: a response is not whole, a peer does not start, a tool says no number."""
