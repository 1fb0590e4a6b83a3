"""The subjects of the site. Each name is a module with a blueprint called `pages`; a new page is one line here."""

BLUEPRINTS = (
    "web.front",
    "web.login",
    "web.own_account",
    "web.help",
)
