"""What runs inside the virtual environment, beside or within Odoo."""
