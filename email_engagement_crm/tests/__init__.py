from . import test_followed_emails, test_lead_filters, test_lead_tours, test_leads
