from . import test_bound, test_portal
