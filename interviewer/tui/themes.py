"""The colours: dark, light, and one for those who need strong contrasts."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

DARK, LIGHT, HIGH_CONTRAST = "dark", "light", "high-contrast"


def themes() -> tuple[Theme, ...]:
    """The themes of this program, by the names that the settings use."""
    return (
        _renamed(BUILTIN_THEMES["textual-dark"], DARK),
        _renamed(BUILTIN_THEMES["textual-light"], LIGHT),
        Theme(
            name=HIGH_CONTRAST,
            primary="#ffff00",
            secondary="#00ffff",
            accent="#ffff00",
            warning="#ffff00",
            error="#ff8080",
            success="#80ff80",
            foreground="#ffffff",
            background="#000000",
            surface="#000000",
            panel="#1c1c1c",
            boost="#1c1c1c",
            dark=True,
            text_alpha=1.0,
            luminosity_spread=0.05,
            variables={
                "text-muted": "#ffffff",
                "text-disabled": "#c0c0c0",
                "foreground-muted": "#ffffff",
                "border": "#ffff00",
                "border-blurred": "#c0c0c0",
                "footer-key-foreground": "#ffff00",
                "footer-description-foreground": "#ffffff",
                # Dark enough that the colours of what is selected can still be read on it.
                "block-cursor-foreground": "#ffffff",
                "block-cursor-background": "#0000a0",
                "input-selection-background": "#ffff00 50%",
            },
        ),
    )


def _renamed(theme: Theme, name: str) -> Theme:
    return Theme(**{**theme.__dict__, "name": name})
