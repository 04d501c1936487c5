"""Inputs of the page: no text, choice or click is lost while the page is drawn anew.

What stands in an input belongs to the browser. Solara's own text fields keep it in a trait that the
server sets again whenever it draws, and ask for it only at the Enter key: text typed before a
redraw was gone by then. Here every input says what was done in an event of its own, numbered, and
sent in the order of the user's doing; the server's value is shown only where it has changed, has
heard everything said so far, and nothing stands there unsaid. A line of text waits with it until
the cursor leaves: what is marked there is about to be typed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipyvuetify
import solara
import traitlets

# value: what stands in the input; given: what the server knows; sent, heard: numbers of events
SCRIPT = """
<script>
module.exports = {
  data() {
    return {value: null, sent: 0, unsaid: false, entered: false, late: false,
            held: null, pointed: false}
  },
  created() { this.value = this.given },
  beforeDestroy() { this.commit() },
  watch: {
    given() {
      if (this.entered) this.late = true
      else this.show()
    },
  },
  methods: {
    show() {
      if (!this.unsaid && this.heard >= this.sent) this.value = this.given
    },
    enter() {
      this.entered = true
      this.late = false
    },
    leave() {
      this.commit()
      this.entered = false
      if (this.late) this.show()
    },
    tell(value) {
      this.value = value
      this.unsaid = this.late = false
      this.sent = Math.max(this.sent + 1, this.heard + 1)
      this.say({value: value, number: this.sent})
    },
    write(value) {
      this.value = value
      this.unsaid = true
      if (!this.lazy) this.commit()
    },
    commit() { if (this.unsaid) this.tell(this.value) },
    hold(event) {  // a press stays with its button, wherever that moves meanwhile
      if (event.button !== 0 || this.disabled) return
      this.held = [event.clientX, event.clientY]
      this.pointed = true
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    release(event) {
      if (this.held === null) return
      const [x, y] = this.held
      this.held = null
      if (Math.hypot(event.clientX - x, event.clientY - y) < 8) this.tell(null)
    },
    press(event) {  // by key, script or whatever else makes no pointer events
      if (event.detail === 0 || !this.pointed) this.tell(null)
      this.pointed = false
    },
  },
}
</script>
"""
TEMPLATES = {
    "text": """<v-text-field :label="label" :value="value" hide-details="auto" placeholder=""
        @input="write" @keydown.enter="commit" @focus="enter" @blur="leave"></v-text-field>""",
    "choice": """<v-select :label="label" :value="value" :items="items"
        @change="tell"></v-select>""",
    "tick": """<v-checkbox :label="label" :input-value="value"
        @change="(on) => tell(!!on)"></v-checkbox>""",
    "slide": """<v-slider :label="label" :value="value" :min="items[0]" :max="items[1]"
        :step="items[2]" thumb-label hide-details @change="tell"></v-slider>""",
    "button": """<v-btn :color="color" :text="plain" :disabled="disabled && held === null"
        :aria-label="spoken" @pointerdown.native="hold" @pointerup.native="release"
        @pointercancel.native="held = null" @click="press">{{ label }}</v-btn>""",
}


class Input(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """The widget of all inputs; `template` says which."""

    label = traitlets.Unicode().tag(sync=True)
    given = traitlets.Any().tag(sync=True)
    heard = traitlets.Int(0).tag(sync=True)
    items: Any = traitlets.List().tag(sync=True)
    lazy = traitlets.Bool(False).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)
    plain = traitlets.Bool(False).tag(sync=True)
    color = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    spoken = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    listener = traitlets.Any()

    def vue_say(self, data: Any) -> None:
        """Take in what the browser says; what is not of its form is left."""
        number = data.get("number") if isinstance(data, dict) else None
        if isinstance(number, int) and 0 < number < 2**53:
            self.listener(number, data.get("value"))


def _input(kind: str, label: str, on_value: Callable[[Any], None], **traits: Any) -> Any:
    """An input that keeps its widget however many others come and go beside it."""
    return _Input(kind, label, on_value, **traits).key(f"{kind} {label}")


@solara.component
def _Input(kind: str, label: str, on_value: Callable[[Any], None], **traits: Any) -> Any:
    heard, set_heard = solara.use_state(0)

    def hear(number: int, value: Any) -> None:
        set_heard(number)
        on_value(value)

    return Input.element(
        template=f"<template>{TEMPLATES[kind]}</template>{SCRIPT}",
        label=label, heard=heard, listener=hear, **traits,
    )  # fmt: skip


def _bound(value: Any, on_value: Callable[[Any], None] | None) -> tuple[Any, Callable[[Any], None]]:
    """The value to show, and what is to be called with another: a reactive value is both."""
    if isinstance(value, solara.Reactive):
        return value.value, on_value or value.set
    return value, on_value or (lambda _: None)


def Text(
    label: str, value: Any, on_value: Callable[[str], None] | None = None, lazy: bool = False
) -> Any:
    """A line of text: told at every key, or (lazy) at Enter and when the field is left."""
    given, tell = _bound(value, on_value)
    return _input(
        "text", label, lambda text: tell("" if text is None else str(text)), given=given, lazy=lazy
    )


def Choice(
    label: str, value: Any, values: Sequence[Any], on_value: Callable[[Any], None] | None = None
) -> Any:
    """One of several values."""
    given, tell = _bound(value, on_value)
    return _input("choice", label, tell, given=given, items=list(values))


def Tick(label: str, value: bool, on_value: Callable[[bool], None]) -> Any:
    """Yes or no."""
    return _input("tick", label, lambda on: on_value(on is True), given=value)


def Slide(label: str, value: solara.Reactive[int], least: int, most: int, step: int) -> Any:
    """A whole number between two others."""

    def tell(number: Any) -> None:
        if isinstance(number, (int, float)):
            value.value = min(max(int(number), least), most)

    return _input("slide", label, tell, given=value.value, items=[least, most, step])


def Button(
    label: str,
    on_click: Callable[[], None],
    color: str | None = None,
    disabled: bool = False,
    plain: bool = False,
    spoken: str | None = None,
) -> Any:
    """A button; spoken: its name for those who do not see it."""

    def click(_: Any) -> None:
        if not disabled:
            on_click()

    made = _input(
        "button", label, click, color=color, disabled=disabled, plain=plain, spoken=spoken
    )
    return made if spoken is None else made.key("button with a sign")


def Parameters(
    owner: str, entries: dict[str, dict[str, Any]], on_value: Callable[[str, Any], None], lazy: bool
) -> None:
    """Inputs of a class's parameters, as `user_params` describes them.

    owner: the class's name: another class's inputs are others, even with the same label.
    """
    for name, entry in entries.items():

        def tell(value: Any, name: str = name) -> None:
            on_value(name, value)

        label, value = entry["label"], entry["value"]
        if entry["type"] == "Select":
            made = Choice(label, value, entry["values"], tell)
        elif entry["type"] == "Checkbox":
            made = Tick(label, value, tell)
        else:
            made = Text(label, value, tell, lazy)
        made.key(f"{owner}.{name}")
