"""What can be set from outside: one frozen object, read from the environment (prefix ``LDM3D_``) in one place.

The command line's help, `docs/settings.md` and a test read the help texts below, so each is a whole sentence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ldm3d_web.errors import InvalidInput


class Settings(BaseSettings):
    """Everything a server or a command can be told. Make one with `load_settings`, which speaks in sentences."""

    model_config = SettingsConfigDict(env_prefix="LDM3D_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 lets other machines in.")
    port: int = Field(7860, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    data: str = Field(
        "data", min_length=1, description="Where scenes are kept: a folder or an fsspec URL such as s3://…"
    )
    database: str = Field(
        "", description="SQLAlchemy URL of the index of scenes; empty for an SQLite file inside the data folder."
    )
    model: str = Field(
        "mini", min_length=1, description="The model that is loaded at start: a name, a Hub id or a folder."
    )
    models: str = Field(
        "", description="Models a visitor may choose, separated by commas; empty for the known ones and LDM3D_MODEL."
    )
    device: str = Field("", description="Where the model runs: cpu, cuda or mps; empty for the best one there is.")
    max_queue: int = Field(
        8, ge=1, le=1000, description="How many scenes may wait for their turn; beyond it, visitors hear 'busy'."
    )
    keep_jobs: int = Field(
        200, ge=1, description="How many finished jobs are remembered, so that late listeners get their end."
    )
    max_upload_mb: int = Field(32, ge=1, description="Largest file, in megabytes, that may be sent in.")
    gallery: bool = Field(True, description="Whether recent scenes are listed, on the page and in GET /api/scenes.")
    starters: bool = Field(
        True, description="Whether a place without scenes gets the few that ship, so that nobody meets an empty page."
    )
    public_url: str = Field(
        "", description="Address under which visitors reach the server, for example https://scenes.example.org."
    )
    embed_ancestors: str = Field(
        "*",
        description="Sites that may show a scene in a frame, as in CSP's frame-ancestors; * for all, 'self' for none.",
    )

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("it must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("embed_ancestors")
    @classmethod
    def _one_header_line(cls, value: str) -> str:
        if any(c in value for c in ";,\r\n") or not value.isascii() or not value.strip():
            raise ValueError("it must be a list of sources separated by spaces, as in CSP")
        return value.strip()

    @field_validator("device")
    @classmethod
    def _known_device(cls, value: str) -> str:
        if value and value.split(":")[0] not in ("cpu", "cuda", "mps"):
            raise ValueError("it must be cpu, cuda or mps")
        return value

    @property
    def scenes_url(self) -> str:
        """The folder or URL that holds one folder a scene."""
        return self.data.rstrip("/") + "/scenes"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the index. Remote data has no place for a live SQLite file: then it is in memory."""
        if self.database:
            return self.database
        if "://" in self.data:
            return "sqlite://"
        return f"sqlite:///{Path(self.data).absolute() / 'index.sqlite'}"


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, with overrides (None means: not given) on top.

    Raises InvalidInput naming the variable, its value and what is allowed.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        variable = "LDM3D_" + str(first["loc"][0]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        reason = reason[0].lower() + reason[1:]
        raise InvalidInput(f"{variable} cannot be {first['input']!r}: {reason}.") from None
