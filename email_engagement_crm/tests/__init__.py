from . import test_followed_emails, test_leads
