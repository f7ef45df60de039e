"""The line of keys at the bottom of every screen."""

from __future__ import annotations

from textual.widgets import Footer


class Keys(Footer):
    """The keys of the screen. The palette's own key is in the help, so that all of them fit in 80 columns."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    async def recompose(self) -> None:
        """Draws the keys anew."""
        await super().recompose()
        # Each key follows this value, which keeps those that are gone until it is next set.
        self.mutate_reactive(Footer.compact)
