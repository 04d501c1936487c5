"""Files of the user's machine, for the page."""

from __future__ import annotations

from typing import Any

import solara
from ipyvuetify.extra import FileInput

from nashbox.app.limits import BYTES, FILES
from nashbox.app.ui.inputs import Text
from nashbox.app.ui.session import Session

LABELLED = FileInput.class_traits()["template"].default_value.replace(
    "<v-file-input", '<v-file-input label="files of this machine"'
)


@solara.component
def Upload(session: Session) -> None:
    """Choose files of this machine."""
    solara.Text(
        "A problem file (.toml) with the tables it names, or a table of costs (.csv: "
        "agent,<distribution>,...)",
        classes=["nb-note"],
    )
    Text("sigma of an uploaded cost table", value=session.sigma)
    _Files(session)


@solara.component
def _Files(session: Session) -> Any:
    """Files are read in pieces, in a thread; of too large ones just enough to refuse them.

    Whatever is chosen while others are read is read next: the last choice counts.
    """
    info, set_info = solara.use_state(None)
    element = FileInput.element(
        multiple=True, on_file_info=set_info, show_progress=False, template=LABELLED
    )
    widget: Any = solara.use_ref(None)
    solara.use_effect(lambda: setattr(widget, "current", solara.get_widget(element)), [])
    taken = solara.use_ref(0)  # the version of the choice that was read last

    def read() -> None:
        while info and widget.current.file_info and widget.current.version != taken.current:
            version = widget.current.version
            try:
                held = [
                    (one["name"], one["file_obj"].read(min(one["size"], BYTES + 1)))
                    for one in widget.current.get_files()[: FILES + 1]
                ]
            except Exception:  # all that the widget raises: another choice, or no answer for long
                held = None
            if version == widget.current.version:
                taken.current = version
                session.upload(held)

    solara.use_thread(read, [info], intrusive_cancel=False)
    return element
