"""How a reader wants the page: theme, size and density, kept in cookies and rendered by the server (no flash)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "theme": ("auto", "light", "dark"),
    "size": ("normal", "large"),
    "density": ("comfortable", "compact"),
}
COOKIE_PREFIX: Final = "kx_"


@dataclass(frozen=True)
class Appearance:
    """The three choices; each value is one of CHOICES."""

    theme: str = "auto"
    size: str = "normal"
    density: str = "comfortable"

    @property
    def html_class(self) -> str:
        """Classes of <html>; the automatic theme needs none."""
        names = {
            "theme-light": self.theme == "light",
            "theme-dark": self.theme == "dark",
            "large": self.size == "large",
            "compact": self.density == "compact",
        }
        return " ".join(name for name, on in names.items() if on)


def read(request: HttpRequest) -> Appearance:
    """The reader's choices from the cookies; anything unknown counts as the default."""
    chosen = {
        name: value
        for name, allowed in CHOICES.items()
        if (value := request.COOKIES.get(COOKIE_PREFIX + name, "")) in allowed
    }
    return Appearance(**chosen)
