"""The clerk of the command line's tests, and a vault that can be read by a user whom modes bind."""

from tests.cli.conftest import _zone, clerk, logged, logged_template, parties_template

__all__ = ["_zone", "clerk", "logged", "logged_template", "parties_template"]
