"""Requests that the events stand for: an implied open was no request."""

REQUESTS = """
    SELECT COALESCE(sum(hit_count), 0) FROM email_engagement_event
     WHERE type IN ('open', 'click', 'attachment')
       AND reason IS DISTINCT FROM 'implied'"""
