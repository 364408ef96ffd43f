"""Vectors from any server that speaks OpenAI's `POST {base}/embeddings`: Ollama, vLLM, Xinference, a gateway.

Whatever comes back is looked at before it is believed: as many vectors as texts, all of one length, of finite numbers, none
of them nothing. Everything else is `NoVectors`, and so is no answer in time.
"""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kexie.platform.matching.fields import Vector, cosines

_TIMEOUT = 20.0  # seconds without a byte
_LARGEST = 64 * 2**20
_LONGEST = 6000  # characters of one text: models cut what is longer, some refuse it
_DIMENSIONS = range(2, 16_385)


class NoVectors(Exception):
    """The endpoint gave no usable answer; the message never holds a text that was sent."""


@dataclass(frozen=True)
class Endpoint:
    """Where vectors come from: the base address (…/v1), the model's name, the key if one is asked for."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = _TIMEOUT

    def embed(self, texts: Sequence[str]) -> Vector:
        """Return one vector of length one for each text. Raises NoVectors."""
        body = {"model": self.model, "input": [text[:_LONGEST] for text in texts]}
        return _vectors(self._posted(json.dumps(body).encode()), len(texts))

    def _posted(self, body: bytes) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        url = f"{self.url.rstrip('/').removesuffix('/embeddings')}/embeddings"
        request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - declared as http(s)
        try:
            with _opener.open(request, timeout=self.timeout) as answer:
                return json.loads(answer.read(_LARGEST))
        except urllib.error.HTTPError as error:
            error.close()
            raise NoVectors(f"status {error.code}") from None
        except (OSError, http.client.HTTPException) as error:
            raise NoVectors(f"no answer: {type(error).__name__}") from None
        except (ValueError, RecursionError):
            raise NoVectors("the answer is not JSON") from None


def _vectors(answer: Any, wanted: int) -> Vector:
    try:
        rows = sorted(answer["data"], key=lambda row: row.get("index", 0))
        found = np.array([row["embedding"] for row in rows], dtype=np.float32)
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        raise NoVectors("the answer holds no vectors") from None
    if found.ndim != 2 or len(found) != wanted or found.shape[1] not in _DIMENSIONS:  # noqa: PLR2004 - rows of numbers
        raise NoVectors(f"the answer has the shape {found.shape}, for {wanted} texts")
    if not np.isfinite(found).all() or not np.linalg.norm(found, axis=1).all():
        raise NoVectors("the answer holds numbers that are none, or nothing")
    return cosines(found)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key and the texts elsewhere."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)
