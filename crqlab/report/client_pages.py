"""What callers of the report take from the floor of the page."""

from crqlab.page.assembly import view
from crqlab.page.client_view import ClientView
from crqlab.page.pseudonym_key import key

__all__ = ["ClientView", "key", "view"]
