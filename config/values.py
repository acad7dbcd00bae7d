"""What single settings are made of."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config.phrase import phrase

CATALOGUES = Path(__file__).parents[1] / "texts"
"""A language is offered by its file there, ``lv.po``; the sources are English."""
SOURCE_LANGUAGE = "en"

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
OptionalIdentifier = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")]
Minutes = Annotated[int, Field(ge=0, le=600)]
Duration = Annotated[int, Field(ge=1, le=600)]
Seconds = Annotated[int, Field(ge=1, le=3600)]
Port = Annotated[int, Field(ge=1, le=65535)]
Baud = Annotated[int, Field(ge=1200, le=921_600)]


def has_catalogue(code: str) -> str:
    """The code itself. Raises ValueError where there are no words in this language."""
    known = sorted({SOURCE_LANGUAGE, *(each.stem for each in CATALOGUES.glob("*.po"))})
    if code not in known:
        raise ValueError(phrase("expected one of the languages {known}", known=", ".join(known)))
    return code


LanguageCode = Annotated[str, AfterValidator(has_catalogue)]


TextsByLanguage = dict[str, Annotated[str, Field(min_length=1, max_length=120)]]
PIN = r"scrypt:([0-9a-f]{2}){8,}:[0-9a-f]{64}"
"""As `rinda pin` prints it."""


class Section(BaseModel):
    """A table of settings: an unknown key is an error, so that a typing mistake is never silent."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
