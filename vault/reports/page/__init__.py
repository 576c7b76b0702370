"""The page of a report: one HTML file that shows the bundle and checks it in the reader's browser.

`js/` holds the program, `js/view/` what is seen, `page.css` and `template.html` the rest; `make page` bundles the
program into `built.js`, which is in the wheel and not in git. `render` puts them and the evidence into one file.
"""

from vault.reports.page.rendering import render

__all__ = ["render"]
