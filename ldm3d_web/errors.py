"""Errors that a user can cause: each has an HTTP status and one sentence that says what was wrong and what is allowed.

Ldm3dError
├── InvalidInput        400  a value or a file that cannot be used
│   ├── InvalidImage    400  a picture or a depth map that cannot be used
│   └── InvalidModel    400  an unknown model, or a weights folder that cannot be used
├── NotFound            404  no such scene, file or job
├── Cancelled           409  the user stopped it
├── Busy                429  the queue is full
├── StorageError        507  scenes cannot be written: read-only, full
└── HubUnreachable      503  a model that would have to be downloaded cannot be
"""


class Ldm3dError(Exception):
    """Base of every error that is shown to a user; ``str(error)`` is a sentence for them."""

    status = 500


class InvalidInput(Ldm3dError):
    """A value that is missing, malformed or out of range."""

    status = 400


class InvalidImage(InvalidInput):
    """A picture or depth map with the wrong shape, size, bit depth or kind."""


class InvalidModel(InvalidInput):
    """An unknown model name, or a weights folder that is incomplete, damaged or of another kind."""


class NotFound(Ldm3dError):
    """No scene, file or job of that name."""

    status = 404


class Cancelled(Ldm3dError):
    """The user stopped the work; nothing of it is kept."""

    status = 409


class Busy(Ldm3dError):
    """The queue is full."""

    status = 429


class StorageError(Ldm3dError):
    """The scene store cannot be written or read."""

    status = 507


class HubUnreachable(Ldm3dError):
    """A model is not on this machine and the Hub cannot be reached."""

    status = 503
