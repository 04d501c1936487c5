"""HTML reports as a reader and a program see them, held to the JSON inside."""

import json
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "span", "b", "ul", "li"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "data", "code", "pre", "img"),
    "script",
}


class Page(HTMLParser):
    """What a reader and a program see: tags, attributes, visible text, numbers with places."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.numbers, self.stack = [], [], [], []
        self.text, self.plain, self.json = "", "", ""
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        self.links += [v for k, v in attributes if k in ("src", "href", "srcset", "data", "action")]
        if tag == "data":
            self.numbers.append([found.get("data-path"), found["value"], ""])
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        where = self.stack[-1] if self.stack else ""
        if where == "script":
            self.json += data
        elif where == "data":
            self.numbers[-1][2] += data
            self.text += data
        elif where not in ("style", "title"):
            self.text += data
            if where not in ("code", "pre"):
                self.plain += data


def compare(page):
    """Hold every printed number to the JSON inside; returns the places."""
    body = json.loads(page.json)
    for path, value, text in page.numbers:
        found = body
        for key in path.split("/"):
            found = found[int(key)] if isinstance(found, list) else found[key]
        if found is None:
            assert (value, text) == ("", "-"), path
            continue
        if isinstance(found, str):
            assert (found, text) == (value, {"inf": "infinite", "-inf": "-infinite"}[found]), path
            continue
        assert float(value) == found, path
        assert text in spellings(found, text), path
    return {path for path, _, _ in page.numbers}


def spellings(found, text):
    """Six digits, all of a whole number, or as many places as its error is worth."""
    if isinstance(found, int):
        return {str(found)}
    places = len(text.partition(".")[2])
    rounded = {f"{found:.{places}f}"} if places or abs(found) >= 10 else set()
    return rounded | {"0" if abs(found) < 1e-10 else f"{found:.6g}"}


def alone_in_the_world(page):
    """Nothing is loaded from anywhere, nothing runs."""
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert all(link.startswith("data:image/svg+xml;base64,") for link in page.links)
    assert [a["type"] for tag, a in page.tags if tag == "script"] == ["application/json"]
    assert not any(key.startswith("on") or key == "style" for _, a in page.tags for key in a)
    policy = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    style = next(i for i, (tag, _) in enumerate(page.tags) if tag == "style")
    assert style >= 0
