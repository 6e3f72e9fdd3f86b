# SPDX-License-Identifier: Apache-2.0
"""Exceptions that correspond to exit codes."""


class Error(Exception):
    """A run of the program that failed.

    ``exit_code`` is the program's exit code, and ``message`` is what it wrote to standard error.
    """

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(message.strip() or f"lhcr ended with {exit_code}")
        self.exit_code = exit_code
        self.message = message


class RefusedError(Error):
    """Exit code 1: not everything could be done: a record could not be converted or, with ``--fail-on-loss``, lost something."""


class UsageError(Error):
    """Exit code 2: an option or an expression is wrong."""


class InputError(Error):
    """Exit code 3: an input could not be read to its end."""


class EndpointError(Error):
    """Exit code 4: an endpoint or the network failed."""


class InternalError(Error):
    """Exit code 5, or a signal: an internal error in the program."""


UNREADABLE = 3

_BY_CODE: dict[int, type[Error]] = {1: RefusedError, 2: UsageError, UNREADABLE: InputError, 4: EndpointError}


def error_of(exit_code: int, message: str) -> Error:
    """The exception for an exit code other than 0."""
    return _BY_CODE.get(exit_code, InternalError)(exit_code, message)
