"""What keys open. It is imported when it is opened: most monitors are only looked at, and each has its own memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual.screen import Screen

    from ccmon.monitor.explanations import ExplainedApp, Explanations
    from ccmon.monitor.follow_up_dialogs import DialogApp, FollowUpDialogs
    from ccmon.monitor.poller import Poller
    from ccmon.monitor.screens.modal import Modal
    from ccmon.snapshot.narrow import Filters

    class AppWithDialogs(ExplainedApp, DialogApp, Protocol):
        """What the dialogs need from the program."""

        poller: Poller
        filters: Filters

        @property
        def screen(self) -> Screen[Any]:
            """What is in front."""

        def filter_chosen(self, result: str | None) -> None:
            """Take a filter."""

        def agent_found(self, result: str | None) -> None:
            """Take an agent."""


class Dialogs:
    """The dialogs of a monitor."""

    def __init__(self, app: AppWithDialogs) -> None:
        self._app = app
        self._follow_ups: FollowUpDialogs | None = None
        self._explanations: Explanations | None = None

    @property
    def in_front(self) -> Modal | None:
        """The dialog in front of the floor, if there is one."""
        screen = self._app.screen
        if screen is self._app.floor_screen:
            return None
        from ccmon.monitor.screens.modal import Modal

        return screen if isinstance(screen, Modal) else None

    @property
    def follow_ups(self) -> FollowUpDialogs:
        """Acts on follow-ups."""
        if self._follow_ups is None:
            from ccmon.monitor.follow_up_dialogs import FollowUpDialogs

            self._follow_ups = FollowUpDialogs(self._app)
        return self._follow_ups

    @property
    def may_undo(self) -> bool:
        """Whether the last act on a follow-up can be undone."""
        return self._follow_ups is not None and self._follow_ups.undo_command is not None

    @property
    def explanations(self) -> Explanations:
        """Help, proofs and the palette."""
        if self._explanations is None:
            from ccmon.monitor.explanations import Explanations

            self._explanations = Explanations(self._app)
        return self._explanations

    def choose_filter(self, kind: str | None) -> None:
        """Choose the queue, team or client (or which of these `kind` says) to which the screen is narrowed."""
        from ccmon.monitor.screens.modal import Picker
        from ccmon.views.modal_content import filter_choices

        app, snapshot = self._app, self._app.poller.snapshot
        if snapshot is not None:
            choices = filter_choices(snapshot, app.filters.spelt(snapshot), kind)
            app.push_screen(Picker(app.colours, app.glyphs, "Show only", choices), app.filter_chosen)

    def find_agent(self) -> None:
        """Find an agent."""
        from ccmon.monitor.screens.modal import Picker
        from ccmon.views.modal_content import agent_choices

        app, context = self._app, self._app.view_context()
        if context is not None:
            choices = agent_choices(context.snapshot)
            app.push_screen(Picker(app.colours, app.glyphs, "Find an agent", choices), app.agent_found)
