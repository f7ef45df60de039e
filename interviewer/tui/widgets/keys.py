"""The line of keys at the bottom of every screen."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer

Shown = list[tuple[str, str, str, bool, str]]
"""Key, description, action, whether it can be used, and tooltip."""


class Keys(Footer):
    """The keys of the screen. The palette's own key is in the help, so that all of them fit in 80 columns."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._drawn: Shown | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Draws the keys anew where they differ: Textual tells of every change of the screen."""
        if self._drawn != _shown(screen):
            super().bindings_changed(screen)

    async def recompose(self) -> None:
        """Draws the keys anew."""
        self._drawn = _shown(self.screen)
        await super().recompose()
        # Each key follows this value, which keeps those that are gone until it is next set.
        self.mutate_reactive(Footer.compact)


def _shown(screen: Screen[object]) -> Shown:
    return [
        (binding.key, binding.description, binding.action, enabled, tooltip)
        for _, binding, enabled, tooltip in screen.active_bindings.values()
        if binding.show
    ]
