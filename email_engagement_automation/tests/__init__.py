from . import test_automation, test_no_reply, test_records, test_tour
