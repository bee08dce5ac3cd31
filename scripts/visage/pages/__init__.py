"""What every page shares: the base template, the style, the components, and the words on them.

`templates/` has the files: `base.html.j2` is extended by each page, `components.html.j2` has the
macros, `style.css` the look, `theme.js` and `elements.js` what every script may use.
"""

from visage.pages.html import environment, policy, read

__all__ = ["environment", "policy", "read"]
