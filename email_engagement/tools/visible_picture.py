"""Whether a reader sees a picture in an email.

Mail programs that block pictures offer to show them only where there are any, and
whoever does not let them be shown is never seen to open. The same rules in the browser:
``hasVisiblePicture`` in ``static/src/core/web/engagement_composer_hints.js``.
"""

from html.parser import HTMLParser


class _Finder(HTMLParser):
    found = False

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            attributes = dict(attrs)
            if attributes.get("src") and not (
                _is_tiny(attributes.get("width")) or _is_tiny(attributes.get("height"))
            ):
                self.found = True


def _is_tiny(size: str | None) -> bool:
    return (size or "").strip().removesuffix("px").strip() in ("0", "1")


def has_visible_picture(html: str) -> bool:
    """
    >>> has_visible_picture('<p>Hello</p><img src="/logo.png" width="120">')
    True
    >>> has_visible_picture('<img src="/pixel.gif" width="1" height="1">')
    False
    """
    finder = _Finder(convert_charrefs=False)
    finder.feed(str(html or ""))
    finder.close()
    return finder.found
