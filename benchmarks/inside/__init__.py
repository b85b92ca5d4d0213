"""Scripts that run inside Odoo, in a process of their own. See `lib.site`."""
