"""What callers of the report take from the floor of the page."""

from crqlab.base.study_key import key
from crqlab.page.assembly import view
from crqlab.page.client_view import ClientView

__all__ = ["ClientView", "key", "view"]
