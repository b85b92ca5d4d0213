from . import test_followed_emails
