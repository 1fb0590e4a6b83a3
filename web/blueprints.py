"""The subjects of the site. Each name is a module with a blueprint called `pages`; a new page is one line here."""

BLUEPRINTS = (
    "web.front",
    "web.first_run",
    "web.login",
    "web.links",
    "web.joining",
    "web.own_account",
    "web.users",
    "web.site_settings",
    "web.help",
    "web.plan",
    "web.handin",
    "web.upload",
    "web.browse",
    "web.listen",
    "web.sound",
    "web.edit",
    "web.details",
    "web.search",
    "web.opening",
    "web.rules",
)
